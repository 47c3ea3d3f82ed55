"""`dondoc silence`: reminders held back for a while."""

import typer

from cli.output import JsonFlag, show_json, show_table
from cli.workspace import AsOf, instant, opened
from config.clock import local_date, parse_date
from models.alerts.silences import lift, silence, silences
from models.store.database import reading_session, session_scope

app = typer.Typer(no_args_is_help=True, help="Tạm ngừng nhắc việc. Hold reminders back.")


@app.command("add")
def add_command(
    office: str | None = typer.Option(None, "--office", help="Mã cơ quan. Office code."),
    subtask: str | None = typer.Option(None, "--subtask", help="Mã việc, ví dụ T3.4."),
    period: str | None = typer.Option(None, "--period", metavar="KEY", help="Kỳ báo cáo, ví dụ 2023-Q4. Period."),
    until: str = typer.Option(..., "--until", metavar="YYYY-MM-DD", help="Đến hết ngày. Through this day."),
    reason: str = typer.Option(..., "--reason", help="Lý do, một câu ngắn. Why, in a short sentence."),
    as_of: str | None = AsOf,
) -> None:
    """Tạm ngừng nhắc một cơ quan, một việc, một kỳ báo cáo, hoặc chỗ giao nhau. Hold reminders back."""
    day = parse_date(until, "--until")
    with opened() as store, session_scope(store.engine) as session:
        context = store.actor_context(now=instant(as_of), actor="coordinator")
        which = {"office": office, "subtask": subtask, "period": period}
        made = silence(session, **which, until=day, reason=reason, context=context)
        print(f"Đã tạm ngừng nhắc (số {made.id}) đến hết ngày {day:%d/%m/%Y}.")


@app.command("list")
def list_command(as_of: str | None = AsOf, json_: bool = JsonFlag) -> None:
    """Những gì đang tạm ngừng nhắc. What is held back."""
    with opened() as store, reading_session(store.engine) as session:
        found = silences(session, local_date(instant(as_of)))
    if json_:
        show_json([each.model_dump(mode="json") for each in found])
        return
    show_table(
        f"{len(found)} lần tạm ngừng",
        ("Số", "Cơ quan", "Việc", "Kỳ", "Đến hết", "Lý do"),
        [
            (
                each.id,
                *(part or "tất cả" for part in (each.office, each.subtask, each.period)),
                f"{each.until:%d/%m/%Y}",
                each.reason,
            )
            for each in found
        ],
        empty="Không tạm ngừng nhắc việc nào.",
    )


@app.command("lift")
def lift_command(
    number: int = typer.Argument(metavar="SỐ", help="Số của lần tạm ngừng. Its number."), as_of: str | None = AsOf
) -> None:
    """Nhắc trở lại. Let reminders go again."""
    with opened() as store, session_scope(store.engine) as session:
        lift(session, number, store.actor_context(now=instant(as_of), actor="coordinator"))
    print(f"Đã nhắc trở lại (số {number}).")

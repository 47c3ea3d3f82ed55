"""`dondoc silence`: reminders held back for a while."""

import typer

from cli.options import AS_OF, JSON, OFFICE, PERIOD, REASON, SUBTASK
from cli.output import show_list
from cli.store import acting_time, effective_time, open_configured_store
from config.clock import local_date, parse_date
from models.alerts.silences import lift, silence, silences
from models.store.database import reading_session, session_scope

app = typer.Typer()


@app.command("add")
def add_command(
    office: str | None = OFFICE,
    subtask: str | None = SUBTASK,
    period: str | None = PERIOD,
    until: str = typer.Option(..., "--until", metavar="YYYY-MM-DD", help="Đến hết ngày. / To the end of this day."),
    reason: str = REASON,
    as_of: str | None = AS_OF,
) -> None:
    """Tạm ngừng nhắc một cơ quan, một việc, một kỳ báo cáo, hoặc kết hợp. / Pause reminders for an
    office, a subtask, a period, or a combination of them.
    """
    day = parse_date(until, "--until")
    with open_configured_store() as store, session_scope(store.engine) as session:
        context = store.actor_context(now=acting_time(as_of), actor="coordinator")
        which = {"office": office, "subtask": subtask, "period": period}
        made = silence(session, **which, until=day, reason=reason, context=context)
        print(f"Đã tạm ngừng nhắc (số {made.id}) đến hết ngày {day:%d/%m/%Y}.")


@app.command("list")
def list_command(as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Liệt kê những gì đang tạm ngừng nhắc. / List the paused reminders."""
    with open_configured_store() as store, reading_session(store.engine) as session:
        found = silences(session, local_date(effective_time(as_of)))
    show_list(
        json_,
        (each.model_dump(mode="json") for each in found),
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
    number: int = typer.Argument(metavar="SỐ", help="Số của lần tạm ngừng. / Number of the pause."),
    as_of: str | None = AS_OF,
) -> None:
    """Tiếp tục nhắc. / Resume reminders."""
    with open_configured_store() as store, session_scope(store.engine) as session:
        lift(session, number, store.actor_context(now=acting_time(as_of), actor="coordinator"))
    print(f"Đã tiếp tục nhắc (số {number}).")

"""`dondoc audit`: whether the trail of who did what is whole, and whether anything fell through."""

import typer

from cli.output import JsonFlag, show_json
from cli.workspace import AsOf, instant, opened
from config.errors import Refused
from models.delivery.auditor import audit_follow_up
from models.store.audit import verify
from models.store.database import reading

app = typer.Typer(no_args_is_help=True, help="Soát lại nhật ký và việc nhắc. The audit trail, and the follow-up.")


@app.callback()
def audit() -> None:
    """Soát lại nhật ký và việc nhắc. The audit trail, and the follow-up."""


@app.command("verify")
def verify_command(json_: bool = JsonFlag) -> None:
    """Kiểm tra chuỗi sự kiện còn nguyên vẹn. Check that no event was changed or removed."""
    with opened() as store, reading(store.engine) as connection:
        found = verify(connection)
    if json_:
        show_json({"events": found.events, "intact": found.broken_at is None, "broken_at": found.broken_at})
    elif found.broken_at is None:
        print(f"Nhật ký nguyên vẹn: {found.events} sự kiện. The trail is intact.")
    if found.broken_at is not None:
        raise Refused(
            f"Nhật ký không còn nguyên vẹn: {found.problem_vi}; {found.events} sự kiện trước đó vẫn đúng.",
            f"The audit trail is broken at event {found.broken_at}; the {found.events} before are intact.",
        )


@app.command("followup")
def followup_command(as_of: str | None = AsOf, json_: bool = JsonFlag) -> None:
    """Soát việc quá hạn chưa nhắc, bậc bị bỏ qua, thư kẹt hay gửi mãi chưa được. Check that nothing fell through."""
    with opened() as store, reading(store.engine) as connection:
        found = audit_follow_up(connection, now=instant(as_of), calendar=store.calendar)
    if json_:
        show_json(found.as_json())
    elif not found:
        print("Không sót việc nào. Nothing fell through.")
    if found:
        counts = ", ".join(f"{count} {check}" for check, count in found.counts().items() if count)
        raise Refused(f"Soát lại thấy: {found.in_words()}.", f"Fell through: {counts}.")

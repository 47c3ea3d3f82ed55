"""`dondoc audit`: whether the audit trail is intact, and whether the follow-up missed anything."""

import typer

from cli.options import AS_OF, JSON
from cli.output import show_json
from cli.store import effective_time, open_configured_store
from config.clock import now
from config.errors import Refused
from models.delivery.auditor import audit_follow_up
from models.store.audit import verify
from models.store.database import reading

app = typer.Typer()


@app.command("verify")
def verify_command(json_: bool = JSON) -> None:
    """Kiểm tra chuỗi sự kiện còn nguyên vẹn. / Check that no event was changed or removed."""
    with open_configured_store() as store, reading(store.engine) as connection:
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
def followup_command(as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Soát việc quá hạn chưa nhắc, bậc bị bỏ qua hay nhắc trước giờ, thư kẹt hay gửi mãi chưa được. / Find overdue
    assignments that nobody was told of, rungs that were skipped or said too early, messages that are stuck.
    """
    with open_configured_store() as store, reading(store.engine) as connection:
        found = audit_follow_up(connection, now=effective_time(as_of), calendar=store.calendar, at=now())
    if json_:
        show_json(found.as_json())
    elif not found:
        print("Không sót việc nào. Nothing fell through.")
    if found:
        counts = ", ".join(f"{count} {check}" for check, count in found.counts().items() if count)
        raise Refused(f"Soát lại thấy: {found.in_words()}.", f"Fell through: {counts}.")

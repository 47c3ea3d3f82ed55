"""`dondoc audit`: the trail of who did what."""

import typer

from cli.output import JsonFlag, show_json
from cli.workspace import opened
from config.errors import Refused
from models.audit import verify
from models.database import reading

app = typer.Typer(no_args_is_help=True, help="Nhật ký sự kiện. The audit trail.")


@app.callback()
def audit() -> None:
    """Nhật ký sự kiện. The audit trail."""


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

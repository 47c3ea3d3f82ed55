"""`dondoc assignment`: what an office takes back before it is decided on."""

import typer

from cli.assignments.acting import act
from cli.assignments.listing import ASSIGNMENT_ID
from cli.options import AS_OF, JSON
from models.work import verbs

app = typer.Typer()


@app.command("take-back")
def take_back_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Cơ quan rút lại báo cáo chưa quyết định. / The office takes back a report that is not decided on."""
    act(assignment_id, "office", as_of, json_, verbs.take_back)


@app.command("withdraw-request")
def withdraw_request_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Cơ quan rút đề nghị gia hạn; hạn giữ nguyên. / The office withdraws its request for more time."""
    act(assignment_id, "office", as_of, json_, verbs.withdraw_request)

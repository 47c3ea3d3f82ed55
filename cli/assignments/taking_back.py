"""`dondoc assignment`: what an office takes back before it is decided on, and questions with their answers."""

import typer
from sqlmodel import Session

from cli.assignments.acting import act
from cli.assignments.listing import ASSIGNMENT_ID
from cli.options import AS_OF, JSON
from models.store.actor import ActorContext
from models.work import verbs

app = typer.Typer()


@app.command("take-back")
def take_back_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Cơ quan rút lại báo cáo chưa được quyết định. / The office takes back an undecided report."""
    act(assignment_id, "office", as_of, json_, verbs.take_back)


@app.command("withdraw-request")
def withdraw_request_command(assignment_id: int = ASSIGNMENT_ID, as_of: str | None = AS_OF, json_: bool = JSON) -> None:
    """Cơ quan rút đề nghị gia hạn; hạn giữ nguyên. / The office withdraws its extension request; the due date stays."""
    act(assignment_id, "office", as_of, json_, verbs.withdraw_request)


_FROM_COORDINATOR = typer.Option(
    False,
    "--from-coordinator/--from-office",
    help="Bên hỏi hoặc trả lời: cơ quan đôn đốc hay cơ quan thực hiện. / Which side speaks: the coordinator or the "
    "office.",
)


@app.command("ask")
def ask_command(
    assignment_id: int = ASSIGNMENT_ID,
    text: str = typer.Option(..., "--text", help="Câu hỏi; tối đa 1000 ký tự. / At most 1000 characters."),
    from_coordinator: bool = _FROM_COORDINATOR,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Cơ quan hỏi cơ quan đôn đốc, hoặc ngược lại. / Ask a question: the office to its coordinator, or the reverse."""
    side = "coordinator" if from_coordinator else "office"
    act(assignment_id, side, as_of, json_, lambda s, i, context: verbs.ask(s, i, text, context))


@app.command("answer")
def answer_command(
    assignment_id: int = ASSIGNMENT_ID,
    question: int = typer.Option(..., "--question", help="Số của câu hỏi. / The number of the question."),
    text: str = typer.Option(..., "--text", help="Trả lời; tối đa 1000 ký tự. / At most 1000 characters."),
    from_coordinator: bool = _FROM_COORDINATOR,
    as_of: str | None = AS_OF,
    json_: bool = JSON,
) -> None:
    """Bên được hỏi trả lời. / Answer a question."""

    def answer(session: Session, number: int, context: ActorContext) -> object:
        return verbs.answer(session, number, question, text, context)

    act(assignment_id, "coordinator" if from_coordinator else "office", as_of, json_, answer)

"""Questions on an assignment: the office asks its coordinator, or the other way round; the other side answers once."""

from sqlmodel import Session, select

from config.boundary import checked_text
from config.errors import Refused
from models.alerts.notices import question_rung
from models.store.actor import ActorContext
from models.tables.errors import NotFound
from models.tables.lifecycle import NoticeKind, Verb
from models.tables.report import Question
from models.work.locked_assignment import LockedAssignment, lock_assignment
from models.work.verbs.sending import sending_key

QUESTION_LABEL, ANSWER_LABEL = ("Câu hỏi", "Question"), ("Trả lời", "Answer")
LONGEST_QUESTION = 1000


def ask(
    session: Session, assignment_id: int, text: str, context: ActorContext, *, submission: str | None = None
) -> Question:
    """The office that does the work, or its coordinator, asks the other something short; the other side is told.

    submission  names one filling-in of the form: the same once more returns the question that is already there
    """
    locked = lock_assignment(session, assignment_id, context)
    text = _checked(text, QUESTION_LABEL)
    office = _office_of(context) or locked.assignment.office
    by_office = _office_of(context) is not None
    key = sending_key(submission, context.actor, text)
    if key and (existing := session.exec(select(Question).where(Question.submission == key)).one_or_none()):
        return existing
    locked.require(Verb.ASK)
    question = Question(
        assignment_id=assignment_id,
        office=office,
        by_office=by_office,
        text=text,
        asked_at=context.now,
        submission=key,
    )
    session.add(question)
    session.flush()
    locked.perform(Verb.ASK, question=question.id)
    _tell(locked, NoticeKind.ASKED, question, to_office=not by_office)
    return question


def answer(session: Session, assignment_id: int, question_id: int, text: str, context: ActorContext) -> Question:
    """The side that was asked answers, once, and the side that asked is told; also when the work is over.

    The same answer once more changes nothing. Raises ``NotFound`` for a question that this side is not to answer.
    """
    locked = lock_assignment(session, assignment_id, context)
    question = session.get(Question, question_id, populate_existing=True)
    by_office = _office_of(context) is not None
    if question is None or question.assignment_id != assignment_id or question.by_office == by_office:
        raise NotFound(
            f"Việc số {assignment_id} không có câu hỏi số {question_id} chờ trả lời.",
            f"Assignment {assignment_id} has no question no. {question_id} awaiting an answer.",
        )
    text = _checked(text, ANSWER_LABEL)
    if question.answered_at is not None:
        if question.answer == text:
            return question
        raise Refused(
            f"Câu hỏi này đã được trả lời: «{question.answer[:80]}». Cần nói thêm thì hỏi câu mới.",
            f"This question has already been answered: '{question.answer[:80]}'. To add something, ask a new question.",
        )
    question.answer, question.answered_at = text, context.now
    session.flush()
    locked.perform(Verb.ANSWER, question=question.id)
    _tell(locked, NoticeKind.ANSWERED, question, to_office=question.by_office)
    return question


def _tell(locked: LockedAssignment, kind: NoticeKind, question: Question, *, to_office: bool) -> None:
    rung = question_rung(question.id or 0)
    if to_office:
        locked.tell_office(kind, rung=rung)
        asked, context = question.office, locked.context
        is_there = context.plan.current_office(asked, context.today) == asked
        if is_there and asked not in locked.leads:  # who has given the work away is owed the answer still
            locked.tell(kind, asked, rung=rung)
    else:
        locked.tell_coordinator(kind, rung=rung)


def _office_of(context: ActorContext) -> str | None:
    """The office that acts, or None where the coordinator does."""
    who, _, code = context.actor.partition(":")
    return code if who == "office" else None


def _checked(text: str, label: tuple[str, str]) -> str:
    vi, en = label
    text = checked_text(text, vi, en, longest=LONGEST_QUESTION)
    if not text:
        raise Refused(f"{vi}: chưa ghi; viết một vài câu ngắn.", f"{en}: missing; enter one or two short sentences.")
    return text

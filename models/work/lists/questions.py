"""Questions that wait for their answer: those of offices for the coordinator, and the coordinator's for an office."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, true
from sqlmodel import col

from models.tables.assignment import Assignment
from models.tables.report import Question
from models.work.parties import own_work
from models.work.rows import ListedAssignment, read_rows, select_rows


@dataclass(frozen=True)
class WaitingQuestion:
    """A question that was not answered yet, and what it is about."""

    id: int
    text: str
    asked_at: datetime
    office: str
    assignment: ListedAssignment


def questions_waiting(
    connection: Connection,
    *,
    limit: int,
    offset: int = 0,
    office: str | None = None,
    only: ColumnElement[bool] | None = None,
) -> tuple[list[WaitingQuestion], int]:
    """What the coordinator is to answer, or with ``office`` what that office is.

    One page of it, the oldest first, and how many there are in all.

    only  a condition on their assignments
    """
    which = [col(Question.answered_at).is_(None), col(Question.by_office).is_(office is None)]
    if only is not None or office is not None:
        its = own_work(connection, office) if office is not None else true()
        about = select(col(Assignment.id)).where(its, true() if only is None else only)
        which.append(col(Question.assignment_id).in_(about))
    columns = map(col, (Question.id, Question.text, Question.asked_at, Question.office, Question.assignment_id))
    oldest_first = col(Question.asked_at), col(Question.id)
    found = connection.execute(select(*columns).where(*which).order_by(*oldest_first).limit(limit).offset(offset)).all()
    if not offset and not found:
        return [], 0
    numbers = {each.assignment_id for each in found}
    query = select_rows(ListedAssignment).where(col(Assignment.id).in_(numbers))
    rows = {row.id: row for row in read_rows(connection, ListedAssignment, query)}
    waiting = [
        WaitingQuestion(each.id, each.text, each.asked_at, each.office, rows[each.assignment_id]) for each in found
    ]
    if not offset and len(found) < limit:
        return waiting, len(found)
    return waiting, connection.scalar(select(func.count()).select_from(Question).where(and_(*which))) or 0

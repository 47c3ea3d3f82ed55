"""Looking things up in the store, for the command line and what will stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session, col

from models.assignment import Assignment
from models.audit import AuditEvent
from models.errors import NotFound
from models.extension import Extension
from models.inserting import table_of
from models.lifecycle import Role, Standing, State
from models.outbox import Message, Notice
from models.report import Report
from models.standing import counted, standing


@dataclass(frozen=True)
class Wanted:
    """Which assignments to list; None means any."""

    office: str | None = None
    priority: str | None = None
    subtask: str | None = None
    period: str | None = None
    role: Role | None = None
    state: State | None = None
    standing: Standing | None = None


def assignments(connection: Connection, wanted: Wanted, *, now: datetime) -> Sequence[dict[str, Any]]:
    """Assignments with their status word at ``now``, by due date; withdrawn ones only when asked for by state."""
    word = standing(now)
    query = select(*table_of(Assignment).c, word.label("standing"))
    for column, value in (
        (Assignment.office, wanted.office),
        (Assignment.priority, wanted.priority),
        (Assignment.subtask, wanted.subtask),
        (Assignment.period, wanted.period),
        (Assignment.role, wanted.role),
        (Assignment.state, wanted.state),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if wanted.state is None:
        query = query.where(counted)
    if wanted.standing is not None:
        query = query.where(word == wanted.standing.value)
    query = query.order_by(col(Assignment.due_at), col(Assignment.subtask), col(Assignment.id))
    return [dict(row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True)
class History:
    """One assignment with all that has happened to it."""

    assignment: Assignment
    standing: Standing
    group: Sequence[Assignment]
    reports: Sequence[Report]
    extensions: Sequence[Extension]
    notices: Sequence[Notice]
    events: Sequence[AuditEvent]


def history(session: Session, assignment_id: int, *, now: datetime) -> History:
    """Everything about one assignment; raises ``NotFound``."""
    row = session.execute(select(Assignment, standing(now)).where(col(Assignment.id) == assignment_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )
    work: Assignment = row[0]
    group = select(Assignment).where(
        col(Assignment.subtask) == work.subtask,
        col(Assignment.step) == work.step,
        col(Assignment.variant) == work.variant,
        col(Assignment.period) == work.period,
        col(Assignment.lead_office) == work.lead_office,
    )
    return History(
        assignment=work,
        standing=Standing(row[1]),
        group=session.scalars(group.order_by(col(Assignment.role).desc(), col(Assignment.office))).all(),
        reports=session.scalars(
            select(Report).where(col(Report.assignment_id) == assignment_id).order_by(col(Report.version))
        ).all(),
        extensions=session.scalars(
            select(Extension).where(col(Extension.assignment_id) == assignment_id).order_by(col(Extension.id))
        ).all(),
        notices=session.scalars(
            select(Notice).where(col(Notice.assignment_id) == assignment_id).order_by(col(Notice.id))
        ).all(),
        events=session.scalars(
            select(AuditEvent)
            .where(col(AuditEvent.subject) == f"assignment:{assignment_id}")
            .order_by(col(AuditEvent.seq))
        ).all(),
    )


def notices(connection: Connection, *, office: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
    """The outbox, the oldest first."""
    query = select(*table_of(Notice).c).order_by(col(Notice.id))
    if office is not None:
        query = query.where(col(Notice.office) == office)
    if state is not None:
        query = query.where(col(Notice.state) == state)
    return [dict(row) for row in connection.execute(query).mappings()]


def messages(connection: Connection, *, office: str | None = None, state: str | None = None) -> list[dict[str, Any]]:
    """The log of delivery, the oldest first."""
    query = select(*table_of(Message).c).order_by(col(Message.id))
    if office is not None:
        query = query.where(col(Message.office) == office)
    if state is not None:
        query = query.where(col(Message.state) == state)
    return [dict(row) for row in connection.execute(query).mappings()]

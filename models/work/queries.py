"""Looking things up in the store, for the command line and what will stand beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select
from sqlmodel import Session, col

from config.clock import end_of_day
from models.alerts.status import is_open, not_withdrawn, overdue, status_expr, status_of
from models.store.audit import AuditEvent
from models.store.upsert import table_of
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.errors import NotFound
from models.tables.extension import Extension
from models.tables.lifecycle import ReportState, Role, State, Status
from models.tables.outbox import Notice
from models.tables.report import Report
from models.work.search import Search

occasion_of_work: ColumnElement[bool] = and_(
    col(Anchor.id) == col(Assignment.anchor_id), col(Anchor.kind) != AnchorKind.ISSUE
)
"""Joins what an assignment was counted from, where that has a title of its own: a document, an event, ad hoc work."""


@dataclass(frozen=True)
class AssignmentFilter:
    """Which assignments to list; None means any.

    offices        any of these
    priorities     any of these, as those of one directive
    due_in         the first and the last day of due dates, both included
    overdue_first  what is late before what is open, and what is done last; otherwise by due date alone
    """

    office: str | None = None
    priority: str | None = None
    subtask: str | None = None
    period: str | None = None
    role: Role | None = None
    state: State | None = None
    status: Status | None = None
    search: Search | None = None
    offices: tuple[str, ...] | None = None
    priorities: tuple[str, ...] | None = None
    due_in: tuple[date, date] | None = None
    overdue_first: bool = False


def assignments(
    connection: Connection, wanted: AssignmentFilter, *, now: datetime, limit: int | None = None, offset: int = 0
) -> Sequence[dict[str, Any]]:
    """Assignments with their status word at ``now``, by due date; withdrawn ones only when asked for by state.

    limit, offset  one page of them
    """
    columns = (*table_of(Assignment).c, status_of(now).label("status"), col(Anchor.title).label("occasion"))
    first = (case((overdue(now), 0), (is_open, 1), else_=2),) if wanted.overdue_first else ()
    order = (*first, col(Assignment.due_at), col(Assignment.subtask), col(Assignment.id))
    # The page is found in an index alone; only what is on it is opened.
    shown = select(col(Assignment.id)).where(*conditions(wanted, now)).order_by(*order).limit(limit).offset(offset)
    query = select(*columns).outerjoin(Anchor, occasion_of_work).where(col(Assignment.id).in_(shown)).order_by(*order)
    return [dict(row) for row in connection.execute(query).mappings()]


def page_of_assignments(
    connection: Connection, wanted: AssignmentFilter, *, now: datetime, limit: int, offset: int = 0
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page of ``assignments``, and how many there are in all."""
    rows = assignments(connection, wanted, now=now, limit=limit, offset=offset)
    if len(rows) < limit and (rows or not offset):
        return rows, offset + len(rows)  # the end of them is on this page
    return rows, count_assignments(connection, wanted, now=now)


def count_assignments(connection: Connection, wanted: AssignmentFilter, *, now: datetime) -> int:
    """How many ``assignments`` there are."""
    query = select(func.count()).select_from(Assignment).where(*conditions(wanted, now))
    return connection.scalar(query) or 0


def conditions(wanted: AssignmentFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """What assignments must be to be among those wanted."""
    for column, value in (
        (Assignment.office, wanted.office),
        (Assignment.priority, wanted.priority),
        (Assignment.subtask, wanted.subtask),
        (Assignment.period, wanted.period),
        (Assignment.role, wanted.role),
        (Assignment.state, wanted.state),
    ):
        if value is not None:
            yield col(column) == value
    if wanted.state is None:
        yield not_withdrawn
    if wanted.status is not None:
        yield status_expr(wanted.status, now)
    if wanted.offices is not None:
        yield col(Assignment.office).in_(wanted.offices)
    if wanted.priorities is not None:
        yield col(Assignment.priority).in_(wanted.priorities)
    if wanted.due_in is not None:
        first, last = wanted.due_in
        yield and_(
            col(Assignment.due_at) > end_of_day(first - timedelta(days=1)), col(Assignment.due_at) <= end_of_day(last)
        )
    if wanted.search is not None:
        yield wanted.search.condition()


@dataclass(frozen=True)
class History:
    """One assignment with all that has happened to it.

    occasion       title of the event or ad hoc work it came from, empty otherwise
    group          the assignments of the lead and all who help, itself included
    group_reports  of each in the group the report that counts: accepted, or waiting for a decision
    """

    assignment: Assignment
    status: Status
    occasion: str
    group: Sequence[Assignment]
    group_reports: Sequence[Report]
    reports: Sequence[Report]
    extensions: Sequence[Extension]
    notices: Sequence[Notice]
    events: Sequence[AuditEvent]


def history(session: Session, assignment_id: int, *, now: datetime) -> History:
    """Everything about one assignment; raises ``NotFound``."""
    row = session.execute(
        select(Assignment, status_of(now), col(Anchor.title), col(Anchor.kind))
        .outerjoin(Anchor, col(Anchor.id) == col(Assignment.anchor_id))
        .where(col(Assignment.id) == assignment_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có việc số {assignment_id}; xem các số việc bằng «dondoc assignment list».",
            f"There is no assignment {assignment_id}; list them with 'dondoc assignment list'.",
        )
    assignment: Assignment = row[0]
    group = select(Assignment).where(
        col(Assignment.subtask) == assignment.subtask,
        col(Assignment.step) == assignment.step,
        col(Assignment.variant) == assignment.variant,
        col(Assignment.period) == assignment.period,
        col(Assignment.lead_office) == assignment.lead_office,
    )
    members = session.scalars(group.order_by(col(Assignment.role).desc(), col(Assignment.office))).all()
    return History(
        assignment=assignment,
        status=Status(row[1]),
        occasion=row[2] if row[2] and row[3] is not AnchorKind.ISSUE else "",
        group=members,
        group_reports=session.scalars(
            select(Report).where(
                col(Report.assignment_id).in_([each.id for each in members]),
                col(Report.state) != ReportState.RETURNED,
            )
        ).all(),
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


def report_of_submission(session: Session, submission: str) -> Report | None:
    """The report that one filling-in of a form has become, or None when it was not handed in yet."""
    return session.scalars(select(Report).where(col(Report.submission) == submission)).one_or_none()

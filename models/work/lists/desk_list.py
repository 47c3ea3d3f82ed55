"""What the coordinator has to look at: decisions that wait, what is overdue, not acknowledged or without a date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, or_, select, union_all
from sqlmodel import Session, col

from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.alerts.status import (
    acknowledgement_missing,
    both,
    is_dated,
    is_open,
    overdue,
)
from models.store.columns import UtcDateTime, written
from models.tables.anchor import Anchor, AnchorKind
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, NoticeKind, ReportState, State
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.tables.report import Extension, Report
from models.work.parties import reached
from models.work.rows import ListedAssignment, read_rows, select_rows


@dataclass(frozen=True)
class Decision:
    """One thing the coordinator has to decide on."""

    what: Literal["report", "extension"]
    since: datetime
    reason: str
    assignment: ListedAssignment
    version: int
    until: date | None


def decisions_waiting(
    connection: Connection, *, limit: int | None = None, offset: int = 0, only: ColumnElement[bool] | None = None
) -> tuple[list[Decision], int]:
    """Reports and requests for time that wait for a decision, the oldest first, one page; and how many in all.

    only  a condition on their assignments

    ``version`` is that of the report, or the number of the request; ``until`` is the day asked for.
    """
    waiting, query = _ALL_WAITING, _A_PAGE_WAITING
    if only is not None:
        waiting = waiting.where(_WAITING.c.assignment_id.in_(select(col(Assignment.id)).where(only)))
    if only is not None or limit is None:
        query = _waiting_rows(waiting.order_by(*_OLDEST_FIRST).limit(limit).offset(offset))
    rows = read_rows(connection, _WaitingRow, query, {"limit": limit, "offset": offset})
    found = [Decision(row.what, row.since, row.reason, row, row.version, row.until) for row in rows]
    if not offset and (limit is None or len(found) < limit):
        return found, len(found)
    return found, connection.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def next_waiting(
    connection: Connection,
    assignment_id: int,
    *,
    version: int | None = None,
    extension: int | None = None,
    only: ColumnElement[bool] | None = None,
) -> int | None:
    """The assignment to decide on after this report or request for time: the next in the order of
    :func:`decisions_waiting`, and after the last the first; None where nothing waits.

    version    of the report that was decided on
    extension  number of the request, if it was one
    only       a condition on the assignments
    """
    decided = select(col(Extension.requested_at)).where(col(Extension.id) == extension)
    if extension is None:
        report = select(col(Report.submitted_at)).where(col(Report.assignment_id) == assignment_id)
        report = report if version is None else report.where(col(Report.version) == version)
        decided = report.order_by(col(Report.version).desc()).limit(1)
    since, number = _WAITING.c.since, _WAITING.c.assignment_id
    waiting = select(number)
    if only is not None:
        waiting = waiting.where(number.in_(select(col(Assignment.id)).where(only)))
    if (at := connection.scalar(decided)) is not None:
        is_later = or_(since > at, and_(since == at, number > assignment_id))
        waiting = waiting.order_by(sa.case((is_later, 0), else_=1))
    return connection.scalar(waiting.order_by(*_OLDEST_FIRST).limit(1))


@dataclass(frozen=True)
class _WaitingRow(ListedAssignment):
    """A listed assignment with what waits of it."""

    what: Literal["report", "extension"]
    since: datetime
    reason: str
    version: int
    until: date | None


def _waiting_rows(waiting: Select[Any]) -> Select[Any]:
    page = waiting.subquery("page")
    about = (page.c[name] for name in ("what", "since", "reason", "version", "until"))
    query = select_rows(_WaitingRow, *about).join(page, page.c.assignment_id == col(Assignment.id))
    return query.order_by(page.c.since, page.c.assignment_id)


@dataclass(frozen=True)
class OverdueOffice:
    """What of one office is overdue, and when it was last told so."""

    office: str
    count: int
    oldest_due_at: datetime
    last_told_at: datetime | None


def overdue_offices(
    connection: Connection, *, now: datetime, limit: int, only: ColumnElement[bool] | None = None
) -> tuple[list[OverdueOffice], int]:
    """The offices that owe overdue work, those that owe most first; and how many offices there are."""
    owing_most, last_told, how_many = _OWED if only is None else _owed(only)
    found = connection.execute(owing_most, {"now": now, "limit": limit}).all()
    offices = [row[0] for row in found]
    when = dict(connection.execute(last_told, {"now": now, "offices": offices}).tuples().all())
    total = len(found) if len(found) < limit else connection.scalar(how_many, {"now": now}) or 0
    return [OverdueOffice(code, owes, oldest, when.get(code)) for code, owes, oldest in found], total


def unacknowledged(
    connection: Connection, *, now: datetime, calendar: WorkingCalendar, only: ColumnElement[bool] | None = None
) -> int:
    """How many assignments should have been acknowledged by now and are not."""
    missing = both(acknowledgement_missing(now, calendar), only)
    return connection.scalar(select(func.count()).select_from(Assignment).where(missing)) or 0


def submitted_reports(session: Session, assignments: Collection[int]) -> dict[int, Report]:
    """The reports of these assignments that wait for a decision, by assignment."""
    waiting = session.scalars(_REPORTS, {"assignments": list(assignments)})
    return {report.assignment_id: report for report in waiting}


def undated_work(
    connection: Connection, *, limit: int, offset: int = 0, only: ColumnElement[bool] | None = None
) -> tuple[list[ListedAssignment], int]:
    """Open work that waits for the coordinator to set a date, the oldest first, one page; and how much in all."""
    first, how_many = _FIRST_UNDATED if only is None else _first_undated(only)
    rows = read_rows(connection, ListedAssignment, first, {"limit": limit, "offset": offset})
    if not offset and len(rows) < limit:
        return rows, len(rows)
    return rows, connection.scalar(how_many) or 0


@dataclass(frozen=True)
class ComingEvent:
    """An event that was entered and is still to come; ``number`` is that of its entry."""

    number: int
    title: str
    on_date: date
    subtask: str | None
    host: str | None


def coming_events(connection: Connection, directives: Collection[str], *, first: date, last: date) -> list[ComingEvent]:
    """The events of these directives on these days, both included, the earliest first."""
    its = (col(Anchor.kind) == AnchorKind.EVENT, col(Anchor.undone_at).is_(None), col(Anchor.directive).in_(directives))
    columns = (Anchor.id, Anchor.title, Anchor.on_date, Anchor.subtask, Anchor.host_office)
    query = select(*map(col, columns)).where(*its, col(Anchor.on_date).between(first, last))
    return [ComingEvent(*row) for row in connection.execute(query.order_by(col(Anchor.on_date), col(Anchor.id)))]


def undated_subtasks(connection: Connection) -> list[str]:
    """The codes of the subtasks with such work."""
    return list(connection.scalars(select(col(Assignment.subtask)).where(_UNDATED).distinct()))


_UNDATED = and_(is_open, ~is_dated, col(Assignment.timing) == Timing.UNDATED)


# Below, statements that are made once: composing one costs more than running it on a page.
_LIMIT, _OFFSET = bindparam("limit", type_=sa.Integer), bindparam("offset", type_=sa.Integer)

_STATE_OF_ITS_WORK = select(col(Assignment.state)).where(col(Assignment.id) == col(Report.assignment_id))

_SUBMITTED = and_(
    col(Report.state) == written(ReportState.SUBMITTED), _STATE_OF_ITS_WORK.scalar_subquery() == State.REPORTED
)
"""Work that an earlier version took back has no decision to wait for. Each report is looked at by itself: as ``exists``
PostgreSQL would begin with all work."""

_WAITING = union_all(
    select(
        literal("report").label("what"),
        col(Report.assignment_id).label("assignment_id"),
        col(Report.submitted_at).label("since"),
        literal("").label("reason"),
        col(Report.version).label("version"),
        sa.cast(sa.null(), sa.Date).label("until"),
    ).where(_SUBMITTED),
    select(
        literal("extension"),
        *map(col, (Extension.assignment_id, Extension.requested_at, Extension.reason)),
        *map(col, (Extension.id, Extension.requested_until)),
    ).where(col(Extension.state) == written(ExtensionState.REQUESTED)),
).subquery()
"""What waits for a decision; its version is that of the report, or the number of the request."""

_OLDEST_FIRST = (_WAITING.c.since, _WAITING.c.assignment_id)
_ALL_WAITING = select(_WAITING)
_A_PAGE_WAITING = _waiting_rows(_ALL_WAITING.order_by(*_OLDEST_FIRST).limit(_LIMIT).offset(_OFFSET))


def _owed(only: ColumnElement[bool] | None = None) -> tuple[Select[Any], Select[Any], Select[tuple[int]]]:
    """The offices that owe most, alone or as joint leads; when offices were last told, and how many offices owe."""
    owed = both(overdue(bindparam("now", type_=UtcDateTime)), only)
    joint = select(col(Party.office), col(Assignment.due_at), col(Assignment.id)).join(Assignment)
    holders = union_all(
        select(col(Assignment.office).label("office"), col(Assignment.due_at), col(Assignment.id)).where(owed),
        joint.where(col(Party.part) == Part.JOINT, owed),
    ).subquery()
    office = holders.c.office
    most = select(office, func.count(), func.min(holders.c.due_at)).group_by(office)
    told = (
        select(office, func.max(col(Notice.sent_at)))
        .join(Notice, col(Notice.assignment_id) == holders.c.id)
        .where(
            office.in_(bindparam("offices", expanding=True)),
            col(Notice.kind).in_((NoticeKind.OVERDUE, NoticeKind.URGED)),
        )
        .where(reached(office))
        .group_by(office)
    )
    how_many = select(func.count(func.distinct(office)))
    return most.order_by(func.count().desc(), office).limit(_LIMIT), told, how_many


def _first_undated(only: ColumnElement[bool] | None = None) -> tuple[Select[Any], Select[tuple[int]]]:
    """The oldest undated work, and how much there is."""
    these = both(_UNDATED, only)
    first = select_rows(ListedAssignment).where(these).order_by(col(Assignment.id)).limit(_LIMIT).offset(_OFFSET)
    return first, select(func.count()).select_from(Assignment).where(these)


_OWED = _owed()
_FIRST_UNDATED = _first_undated()
_REPORTS = (
    select(Report)
    .where(col(Report.assignment_id).in_(bindparam("assignments", expanding=True)), _SUBMITTED)
    .order_by(col(Report.version))
)

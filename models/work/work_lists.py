"""What people have to look at: an office its assignments, the coordinator the decisions that wait."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, select, union_all
from sqlmodel import Session, col

from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.alerts.status import (
    acknowledgement_missing,
    both,
    due_soon_until,
    is_dated,
    is_open,
    overdue,
    waiting_until,
)
from models.store.columns import UtcDateTime
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, NoticeKind, ReportState, State
from models.tables.outbox import Notice
from models.tables.party import Part
from models.tables.report import Extension, Report, ReportDraft
from models.work.parties import held_by, leads_jointly, own_work, with_part
from models.work.rows import ListedAssignment, read_rows, select_rows
from models.work.search import Search

RECENTLY = timedelta(days=30)
"""For how long an accepted assignment stays on its office's list."""


class SectionKey(StrEnum):
    """The parts of an office's list, in the order in which it should look at them."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    LATER = "later"
    NO_DATE = "no_date"  # standing, or no date is set yet: never late
    WAITING = "waiting"  # reported, to be decided on
    SUSPENDED = "suspended"
    DONE = "done"  # of late
    NAMED = "named"  # of others, to know of and to coordinate: open, or done of late
    MONITORED = "monitored"  # open assignments of others that it monitors


@dataclass(frozen=True)
class Section:
    """One part of the list: how many there are, and one page of them by due date."""

    key: SectionKey
    total: int
    rows: Sequence[ListedAssignment]


def work_list(
    connection: Connection,
    office: str,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    page_size: int,
    search: Search | None = None,
    only: SectionKey | None = None,
    offset: int = 0,
) -> list[Section]:
    """Everything an office has to look at, of each section the first ``page_size``; with ``only`` one section."""
    given = {"office": office, "now": now, "soon": due_soon_until(now, calendar), "since": now - RECENTLY}
    jointly = leads_jointly(connection, office)
    keys = tuple(SectionKey) if only is None else (only,)
    conditions, query = _CONDITIONS[jointly], _of_sections(keys, jointly)
    if search is not None:
        # What is searched for may have been finished long ago.
        ever = conditions | {SectionKey.DONE: (_OWN[jointly], col(Assignment.state) == State.ACCEPTED)}
        conditions = {key: (*ever[key], search.condition()) for key in keys}
        query = _sections(conditions)
    rows: dict[str, list[ListedAssignment]] = {key: [] for key in keys}
    for row in read_rows(connection, _Row, query, given | {"limit": page_size, "offset": offset}):
        rows[row.section].append(row)
    totals = {key: len(rows[key]) for key in keys}
    for key in keys if offset else [key for key in keys if totals[key] == page_size]:
        counted = select(func.count()).select_from(Assignment).where(*conditions[key])
        totals[key] = connection.scalar(counted, given) or 0
    return [Section(key, totals[key], rows[key]) for key in keys]


def open_work(connection: Connection, office: str) -> tuple[int, int]:
    """How many subtasks by period an office has open, and how many assignments."""
    query = _OPEN_WORK[leads_jointly(connection, office)]
    return connection.execute(query, {"office": office}).tuples().one()


@dataclass(frozen=True)
class _Row(ListedAssignment):
    """A listed assignment and the section in which it stands."""

    section: str


_Conditions = Mapping[SectionKey, tuple[ColumnElement[bool], ...]]


@cache
def _of_sections(keys: tuple[SectionKey, ...], jointly: bool) -> Select[Any]:
    """``_sections`` of what an office sees without a search, made once: composing it costs more than running it."""
    return _sections({key: _CONDITIONS[jointly][key] for key in keys})


def _sections(conditions: _Conditions) -> Select[Any]:
    """The first rows of each section, in their order, all in one statement."""
    order = (col(Assignment.due_at), col(Assignment.id))
    firsts = []
    for key, condition in conditions.items():
        which = select(col(Assignment.id)).where(*condition)
        first = which.order_by(*order).limit(_LIMIT).offset(_OFFSET).subquery()
        firsts.append(select(first.c.id, literal(key.value).label("section")))
    listed = union_all(*firsts).subquery("listed")
    query = select_rows(_Row, listed.c.section).join(listed, listed.c.id == col(Assignment.id))
    return query.order_by(*order)


def _conditions(own: ColumnElement[bool]) -> dict[SectionKey, tuple[ColumnElement[bool], ...]]:
    state, due_at = col(Assignment.state), col(Assignment.due_at)
    now, since = bindparam("now", type_=UtcDateTime), bindparam("since", type_=UtcDateTime)
    waiting, soon = state.in_(WAITING_FOR_OFFICE), waiting_until(now, bindparam("soon", type_=UtcDateTime))
    return {
        SectionKey.OVERDUE: (own, waiting, due_at <= now),
        SectionKey.DUE_SOON: (own, soon),
        SectionKey.LATER: (own, waiting, due_at > now, is_dated, ~soon),
        SectionKey.NO_DATE: (own, waiting, ~is_dated),
        SectionKey.WAITING: (own, state == State.REPORTED),
        SectionKey.SUSPENDED: (own, state == State.SUSPENDED),
        SectionKey.DONE: (own, state == State.ACCEPTED, col(Assignment.completed_at) > since),
        SectionKey.MONITORED: (
            *(col(Assignment.monitor_office) == _OFFICE, col(Assignment.office) != _OFFICE),
            # As in the condition of the partial index on open assignments.
            state.not_in((_written(State.ACCEPTED), _written(State.WITHDRAWN))),
        ),
        SectionKey.NAMED: (
            with_part((_OFFICE,), Part.NAMED),
            state != State.WITHDRAWN,
            func.coalesce(col(Assignment.completed_at), now) > since,
        ),
    }


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
    waiting = session.scalars(_SUBMITTED, {"assignments": list(assignments)})
    return {report.assignment_id: report for report in waiting}


def unacknowledged_of(connection: Connection, office: str, *, limit: int) -> list[ListedAssignment]:
    """What an office has not acknowledged yet, alone or jointly, the nearest due date first."""
    new = and_(own_work(connection, office), col(Assignment.state) == State.ASSIGNED)
    query = select_rows(ListedAssignment).where(new).order_by(col(Assignment.due_at), col(Assignment.id)).limit(limit)
    return read_rows(connection, ListedAssignment, query)


def drafted(connection: Connection, assignments: Collection[int]) -> set[int]:
    """Those of these assignments that have a draft of a report not sent yet."""
    query = select(col(ReportDraft.assignment_id)).where(col(ReportDraft.assignment_id).in_(assignments))
    return set(connection.scalars(query))


def undated_work(
    connection: Connection, *, limit: int, only: ColumnElement[bool] | None = None
) -> tuple[list[ListedAssignment], int]:
    """Open work that waits for the coordinator to set a date, the oldest first; and how much there is in all."""
    first, how_many = _FIRST_UNDATED if only is None else _first_undated(only)
    rows = read_rows(connection, ListedAssignment, first, {"limit": limit})
    return rows, len(rows) if len(rows) < limit else connection.scalar(how_many) or 0


def undated_subtasks(connection: Connection) -> list[str]:
    """The codes of the subtasks with such work."""
    return list(connection.scalars(select(col(Assignment.subtask)).where(_UNDATED).distinct()))


_UNDATED = and_(is_open, ~is_dated, col(Assignment.timing) == Timing.UNDATED)


def _written(state: State | ReportState | ExtensionState) -> ColumnElement[str]:
    """A state written out in the statement, so that the partial index on that state is used."""
    return literal(state.value, sa.String, literal_execute=True)


_LIMIT, _OFFSET = bindparam("limit", type_=sa.Integer), bindparam("offset", type_=sa.Integer)
_OFFICE = bindparam("office", type_=sa.String)
_OWN = {True: held_by(_OFFICE), False: col(Assignment.office) == _OFFICE}
"""An office's own work by whether it leads any jointly: without, an index on offices answers alone."""

_CONDITIONS = {jointly: _conditions(own) for jointly, own in _OWN.items()}


# Below, statements that are made once: composing one costs more than running it on a page.
def _counted(own: ColumnElement[bool]) -> Select[tuple[int, int]]:
    of_period = (col(Assignment.subtask), col(Assignment.period), func.count().label("count"))
    found = select(*of_period).where(own, is_open).group_by(*of_period[:2]).subquery("found")
    return select(func.count(), func.coalesce(func.sum(found.c.count), 0)).select_from(found)


_OPEN_WORK = {jointly: _counted(own) for jointly, own in _OWN.items()}

_WAITING = union_all(
    select(
        literal("report").label("what"),
        col(Report.assignment_id).label("assignment_id"),
        col(Report.submitted_at).label("since"),
        literal("").label("reason"),
        col(Report.version).label("version"),
        sa.cast(sa.null(), sa.Date).label("until"),
    ).where(col(Report.state) == _written(ReportState.SUBMITTED)),
    select(
        literal("extension"),
        *map(col, (Extension.assignment_id, Extension.requested_at, Extension.reason)),
        *map(col, (Extension.id, Extension.requested_until)),
    ).where(col(Extension.state) == _written(ExtensionState.REQUESTED)),
).subquery()
"""What waits for a decision; its version is that of the report, or the number of the request."""

_OLDEST_FIRST = (_WAITING.c.since, _WAITING.c.assignment_id)
_ALL_WAITING = select(_WAITING)
_A_PAGE_WAITING = _waiting_rows(_ALL_WAITING.order_by(*_OLDEST_FIRST).limit(_LIMIT).offset(_OFFSET))


def _owed(only: ColumnElement[bool] | None = None) -> tuple[Select[Any], Select[Any], Select[tuple[int]]]:
    """The offices that owe most, when offices were last told, and how many offices owe."""
    owed, office = both(overdue(bindparam("now", type_=UtcDateTime)), only), col(Assignment.office)
    most = select(office, func.count(), func.min(col(Assignment.due_at))).where(owed).group_by(office)
    told = (
        select(office, func.max(col(Notice.sent_at)))
        .join(Notice, col(Notice.assignment_id) == col(Assignment.id))
        .where(owed, office.in_(bindparam("offices", expanding=True)), col(Notice.kind) == NoticeKind.OVERDUE)
        .group_by(office)
    )
    how_many = select(func.count(func.distinct(office))).where(owed)
    return most.order_by(func.count().desc(), office).limit(_LIMIT), told, how_many


def _first_undated(only: ColumnElement[bool] | None = None) -> tuple[Select[Any], Select[tuple[int]]]:
    """The oldest undated work, and how much there is."""
    these = both(_UNDATED, only)
    first = select_rows(ListedAssignment).where(these).order_by(col(Assignment.id)).limit(_LIMIT)
    return first, select(func.count()).select_from(Assignment).where(these)


_OWED = _owed()
_FIRST_UNDATED = _first_undated()
_SUBMITTED = select(Report).where(
    col(Report.assignment_id).in_(bindparam("assignments", expanding=True)),
    col(Report.state) == _written(ReportState.SUBMITTED),
)

"""What an office has to look at: its assignments in sections, what is new, what it has drafted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, select, union_all
from sqlmodel import col

from config.rules.working_time import WorkingCalendar
from models.alerts.status import (
    due_soon_until,
    is_dated,
    is_open,
    open_by_due,
    waiting_until,
)
from models.store.columns import UtcDateTime
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, State
from models.tables.party import Part
from models.tables.report import ReportDraft
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
    WAITING = "waiting"  # reported, awaiting decision
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
        # An office that is only named reads no report before it is accepted.
        conditions = {
            key: (*ever[key], search.condition(accepted_only=key is SectionKey.NAMED, within=and_(*ever[key])))
            for key in keys
        }
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


def new_work(connection: Connection, office: str) -> int:
    """How many assignments of an office wait for its acknowledgement."""
    return connection.scalar(_NEW_WORK[leads_jointly(connection, office)], {"office": office}) or 0


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
            open_by_due,  # as in the condition of ``ix_assignment_monitored``
        ),
        SectionKey.NAMED: (
            with_part((_OFFICE,), Part.NAMED),
            state != State.WITHDRAWN,
            func.coalesce(col(Assignment.completed_at), now) > since,
        ),
    }


def unacknowledged_of(connection: Connection, office: str, *, limit: int) -> list[ListedAssignment]:
    """What an office has not acknowledged yet, alone or jointly, the nearest due date first."""
    new = and_(own_work(connection, office), col(Assignment.state) == State.ASSIGNED)
    query = select_rows(ListedAssignment).where(new).order_by(col(Assignment.due_at), col(Assignment.id)).limit(limit)
    return read_rows(connection, ListedAssignment, query)


def drafted(connection: Connection, assignments: Collection[int]) -> set[int]:
    """Those of these assignments that have a draft of a report not sent yet."""
    return set(connection.scalars(_DRAFTED, {"assignments": list(assignments)}))


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


_DRAFTED = select(col(ReportDraft.assignment_id)).where(
    col(ReportDraft.assignment_id).in_(bindparam("assignments", expanding=True))
)
_OPEN_WORK = {jointly: _counted(own) for jointly, own in _OWN.items()}
_NEW_WORK = {
    jointly: select(func.count()).select_from(Assignment).where(own, col(Assignment.state) == State.ASSIGNED)
    for jointly, own in _OWN.items()
}

"""An office's own list: what is late first, then what comes next; and what waits at the coordinator's desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, String, and_, func, literal, select, union_all
from sqlmodel import col

from config.rules.working_time import WorkingCalendar
from models.alerts.status import due_soon
from models.store.upsert import table_of
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.extension import Extension
from models.tables.lifecycle import WAITING_FOR_OFFICE, ExtensionState, ReportState, State
from models.tables.report import Report
from models.work.queries import occasion_of_work
from models.work.search import Search

RECENTLY = timedelta(days=30)

# What a list tells of an assignment; the rest of its columns are long, and read for its own page alone.
_SHOWN = (
    *("id", "subtask", "step", "variant", "period", "role", "office", "lead_office", "delegated_to"),
    *("urgency", "state", "due_at", "due_date", "original_due_date"),
)


class SectionKey(StrEnum):
    """The parts of an office's list, in the order in which it should look at them."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    LATER = "later"
    WAITING = "waiting"  # reported, to be decided on
    SUSPENDED = "suspended"
    DONE = "done"  # of late
    MONITORED = "monitored"  # open work of others that it monitors


@dataclass(frozen=True)
class Section:
    """One part of the list: how many there are, and one page of them by due date."""

    key: SectionKey
    total: int
    rows: Sequence[dict[str, Any]]


def office_work(
    connection: Connection,
    office: str,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    listed: int,
    search: Search | None = None,
    only: SectionKey | None = None,
    offset: int = 0,
) -> list[Section]:
    """Everything an office has to look at, of each section the first ``listed``; with ``only`` one section."""
    parts = _parts(office, now, calendar)
    found = (search.condition(),) if search else ()
    return [
        _section(connection, key, and_(*parts[key], *found), listed, offset)
        for key in SectionKey
        if only in (None, key)
    ]


def _parts(office: str, now: datetime, calendar: WorkingCalendar) -> dict[SectionKey, tuple[ColumnElement[bool], ...]]:
    state, due_at = col(Assignment.state), col(Assignment.due_at)
    own, waiting, soon = col(Assignment.office) == office, state.in_(WAITING_FOR_OFFICE), due_soon(now, calendar)
    return {
        SectionKey.OVERDUE: (own, waiting, due_at <= now),
        SectionKey.DUE_SOON: (own, soon),
        SectionKey.LATER: (own, waiting, due_at > now, ~soon),
        SectionKey.WAITING: (own, state == State.REPORTED),
        SectionKey.SUSPENDED: (own, state == State.SUSPENDED),
        SectionKey.DONE: (own, state == State.ACCEPTED, col(Assignment.completed_at) > now - RECENTLY),
        SectionKey.MONITORED: (
            col(Assignment.monitor_office) == office,
            col(Assignment.office) != office,
            # As it is written in the index that holds open work alone.
            state.not_in((_written(State.ACCEPTED), _written(State.WITHDRAWN))),
        ),
    }


def _section(connection: Connection, key: SectionKey, which: ColumnElement[bool], listed: int, offset: int) -> Section:
    order = (col(Assignment.due_at), col(Assignment.id))
    shown = select(col(Assignment.id)).where(which).order_by(*order).limit(listed).offset(offset)
    query = (
        select(*(table_of(Assignment).c[name] for name in _SHOWN), col(Anchor.title).label("occasion"))
        .outerjoin(Anchor, occasion_of_work)
        .where(col(Assignment.id).in_(shown))
        .order_by(*order)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    total = len(rows)
    if total == listed or offset:
        total = connection.scalar(select(func.count()).select_from(Assignment).where(which)) or 0
    return Section(key, total, rows)


@dataclass(frozen=True)
class Waiting:
    """One thing the coordinator has to decide on."""

    what: Literal["report", "extension"]
    since: datetime
    reason: str
    assignment: dict[str, Any]


def decisions_waiting(connection: Connection, *, limit: int, offset: int = 0) -> tuple[list[Waiting], int]:
    """Reports and requests for time that wait for a decision, the oldest first, one page; and how many in all."""
    waiting = union_all(
        select(
            literal("report").label("what"),
            col(Report.assignment_id).label("assignment_id"),
            col(Report.submitted_at).label("since"),
            literal("").label("reason"),
        ).where(col(Report.state) == _written(ReportState.SUBMITTED)),
        select(
            literal("extension"), col(Extension.assignment_id), col(Extension.requested_at), col(Extension.reason)
        ).where(col(Extension.state) == _written(ExtensionState.REQUESTED)),
    ).subquery()
    shown = select(waiting).order_by(waiting.c.since, waiting.c.assignment_id).limit(limit).offset(offset).subquery()
    rows = connection.execute(
        select(
            shown.c.what,
            shown.c.since,
            shown.c.reason,
            *table_of(Assignment).c,
            col(Anchor.title).label("occasion"),
        )
        .join(Assignment, col(Assignment.id) == shown.c.assignment_id)
        .outerjoin(Anchor, occasion_of_work)
        .order_by(shown.c.since, shown.c.assignment_id)
    ).all()
    total = connection.scalar(select(func.count()).select_from(waiting)) or 0
    return [Waiting(row.what, row.since, row.reason, dict(row._mapping)) for row in rows], total


def _written(state: State | ReportState | ExtensionState) -> ColumnElement[str]:
    """A state written out in the statement, so that the index of what is in that state alone is seen to fit."""
    return literal(state.value, String, literal_execute=True)

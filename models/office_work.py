"""An office's own list: what is late first, then what comes next; and what waits at the coordinator's desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, String, and_, func, literal, select, union_all
from sqlmodel import col

from config.working_time import WorkingCalendar
from models.anchor import Anchor
from models.assignment import Assignment
from models.extension import Extension
from models.inserting import table_of
from models.lifecycle import WAITING_FOR_OFFICE, ExtensionState, ReportState, State
from models.queries import occasion_of_work
from models.report import Report
from models.standing import due_soon

LISTED = 100
RECENTLY = timedelta(days=30)

# What a list tells of an assignment; the rest of its columns are long, and read for its own page alone.
_SHOWN = (
    *("id", "subtask", "step", "variant", "period", "role", "office", "lead_office", "delegated_to"),
    *("urgency", "state", "due_at", "due_date", "original_due_date"),
)

SectionKey = Literal["overdue", "due_soon", "later", "waiting", "suspended", "done"]


@dataclass(frozen=True)
class Section:
    """One part of the list: how many there are, and the first ``LISTED`` of them."""

    key: SectionKey
    total: int
    rows: Sequence[dict[str, Any]]


def office_work(
    connection: Connection, office: str, *, now: datetime, calendar: WorkingCalendar, listed: int = LISTED
) -> list[Section]:
    """Everything an office has to look at, in the order in which it should."""
    waiting = col(Assignment.state).in_(WAITING_FOR_OFFICE)
    soon = due_soon(now, calendar)
    late = and_(waiting, col(Assignment.due_at) <= now)
    parts: tuple[tuple[SectionKey, ColumnElement[bool]], ...] = (
        ("overdue", late),
        ("due_soon", soon),
        ("later", and_(waiting, col(Assignment.due_at) > now, ~soon)),
        ("waiting", col(Assignment.state) == State.REPORTED),
        ("suspended", col(Assignment.state) == State.SUSPENDED),
        ("done", and_(col(Assignment.state) == State.ACCEPTED, col(Assignment.completed_at) > now - RECENTLY)),
    )
    return [_section(connection, key, and_(col(Assignment.office) == office, part), listed) for key, part in parts]


def _section(connection: Connection, key: SectionKey, which: ColumnElement[bool], listed: int) -> Section:
    order = (col(Assignment.due_at), col(Assignment.id))
    shown = select(col(Assignment.id)).where(which).order_by(*order).limit(listed)
    query = (
        select(*(table_of(Assignment).c[name] for name in _SHOWN), col(Anchor.title).label("occasion"))
        .outerjoin(Anchor, occasion_of_work)
        .where(col(Assignment.id).in_(shown))
        .order_by(*order)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    total = len(rows)
    if total == listed:
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


def _written(state: ReportState | ExtensionState) -> ColumnElement[str]:
    """A state written out in the statement, so that the index of what is in that state alone is seen to fit."""
    return literal(state.value, String, literal_execute=True)

"""An office's own list: what is late first, then what comes next; and what waits at the coordinator's desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, union_all
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
        ("later", and_(waiting, ~late, ~soon)),
        ("waiting", col(Assignment.state) == State.REPORTED),
        ("suspended", col(Assignment.state) == State.SUSPENDED),
        ("done", and_(col(Assignment.state) == State.ACCEPTED, col(Assignment.completed_at) > now - RECENTLY)),
    )
    return [_section(connection, key, and_(col(Assignment.office) == office, part), listed) for key, part in parts]


def _section(connection: Connection, key: SectionKey, which: ColumnElement[bool], listed: int) -> Section:
    query = (
        select(*table_of(Assignment).c, col(Anchor.title).label("occasion"))
        .outerjoin(Anchor, occasion_of_work)
        .where(which)
        .order_by(col(Assignment.due_at), col(Assignment.id))
        .limit(listed)
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
        ).where(col(Report.state) == ReportState.SUBMITTED),
        select(
            literal("extension"), col(Extension.assignment_id), col(Extension.requested_at), col(Extension.reason)
        ).where(col(Extension.state) == ExtensionState.REQUESTED),
    ).subquery()
    rows = connection.execute(
        select(
            waiting.c.what,
            waiting.c.since,
            waiting.c.reason,
            *table_of(Assignment).c,
            col(Anchor.title).label("occasion"),
        )
        .join(Assignment, col(Assignment.id) == waiting.c.assignment_id)
        .outerjoin(Anchor, occasion_of_work)
        .order_by(waiting.c.since, waiting.c.assignment_id)
        .limit(limit)
        .offset(offset)
    ).all()
    total = connection.scalar(select(func.count()).select_from(waiting)) or 0
    return [Waiting(row.what, row.since, row.reason, dict(row._mapping)) for row in rows], total

"""How many assignments need attention, from the tally that triggers keep: it costs the same however much is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, delete, func, insert, or_, select
from sqlmodel import Session, col

from config.rules.working_time import WorkingCalendar
from models.alerts.status import due_soon_until, last_day_of_grace
from models.store.columns import UtcDateTime
from models.store.upsert import table_of
from models.tables.lifecycle import WAITING_FOR_OFFICE, State
from models.tables.tally import AssignmentTally

_TALLY_ROWS = 2_000
"""Rows of the tally up to which adding them up does not count."""


@dataclass(frozen=True)
class AttentionCounts:
    """How many assignments need attention at a moment, whether or not anybody was alerted."""

    acknowledged_missing: int
    due_soon: int
    overdue: int


def attention_counts(
    session: Session | Connection, *, now: datetime, calendar: WorkingCalendar, priority: str | None = None
) -> AttentionCounts:
    """Count what is late or nearly so, for one priority or all: from the tally, however much is open.

    In words that ``models.alerts.status`` says of single assignments.
    """
    days = {"grace": last_day_of_grace(now, calendar), "soon": due_soon_until(now, calendar)}
    counted = session.execute(_counting(priority is not None), {"now": now, "priority": priority} | days)
    return AttentionCounts(*(int(count) for count in counted.one()))


@cache  # every run asks
def _counting(is_of_one: bool) -> Select[Any]:
    tally, due_at = AssignmentTally, col(AssignmentTally.due_at)
    now = bindparam("now", type_=UtcDateTime)
    waits = col(tally.state).in_(WAITING_FOR_OFFICE)
    unacknowledged = col(tally.begun_on) <= bindparam("grace")
    soon = and_(waits, due_at > now, due_at <= bindparam("soon"))
    late = or_(and_(waits, due_at <= now), and_(col(tally.state) == State.REPORTED, ~col(tally.in_time)))
    query = select(
        *(func.coalesce(func.sum(case((each, tally.number), else_=0)), 0) for each in (unacknowledged, soon, late))
    )
    return query.where(col(tally.priority) == bindparam("priority")) if is_of_one else query


def compact_tally(session: Session) -> None:
    """Add up the rows of the tally that count alike, where there are many."""
    tally = table_of(AssignmentTally)
    if (session.scalar(_ROWS) or 0) < _TALLY_ROWS:
        return
    alike = [each for each in tally.c if each.name not in ("id", "number")]
    names = [each.name for each in (*alike, tally.c.number)]
    if session.get_bind().dialect.name == "postgresql":  # in one statement: what another adds up is gone for this one
        gone = delete(tally).returning(*alike, tally.c.number).cte("gone")
        session.execute(insert(tally).from_select(names, _sums([gone.c[each.name] for each in alike], gone.c.number)))
        return
    last = session.scalar(select(func.max(tally.c.id)))
    session.execute(insert(tally).from_select(names, _sums(alike, tally.c.number)))
    session.execute(delete(tally).where(tally.c.id <= last))


_ROWS = select(func.count()).select_from(table_of(AssignmentTally))


def _sums(alike: Sequence[ColumnElement[Any]], number: ColumnElement[int]) -> Select[Any]:
    total = func.sum(number)
    return select(*alike, total).group_by(*alike).having(total != 0)

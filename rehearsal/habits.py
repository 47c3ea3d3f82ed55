"""How offices have answered so far, and a rehearsal in which they go on like that."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

import sqlalchemy as sa
from sqlmodel import col, select

from config.clock import HANOI, local_date
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import WAITING_FOR_OFFICE
from models.work import verbs
from rehearsal.acting_out import report_content

_AT_LEAST = 3
"""Reports from which a habit is known."""


@dataclass(frozen=True)
class Habit:
    """How long an office takes from being assigned to its report: days, the median of all it has handed in."""

    report_after: int


def habits(store: Store, now: datetime) -> Mapping[str, Habit]:
    """The habit of each office that has reported often enough; an office without one never answers."""
    reported = col(Assignment.reported_at)
    columns = col(Assignment.office), col(Assignment.assigned_at), reported
    done = sa.select(*columns).where(reported.is_not(None), reported <= now)
    taken: dict[str, list[int]] = defaultdict(list)
    with reading(store.engine) as connection:
        for office, assigned_at, reported_at in connection.execute(done):
            taken[office].append((reported_at - assigned_at).days)
    return {office: Habit(round(median(days))) for office, days in taken.items() if len(days) >= _AT_LEAST}


def answer(store: Store, known: Mapping[str, Habit], day: date, *, not_before: datetime) -> int:
    """Let every office report what it would have reported by the end of this day; returns how many did."""
    at = max(datetime.combine(day, time(10), tzinfo=HANOI), not_before)
    waiting = select(Assignment).where(
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
        col(Assignment.office).in_(known),
        col(Assignment.assigned_at) < at,
    )
    answered = 0
    with session_scope(store.engine) as session:
        for assignment in session.exec(waiting.order_by(col(Assignment.id))).all():
            ready = local_date(assignment.assigned_at) + timedelta(days=known[assignment.office].report_after)
            if ready > day or assignment.id is None:
                continue
            office = store.actor_context(now=at, actor=f"office:{assignment.office}", run_key="rehearsal")
            try:
                verbs.report(session, assignment.id, report_content(assignment, day, office), office)
                desk = store.actor_context(now=at, actor="coordinator", run_key="rehearsal")
                verbs.accept(session, assignment.id, desk)
            except (TransitionRefused, NotFound, InvalidReport):
                continue
            answered += 1
    return answered

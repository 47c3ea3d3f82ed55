"""How offices have answered so far, and a rehearsal in which they go on like that."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from statistics import median

import sqlalchemy as sa
from sqlmodel import col

from config.clock import local_date
from models.alerts.status import overdue
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport, NotFound, TransitionRefused
from models.tables.lifecycle import WAITING_FOR_OFFICE
from models.work import verbs
from rehearsal.acting_out import report_content

ANSWERED_AT = time(10)

_AT_LEAST = 3
"""Reports from which a habit is known."""


@dataclass(frozen=True)
class Habit:
    """How an office has answered until ``known_at``.

    report_after  days from being assigned to its report, the median of all it has handed in
    share         how much it has reported of what it has reported or left overdue, 0 to 1
    """

    report_after: int
    share: float
    known_at: datetime

    def answers(self, number: int, due_at: datetime) -> bool:
        """Whether this assignment is one that it answers: not what it has left so far, and of the rest its share."""
        return due_at > self.known_at and Random(number).random() < self.share


def habits(store: Store, now: datetime) -> Mapping[str, Habit]:
    """The habit of each office that has reported often enough; an office without one never answers."""
    reported, office = col(Assignment.reported_at), col(Assignment.office)
    done = sa.select(office, col(Assignment.assigned_at), reported).where(reported.is_not(None), reported <= now)
    is_left = sa.and_(overdue(now), col(Assignment.state).in_(WAITING_FOR_OFFICE))
    left_by = sa.select(office, sa.func.count()).where(is_left).group_by(office)
    taken: dict[str, list[int]] = defaultdict(list)
    with reading(store.engine) as connection:
        for code, assigned_at, reported_at in connection.execute(done):
            taken[code].append((reported_at - assigned_at).days)
        left = dict(connection.execute(left_by).tuples().all())
    return {
        code: Habit(round(median(days)), len(days) / (len(days) + left.get(code, 0)), now)
        for code, days in taken.items()
        if len(days) >= _AT_LEAST
    }


def answer(store: Store, known: Mapping[str, Habit], at: datetime) -> int:
    """Let every office report what it would have reported by the end of this day; returns how many did."""
    day = local_date(at)
    columns = (col(getattr(Assignment, name)) for name in ("id", "office", "assigned_at", "due_at"))
    waiting = sa.select(*columns).where(
        col(Assignment.state).in_(WAITING_FOR_OFFICE),
        col(Assignment.office).in_(known),
        col(Assignment.assigned_at) < at,
    )
    with reading(store.engine) as connection:
        ready = [
            (number, office)
            for number, office, assigned_at, due_at in connection.execute(waiting.order_by(col(Assignment.id)))
            if local_date(assigned_at) + timedelta(days=known[office].report_after) <= day
            and known[office].answers(number, due_at)
        ]
    if not ready:
        return 0
    answered = 0
    with session_scope(store.engine) as session:
        for number, code in ready:
            assignment = session.get_one(Assignment, number)
            office = store.actor_context(now=at, actor=f"office:{code}")
            try:
                verbs.report(session, number, report_content(assignment, day, office), office)
                desk = store.actor_context(now=at, actor="coordinator")
                verbs.accept(session, number, desk)
            except (TransitionRefused, NotFound, InvalidReport):
                continue
            answered += 1
    return answered

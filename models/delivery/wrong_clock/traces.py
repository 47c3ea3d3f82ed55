"""What a clock that was wrong leaves behind: rungs said before their time, and tries put off for years.

By other marks than the ladder's own, for the auditor; and what is meant by "in the future", for the repair.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, text
from sqlmodel import and_, col, func, or_, select

from config.clock import HANOI, local_date, start_of_day
from config.rules.working_time import WorkingCalendar
from models.delivery.leases import in_the_queue
from models.delivery.pauses import LONGEST_ASKED_PAUSE, LONGEST_PAUSE
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message

GRACE = timedelta(days=1)
"""Nothing is of the future that is nearer: several machines' clocks, and runs over midnight."""


def early_rungs(
    connection: Connection,
    now: datetime,
    which: ColumnElement[bool],
    asked: Mapping[str, Any],
    *,
    limit: int,
) -> tuple[int, ...]:
    """Assignments of which rungs are done that are not due for a day yet.

    which, asked  of these alone: a condition that is made once, and the values that it asks for
    """
    found = connection.scalars(_early_rungs(which), {**asked, "after": now + GRACE, "at_most": limit})
    return tuple(number for number in found if number is not None)


@cache
def _early_rungs(which: ColumnElement[bool]) -> Select[Any]:
    rank, fires = col(TimetableRung.rank), col(TimetableRung.fire_at)
    # Grouped by its plain number, SQLite would read every rung there is, and not those to come alone.
    timetable = (col(TimetableRung.timetable_id) + 0).label("timetable")
    first = select(timetable, func.min(rank).label("rank")).where(fires > bindparam("after"))
    coming = first.group_by(timetable).subquery("coming")
    return (
        select(col(Assignment.id))
        .join(coming, coming.c.timetable == col(Assignment.timetable_id))
        .where(passed_a_rung(), col(Assignment.rung_done) >= coming.c.rank, which)
        .order_by(col(Assignment.id))
        .limit(bindparam("at_most", type_=Integer))
    )


def passed_a_rung() -> ColumnElement[bool]:
    """Not done, and with a rung behind it: word for word what the index says, which holds these alone."""
    return text("assignment.rung_done > 0 AND assignment.completed_at IS NULL")  # type: ignore[return-value]


def put_off(now: datetime, calendar: WorkingCalendar) -> ColumnElement[bool]:
    """Messages that wait for longer than any pause lasts, or are held by a courier of another year."""
    held = and_(col(Message.state) == MessageState.SENDING, col(Message.lease_until) > now + GRACE)
    return and_(in_the_queue(), or_(col(Message.next_attempt_at) > longest_wait(now, calendar), held))


def longest_wait(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The last moment to which a try may be put off at ``now``: what a service asks for, then a rest of several days
    off, then the quiet hours of the morning after."""
    asked = now + LONGEST_ASKED_PAUSE + 2 * LONGEST_PAUSE
    return start_of_day(calendar.next_working_day(local_date(asked))).astimezone(HANOI) + timedelta(days=1)


def tries_put_off(connection: Connection, now: datetime, calendar: WorkingCalendar, *, limit: int) -> tuple[int, ...]:
    """The messages of ``put_off``."""
    query = select(col(Message.id)).where(put_off(now, calendar)).order_by(col(Message.next_attempt_at))
    return tuple(number for number in connection.scalars(query.limit(limit)) if number is not None)

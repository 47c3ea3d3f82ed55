"""Years of a span that were accepted as progress: counted in the year in which they were due, in time or late, though
the assignment has gone on to the next one (``models.work.looking_back.settled``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_
from sqlmodel import col

from config.clock import last_day_before
from models.alerts.status import both
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role
from models.tables.party import Part, Party
from models.work.looking_back.settled import all_settled
from reports.figures import Tally, sum_tallies
from reports.subtask_count import SubtaskCount, subtask_periods

Tallies = Mapping[tuple[Any, ...], Tally]


def with_settled(
    found: Tallies,
    connection: Connection,
    *by: Any,
    falls: Callable[[date], bool],
    now: datetime,
    only: ColumnElement[bool] | None = None,
) -> Tallies:
    """A tally by these columns of ``Assignment``, with the years settled by ``now``.

    falls  whether a year that was due on a day is counted
    only   any further condition on assignments
    """
    tallies: dict[tuple[Any, ...], list[Tally]] = defaultdict(list)
    for year, *key in all_settled(connection, *by, by=now, only=only):
        if falls(last_day_before(year.due_at)):
            in_time = year.reported_at < year.due_at
            tallies[tuple(key)].append(Tally(done_on_time=1) if in_time else Tally(done_late=1))
    return defaultdict(
        Tally, {key: sum_tallies([*tallies[key], found.get(key, Tally())]) for key in {*found, *tallies}}
    )


def with_settled_by_office(
    found: Tallies,
    connection: Connection,
    *,
    falls: Callable[[date], bool],
    now: datetime,
    only: ColumnElement[bool] | None = None,
) -> Tallies:
    """The same by office, each joint lead counted in its own row."""
    found = with_settled(found, connection, col(Assignment.office), falls=falls, now=now, only=only)
    jointly = and_(col(Party.assignment_id) == Assignment.id, col(Party.part) == Part.JOINT)
    return with_settled(found, connection, col(Party.office), falls=falls, now=now, only=both(jointly, only))


def count_with_settled(
    counted: SubtaskCount,
    connection: Connection,
    *,
    falls: Callable[[date], bool],
    now: datetime,
    counts: ColumnElement[bool],
    only: ColumnElement[bool] | None = None,
) -> SubtaskCount:
    """Subtasks by period with those all of whose leads have settled a year and gone on; they are done.

    counts  the condition by which the others were counted
    """
    is_lead = both(col(Assignment.role) == Role.LEAD, only)
    columns = col(Assignment.subtask), col(Assignment.period)
    settled = {
        (subtask, period)
        for year, subtask, period in all_settled(connection, *columns, by=now, only=is_lead)
        if falls(last_day_before(year.due_at))
    }
    more = len(settled - subtask_periods(connection, is_lead, counts)) if settled else 0
    return replace(counted, total=counted.total + more, done=counted.done + more)

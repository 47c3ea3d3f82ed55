"""Years of a span that were accepted as progress: counted in the year in which they were due, in time or late, though
the assignment has gone on to the next one (``models.work.looking_back.settled``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_
from sqlmodel import col

from config.catalogue.plan import Plan
from config.clock import last_day_before
from config.rules.grammar import parse_rule
from config.rules.kinds import Span
from models.alerts.status import both
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role
from models.tables.party import Part, Party
from models.work.looking_back.settled import all_settled
from reports.figures import Tally, sum_tallies
from reports.subtask_count import SubtaskCount, subtask_periods

Tallies = Mapping[tuple[Any, ...], Tally]


def spanning(plan: Plan) -> frozenset[str]:
    """The subtasks with work that spans years, now or by what the plan asked before."""
    subtasks = (each for whole in (*plan.priorities, *plan.retired) for each in whole.subtasks)
    steps = [(each.code, step) for each in subtasks for step in each.steps]
    steps += [(each.subtask, was.step) for each in plan.history for was in each.earlier]
    return frozenset(code for code, step in steps if isinstance(parse_rule(step.due.lead), Span))


def with_settled(
    found: Tallies,
    connection: Connection,
    *by: Any,
    falls: Callable[[date], bool],
    now: datetime,
    only: ColumnElement[bool] | None = None,
    due: Callable[[datetime], Any] | None = None,
    among: Collection[str] | None = None,
) -> Tallies:
    """A tally by these columns of ``Assignment``, with the years settled by ``now``.

    falls  whether a year that was due on a day is counted
    only   any further condition on assignments
    due    what stands first in the keys of the tally: something of the instant of the due date
    among  the subtasks that may have such years (``spanning``), so that no other is looked at
    """
    if among is not None:
        only = both(col(Assignment.subtask).in_(among), only)
    tallies: dict[tuple[Any, ...], list[Tally]] = defaultdict(list)
    for year, *key in all_settled(connection, *by, by=now, only=only) if among != frozenset() else ():
        if falls(last_day_before(year.due_at)):
            in_time = year.reported_at < year.due_at
            whole = tuple(key) if due is None else (due(year.due_at), *key)
            tallies[whole].append(Tally(done_on_time=1) if in_time else Tally(done_late=1))
    return defaultdict(
        Tally, {key: sum_tallies([*tallies[key], found.get(key, Tally())]) for key in dict.fromkeys((*found, *tallies))}
    )


def with_settled_by_office(
    found: Tallies, connection: Connection, *, only: ColumnElement[bool] | None = None, **which: Any
) -> Tallies:
    """The same by office, each joint lead counted in its own row."""
    found = with_settled(found, connection, col(Assignment.office), only=only, **which)
    jointly = and_(col(Party.assignment_id) == Assignment.id, col(Party.part) == Part.JOINT)
    return with_settled(found, connection, col(Party.office), only=both(jointly, only), **which)


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

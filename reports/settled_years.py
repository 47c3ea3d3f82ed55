"""Years of a span that were accepted as progress: counted in the year in which they were due, in time or late, though
the assignment has gone on to the next one (``models.work.looking_back.settled``)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
from models.tables.lifecycle import Role, Status
from models.tables.party import Part, Party
from models.work.looking_back.settled import all_settled
from models.work.queries import AssignmentFilter, conditions
from reports.figures import Tally, sum_tallies
from reports.spans import Span as SpanOfDays
from reports.spans import due_within
from reports.subtask_count import Periods, SubtaskCount, subtask_periods

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
    return with_settled_jointly(found, connection, only=only, **which)


def with_settled_jointly(
    found: Tallies, connection: Connection, *by: Any, only: ColumnElement[bool] | None = None, **which: Any
) -> Tallies:
    """The same by these columns and joint lead, of what offices lead beside the one that has the assignment."""
    jointly = and_(col(Party.assignment_id) == Assignment.id, col(Party.part) == Part.JOINT)
    return with_settled(found, connection, *by, col(Party.office), only=both(jointly, only), **which)


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
    more = len(_settled_periods(connection, falls=falls, now=now, counts=counts, only=only))
    return replace(counted, total=counted.total + more, done=counted.done + more)


def periods_with_settled(
    found: Mapping[str, Periods],
    connection: Connection,
    *,
    due_in: SpanOfDays,
    now: datetime,
    only: ColumnElement[bool] | None = None,
    among: Collection[str],
) -> dict[str, Periods]:
    """The same for the periods of each subtask that are due in a span; ``among`` as for ``with_settled``."""
    if not among:
        return dict(found)
    counts, only = due_within(due_in), both(col(Assignment.subtask).in_(among), only)
    settled = _settled_periods(connection, falls=due_in.holds, now=now, counts=counts, only=only)
    more = Counter(subtask for subtask, _ in settled)
    counted = {code: found.get(code, (0, 0, 0)) for code in (*found, *more)}
    return {code: (total + more[code], done + more[code], late) for code, (total, done, late) in counted.items()}


def _settled_periods(
    connection: Connection,
    *,
    falls: Callable[[date], bool],
    now: datetime,
    counts: ColumnElement[bool],
    only: ColumnElement[bool] | None,
) -> set[tuple[str, str]]:
    is_lead = both(col(Assignment.role) == Role.LEAD, only)
    columns = col(Assignment.subtask), col(Assignment.period)
    settled = {
        (subtask, period)
        for year, subtask, period in all_settled(connection, *columns, by=now, only=is_lead)
        if falls(last_day_before(year.due_at))
    }
    return settled - subtask_periods(connection, is_lead, counts) if settled else settled


@dataclass(frozen=True)
class SettledRow:
    """A year that was due on a day and is settled; its work is due on ``due_date`` now."""

    id: int
    subtask: str
    was_due: date
    due_date: date


_SETTLED_AS = (Status.DONE_ON_TIME, Status.DONE_LATE)


def settled_rows(
    connection: Connection, criteria: AssignmentFilter, *, now: datetime, among: Collection[str]
) -> Sequence[SettledRow]:
    """What a list of work due in a span leaves out, as it is due later now, though the figures of the span count it.

    among  as for ``with_settled``
    """
    of_open = criteria.state, criteria.dates, criteria.is_open
    is_asked = criteria.status in (None, *_SETTLED_AS) and not any(each is not None for each in of_open)
    if criteria.due_in is None or not among or not is_asked:
        return ()
    span = SpanOfDays(*criteria.due_in)
    others = conditions(connection, replace(criteria, due_in=None, status=None), now)
    only = and_(col(Assignment.subtask).in_(among), *others)
    columns = col(Assignment.id), col(Assignment.subtask), col(Assignment.due_date)
    found = [
        SettledRow(number, subtask, was_due, due_date)
        for year, number, subtask, due_date in all_settled(connection, *columns, by=now, only=only)
        if span.holds(was_due := last_day_before(year.due_at))
        and criteria.status in (None, _SETTLED_AS[year.reported_at >= year.due_at])
    ]
    return sorted(found, key=lambda each: (each.was_due, each.id))

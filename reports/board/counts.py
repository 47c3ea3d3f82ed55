"""What a board counts of all assignments, so that after a change only the offices concerned are counted anew."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection
from sqlmodel import col

from config.rules.working_time import WorkingCalendar
from models.alerts.status import both
from models.tables.assignment import Assignment
from models.work.looking_back.changes import Change, change_counts_by_office, indexed_change_counts
from models.work.looking_back.touched import Touched
from reports.board.situation import Situation, due_trends, situation, sum_trends
from reports.figures import Tally
from reports.settled_years import periods_with_settled
from reports.spans import Span, with_due_in
from reports.subtask_count import Periods, SubtaskCount, count_periods, sum_periods

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class BoardScope:
    """What a board is about, on one day.

    by_subtask  tallied by subtask instead of priority
    only        any further condition on assignments
    spans       the months or quarters of its trend
    since       from when on changes are counted; None where they are not
    spanning    the subtasks whose years may have been settled
    """

    calendar: WorkingCalendar
    spans: Sequence[str]
    since: datetime | None
    by_subtask: bool = False
    due_in: Span | None = None
    only: ColumnElement[bool] | None = None
    spanning: frozenset[str] = frozenset()

    @property
    def which(self) -> ColumnElement[bool] | None:
        """``only`` and ``due_in`` as one condition."""
        return with_due_in(self.only, self.due_in)


@dataclass(frozen=True)
class BoardCounts:
    """The counts of a scope: they stay true until an assignment changes, a due date passes or the day ends.

    trends           by office
    changes          by office, of the kinds that no index finds
    indexed_changes  of the others
    periods          by subtask
    """

    scope: BoardScope
    situation: Situation
    trends: Mapping[str, Mapping[str, Tally]]
    changes: Mapping[str, Mapping[Change, int]]
    indexed_changes: Mapping[Change, int]
    periods: Mapping[str, Periods]

    @property
    def trend(self) -> dict[str, Tally]:
        """What falls due in each of the spans."""
        return sum_trends(self.scope.spans, self.trends.values())

    @property
    def changed(self) -> dict[Change, int]:
        """How many assignments each kind of change has come to."""
        counts = Counter(self.indexed_changes)
        for of_office in self.changes.values():
            counts.update(of_office)
        return dict(counts)

    @property
    def subtasks(self) -> SubtaskCount:
        return sum_periods(self.periods.values(), self.situation.whole.total)


def count_board(connection: Connection, scope: BoardScope, *, now: datetime) -> BoardCounts:
    """Count all of it."""
    at: dict[str, Any] = {"now": now, "calendar": scope.calendar, "only": scope.only, "spanning": scope.spanning}
    return BoardCounts(
        scope,
        situation(connection, by_subtask=scope.by_subtask, due_in=scope.due_in, **at),
        due_trends(connection, scope.spans, **at),
        change_counts_by_office(connection, scope.since, now, only=scope.which) if scope.since else {},
        indexed_change_counts(connection, scope.since, now, only=scope.which) if scope.since else {},
        _periods(connection, scope, now=now, only=scope.only),
    )


def recount_board(connection: Connection, counted: BoardCounts, touched: Touched, *, now: datetime) -> BoardCounts:
    """The same, where since then assignments of these offices and subtasks alone have changed."""
    scope, offices, subtasks = counted.scope, touched.offices, touched.subtasks
    at: dict[str, Any] = {"now": now, "calendar": scope.calendar, "offices": offices}
    at |= {"only": scope.only, "spanning": scope.spanning}
    theirs = situation(connection, by_subtask=scope.by_subtask, due_in=scope.due_in, **at)
    trends = due_trends(connection, scope.spans, **at)
    changes: Mapping[str, Mapping[Change, int]] = {}
    indexed_changes: Mapping[Change, int] = {}
    if scope.since:
        of_offices = both(col(Assignment.office).in_(offices), scope.which)
        changes = change_counts_by_office(connection, scope.since, now, only=of_offices)
        indexed_changes = indexed_change_counts(connection, scope.since, now, only=scope.which)
    periods = _periods(connection, scope, now=now, only=both(col(Assignment.subtask).in_(subtasks), scope.only))
    return BoardCounts(
        scope,
        counted.situation.with_offices(offices, theirs),
        _instead(counted.trends, offices, trends),
        _instead(counted.changes, offices, changes),
        indexed_changes,
        _instead(counted.periods, subtasks, periods),
    )


def _periods(
    connection: Connection, scope: BoardScope, *, now: datetime, only: ColumnElement[bool] | None
) -> Mapping[str, Periods]:
    found, due_in = count_periods(connection, now=now, due_in=scope.due_in, only=only), scope.due_in
    if due_in is None:
        return found
    return periods_with_settled(found, connection, due_in=due_in, now=now, only=only, among=scope.spanning)


def _instead(old: Mapping[str, _Value], keys: Collection[str], new: Mapping[str, _Value]) -> dict[str, _Value]:
    """The old without these keys, and the new."""
    return {key: value for key, value in old.items() if key not in keys} | dict(new)

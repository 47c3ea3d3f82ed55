"""Figures for managers: assignments tallied by status, by any column, and the share done on time.

Board, charts, documents and the yearly review all draw on this, so that no two of them count differently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    cast,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlmodel import col

from config.rules.working_time import WorkingCalendar
from models.alerts.status import (
    both,
    due_soon,
    is_dated,
    is_open,
    is_standing,
    open_by_due,
    reported_in_time,
    status_expr,
)
from models.tables.assignment import Assignment
from models.tables.lifecycle import State, Status
from models.tables.party import Part, Party
from reports.spans import Span, with_due_in


@dataclass(frozen=True)
class Tally:
    """How many assignments have which status; withdrawn ones are not counted.

    Work without a due date is never late. Of ``open_within_term`` it is:
    standing   never due, asked for its progress at a rhythm
    undated    without a date until one is set, or waiting for another subtask
    Of ``done_on_time``:
    done_undated  had no due date, and does not count in the share done on time

    due_soon   of those open within their term, how many fall due within five working days
    suspended  of those open within their term, how many have their clock stopped
    """

    done_on_time: int = 0
    done_late: int = 0
    open_within_term: int = 0
    open_overdue: int = 0
    due_soon: int = 0
    suspended: int = 0
    standing: int = 0
    undated: int = 0
    done_undated: int = 0

    @property
    def total(self) -> int:
        return self.done_on_time + self.done_late + self.open_within_term + self.open_overdue

    @property
    def late(self) -> int:
        """What is overdue or was done late."""
        return self.open_overdue + self.done_late

    @property
    def by_status(self) -> dict[str, int]:
        """The four counts by their status word."""
        return {word.value: getattr(self, word.value) for word in Status}

    @property
    def due(self) -> int:
        """What has shown whether it is on time: dated, and done or open past its due instant."""
        return self.done_on_time - self.done_undated + self.done_late + self.open_overdue

    @property
    def on_time_rate(self) -> float | None:
        """Share of ``due`` that was done on time, 0 to 1; None where nothing has come due yet."""
        return (self.done_on_time - self.done_undated) / self.due if self.due else None


_COUNTS = attrgetter(*(each.name for each in fields(Tally)))


def sum_tallies(tallies: Iterable[Tally]) -> Tally:
    """The sum of many tallies."""
    # ``dataclasses.astuple`` would copy deeply, and a board adds up thousands.
    return Tally(*map(sum, zip(*map(_COUNTS, tallies), strict=True)))


def tally(
    connection: Connection,
    *by: Any,
    now: datetime,
    calendar: WorkingCalendar,
    due_in: Span | None = None,
    only: ColumnElement[bool] | None = None,
) -> Mapping[tuple[Any, ...], Tally]:
    """Tally assignments by columns of ``Assignment``, read as strings, enums or instants as the columns are.

    due_in  only those whose due date, extensions included, lies in this span
    only    any further condition on assignments
    """
    which = with_due_in(only, due_in)
    # What is done and what is open each in a pass of its own: of the many done only one thing is asked. Within a state
    # rows are counted as ``ix_assignment_board`` is ordered, without sorting; states are added up from that.
    state = col(Assignment.state)
    is_done: ColumnElement[bool] = state == State.ACCEPTED
    of_open_by: Sequence[Any] = (state, *by)
    is_open_now = is_open
    if due_in:  # so that SQLite looks at this span alone, in indexes by due date and in their order
        is_done = func.coalesce(state, literal_column("''")) == State.ACCEPTED
        is_open_now, of_open_by = open_by_due, by
    undated_counts = {
        "standing": func.count().filter(is_standing),
        "undated": func.count().filter(and_(~is_dated, ~is_standing)),
    }
    of_done = _counts(
        by,
        done=func.count(),
        in_time=func.count().filter(reported_in_time),
        **({} if due_in else {"done_undated": func.count().filter(~is_dated)}),
    )
    of_open = _counts(
        by,
        open=func.count(),
        overdue=func.count().filter(status_expr(Status.OPEN_OVERDUE, now)),
        soon=func.count().filter(due_soon(now, calendar)),
        suspended=func.count().filter(state == State.SUSPENDED),
        # In a span of days everything has a date.
        **({} if due_in else undated_counts),
    )
    found = union_all(
        of_done.where(both(is_done, which)).group_by(*by), of_open.where(both(is_open_now, which)).group_by(*of_open_by)
    ).subquery("found")
    keys = [each for each in found.c if each.name not in _COUNTED]
    # A sum of counts is no longer a whole number to PostgreSQL, and of nothing it is unknown.
    sums = {name: cast(func.coalesce(func.sum(found.c[name]), 0), Integer) for name in _COUNTED}
    words = (
        sums["in_time"],
        sums["done"] - sums["in_time"],
        sums["open"] - sums["overdue"],
        *(sums[name] for name in ("overdue", "soon", "suspended", "standing", "undated", "done_undated")),
    )
    result: dict[tuple[Any, ...], Tally] = defaultdict(Tally)
    for row in connection.execute(select(*keys, *words).group_by(*keys)).all():
        result[tuple(row[: len(by)])] = Tally(*row[len(by) :])
    return result


def tally_by_office(
    connection: Connection,
    *by: Any,
    now: datetime,
    calendar: WorkingCalendar,
    due_in: Span | None = None,
    only: ColumnElement[bool] | None = None,
) -> Mapping[tuple[Any, ...], Tally]:
    """``tally`` by these columns and the office, each joint lead counted in its own row.

    The rows of all offices may thus add up to more than there is: totals are tallied without them.
    """
    office = col(Assignment.office)
    of_each = tally(connection, *by, office, now=now, calendar=calendar, due_in=due_in, only=only)
    found = defaultdict(Tally, of_each)
    for key, each in joint_tally(connection, *by, now=now, calendar=calendar, due_in=due_in, only=only).items():
        found[key] = sum_tallies((found[key], each))
    return found


def joint_tally(
    connection: Connection,
    *by: Any,
    now: datetime,
    calendar: WorkingCalendar,
    due_in: Span | None = None,
    only: ColumnElement[bool] | None = None,
) -> Mapping[tuple[Any, ...], Tally]:
    """``tally`` by these columns and joint lead, of what offices lead beside the one that has the assignment."""
    if not connection.scalar(select(exists().where(col(Party.part) == Part.JOINT))):
        return {}
    jointly = and_(col(Party.assignment_id) == Assignment.id, col(Party.part) == Part.JOINT)
    which = both(jointly, only)
    return tally(connection, *by, col(Party.office), now=now, calendar=calendar, due_in=due_in, only=which)


_COUNTED = ("done", "in_time", "open", "overdue", "soon", "suspended", "standing", "undated", "done_undated")


def _counts(by: Sequence[Any], **counts: ColumnElement[int]) -> Select[Any]:
    """These counts by these keys, 0 for the others, so that all can stand one under the other."""
    keys = (each.label(f"key_{number}") for number, each in enumerate(by))
    none: ColumnElement[int] = literal_column("0")
    return select(*keys, *(counts.get(name, none).label(name) for name in _COUNTED))


def tally_columns(now: datetime, calendar: WorkingCalendar) -> Iterator[ColumnElement[int]]:
    """The columns of a ``Tally`` in its order, for another query over assignments that are not withdrawn."""
    for word in Status:
        yield func.count().filter(status_expr(word, now))
    yield func.count().filter(due_soon(now, calendar))
    yield func.count().filter(col(Assignment.state) == State.SUSPENDED)
    yield func.count().filter(and_(is_open, is_standing))
    yield func.count().filter(and_(is_open, ~is_dated, ~is_standing))
    yield func.count().filter(and_(col(Assignment.state) == State.ACCEPTED, ~is_dated))


def percent(share: float | None) -> str:
    """A share as people read it; never 100 % while something is missing, never 0 % while something is there."""
    return "–" if share is None else f"{_whole_percent(share)}%"


def points(now: float | None, before: float | None) -> int | None:
    """By how many points a share changed, as told from both as people read them; None where one is not known."""
    return None if now is None or before is None else _whole_percent(now) - _whole_percent(before)


def _whole_percent(share: float) -> int:
    rounded = round(100 * share)
    if share < 1 and rounded == 100:
        return 99
    return 1 if share > 0 and rounded == 0 else rounded

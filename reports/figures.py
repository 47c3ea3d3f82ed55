"""Figures for those who decide: how work stands, tallied by whatever it is asked by, and whether it came on time.

Board, charts, documents and the yearly review all draw on this, so that no two of them count differently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select
from sqlmodel import col

from config.clock import end_of_day
from config.working_time import WorkingCalendar
from models.assignment import Assignment
from models.lifecycle import Standing, State
from models.standing import due_soon, is_open, stands


@dataclass(frozen=True)
class Tally:
    """How many assignments stand how; withdrawn ones are out.

    due_soon   of those open within their term, how many fall due within five working days
    suspended  of those open within their term, how many have their clock stopped
    """

    done_on_time: int = 0
    done_late: int = 0
    open_within_term: int = 0
    open_overdue: int = 0
    due_soon: int = 0
    suspended: int = 0

    @property
    def total(self) -> int:
        return self.done_on_time + self.done_late + self.open_within_term + self.open_overdue

    @property
    def due(self) -> int:
        """What has shown whether it is on time: done, or open past its due instant."""
        return self.done_on_time + self.done_late + self.open_overdue

    @property
    def on_time_rate(self) -> float | None:
        """Share of ``due`` that was done on time, 0 to 1; None where nothing has come due yet."""
        return self.done_on_time / self.due if self.due else None

    def __add__(self, other: Tally) -> Tally:
        # Written out: boards add thousands of these, and ``dataclasses.astuple`` copies deeply.
        return Tally(
            self.done_on_time + other.done_on_time,
            self.done_late + other.done_late,
            self.open_within_term + other.open_within_term,
            self.open_overdue + other.open_overdue,
            self.due_soon + other.due_soon,
            self.suspended + other.suspended,
        )


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date


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
    conditions = [each for each in (only, due_within(due_in) if due_in else None) if each is not None]
    none: ColumnElement[int] = literal_column("0")
    # What is done and what is open each in a pass of its own: of the many done only one thing is asked. Within a state,
    # priority, office and subtask are counted as ``ix_assignment_board`` is ordered, without sorting.
    state = col(Assignment.state)
    is_done = state == State.ACCEPTED
    if due_in:  # so that SQLite looks at this span alone, in ``ix_assignment_by_due``, and not at all that is done
        is_done = func.coalesce(state, literal_column("''")) == State.ACCEPTED
    done_on_time = func.count().filter(stands(Standing.DONE_ON_TIME, now))
    of_done = (done_on_time, func.count() - done_on_time, none, none, none, none)
    open_overdue = func.count().filter(stands(Standing.OPEN_OVERDUE, now))
    paused = func.count().filter(state == State.SUSPENDED)
    soon = func.count().filter(due_soon(now, calendar))
    of_open = (none, none, func.count() - open_overdue, open_overdue, soon, paused)
    result: dict[tuple[Any, ...], Tally] = defaultdict(Tally)
    for which, words, grouped in ((is_done, of_done, by), (is_open, of_open, (state, *by))):
        for row in connection.execute(select(*by, *words).where(which, *conditions).group_by(*grouped)):
            result[tuple(row[: len(by)])] += Tally(*row[len(by) :])
    return result


def due_within(span: Span) -> ColumnElement[bool]:
    """Whether the due date, extensions included, lies in a span."""
    due_at = col(Assignment.due_at)
    return and_(due_at > end_of_day(span.first - timedelta(days=1)), due_at <= end_of_day(span.last))


def ranked(tallies: Mapping[tuple[str], Tally]) -> list[tuple[int, str, Tally]]:
    """Place, key and tally: best on-time rate first, of equal rates the one with more work behind it.

    Equal rates share a place. What has had nothing come due has no rate and no place, and is left out.
    """
    known = [
        (each.on_time_rate, each.due, key, each) for (key,), each in tallies.items() if each.on_time_rate is not None
    ]
    known.sort(key=lambda one: (-(one[0] or 0), -one[1], one[2]))
    rates = [rate for rate, *_ in known]
    return [(rates.index(rate) + 1, key, each) for rate, _, key, each in known]


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

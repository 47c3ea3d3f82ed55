"""Who will be late: from plain counts of what was late before, held against a naive guess before anybody is shown it.

A cell is an office, one of its priorities, and whether it acknowledged within ``PROMPT_DAYS``. The share late of a cell
is drawn towards that of the office in the priority, this towards that of the office, and this towards that of all: each
step weighs as much as ``WEIGHT`` assignments, so that few cases say little. Offices are told of, never persons.

It is tried on the last year, from what was known before it: the Brier score is the mean square of the difference
between the share foretold and what came (0 or 1). The naive guess foretells for all the share late before that year.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, select
from sqlmodel import col

from models.alerts.status import both, is_dated, not_withdrawn, reported_in_time
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, State

PROMPT_DAYS = 3
WEIGHT = 10
YEAR = timedelta(days=365)
AHEAD = timedelta(days=30)
"""How far ahead the open work is looked at."""

_NOTHING = 1e-9
"""A difference that comes of rounding alone."""

LEAST = 50
"""Assignments that came due before the last year, and in it: of fewer nothing is foretold."""


@dataclass(frozen=True)
class Cell:
    """Work that is foretold alike; ``prompt`` is None where it is not known yet whether it was acknowledged in time."""

    office: str
    priority: str
    prompt: bool | None


@dataclass(frozen=True)
class Count:
    """How much came due, and how much of it was late."""

    due: int = 0
    late: int = 0

    @property
    def share(self) -> float:
        return self.late / self.due if self.due else 0.0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.due + other.due, self.late + other.late)

    def drawn_to(self, share: float) -> float:
        """The share late, drawn towards another one as ``WEIGHT`` assignments would draw it."""
        return (self.late + WEIGHT * share) / (self.due + WEIGHT)


class Lateness:
    """The shares late of cells and of all that is wider, worked out from counts."""

    def __init__(self, counts: Mapping[Cell, Count]) -> None:
        self._of: dict[tuple[Any, ...], Count] = defaultdict(Count)
        for cell, count in counts.items():
            for key in ((), (cell.office,), (cell.office, cell.priority), (cell.office, cell.priority, cell.prompt)):
                self._of[key] += count

    @property
    def whole(self) -> Count:
        return self._of[()]

    def of_office(self, office: str) -> Count:
        return self._of.get((office,), Count())

    def share(self, cell: Cell) -> float:
        """The share of such work that is foretold to be late."""
        share = self.whole.share
        keys: list[tuple[Any, ...]] = [(cell.office,), (cell.office, cell.priority)]
        if cell.prompt is not None:
            keys.append((cell.office, cell.priority, cell.prompt))
        for key in keys:
            share = self._of.get(key, Count()).drawn_to(share)
        return share


def brier(foretold: Iterable[tuple[float, Count]]) -> float:
    """The mean square of what was foretold of each less what came of it; 0 is perfect."""
    total, square = 0, 0.0
    for share, count in foretold:
        total += count.due
        square += count.late * (1 - share) ** 2 + (count.due - count.late) * share**2
    return square / total if total else 0.0


@dataclass(frozen=True)
class Trial:
    """How the counts did on the last year beside the naive guess.

    before, within  what came due before that year and in it
    """

    before: Count
    within: Count
    score: float
    naive: float

    @property
    def is_enough(self) -> bool:
        return min(self.before.due, self.within.due) >= LEAST

    @property
    def is_better(self) -> bool:
        """Whether it may be shown."""
        return self.is_enough and self.score < self.naive - _NOTHING


def tried(before: Mapping[Cell, Count], within: Mapping[Cell, Count]) -> Trial:
    """Try the counts before a year on what came in it."""
    known = Lateness(before)
    came = sum(within.values(), Count())
    return Trial(
        before=known.whole,
        within=came,
        score=brier((known.share(cell), count) for cell, count in within.items()),
        naive=brier([(known.whole.share, came)]),
    )


@dataclass(frozen=True)
class OfficeForecast:
    """What of an office falls due within ``AHEAD``, how much of it is foretold to be late, and what that rests on."""

    office: str
    open: int
    late: float
    past: Count

    @property
    def share(self) -> float:
        return self.late / self.open


@dataclass(frozen=True)
class Forecast:
    """The trial, and if it was passed the offices, the largest number foretold to be late first."""

    trial: Trial
    whole: Count
    offices: Sequence[OfficeForecast]


def forecast(connection: Connection, *, now: datetime, only: ColumnElement[bool] | None = None) -> Forecast:
    """Foretell the open work that falls due soon, where the counts have proved better than a naive guess."""
    before, within = _counts(connection, now - YEAR, now, only)
    trial = tried(before, within)
    both_years = {cell: before.get(cell, Count()) + within.get(cell, Count()) for cell in before.keys() | within.keys()}
    known = Lateness(both_years)
    if not trial.is_better:
        return Forecast(trial, known.whole, ())
    open_: dict[str, int] = defaultdict(int)
    late: dict[str, float] = defaultdict(float)
    for cell, number in _coming(connection, now, only):
        open_[cell.office] += number
        late[cell.office] += number * known.share(cell)
    offices = [OfficeForecast(code, open_[code], late[code], known.of_office(code)) for code in open_]
    return Forecast(trial, known.whole, sorted(offices, key=lambda each: (-each.late, each.office)))


def _counts(
    connection: Connection, split: datetime, now: datetime, only: ColumnElement[bool] | None
) -> tuple[dict[Cell, Count], dict[Cell, Count]]:
    """What came due up to ``split``, and after it up to ``now``, by cell."""
    is_late = func.coalesce(reported_in_time, literal_column("false" if _is_postgresql(connection) else "0"))
    keys = (
        *(col(Assignment.office), col(Assignment.priority)),
        case((_acknowledged_promptly(connection), 1), else_=0).label("prompt"),
        case((col(Assignment.due_at) > split, 1), else_=0).label("within"),
    )
    query = (
        select(*keys, func.count(), func.count().filter(~is_late))
        .where(both(not_withdrawn, only), is_dated, col(Assignment.state) != State.SUSPENDED)
        .where(col(Assignment.due_at) <= now)
        .group_by(*keys)
    )
    found: tuple[dict[Cell, Count], dict[Cell, Count]] = ({}, {})
    for office, priority, prompt, within, due, late in connection.execute(query):
        found[within][Cell(office, priority, bool(prompt))] = Count(due, late)
    return found


def _coming(connection: Connection, now: datetime, only: ColumnElement[bool] | None) -> list[tuple[Cell, int]]:
    """The open work that falls due soon, by cell."""
    known = case(
        (_acknowledged_promptly(connection), 1),
        (col(Assignment.assigned_at) > now - timedelta(days=PROMPT_DAYS), -1),
        else_=0,
    ).label("prompt")
    keys = (col(Assignment.office), col(Assignment.priority), known)
    query = (
        select(*keys, func.count())
        .where(both(col(Assignment.state).in_(WAITING_FOR_OFFICE), only), is_dated)
        .where(col(Assignment.due_at) > now, col(Assignment.due_at) <= now + AHEAD)
        .group_by(*keys)
    )
    return [
        (Cell(office, priority, None if prompt < 0 else bool(prompt)), number)
        for office, priority, prompt, number in connection.execute(query)
    ]


def _acknowledged_promptly(connection: Connection) -> ColumnElement[bool]:
    acknowledged, assigned = col(Assignment.acknowledged_at), col(Assignment.assigned_at)
    if _is_postgresql(connection):
        days: ColumnElement[Any] = func.extract("epoch", acknowledged - assigned) / 86_400
    else:
        days = func.julianday(acknowledged) - func.julianday(assigned)
    return func.coalesce(days, PROMPT_DAYS + 1) <= PROMPT_DAYS


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"

"""Spans of due dates: a month, a quarter or a year as managers pick it, and what falls due within one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pendulum
from sqlalchemy import ColumnElement

from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from models.alerts.status import both, due_between


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


def due_within(span: Span) -> ColumnElement[bool]:
    """Whether the due date, extensions included, lies in a span."""
    return due_between(span.first, span.last)


def with_due_in(only: ColumnElement[bool] | None, due_in: Span | None) -> ColumnElement[bool] | None:
    """A condition, and that of a span, each where there is one."""
    return only if due_in is None else both(due_within(due_in), only)


Grain = Literal["month", "quarter", "year"]

# What a manager picks on the board: calendar months, quarters and years as spans of due dates. Not the reporting
# periods of ``config.rules.periods``, which close on the 14th: what is asked here is what fell due.

_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
_KEY = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")


def span_of(key: str) -> Span:
    """The days of «2026-11», «2026-Q4» or «2026»; raises ``Refused`` for anything else."""
    found = _KEY.fullmatch(key)
    if not found or not key.isascii() or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Refused(
            f"Hạn trong kỳ: không có «{key[:20]}»; ghi 2026-11 (tháng), 2026-Q4 (quý) hoặc 2026 (năm).",
            f"Due in: '{key[:20]}' is not valid; write 2026-11 (month), 2026-Q4 (quarter) or 2026 (year).",
        )
    year, month, quarter = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if month:
        return _span(year, month, 1)
    return _span(year, 3 * quarter - 2, 3) if quarter else _span(year, 1, 12)


def grain_of(key: str) -> Grain:
    """Whether a key that ``span_of`` reads names a month, a quarter or a year."""
    return "year" if len(key) == 4 else "quarter" if "Q" in key else "month"


def key_of(day: date, grain: Grain) -> str:
    """The key of the month, quarter or year that a day lies in."""
    if grain == "year":
        return f"{day:%Y}"
    return f"{day:%Y-%m}" if grain == "month" else f"{day.year}-Q{pendulum.instance(day).quarter}"


def last_keys(day: date, grain: Grain, count: int) -> tuple[str, ...]:
    """The keys of the last ``count`` months, quarters or years, that of ``day`` last."""
    last = pendulum.instance(day)
    return tuple(key_of(last.subtract(months=_MONTHS[grain] * back), grain) for back in reversed(range(count)))


def short_key(key: str) -> str:
    """A key as it stands under a column: «11/26», «IV/26», «2026»."""
    year, _, part = key.partition("-")
    if not part:
        return year
    return f"{('I', 'II', 'III', 'IV')[int(part[1]) - 1] if part.startswith('Q') else part}/{year[2:]}"


def _span(year: int, month: int, length: int) -> Span:
    first = pendulum.Date(year, month, 1)
    return Span(first, first.add(months=length, days=-1))

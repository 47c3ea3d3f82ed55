"""Working days of State offices in Việt Nam: the library ``holidays`` and a signed table of overrides.

The library has the statutory days (BLLĐ 2019, Điều 112), days in lieu and official exchanges. What it lacks is in
``plan/calendar.yaml``, with the number of the document that decided it.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import Literal

import holidays
from pendulum import SATURDAY

from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused

_DAY = timedelta(days=1)

ALWAYS_OFF = frozenset({(1, 1), (30, 4), (1, 5), (2, 9)})
"""Holidays, as day and month, that are off in every year (BLLĐ 2019, Điều 112)."""

_ANNOUNCED_FROM = 11
"""The month from which the holidays of the next year are asked for."""


# The library's names of the days in the words people use; days of one holiday share one name.
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("observed", "nghỉ bù", "day in lieu"),
    ("substituted", "nghỉ hoán đổi", "exchanged day off"),
    ("Lunar New Year", "Tết Nguyên đán", "Lunar New Year"),
    ("Hung Kings", "Giỗ Tổ Hùng Vương", "Hùng Kings' day"),
    ("Liberation Day", "Ngày Chiến thắng 30/4", "Reunification Day"),
    ("Labor Day", "Quốc tế Lao động", "Labour Day"),
    ("National Day", "Quốc khánh", "National Day"),
    ("Cultural Day", "Ngày Văn hóa Việt Nam", "Vietnam Culture Day"),
    ("New Year", "Tết Dương lịch", "New Year"),
)

_EXCHANGED = ("làm bù", "worked in exchange")
"""The reason for a working weekend day that the library knows; the library gives none."""


@dataclass(frozen=True)
class NamedDay:
    """A day that is off for another reason than being a weekend, or worked although it would be off, and why."""

    date: date
    reason_vi: str
    reason_en: str


@dataclass(frozen=True)
class Override:
    """One signed exception to the library: a day off or a working day, and the document that says so."""

    date: date
    kind: Literal["day_off", "working_day"]
    document: str
    note_vi: str
    note_en: str


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days count. ``provisional_from`` is the first year whose holidays no official notice has confirmed.

    own  calendars of further directives that have one, by the codes of their priorities; this is the common one
    """

    overrides: tuple[Override, ...] = ()
    provisional_from: int = LAST_YEAR
    own: Mapping[str, "WorkingCalendar"] = field(repr=False, compare=False, default_factory=dict)
    _decided: dict[date, Override] = field(init=False, repr=False, compare=False, default_factory=dict)
    _years: dict[int, list[date]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._decided.update({override.date: override for override in self.overrides})

    def of(self, priority: str) -> "WorkingCalendar":
        """The calendar for the work of a priority: that of its directive, or this one."""
        return self.own.get(priority, self)

    def named_of(self, priority: str) -> str:
        """The name of that calendar: empty for the common one, or the first priority of the directive it belongs to."""
        mine = self.own.get(priority)
        return next((code for code, each in self.own.items() if each is mine), "")

    @cached_property
    def version(self) -> str:
        """Names the calendar a due date was frozen with: library version and a hash of the overrides."""
        content = repr(sorted((o.date, o.kind, o.document) for o in self.overrides))
        return f"holidays-{version('holidays')}+{hashlib.sha256(content.encode()).hexdigest()[:8]}"

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        if override := self._decided.get(supported(day)):
            return override.kind == "working_day"
        names, weekend_workdays = _library(day.year)
        return day not in names and (day.weekday() < SATURDAY or day in weekend_workdays)

    def is_provisional(self, year: int) -> bool:
        """Whether the holidays of ``year`` are worked out by rule and not yet announced."""
        return year >= self.provisional_from

    def unconfirmed_year(self, today: date) -> int | None:
        """The year whose holidays should be announced by now and are not: this one, or from November the next."""
        next_year = today.year + (today.month >= _ANNOUNCED_FROM)
        return next((year for year in (today.year, next_year) if self.is_provisional(year)), None)

    def next_working_day(self, day: date) -> date:
        """``day`` itself when it is a working day, else the first one after it (BLDS 2015, 148)."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """``day`` itself when it is a working day, else the last one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, or before it when ``n`` is negative.

        The first day is not counted (BLDS 2015, 147). ``add(day, 0)`` rolls forward to a working day.
        """
        if n == 0:
            return self.next_working_day(day)
        year = supported(day).year
        days = self._days_of(year)
        index = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        while index < 0:
            year -= 1
            days = self._days_of(year)
            index += len(days)
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._days_of(year)
        return days[index]

    def count(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` and up to ``end``."""
        if end < start:
            return -self.count(end, start)
        between = sum(len(self._days_of(year)) for year in range(supported(start).year, supported(end).year))
        passed = bisect_right(self._days_of(start.year), start)
        return between - passed + bisect_right(self._days_of(end.year), end)

    def days_off(self, start: date, end: date) -> list[NamedDay]:
        """Days off after ``start`` and up to ``end`` that are not just a weekend."""
        days = (day for day in _between(start, end) if not self.is_working_day(day))
        return [NamedDay(day, *reason) for day in days if (reason := self._decision(day) or _holiday(day))]

    def days_worked(self, start: date, end: date) -> list[NamedDay]:
        """Weekend days and holidays after ``start`` and up to ``end`` that are working days."""
        days = (day for day in _between(start, end) if day.weekday() >= SATURDAY or _holiday(day))
        return [NamedDay(day, *(self._decision(day) or _EXCHANGED)) for day in days if self.is_working_day(day)]

    def _decision(self, day: date) -> tuple[str, str] | None:
        """What the document that decided on a day says of it."""
        override = self._decided.get(day)
        return (override.note_vi, override.note_en) if override else None

    def _days_of(self, year: int) -> list[date]:
        """The working days of a year in order; computed once, so that counting is a search."""
        if (known := self._years.get(year)) is None:
            supported(date(year, 1, 1))
            days = (date(year, 1, 1) + n * _DAY for n in range(366))
            known = [day for day in days if day.year == year and self.is_working_day(day)]
            self._years[year] = known
        return known


@lru_cache(maxsize=256)
def _library(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """The library's days off of a year by name, and its working weekend days."""
    found = holidays.country_holidays("VN", years=year, language="en_US")
    names = {day: name for day, name in found.items() if day.year == year}
    return names, frozenset(day for day in found.weekend_workdays if day.year == year)


def _between(start: date, end: date) -> Iterator[date]:
    return (start + n * _DAY for n in range(1, (end - start).days + 1))


def _holiday(day: date) -> tuple[str, str] | None:
    """The name of a holiday in both languages, as people say it."""
    name = _library(day.year)[0].get(day)
    if name is None:
        return None
    return next(((vi, en) for part, vi, en in _NAMES if part in name), (name, name))


def supported(day: date) -> date:
    """Return ``day``; raises ``Refused`` when it is outside the years of the calendar."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(
            f"Ngày {day.isoformat()} nằm ngoài lịch làm việc; dùng ngày từ năm {FIRST_YEAR} đến {LAST_YEAR}.",
            f"{day.isoformat()} is outside the calendar; use a date from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return day

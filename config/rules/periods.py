"""Reporting periods and their closing dates.

Two bases: ``nd09``, by analogy with NĐ 09/2019/NĐ-CP, Điều 12 (data close on the 14th), and ``calendar`` (they close on
the last day). A key, «2026-Q4», names a period of either; «2026-06-D1» is the first of several times in a month.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from config.rules.working_time import supported

Cadence = Literal["month", "quarter", "half", "year"]
Basis = Literal["nd09", "calendar"]

MONTHS: dict[Cadence, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LETTERS = {"": "month", "Q": "quarter", "H": "half"}
_KEY = re.compile(r"(?P<year>\d{4})(?:-(?P<letter>[QH]?)(?P<number>\d{1,2})(?:-D(?P<turn>[1-9]))?)?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_TURN = re.compile(r"(?<=\d{4}-\d{2})-D[1-9]$")
_DAY = timedelta(days=1)
_ND09_CLOSES = 14


@dataclass(frozen=True)
class Changeover:
    """Periods that follow ``before`` up to those of the year ``year`` and ``after`` from then on.

    The first period after it opens on the day after the last one before it closed, so that every day has one period:
    from NĐ 09 to the calendar it is longer (from 15/12), the other way shorter (from 1/1).
    """

    before: Basis
    year: int
    after: Basis


Bases = Basis | Changeover


@dataclass(frozen=True, order=True)
class Period:
    """One reporting period; ``opens`` and ``closes`` are its first and last day of data."""

    opens: date
    closes: date
    key: str
    cadence: Cadence
    basis: Basis = "nd09"

    def next(self) -> "Period":
        """The period after it on the same basis."""
        return period_of(self.cadence, self.closes + _DAY, self.basis)


def period_of(cadence: Cadence, day: date, basis: Bases = "nd09") -> Period:
    """The period of this cadence in which ``day`` falls; under NĐ 09 the 15th of a month belongs to the next one.

    Raises ``Refused`` for a day, or a closing day, that the calendar does not reach.
    """
    supported(day)
    if isinstance(basis, Changeover):
        found = period_of(cadence, day, basis.before)
        if int(found.key[:4]) < basis.year:
            return found
        # From 15/12 to 31/12 the calendar alone would still say the old year.
        return _after_changeover(period_of(cadence, max(day, date(basis.year, 1, 1)), basis.after), basis)
    months = day.year * 12 + day.month - 1 + (basis == "nd09" and day.day > _ND09_CLOSES)
    return _period(cadence, months // 12, months % 12 // MONTHS[cadence] + 1, basis)


def periods_between(cadence: Cadence, first: date, last: date, basis: Bases = "nd09") -> list[Period]:
    """Every period that has a day from ``first`` through ``last``, in order."""
    found, period = [], period_of(cadence, first, basis)
    while period.opens <= last:
        found.append(period)
        period = period_of(cadence, period.closes + _DAY, basis)
    return found


def parse_period(key: str, basis: Bases = "nd09") -> Period:
    """Read «2026-11», «2026-Q4», «2026-H2» or «2026»; raises ``Refused`` for anything else."""
    if found := _KEY.fullmatch(key.strip()):
        year = int(found["year"])
        cadence: Cadence = "year"
        if found["number"]:
            cadence = _LETTERS[found["letter"]]  # type: ignore[assignment]
        number = int(found["number"] or 1)
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12 // MONTHS[cadence]:
            period = _period(cadence, year, number, basis)
            if found["turn"] and cadence == "month":
                period = numbered(period, int(found["turn"]))
            # One period has one key: «2026-1» or «2026-Q04» would be a second name for it.
            if period.key == key.strip():
                return period
    raise Refused(
        f"Kỳ «{key}» không có; viết 2026-11 (tháng), 2026-Q4 (quý), 2026-H2 (6 tháng) hoặc 2026 (năm).",
        f"There is no period '{key}'; write 2026-11 (month), 2026-Q4 (quarter), 2026-H2 (half) or 2026 (year).",
    )


def numbered(month: Period, number: int) -> Period:
    """A month as the period of one of several times in it, but for the last, which bears the name of the month."""
    return replace(month, key=f"{month.key}-D{number}")


def month_named(key: str) -> str:
    """The key of the month that a numbered one belongs to; of any other key itself."""
    return _TURN.sub("", key)


def in_order(key: str) -> tuple[str, bool, str]:
    """What sorts keys: of several times in a month the one that bears its name is the last."""
    return month_named(key), key == month_named(key), key


def with_numbered(key: str) -> tuple[str, ...]:
    """The keys that are meant by one: of a month also those of several times in it, in their order."""
    return (*(f"{key}-D{number}" for number in range(1, 10)), key) if _MONTH.fullmatch(key) else (key,)


_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_PARTS = re.compile(
    r"(?:(?:quy|quarter) (?P<quarter>iii|ii|iv|i|[1-4])|(?:thang|month) (?P<month>1[0-2]|0?[1-9])"
    r"|6 thang (?P<half>dau|cuoi)(?: nam)?)(?:(?:/| | nam | of )(?P<year>\d{4}))?"
    r"(?(month)(?: \(?(?:dot|round) (?P<turn>[1-9])\)?)?|)(?= |$)"
)
_YEARS = re.compile(r"(?:nam|year) (?P<year>\d{4})(?= |$)")
_KEYS = re.compile(r"(?P<year>\d{4})-(?P<part>q[1-4]|h[12]|(?:1[0-2]|0[1-9])(?:-d[1-9])?)(?= |$)")


@dataclass(frozen=True)
class NamedPeriod:
    """What ``text`` says of a period: its year, empty for any, and the part of the year, empty for the whole."""

    text: str
    year: str
    part: str

    @property
    def key(self) -> str:
        """The key of the period; empty where the year is not said."""
        return "-".join(filter(None, (self.year, self.part))) if self.year else ""

    @property
    def pattern(self) -> str:
        """The keys that are meant, as SQL has patterns: of a month also those of several times in it."""
        if not self.part:
            return f"{self.year}%"
        return f"{self.year or '____'}-{self.part}{'%' if self.part.isdigit() else ''}"


def named_period(words: str) -> NamedPeriod | None:
    """The period that words begin with: «quý III», «tháng 10/2026», «tháng 6/2026 (đợt 1)», «6 tháng đầu năm 2026»,
    «năm 2026», «2026-Q3».

    words  in small letters without accents
    """
    if found := _PARTS.match(words):
        if found["quarter"]:
            part = f"Q{_QUARTERS[found['quarter']]}"
        elif found["half"]:
            part = "H1" if found["half"] == "dau" else "H2"
        else:
            part = f"{int(found['month']):02}" + (f"-D{found['turn']}" if found["turn"] else "")
        return NamedPeriod(found[0], found["year"] or "", part)
    if found := _YEARS.match(words):
        return NamedPeriod(found[0], found["year"], "")
    if found := _KEYS.match(words):
        return NamedPeriod(found[0], found["year"], found["part"].upper())
    return None


def _period(cadence: Cadence, year: int, number: int, basis: Bases) -> Period:
    if isinstance(basis, Changeover):
        if year < basis.year:
            return _period(cadence, year, number, basis.before)
        return _after_changeover(_period(cadence, year, number, basis.after), basis)
    length = MONTHS[cadence]
    last_month = number * length
    if basis == "calendar":
        closes = supported(date(year, last_month, monthrange(year, last_month)[1]))
        opens = date(year, last_month - length + 1, 1)
    else:
        closes = supported(date(year, last_month, _ND09_CLOSES))
        before = year * 12 + last_month - 1 - length
        opens = date(before // 12, before % 12 + 1, _ND09_CLOSES + 1)
    names = {"month": f"-{number:02}", "quarter": f"-Q{number}", "half": f"-H{number}", "year": ""}
    return Period(opens, closes, f"{year}{names[cadence]}", cadence, basis)


def _after_changeover(period: Period, changeover: Changeover) -> Period:
    """``period`` of the new basis, opening where the old one ended when it is the first."""
    first = period_of(period.cadence, date(changeover.year, 1, 1), changeover.after)
    if period != first:
        return period
    old_closes = date(changeover.year - 1, 12, 31 if changeover.before == "calendar" else _ND09_CLOSES)
    return Period(old_closes + _DAY, period.closes, period.key, period.cadence, period.basis)


def period_in_words(key: str, language: str, *, occasion: str = "") -> str:
    """A period as people say it: «quý IV/2026», «6 tháng cuối năm 2026», «văn bản 123-TB/TU».

    occasion  the title of the event or ad hoc work that the key stands for
    """
    vi = language == "vi"
    what, _, name = key.partition(":")
    if what == "doc":
        name = name.rpartition(":")[2]
        return f"văn bản {name}" if vi else f"document {name}"
    if what == "adhoc":
        return "việc đột xuất" if vi else "ad hoc work"
    if name:
        return occasion or name
    year, _, part = key.partition("-")
    if not part:
        return f"năm {year}" if vi else f"year {year}"
    if part.startswith("Q"):
        quarter = ("I", "II", "III", "IV")[int(part[1]) - 1]
        return f"quý {quarter}/{year}" if vi else f"quarter {part[1]} of {year}"
    if part.startswith("H"):
        if vi:
            return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
        return f"{'first' if part == 'H1' else 'second'} half of {year}"
    month, _, turn = part.partition("-D")
    if turn:
        return f"tháng {month}/{year} (đợt {turn})" if vi else f"month {month}/{year} (round {turn})"
    return f"tháng {part}/{year}" if vi else f"month {part}/{year}"

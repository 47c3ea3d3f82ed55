"""Reporting periods and their closing dates, by analogy with NĐ 09/2019/NĐ-CP, Điều 12: data close on the 14th."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config.errors import Refused
from config.rules.working_time import FIRST_YEAR, LAST_YEAR, supported

Cadence = Literal["month", "quarter", "half", "year"]

_MONTHS: dict[Cadence, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LETTERS = {"": "month", "Q": "quarter", "H": "half"}
_KEY = re.compile(r"(?P<year>\d{4})(?:-(?P<letter>[QH]?)(?P<number>\d{1,2}))?")


@dataclass(frozen=True, order=True)
class Period:
    """One reporting period; ``opens`` and ``closes`` are its first and last day of data."""

    opens: date
    closes: date
    key: str
    cadence: Cadence

    def next(self) -> "Period":
        return period_of(self.cadence, self.closes + timedelta(days=1))


def period_of(cadence: Cadence, day: date) -> Period:
    """The period of this cadence in which ``day`` falls: the 15th of a month already belongs to the next one.

    Raises ``Refused`` for a day, or a closing day, that the calendar does not reach.
    """
    supported(day)
    months = day.year * 12 + day.month - 1 + (day.day > 14)
    length = _MONTHS[cadence]
    return _period(cadence, months // 12, months % 12 // length + 1)


def periods_between(cadence: Cadence, first: date, last: date) -> list[Period]:
    """Every period that has a day from ``first`` through ``last``, in order."""
    found, period = [], period_of(cadence, first)
    while period.opens <= last:
        found.append(period)
        period = period.next()
    return found


def parse_period(key: str) -> Period:
    """Read «2026-11», «2026-Q4», «2026-H2» or «2026»; raises ``Refused`` for anything else."""
    if found := _KEY.fullmatch(key.strip()):
        year = int(found["year"])
        cadence: Cadence = "year"
        if found["number"]:
            cadence = _LETTERS[found["letter"]]  # type: ignore[assignment]
        number = int(found["number"] or 1)
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12 // _MONTHS[cadence]:
            period = _period(cadence, year, number)
            # One period has one key: «2026-1» or «2026-Q04» would be a second name for it.
            if period.key == key.strip():
                return period
    raise Refused(
        f"Kỳ «{key}» không có; viết 2026-11 (tháng), 2026-Q4 (quý), 2026-H2 (6 tháng) hoặc 2026 (năm).",
        f"There is no period '{key}'; write 2026-11 (month), 2026-Q4 (quarter), 2026-H2 (half) or 2026 (year).",
    )


def _period(cadence: Cadence, year: int, number: int) -> Period:
    length = _MONTHS[cadence]
    last_month = number * length
    closes = supported(date(year, last_month, 14))
    before = year * 12 + last_month - 1 - length
    opens = date(before // 12, before % 12 + 1, 15)
    names = {"month": f"-{number:02}", "quarter": f"-Q{number}", "half": f"-H{number}", "year": ""}
    return Period(opens=opens, closes=closes, key=f"{year}{names[cadence]}", cadence=cadence)


def period_in_words(key: str, language: str, *, occasion: str = "") -> str:
    """A period as people say it: «quý IV/2026», «6 tháng cuối năm 2026», «văn bản 123-TB/TU».

    occasion  the title of the event or ad hoc work that the key stands for
    """
    vi = language == "vi"
    what, _, name = key.partition(":")
    if what == "doc":
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
    return f"tháng {part}/{year}" if vi else f"month {part}/{year}"

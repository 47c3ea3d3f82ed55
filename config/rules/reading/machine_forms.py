"""The short forms of rules, as plans and the store hold them, read into rules.

A text of no such form is None; one that has the form and a wrong value raises ``Refused`` that says what is wrong.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import time

from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from config.rules import kinds
from config.rules.kinds import Rule
from config.rules.periods import MONTHS, Cadence
from config.rules.units import CADENCES, REPEATS, UNITS

MAX_DAYS = 400
_MOST_DAYS_OF_ITS_OWN = 8

_COUNT = r"([+-]\d{1,4})(CAL|H|MO)?"
_SUBTASK = r"[A-Z]{1,4}\d{1,4}(?:\.\d{1,4}){0,2}"
_AWAITED = rf"{_SUBTASK}(?::[A-Z][A-Z0-9_]{{0,31}})?"
_OWN_DAY = r"(?:\d{1,2}|END)(?:/\d{1,2})?"


def read(text: str) -> Rule | None:
    """Read a text in capitals and without spaces."""
    for pattern, build in _FORMS:
        if found := pattern.fullmatch(text):
            return build(found)
    return None


def _anchored(found: re.Match[str]) -> Rule | None:
    anchor, count, unit = found[1], int(found[2]), UNITS[found[3] or ""]
    if found[2].startswith("-") and (anchor != "EVENT" or unit in ("hour", "month") or count == 0):
        raise Refused(
            f"{found[0]}: chỉ đếm ngược được từ sự kiện, theo ngày, như EVENT-5",
            f"{found[0]}: only days before an event can be counted back, as in EVENT-5",
        )
    count = _in_range(count, found[0], at_least_one=unit in ("hour", "month"))
    if unit == "working":
        return kinds.FromAnchor(anchor, count)  # type: ignore[arg-type]
    return kinds.Within(anchor, count, unit)  # type: ignore[arg-type]


def _close(found: re.Match[str]) -> Rule | None:
    return kinds.FromClose(_in_range(int(found[1] or 0), found[0]))


def _periodic(found: re.Match[str]) -> Rule | None:
    stage = (found[3] or "report").lower()
    return kinds.PeriodicReport(CADENCES[found[2]], stage, follows=found[1] == "EVERY")  # type: ignore[arg-type]


def _by_day(found: re.Match[str]) -> Rule | None:
    return kinds.ByDay(found[1], *day_of(found[2], found[3], found[4]))  # type: ignore[arg-type]


def _by_moment(found: re.Match[str]) -> Rule | None:
    return kinds.ByMoment(time_of(found[1], found[2]), *day_of(found[3], found[4], found[5]))


def _from_day(found: re.Match[str]) -> Rule | None:
    day, month, year = day_of(found[1], found[2], found[3])
    unit = UNITS[found[5] or ""]
    if unit in ("hour", "month"):
        return None
    return kinds.FromDay(day, month, _in_range(int(found[4]), found[0]), year, unit)


def _grading(found: re.Match[str]) -> Rule | None:
    return kinds.GradingLink(found[1].lower() if found[1] else None)  # type: ignore[arg-type]


def _end_of(found: re.Match[str]) -> Rule | None:
    return end_of(found[1].lower(), found[2], found[3])  # type: ignore[arg-type]


def _end_of_year(found: re.Match[str]) -> Rule | None:
    return kinds.EndOf("year", None, year_of(found[1]) if found[1] else None)


def _current(found: re.Match[str]) -> Rule | None:
    return kinds.EndOf(found[0].lower())  # type: ignore[arg-type]


def _target(found: re.Match[str]) -> Rule | None:
    return replace(target(found[1], found[2]), rhythm=CADENCES[found[3] or "Y"])


def _span(found: re.Match[str]) -> Rule | None:
    return replace(span(found[1], found[2]), rhythm=CADENCES[found[3] or "Y"])


def _season(found: re.Match[str]) -> Rule | None:
    return kinds.SeasonEnd(found[1].lower(), year_of(found[2]))  # type: ignore[arg-type]


def _fiscal(found: re.Match[str]) -> Rule | None:
    return fiscal(found[1], found[2], found[3])


def _recurring(found: re.Match[str]) -> Rule | None:
    cadence = REPEATS[found[1]]
    days = []
    for each in found[3].split(","):
        day, _, month = each.partition("/")
        if not month and cadence != "month":
            return None
        days.append((None if day == "END" else int(day), int(month or 1)))
    return recurring(cadence, found[2], days)


def _after(found: re.Match[str]) -> Rule | None:
    each = (awaited.partition(":") for awaited in found[1].split(","))
    (subtask, step), *also = dict.fromkeys((code, step.lower()) for code, _, step in each)
    if found[2] is None:
        return kinds.AfterSubtask(subtask, step, also=tuple(also))
    count, unit = int(found[2]), UNITS[found[3] or ""]
    if found[2].startswith("-"):
        raise Refused(f"{found[0]}: chỉ tính về sau, như +5", f"{found[0]}: only counting forward works here, as in +5")
    count = _in_range(count, found[0], at_least_one=unit == "hour")
    return kinds.AfterSubtask(subtask, step, count, unit, tuple(also))


def _occasion(found: re.Match[str]) -> Rule | None:
    return kinds.OnOccasion(found[0])  # type: ignore[arg-type]


def _standing(found: re.Match[str]) -> Rule | None:
    return kinds.StandingDuty(CADENCES[found[1] or "Q"])


def _undated(found: re.Match[str]) -> Rule | None:
    return kinds.Undated((found[1] or "").lower())  # type: ignore[arg-type]


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Rule | None]], ...] = tuple(
    (re.compile(pattern, re.ASCII), build)
    for pattern, build in (
        (rf"(ISSUE|DOC|EVENT){_COUNT}", _anchored),
        (r"CLOSE(?:\+(\d{1,4}))?", _close),
        (r"(ND09|EVERY)-([MQHY])(?::(COORDINATING|REPORT|COMPILED))?", _periodic),
        (r"(BEFORE|BY|UNTIL):(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", _by_day),
        (r"AT:(\d{1,2}):(\d{2})-(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", _by_moment),
        (rf"DATE:(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}))?{_COUNT}", _from_day),
        (r"Q510-Y(?::(RESIDENTIAL|UNIT|DISTRICT))?", _grading),
        (r"(MONTH|QUARTER|HALF):(\d{1,2})(?:/(\d{4}))?", _end_of),
        (r"YEAR(?::(\d{4}))?", _end_of_year),
        (r"MONTH|QUARTER|HALF", _current),
        (r"TARGET:(\d{4})(?:-(\d{4}))?(?:/([MQHY]))?", _target),
        (r"SPAN:(\d{4})-(\d{4})?(?:/([MQHY]))?", _span),
        (r"SEASON:(SPRING|SUMMER|AUTUMN|WINTER)/(\d{4})", _season),
        (r"FY:(\d{4})/(\d{2})(?:-Q(\d))?", _fiscal),
        (rf"(MONTHLY|QUARTERLY|YEARLY):(BEFORE|BY|UNTIL):({_OWN_DAY}(?:,{_OWN_DAY})*)", _recurring),
        (rf"AFTER:({_AWAITED}(?:,{_AWAITED})*)(?:{_COUNT})?", _after),
        (r"EVENT|DOC", _occasion),
        (r"STANDING(?:-([MQHY]))?", _standing),
        (r"UNDATED(?::(URGENT|REFERENCE))?", _undated),
    )
)


def day_of(day: str | int, month: str | int, year: str | int | None = None) -> tuple[int, int, int | None]:
    """A day that exists; 29/02 without a year does (in other years the term ends on 28/02).

    Raises ``Refused`` that says why it does not, and what was probably meant.
    """
    d, m, y = int(day), int(month), int(year) if year else None
    written = f"{day}/{month}" + (f"/{year}" if year else "")
    if y is not None:
        year_of(y)
    if not 1 <= m <= 12:
        meant = [f"{m}/{d}" + (f"/{y}" if y else "")] if 1 <= d <= 12 and 13 <= m <= 31 else []
        meant += [f"{d}/20{m}"] if 1 <= d <= 12 and 13 <= m <= 99 and not y else []
        raise Refused(
            f"{written}: một năm có 12 tháng" + (f"; có phải {' hoặc '.join(meant)}?" if meant else ""),
            f"{written}: a year has 12 months" + (f"; did you mean {' or '.join(meant)}?" if meant else ""),
        )
    last = monthrange(y or 2024, m)[1]
    if not 1 <= d <= last:
        of_year_vi, of_year_en = (f" năm {y}", f" of {y}") if y and m == 2 else ("", "")
        raise Refused(
            f"{written}: tháng {m}{of_year_vi} có {last} ngày",
            f"{written}: month {m}{of_year_en} has {last} days",
        )
    return d, m, y


def year_of(year: str | int) -> int:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise Refused(
            f"năm {year}: lịch làm việc có từ năm {FIRST_YEAR} đến {LAST_YEAR}",
            f"{year}: the calendar runs from {FIRST_YEAR} to {LAST_YEAR}",
        )
    return int(year)


def time_of(hour: str, minute: str | None) -> time:
    if int(hour) > 23 or int(minute or 0) > 59:
        raise Refused(
            f"{hour}:{minute or '00'}: giờ từ 0 đến 23, phút từ 0 đến 59; cuối ngày ghi «đến hết ngày»",
            f"{hour}:{minute or '00'}: hours run from 0 to 23, minutes to 59; for midnight write 'until' the day",
        )
    return time(int(hour), int(minute or 0))


_NUMBERED = {
    "month": ("tháng", "tháng 1 đến tháng 12", "month", "months 1 to 12"),
    "quarter": ("quý", "quý I đến quý IV", "quarter", "quarters 1 to 4"),
    "half": ("nửa năm", "6 tháng đầu và 6 tháng cuối", "half", "halves 1 and 2"),
}


def end_of(cadence: Cadence, number: str | int, year: str | int | None, *, written: str = "") -> kinds.EndOf:
    if not 1 <= int(number) <= 12 // MONTHS[cadence]:
        vi, there_are_vi, en, there_are_en = _NUMBERED[cadence]
        raise Refused(
            f"{vi.capitalize()} {written or number}: có {there_are_vi}",
            f"{en.capitalize()} {written or number}: there are {there_are_en}",
        )
    return kinds.EndOf(cadence, int(number), year_of(year) if year else None)


def target(year: str | int, outlook: str | int | None = None) -> kinds.TargetYear:
    if outlook and int(outlook) <= int(year):
        raise _backwards(year, outlook)
    return kinds.TargetYear(year_of(year), year_of(outlook) if outlook else None)


def span(first: str | int, last: str | int | None = None) -> kinds.Span:
    if last and int(last) <= int(first):
        raise _backwards(first, last)
    return kinds.Span(year_of(first), year_of(last) if last else None)


def _backwards(first: str | int, last: str | int) -> Refused:
    return Refused(
        f"{first}–{last}: năm sau phải lớn hơn năm trước", f"{first}–{last}: the second year must be the later one"
    )


def fiscal(first: str | int, second: str | int, quarter: str | int | None = None) -> kinds.FiscalEnd:
    """``second`` in two digits, the year after ``first``."""
    if (int(first) + 1) % 100 != int(second):
        raise Refused(
            f"FY{first}/{second}: hai năm phải liền nhau, như FY25/26",
            f"FY{first}/{second}: the two years must follow each other, as in FY25/26",
        )
    if quarter and not 1 <= int(quarter) <= 4:
        raise Refused(f"Q{quarter}: có Q1 đến Q4", f"Q{quarter}: there are Q1 to Q4")
    return kinds.FiscalEnd(year_of(first), int(quarter) if quarter else None)


def recurring(cadence: Cadence, phrase: str, days: list[tuple[int | None, int]]) -> kinds.Recurring:
    """Days of its own, in order; a day that a month lacks ends with that month."""
    if phrase == "BEFORE" and any(day is None for day, _ in days):
        raise Refused(
            "trước cuối tháng: ghi ngày, như «trước ngày 25»", "before the end: name a day, as in 'before the 25th'"
        )
    longest = {"month": 2, "quarter": 4, "half": 7, "year": 12}[cadence]
    for day, month in days:
        if not 1 <= month <= longest:
            raise Refused(f"tháng {month}: có tháng 1 đến tháng {longest}", f"month {month}: there are 1 to {longest}")
        if cadence == "year":
            day_of(day or 1, month)
        elif day is not None and not 1 <= day <= 31:
            raise Refused(f"ngày {day}: một tháng có nhiều nhất 31 ngày", f"day {day}: a month has at most 31 days")
    chosen = sorted(set(days), key=lambda each: (each[1], each[0] or 32))
    if len(chosen) > _MOST_DAYS_OF_ITS_OWN:
        raise Refused(
            f"{len(chosen)} ngày trong kỳ: nhiều nhất {_MOST_DAYS_OF_ITS_OWN}; dùng «hằng tháng»",
            f"{len(chosen)} days in a period: at most {_MOST_DAYS_OF_ITS_OWN}; use 'every month'",
        )
    if cadence != "year" and len(chosen) > 1:
        raise Refused(
            "một kỳ hằng tháng, hằng quý có một ngày; tách thành hai bước",
            "a monthly or quarterly period has one day; split it into two steps",
        )
    return kinds.Recurring(cadence, phrase, tuple(chosen))  # type: ignore[arg-type]


def _in_range(count: int, written: str, *, at_least_one: bool = False) -> int:
    least = 1 if at_least_one else 0
    if not least <= abs(count) <= MAX_DAYS:
        raise Refused(
            f"{written}: số phải từ {least} đến {MAX_DAYS}",
            f"{written}: the number must be between {least} and {MAX_DAYS}",
        )
    return count

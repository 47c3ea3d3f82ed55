"""The day that a rule states by itself; a year that is left out is the one of the document."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from config.rules import kinds
from config.rules.periods import MONTHS
from intake.directives.phrases.words import folded, plain

_DATED_AT = re.compile(r"[^\W\d_][^,.;:|]{1,40}, *ngày +(\d{1,2}) +tháng +(\d{1,2}) +năm +((?:19|20)\d\d)")
_DATED_ALONE = re.compile(
    r"^ *ngày +(\d{1,2}) +tháng +(\d{1,2}) +năm +((?:19|20)\d\d) *$", re.IGNORECASE | re.MULTILINE
)
_BESIDE = re.compile(
    r"kèm theo [^)]{0,120}?ngày +(\d{1,2})(?: */ *| +tháng +)(\d{1,2})(?: */ *| +năm +)((?:19|20)\d\d)"
)
_TITLE_YEAR = re.compile(r"\bnam ((?:19|20)\d\d)\b")
_OF_ANOTHER = re.compile(r"\W*(?:căn cứ|theo|thực hiện|xét|kèm theo|tiếp theo|luật|nghị định|quyết định)\b")
_HEAD = 2500


@dataclass(frozen=True)
class YearContext:
    """What a date without a year is read by: the day the document is signed, the year its title states."""

    issued: date | None = None
    year: int | None = None


def year_context(text: str) -> YearContext:
    """The day a document is signed, and the year that its title is about."""
    head = text[:_HEAD]
    signed = next(
        (
            each
            for each in _DATED_AT.finditer(head.replace("\n", " "))
            if not _OF_ANOTHER.match(plain(head[head.rfind("\n", 0, each.start()) + 1 : each.end()]))
        ),
        None,
    )
    issued = next(filter(None, map(_day, (signed, _BESIDE.search(plain(head)), _DATED_ALONE.search(head)))), None)
    titles = [
        line
        for line in head.split("\n")
        if line.isupper() or re.match(r"(?:V/v|Về việc|Kế hoạch|KẾ HOẠCH|Chương trình)\b", line)
    ]
    years = {int(year[1]) for line in titles for year in _TITLE_YEAR.finditer(folded(line))}
    year = years.pop() if len(years) == 1 else None
    return YearContext(issued, year)


def _day(found: re.Match[str] | None) -> date | None:
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def stated_day(rule: kinds.Rule, context: YearContext) -> tuple[date | None, str]:
    """The day a rule states, and what had to be assumed; None where none is stated."""
    match rule:
        case kinds.ByDay(day=day, month=month, year=year) | kinds.ByMoment(day=day, month=month, year=year):
            if year:
                return date(year, month, day), ""
            return _in_year(month, day, context)
        case kinds.FromDay(day=day, month=month, days=days, year=int(year), unit="calendar"):
            return date(year, month, day) + timedelta(days=days), ""
        case kinds.EndOf(cadence=cadence, number=number, year=year):
            month = (number or 12 // MONTHS[cadence]) * MONTHS[cadence]
            if number is None and year is None and cadence != "year":
                return None, ""
            if year:
                return date(year, month, monthrange(year, month)[1]), ""
            return _in_year(month, 0, context)
        case kinds.TargetYear(year=year) | kinds.Span(first=year):
            return date(year, 12, 31), ""
    return None, ""


def _in_year(month: int, day: int, context: YearContext) -> tuple[date | None, str]:
    """The day (0: the last) of a month of the year that the document is about, or the next one after its signing."""
    year = context.year or (context.issued.year if context.issued else None)
    if year is None:
        return None, ""

    def of(year: int) -> date:
        last = monthrange(year, month)[1]
        return date(year, month, min(day or last, last))

    read = of(year)
    if not context.year and context.issued and read < context.issued:
        read = of(year + 1)
    return read, f"lời ghi không nêu năm; lấy năm {read.year} theo văn bản"

"""The day that a rule states by itself; a year that is left out is the one of the document."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from config.rules import kinds
from config.rules.periods import MONTHS


@dataclass(frozen=True)
class YearContext:
    """What a date without a year is read by: the day the document is signed, the year its title states."""

    issued: date | None = None
    year: int | None = None


def stated_day(rule: kinds.Rule, context: YearContext) -> tuple[date | None, str]:
    """The day a rule states, and what had to be assumed; None where none is stated."""
    match rule:
        case kinds.ByDay(day=day, month=month, year=year) | kinds.ByMoment(day=day, month=month, year=year):
            if year:
                return date(year, month, day), ""
            return _in_year(month, day, context)
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

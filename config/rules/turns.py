"""The turns of a rule with days of its own: each day that it names, and the period whose name its work bears.

One day has the calendar month, quarter or year in which it comes back. Several days of a year have the month of the
day; of those in one month the last bears its name, «2026-06», and the others are numbered, «2026-06-D1».
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from config.clock import LAST_YEAR
from config.rules import kinds
from config.rules.periods import MONTHS, Period, numbered, parse_period, period_of, periods_between
from config.rules.terms import BeforeDate, day_of_month, days_back
from config.rules.working_time import ALWAYS_OFF

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """One time a rule comes back: its period, the day it names, and the place of that day in the rule."""

    period: Period
    on: date
    number: int


def months_of(rule: kinds.Rule) -> tuple[int, ...]:
    """The months of a rule that names several days of a year, each as often as it has one; empty of any other."""
    if isinstance(rule, kinds.Recurring) and rule.cadence == "year" and len(rule.days) > 1:
        return tuple(month for _, month in rule.days)
    return ()


def own_periods(rule: kinds.Recurring, first: date, last: date, before: BeforeDate) -> list[Period]:
    """The periods of a rule with days of its own that have a day from ``first`` through ``last``."""
    if not months_of(rule):
        return periods_between(rule.cadence, first, last, "calendar")
    back = days_back(rule.phrase, before)
    years = (parse_period(str(year), "calendar") for year in range(first.year, min(last.year + 1, LAST_YEAR) + 1))
    periods = (turn.period for year in years for turn in _turns(rule, year, back))
    return [period for period in periods if period.opens <= last and period.closes >= first]


def turns_in(rule: kinds.Recurring, period: Period, back: int) -> Iterator[Turn]:
    """The turns of a rule within a period: of its own one, of a year all, of a month of the year those of its name.

    back  how many days before the day it names a term ends, at the least
    """
    whole = parse_period(period.key, "calendar")
    if rule.cadence == period.cadence or rule.cadence != "year":
        yield from _turns(rule, whole, back)
    elif months_of(rule):
        year = period_of("year", whole.opens, "calendar")
        yield from (turn for turn in _turns(rule, year, back) if turn.period.key == period.key)
    elif whole.opens.month <= rule.days[0][1] <= whole.closes.month:
        yield from _turns(rule, whole, back)


def last_end(on: date, back: int) -> date:
    """The last day on which any calendar lets a term end that ends ``back`` days before ``on``, at the least."""
    on -= back * _DAY
    while back and (on.day, on.month) in ALWAYS_OFF:
        on -= _DAY
    return on


def _turns(rule: kinds.Recurring, whole: Period, back: int) -> Iterator[Turn]:
    """The turns of a rule in a calendar period of its cadence, in order.

    A term that no calendar lets end in its period is that of the next: «trước ngày 01 hằng tháng» is the end of the
    month that then closes. Of several days, such a one is given on the day before it in the rule: «trước ngày 01/7 và
    01/12 hằng năm», due on 30/6, on 01/12.
    """
    if not months_of(rule):
        on = _own_day(rule, whole, 0)
        # Every year begins with a holiday, and only some of the months do: these are moved forward.
        ends = last_end(on, back) if rule.cadence == "year" else on - back * _DAY
        yield Turn(whole, _own_day(rule, whole, int(ends < whole.opens)), 0)
        return
    # The 28th and the 29th of February are one day in most years.
    days = {_own_day(rule, whole, number): number for number in range(len(rule.days))}
    for on, number in days.items():
        month = period_of("month", on, "calendar")
        of_month = [each for each in days if each.month == on.month]
        period = month if on == of_month[-1] else numbered(month, of_month.index(on) + 1)
        if last_end(on, back) < month.opens:
            period = replace(period, opens=_own_day(rule, whole, number - 1), closes=on - _DAY)
        yield Turn(period, on, number)


def _own_day(rule: kinds.Recurring, period: Period, number: int) -> date:
    """The day of a rule with this number in a calendar period; the numbers go on into the next, and back."""
    later, number = divmod(number, len(rule.days))
    day, month = rule.days[number]
    first = 1 if rule.cadence == "year" else period.opens.month
    months = period.opens.year * 12 + first - 1 + month - 1 + later * MONTHS[rule.cadence]
    return day_of_month(months // 12, months % 12 + 1, day or 31)

"""Deadlines as pure functions: rule, anchor and calendar in; due instant with its explanation out.

Counting follows BLDS 2015, Điều 147–148, by analogy: the first day is not counted, a term ends at 24:00 of its last
day, and an end on a day off moves to the next working day. Hours run through nights and days off.
"""

from datetime import date, datetime

from config.clock import local_date
from config.rules.calculation import DISTRICTS_ENDED, Calculation
from config.rules.due import Due, HasNoDate, NeedsAnchor, NoLongerInForce, NotDated
from config.rules.grammar import parse_rule
from config.rules.kinds import Recurring, Rule
from config.rules.periods import Bases, Cadence, Period, parse_period, period_of
from config.rules.terms import BeforeDate
from config.rules.turns import own_periods
from config.rules.working_time import WorkingCalendar, supported

__all__ = [
    "DISTRICTS_ENDED",
    "BeforeDate",
    "Due",
    "HasNoDate",
    "NeedsAnchor",
    "NoLongerInForce",
    "NotDated",
    "due",
    "occasions",
    "reading",
    "reporting_period",
]


def due(
    rule: Rule | str,
    *,
    calendar: WorkingCalendar,
    anchor: date | None = None,
    period: Period | None = None,
    before: BeforeDate = "strict",
    at: datetime | None = None,
    basis: Bases = "nd09",
    words: str = "",
) -> Due:
    """Compute the due day of ``rule``.

    anchor  the dated fact counted from; for a day without a year the search for the next one starts here
    period  the reporting period; without it, the one that contains ``anchor``
    before  how «trước ngày D» is read: the last working day before D, or D itself
    at      the instant hours are counted from, where it is known; its day is the anchor unless one is given
    basis   what periods the directive follows, for «hằng quý»
    words   the directive's own words, set before the explanation

    Raises ``Refused`` for a rule that cannot be read or has nothing to count from, and for days that the calendar
    does not reach; ``NoLongerInForce`` for a link of the grading chain after its level was abolished; ``HasNoDate`` for
    a rule that is standing, undated or waits for another subtask (ask ``reading``, or ``rule.timing`` first).
    """
    if at is not None and anchor is None:
        anchor = local_date(at)
    if anchor is not None:
        supported(anchor)
    rule = parse_rule(rule) if isinstance(rule, str) else rule
    return Calculation(rule, calendar, anchor, at, period, before, basis, words).due()


def reading(
    rule: Rule | str,
    *,
    calendar: WorkingCalendar,
    anchor: date | None = None,
    period: Period | None = None,
    before: BeforeDate = "strict",
    at: datetime | None = None,
    basis: Bases = "nd09",
    words: str = "",
) -> Due | NotDated:
    """What ``rule`` comes to: its due day as ``due`` gives it, or why it has none."""
    try:
        return due(
            rule, calendar=calendar, anchor=anchor, period=period, before=before, at=at, basis=basis, words=words
        )
    except HasNoDate as none:
        return none.answer


def occasions(rule: Recurring, first: date, last: date, before: BeforeDate = "strict") -> list[Period]:
    """The periods in which a rule with days of its own comes back, from that of ``first`` to that of ``last``.

    They are calendar periods; ``due`` with one of them gives its day. Several days of a year give a month each,
    by the reading ``before`` of «trước ngày».
    """
    return own_periods(rule, first, last, before)


def reporting_period(term: Due, cadence: Cadence, basis: Bases) -> Period:
    """The period whose report ``term`` stands in.

    Words that name a period («Quý II/2025») stand in the report of that period, whichever basis the directive follows;
    a day stands in the period that contains it.
    """
    if not term.names:
        return period_of(cadence, term.named_on, basis)
    return parse_period(period_of(cadence, parse_period(term.names, "calendar").closes, "calendar").key, basis)

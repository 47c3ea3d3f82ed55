"""Which work belongs into the report of a period."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select, tuple_
from sqlmodel import col

from config.clock import end_of_day, start_of_day
from config.rules.grammar import parse_rule
from config.rules.kinds import EndOf, Span, TargetYear
from config.rules.periods import MONTHS, Period, parse_period, period_of
from models.alerts.status import is_dated, is_open
from models.tables.assignment import Assignment
from models.work.planning import ANCHORED
from reports.spans import Span as Days
from reports.spans import due_within


def without_a_date(period: Period) -> ColumnElement[bool]:
    """Standing and undated work: assigned by the end of the period, and not done before it began."""
    begun = col(Assignment.assigned_at) <= end_of_day(period.closes)
    going_on = or_(is_open, col(Assignment.completed_at) >= start_of_day(period.opens))
    anchored = or_(*(col(Assignment.period).startswith(mark) for mark in ANCHORED))
    return and_(anchored, ~is_dated, begun, going_on)


def of_period(connection: Connection, period: Period) -> ColumnElement[bool]:
    """Work assigned for a period or for a shorter one within it, and what was counted from a document or an event and
    fell due between its first and last day (the 15th to the 14th, NĐ 09/2019/NĐ-CP, điều 12)."""
    keys = connection.scalars(select(col(Assignment.period)).distinct()).all()
    reporting = [key for key in keys if not key.startswith(ANCHORED)]
    # Which period lies in which is the same by either convention, and steps of one directive may follow both.
    whole, read = parse_period(period.key, "calendar"), (parse_period(key, "calendar") for key in reporting)
    within = [each.key for each in read if whole.opens <= each.opens and each.closes <= whole.closes]
    anchored = or_(*(col(Assignment.period).startswith(mark) for mark in ANCHORED))
    named, elsewhere = _named(connection, period)
    by_day = and_(due_within(Days(period.opens, period.closes)), ~_RULE_AND_DAY.in_(elsewhere))
    return or_(col(Assignment.period).in_(within), and_(anchored, or_(by_day, _RULE_AND_DAY.in_(named))))


def settled_in(period: Period, due_on: date) -> bool:
    """Whether a year of a span stands in the report of a period: of one that ends with the year, or where its date was
    moved, of one in which that lies."""
    named = period_of("year", due_on + timedelta(days=1), "calendar").opens - timedelta(days=1)
    if due_on - named > _DAYS_OFF:
        return period.opens <= due_on <= period.closes
    return period_of(period.cadence, named, "calendar").key == period.key


_DAYS_OFF = timedelta(days=15)
"""At most so many days the end of a year is moved over days off."""

_NAMING = (*(cadence.upper() for cadence in MONTHS), "TARGET", "SPAN")
_RULE_AND_DAY = tuple_(col(Assignment.rule), col(Assignment.due_date))


def _named(connection: Connection, period: Period) -> tuple[list[tuple[str, date]], list[tuple[str, date]]]:
    """Rules and due dates of work whose words name a calendar period: those that stand in this report, and the others.

    «Quý II/2025» falls due on 30/06/2025 and stands in the report of Quý II, although its data close on the 14th.
    """
    written = or_(*(col(Assignment.rule).startswith(form) for form in _NAMING))
    as_named = and_(written, col(Assignment.due_date) == col(Assignment.original_due_date), is_dated)
    found: tuple[list[tuple[str, date]], list[tuple[str, date]]] = ([], [])
    query = select(col(Assignment.rule), col(Assignment.due_date)).where(as_named).distinct()
    for written_rule, due_date in connection.execute(query).tuples():
        rule = parse_rule(written_rule)
        if isinstance(rule, EndOf | TargetYear | Span):
            # The last one to have ended by the due date, which may have been moved off a day off.
            cadence = rule.cadence if isinstance(rule, EndOf) else "year"
            opens = period_of(cadence, due_date + timedelta(days=1), "calendar").opens
            key = period_of(period.cadence, opens - timedelta(days=1), "calendar").key
            found[key != period.key].append((written_rule, due_date))
    return found

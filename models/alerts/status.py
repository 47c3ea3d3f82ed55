"""The status of an assignment at a given moment, as SQL: the four status words and the two near them.

Computed from the clock, never stored. Lateness is judged on the report that counts: the accepted one, or the
one awaiting a decision; a returned report counts as none. Suspended work is open, and neither late nor due soon.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, and_, case, func, or_, true
from sqlmodel import col

from config.catalogue.plan import Directive, Plan
from config.clock import end_of_day, local_date
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.rules.working_time import WorkingCalendar
from models.store.columns import written
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, WAITING_FOR_OFFICE, State, Status

NEAR_DUE_WORKING_DAYS = 5
ACKNOWLEDGE_WORKING_DAYS = 2

Moment = datetime | BindParameter[datetime]
"""A moment, or its place in a statement that is made once."""

_state = col(Assignment.state)

reported_in_time: ColumnElement[bool] = col(Assignment.reported_at) < col(Assignment.due_at)
"""Whether a finished assignment was reported before its due instant."""

is_dated: ColumnElement[bool] = col(Assignment.due_at) < end_of_day(NO_DATE)
"""Whether there is a due date; by the instant, which the indexes of every list hold."""

is_standing: ColumnElement[bool] = and_(~is_dated, col(Assignment.timing) == Timing.STANDING)
"""Whether it is never due, and asked for its progress at a rhythm («thường xuyên»)."""

not_withdrawn: ColumnElement[bool] = _state != State.WITHDRAWN
"""What the board counts: everything but withdrawn assignments."""


def in_directive(plan: Plan, directive: Directive) -> ColumnElement[bool]:
    """Whether an assignment belongs to a directive; always true where the plan has only one."""
    if plan.is_whole and not plan.has_several:
        return true()
    return col(Assignment.priority).in_([priority.code for priority in plan.priorities_of(directive.code)])


def in_plan(plan: Plan) -> ColumnElement[bool] | None:
    """Whether an assignment belongs to the directives of a part of the plan; None of the whole plan: all do."""
    return None if plan.is_whole else col(Assignment.priority).in_(plan.priority_codes)


def in_directive_of(plan: Plan, code: str | None) -> ColumnElement[bool] | None:
    """``in_plan``, and of one directive where its code is given; None where all belong."""
    return in_plan(plan) if code is None else both(in_directive(plan, plan.directive(code)), in_plan(plan))


def both(which: ColumnElement[bool], only: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """The first condition, and the second where there is one."""
    return which if only is None else and_(which, only)


def due_between(first: date, last: date) -> ColumnElement[bool]:
    """Whether the due date, extensions included, lies in these days, both included."""
    return and_(
        col(Assignment.due_at) > end_of_day(first - timedelta(days=1)), col(Assignment.due_at) <= end_of_day(last)
    )


def overdue(now: Moment) -> ColumnElement[bool]:
    """Open, and either nothing acceptable was reported by the due instant or it was reported late."""
    return or_(
        and_(col(Assignment.due_at) <= now, _state.in_(WAITING_FOR_OFFICE)),  # the shorter question first
        and_(_state == State.REPORTED, ~reported_in_time),
    )


def is_overdue(state: State, due_at: datetime, reported_at: datetime | None, now: datetime) -> bool:
    """``overdue`` of one assignment, by its values."""
    if state is State.REPORTED:
        return reported_at is not None and reported_at >= due_at
    return state in WAITING_FOR_OFFICE and due_at <= now


def status_of(now: Moment) -> ColumnElement[str]:
    """The status word, by value of ``Status``."""
    return case(
        *((status_expr(word, now), word.value) for word in Status if word is not Status.OPEN_WITHIN_TERM),
        else_=Status.OPEN_WITHIN_TERM.value,
    )


def status_expr(word: Status, now: Moment) -> ColumnElement[bool]:
    """Whether an assignment that is not withdrawn has this status, in a form that an index on the state can answer."""
    match word:
        case Status.DONE_ON_TIME:
            return and_(_state == State.ACCEPTED, reported_in_time)
        case Status.DONE_LATE:
            return and_(_state == State.ACCEPTED, reported_in_time.is_not(True))
        case Status.OPEN_OVERDUE:
            return overdue(now)
        case Status.OPEN_WITHIN_TERM:
            return and_(is_open, overdue(now).is_not(True))


def due_soon(now: datetime, calendar: WorkingCalendar) -> ColumnElement[bool]:
    """Waiting for the office, and due today or within the next five working days («sắp quá hạn»)."""
    return waiting_until(now, due_soon_until(now, calendar))


def waiting_until(now: Moment, until: Moment) -> ColumnElement[bool]:
    """Waiting for the office, and due after ``now`` and by ``until``."""
    return and_(_state.in_(WAITING_FOR_OFFICE), col(Assignment.due_at) > now, col(Assignment.due_at) <= until)


def due_soon_until(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The end of the fifth working day after today."""
    horizon: date = calendar.add(local_date(now), NEAR_DUE_WORKING_DAYS)
    return end_of_day(horizon)


def acknowledgement_missing(now: datetime, calendar: WorkingCalendar) -> ColumnElement[bool]:
    """Assigned, or resumed, two working days ago or more, and not acknowledged («chưa tiếp nhận»)."""
    return _unacknowledged_since(end_of_day(last_day_of_grace(now, calendar)))


def _unacknowledged_since(before: datetime) -> ColumnElement[bool]:
    begun_at = func.coalesce(col(Assignment.resumed_at), col(Assignment.assigned_at))
    return and_(_state == State.ASSIGNED, begun_at < before)


def last_day_of_grace(now: datetime, calendar: WorkingCalendar) -> date:
    """What was assigned on this day or before should have been acknowledged by now."""
    return calendar.add(local_date(now), -ACKNOWLEDGE_WORKING_DAYS)


is_open: ColumnElement[bool] = _state.in_(OPEN)

# The same in the words of ``ix_assignment_open``, for what goes by the due date whatever the state:
open_by_due: ColumnElement[bool] = _state.not_in((written(State.ACCEPTED), written(State.WITHDRAWN)))
waiting_by_due: ColumnElement[bool] = and_(open_by_due, _state.not_in((State.REPORTED, State.SUSPENDED)))


def overdue_by_due(now: Moment) -> ColumnElement[bool]:
    is_late = or_(_state != State.REPORTED, ~reported_in_time)
    return and_(open_by_due, col(Assignment.due_at) <= now, _state != State.SUSPENDED, is_late)


class Dates(StrEnum):
    """What there is of the dates of open work, beside whether it is late."""

    DUE_SOON = "due_soon"
    DUE_LATER = "due_later"  # all the rest that is within its term
    STANDING = "standing"
    UNDATED = "undated"
    UNACKNOWLEDGED = "unacknowledged"  # and should have been by now


@dataclass(frozen=True)
class DateFilter:
    """Open work by its dates; what falls due by ``soon_until`` is due soon, what began before ``grace_until`` should be
    acknowledged."""

    dates: Dates
    soon_until: datetime
    grace_until: datetime

    @classmethod
    def on(cls, dates: Dates, now: datetime, calendar: WorkingCalendar) -> "DateFilter":
        return cls(dates, due_soon_until(now, calendar), end_of_day(last_day_of_grace(now, calendar)))

    def condition(self, now: datetime) -> ColumnElement[bool]:
        soon = waiting_until(now, self.soon_until)
        match self.dates:
            case Dates.DUE_SOON:
                return soon
            case Dates.DUE_LATER:
                return and_(status_expr(Status.OPEN_WITHIN_TERM, now), ~soon)
            case Dates.STANDING:
                return and_(is_open, is_standing)
            case Dates.UNDATED:
                return and_(is_open, ~is_dated, ~is_standing)
            case Dates.UNACKNOWLEDGED:
                return _unacknowledged_since(self.grace_until)

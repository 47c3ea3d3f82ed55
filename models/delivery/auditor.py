"""The auditor: checks after every sweep whether anything fell through, by other queries than the sweep's own.

Some things must never happen: an overdue assignment with no notice, sent or to come; a ladder that no sweep has looked
at; a rung skipped without a notice or a reason, or said before its time; a message that no courier has claimed again
after its lease, one that is tried again and again while nobody hears of it, and one that is put off for longer than any
pause lasts. Each is found by an index of its own; ``since`` bounds the rows to read.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, exists, func, text
from sqlmodel import and_, col, or_, select

from config.clock import HANOI, start_of_day
from config.rules.working_time import WorkingCalendar
from models.alerts.next_alert import dated_since
from models.delivery.leases import LEASE, in_the_queue
from models.delivery.wrong_clock.traces import early_rungs, tries_put_off
from models.store.columns import UtcDateTime
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import WAITING_FOR_OFFICE, MessageState
from models.tables.outbox import DeliveryAttempt, Message, Notice

LOOKBACK = timedelta(days=3)
"""How far back the check after every sweep goes: there are two sweeps a day. The command checks all time."""

SWEEP_GRACE = timedelta(days=1)
"""Every priority is swept twice a day; an assignment that has waited longer has been forgotten."""

DELAYED_AFTER_DAYS = 1
"""Working days after the first failed attempt: an evening, a weekend or a whole day that a service asks for pass by
themselves, about ten attempts within office hours do not. The courier itself gives up after ten working days only."""

PREVIEW_SIZE = 100
"""At most so many of each are listed."""


@dataclass(frozen=True)
class Skipped:
    """A rung that was passed over."""

    assignment_id: int
    rung: str
    desk: str


@dataclass(frozen=True)
class Delayed:
    """A message that has failed for long and still waits: to whom, over which channel, and the last reason."""

    message_id: int
    office: str
    channel: str
    reason: str


@dataclass(frozen=True)
class Findings:
    """What fell through, by number.

    never_told  overdue assignments with no notice at all, or with a rung due that no sweep will look for
    unswept     assignments whose next alert has been due for a day without a sweep
    skipped     rungs with no notice, neither sent nor superseded nor cancelled
    stuck       messages claimed by a courier and left for two leases
    delayed     messages whose first failed attempt is more than a working day ago, and which wait for the next
    early       assignments of which rungs are said that are not due yet, by a clock that was wrong
    put_off     messages whose next try is further off than the longest pause
    """

    never_told: tuple[int, ...] = ()
    unswept: tuple[int, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    stuck: tuple[int, ...] = ()
    delayed: tuple[Delayed, ...] = ()
    early: tuple[int, ...] = ()
    put_off: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many of each, ``PREVIEW_SIZE`` meaning that many or more."""
        return {check: len(found) for check, found in vars(self).items()}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def in_words(self) -> str:
        """What was found, in a Vietnamese sentence with the first ids of each; of messages, to whom and over what."""
        return "; ".join(filter(None, (self._in_numbers(), self._by_channel())))

    def fingerprint(self) -> str:
        """Equal for the same findings: a channel that fails for more and more offices is one finding."""
        return "; ".join((self._in_numbers(), *sorted({each.channel for each in self.delayed})))

    def _in_numbers(self) -> str:
        skipped = [each.assignment_id for each in self.skipped]
        parts = (
            _some("việc quá hạn chưa từng được nhắc", self.never_told),
            _some("việc đến bậc nhắc đã lâu chưa ai xét", self.unswept),
            _some("bậc nhắc bị bỏ qua", skipped),
            _some("thư kẹt giữa chừng", self.stuck),
            _some("việc đã nhắc trước giờ vì đồng hồ máy từng sai, xem «dondoc clock repair»", self.early),
            _some("thư hẹn gửi quá xa, xem «dondoc clock repair»", self.put_off),
        )
        return "; ".join(each for each in parts if each)

    def _by_channel(self) -> str:
        if not self.delayed:
            return ""
        offices: dict[str, dict[str, None]] = {}
        for each in self.delayed:
            offices.setdefault(each.channel, {})[each.office] = None
        channels = "; ".join(f"qua {channel} tới {_first(list(codes))}" for channel, codes in offices.items())
        return f"{_number(self.delayed)} thư thử gửi hơn một ngày làm việc chưa được ({channels})"


def audit_follow_up(
    connection: Connection,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    priority: str | None = None,
    since: datetime | None = None,
    at: datetime | None = None,
    is_changed: bool = True,
) -> Findings:
    """Find everything that fell through by ``now``, of one priority or all.

    since       due dates and rungs before this are not checked; None for all
    at          the real time, where ``now`` may be a replayed day: what that day's future is has been said since
    is_changed  whether assignments or rungs may have changed since the last audit of the day; what was not said before
                its time then, is not by standing still
    """
    waiting, is_bounded = _waiting(priority is not None), since is not None
    of = {"priority": priority}
    asked = {**of, "now": now, "since": since, "grace": now - SWEEP_GRACE, "lease": now - LEASE}
    asked["day"] = _day_before(now, calendar)
    return Findings(
        never_told=tuple(connection.scalars(_never_told(waiting, is_bounded), asked)),
        unswept=tuple(connection.scalars(_unswept(waiting), asked)),
        skipped=tuple(
            Skipped(number, name, desk.value)
            for number, name, desk in connection.execute(_skipped(waiting, is_bounded), asked)
        ),
        stuck=tuple(connection.scalars(_STUCK, asked)),
        delayed=tuple(Delayed(*row) for row in connection.execute(_DELAYED, asked)),
        early=early_rungs(connection, at or now, waiting, of, limit=PREVIEW_SIZE) if is_changed else (),
        put_off=tries_put_off(connection, at or now, calendar, limit=PREVIEW_SIZE),
    )


# The statements are made once: every run of every priority asks them.
_NOW, _SINCE, _GRACE, _LEASE, _DAY = (
    bindparam(name, type_=UtcDateTime) for name in ("now", "since", "grace", "lease", "day")
)


@cache
def _waiting(is_of_one: bool) -> ColumnElement[bool]:
    """Waits for its office, and is of one priority."""
    waits: ColumnElement[bool] = col(Assignment.state).in_(WAITING_FOR_OFFICE)
    both = and_(waits, Assignment.priority == bindparam("priority")) if is_of_one else waits
    # Asked outright, SQLite would go by the index of the board, through every open assignment there is.
    return case((both, 1), else_=0) == 1


@cache
def _never_told(waiting: ColumnElement[bool], is_bounded: bool) -> Select[Any]:
    untold = ~exists().where(col(Notice.assignment_id) == col(Assignment.id))
    rung = TimetableRung
    asleep = and_(
        or_(col(Assignment.next_alert_at).is_(None), col(Assignment.next_alert_at) > _NOW),
        exists().where(
            col(rung.timetable_id) == col(Assignment.timetable_id),
            col(rung.rank) > col(Assignment.rung_done),
            col(rung.fire_at) <= _GRACE,
            or_(~col(rung.unless_acknowledged), col(Assignment.acknowledged_at).is_(None)),
        ),
    )
    due_at = col(Assignment.due_at)
    query = select(col(Assignment.id)).where(due_at <= _NOW, waiting, or_(untold, asleep))
    return (query.where(due_at > _SINCE) if is_bounded else query).order_by(due_at).limit(PREVIEW_SIZE)


@cache
def _unswept(waiting: ColumnElement[bool]) -> Select[Any]:
    query = select(col(Assignment.id)).where(col(Assignment.next_alert_at) <= _GRACE, waiting)
    return query.order_by(col(Assignment.next_alert_at)).limit(PREVIEW_SIZE)


@cache
def _skipped(waiting: ColumnElement[bool], is_bounded: bool) -> Select[Any]:
    rung, fired = TimetableRung, col(TimetableRung.fire_at)
    begun_at = func.coalesce(Assignment.resumed_at, Assignment.assigned_at)
    its_notice = and_(
        Notice.assignment_id == Assignment.id,
        col(Notice.created_at) >= begun_at,
        Notice.kind == rung.kind,
        Notice.rung == rung.rung,
        Notice.desk == rung.audience,
    )
    query = (
        select(Assignment.id, rung.rung, rung.audience)
        .join(Assignment, col(Assignment.timetable_id) == col(rung.timetable_id))
        .where(
            fired <= _NOW,
            # Word for word what the index says: however much is done, it holds what is not.
            text("assignment.rung_done > 0 AND assignment.completed_at IS NULL"),
            rung.rank <= Assignment.rung_done,
            waiting,
            fired > begun_at,
            or_(~col(rung.unless_acknowledged), col(Assignment.acknowledged_at).is_(None)),
            ~exists().where(its_notice),
            ~dated_since(fired),
        )
    )
    return (query.where(fired > _SINCE) if is_bounded else query).order_by(fired).limit(PREVIEW_SIZE)


_STUCK = (
    select(col(Message.id))
    .where(
        in_the_queue(),
        Message.state == MessageState.SENDING,
        col(Message.lease_until) < _LEASE,
        # One whose courier died before the quiet hours rightly waits for their end.
        Message.next_attempt_at < _LEASE,
    )
    .order_by(col(Message.lease_until))
    .limit(PREVIEW_SIZE)
)


def _day_before(now: datetime, calendar: WorkingCalendar) -> datetime:
    """The same hour of the working day before; a day off stands for the beginning of the next working day."""
    here = now.astimezone(HANOI)
    if not calendar.is_working_day(here.date()):
        here = start_of_day(calendar.next_working_day(here.date()))
    return datetime.combine(calendar.add(here.date(), -DELAYED_AFTER_DAYS), here.timetz())


def _delayed() -> Select[Any]:
    # What waits for morning or its digest without a try has no moment to go by.
    tried_at, its = DeliveryAttempt.at, DeliveryAttempt.message_id == Message.id
    # Attempts are numbered anew when a message is sent again; a first whose lease expired left no record.
    begun = select(func.max(tried_at)).where(its, DeliveryAttempt.number == 1).scalar_subquery()
    first = select(func.min(tried_at)).where(its).scalar_subquery()
    query = select(Message.id, Message.office, Message.channel, Message.error).where(
        in_the_queue(), Message.error != "", Message.created_at < _DAY, func.coalesce(begun, first) < _DAY
    )
    # By number alone, SQLite would read all messages in that order.
    return query.order_by(col(Message.created_at), col(Message.id)).limit(PREVIEW_SIZE)


_DELAYED = _delayed()


def _some(what: str, numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    return f"{_number(numbers)} {what} (số {_first(numbers)})"


def _number(found: Sequence[object]) -> str:
    return f"{len(found)}{'+' if len(found) == PREVIEW_SIZE else ''}"


def _first(found: Sequence[object]) -> str:
    return ", ".join(map(str, found[:5])) + (" …" if len(found) > 5 else "")

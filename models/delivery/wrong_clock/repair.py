"""Mending what was written under a wrong clock, as one deed: what it silenced is said again at its time.

What was said before its time stays on record under another name, cancelled where it never went out, so that it does not
hold back the true reminder. Ladders go back to the last rung that was rightly said. Assignments that were made too
early stay: they have been told, and their dates are right.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, case, exists, literal, update
from sqlmodel import Session, and_, cast, col, func, or_, select

from config.rules.working_time import WorkingCalendar
from models.alerts.next_alert import dated_since
from models.delivery.wrong_clock.traces import GRACE, early_rungs, put_off
from models.store.actor import ActorContext
from models.store.audit import also_about, lock_audit_chain, record
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import REMINDERS, WAITING_FOR_OFFICE, MessageState, NoticeState
from models.tables.outbox import Message, Notice

_BATCH = 1_000
_ALL = 10_000_000


@dataclass(frozen=True)
class ClockDamage:
    """What a wrong clock did, in counts.

    ladders         assignments whose ladder has gone on before its time
    unsaid          reminders that were passed over, cancelled or not sent yet, and come back at their time
    said_early      reminders that went out before their time, and are said again at their time
    messages        messages put off for years, which are due again
    assigned_early  assignments made before their time; they stay
    """

    ladders: int = 0
    unsaid: int = 0
    said_early: int = 0
    messages: int = 0
    assigned_early: int = 0

    def needs_repair(self) -> bool:
        return bool(self.ladders or self.unsaid or self.said_early or self.messages)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def find_clock_damage(session: Session, *, now: datetime, calendar: WorkingCalendar) -> ClockDamage:
    """What stands in the store that cannot have been written at its time."""
    early, sent = _said_early(now), col(Notice.state) == NoticeState.SENT
    return ClockDamage(
        ladders=len(_ladders(session, now)),
        unsaid=_count(session, Notice, and_(early, ~sent)),
        said_early=_count(session, Notice, and_(early, sent)),
        messages=_count(session, Message, put_off(now, calendar)),
        assigned_early=_count(session, Assignment, col(Assignment.assigned_at) > now + GRACE),
    )


def repair_clock_damage(session: Session, context: ActorContext) -> ClockDamage:
    """Mend it, and record that; returns what was mended, and records nothing where there was nothing to mend."""
    lock_audit_chain(session)
    now, calendar = context.now, context.calendar
    found = find_clock_damage(session, now=now, calendar=calendar)
    if not found.needs_repair():
        return found
    ladders = _ladders(session, now)
    _put_away(session, now)
    for first in range(0, len(ladders), _BATCH):
        _set_back(session, ladders[first : first + _BATCH], now)
    session.exec(
        update(Message)
        .where(put_off(now, calendar))
        .values(state=MessageState.QUEUED, next_attempt_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    # What waits to be grouped goes by when it was written, where an office has an hour for its digest.
    session.exec(
        update(Notice)
        .where(col(Notice.state) == NoticeState.PENDING, col(Notice.created_at) > now + GRACE)
        .values(created_at=now)
        .execution_options(synchronize_session=False)
    )
    record(session, context, "repair_clock", "clock", **found.as_json())
    return found


def _said_early(now: datetime) -> ColumnElement[bool]:
    """Reminders written in the future and not put away yet."""
    return and_(
        col(Notice.created_at) > now + GRACE,
        col(Notice.kind).in_(REMINDERS),
        ~col(Notice.rung).startswith(_EARLY),
    )


_EARLY = "early:"
_ANY: ColumnElement[bool] = literal(1) == 1


def _ladders(session: Session, now: datetime) -> Sequence[int]:
    """Open assignments whose ladder must go back."""
    with_early = select(col(Assignment.id)).where(
        col(Assignment.completed_at).is_(None),
        exists().where(col(Notice.assignment_id) == col(Assignment.id), _said_early(now)),
    )
    passed = early_rungs(session.connection(), now, _ANY, {}, limit=_ALL)
    return sorted({number for number in session.scalars(with_early) if number is not None} | set(passed))


def _put_away(session: Session, now: datetime) -> None:
    sent = col(Notice.state) == NoticeState.SENT
    early_letters = select(col(Notice.message_id)).where(_said_early(now), sent).distinct()
    also_about(session, "message", session.scalars(early_letters))
    session.exec(
        update(Notice)
        .where(_said_early(now))
        .values(
            rung=literal(_EARLY) + cast(col(Notice.id), String),
            reason=literal("said before its time: ") + col(Notice.rung),
            state=case((sent, NoticeState.SENT.value), else_=NoticeState.CANCELLED.value),
        )
        .execution_options(synchronize_session=False)
    )


def _set_back(session: Session, assignments: Sequence[int], now: datetime) -> None:
    """Set ladders back to the last rung that was rightly said, or was past when the ladder began."""
    rung = TimetableRung
    was_said = exists().where(
        col(Notice.assignment_id) == col(Assignment.id),
        col(Notice.kind) == col(rung.kind),
        col(Notice.rung) == col(rung.rung),
    )
    began = func.coalesce(col(Assignment.resumed_at), col(Assignment.assigned_at))
    last = (
        select(func.coalesce(func.max(col(rung.rank)), 0))
        .where(
            col(rung.timetable_id) == col(Assignment.timetable_id),
            col(rung.fire_at) <= now,
            or_(was_said, dated_since(col(rung.fire_at)), and_(began <= now, col(rung.fire_at) <= began)),
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    these = update(Assignment).where(col(Assignment.id).in_(assignments))
    session.exec(these.values(rung_done=last).execution_options(synchronize_session=False))
    coming = (
        select(func.min(col(rung.fire_at)))
        .where(
            col(rung.timetable_id) == col(Assignment.timetable_id),
            col(rung.rank) > col(Assignment.rung_done),
            or_(~col(rung.unless_acknowledged), col(Assignment.acknowledged_at).is_(None)),
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    waiting = col(Assignment.state).in_(WAITING_FOR_OFFICE)
    session.exec(these.values(next_alert_at=case((waiting, coming))).execution_options(synchronize_session=False))


def _count(session: Session, table: type[Notice] | type[Message] | type[Assignment], which: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(which)).one()

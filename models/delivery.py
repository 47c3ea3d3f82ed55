"""The courier's side of the outbox: grouping notices into messages, claiming, checking again, recording.

Every function is one step in the caller's transaction. A notice is in at most one message; a message is with at
most one courier at a time, for as long as its lease; each result is recorded as soon as it is known.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlmodel import Session, col

from models.anchor import Anchor, AnchorKind
from models.assignment import Assignment
from models.extension import Extension
from models.lifecycle import (
    REMINDERS,
    WAITING_FOR_OFFICE,
    Kind,
    MessageState,
    NoticeState,
    Role,
    State,
    Urgency,
)
from models.outbox import Message, Notice
from models.report import Report

LEASE = timedelta(seconds=60)
"""A little longer than the longest send; after it another courier may take the message."""

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

_waiting = and_(col(Notice.state) == NoticeState.PENDING, col(Notice.message_id).is_(None))


@dataclass(frozen=True)
class Item:
    """What one notice is about, as far as the words need it."""

    notice_id: int
    kind: Kind
    rung: str
    assignment_id: int
    priority: str
    subtask: str
    step: str
    variant: str
    period: str
    occasion: str
    role: Role
    office: str
    state: State
    due_at: datetime
    due_date: date
    original_due_date: date
    explanation_vi: str
    explanation_en: str
    acknowledged_at: datetime | None
    reason: str
    until: date | None
    told_before: int
    last_told_at: datetime | None


def group_waiting(session: Session, *, now: datetime, only_express: bool) -> int:
    """Put waiting notices into messages, one for each recipient and channel; gives how many messages were made.

    only_express  on days off, what is not «hỏa tốc» goes on waiting and is grouped on the next working day
    """
    which = and_(_waiting, col(Notice.urgency) == Urgency.EXPRESS) if only_express else _waiting
    recipients = session.execute(
        select(col(Notice.office), col(Notice.desk), col(Notice.channel)).where(which).distinct()
    ).all()
    made = 0
    for office, desk, channel in recipients:
        theirs = and_(which, col(Notice.office) == office, col(Notice.desk) == desk, col(Notice.channel) == channel)
        urgencies = set(session.scalars(select(col(Notice.urgency)).where(theirs).distinct()))
        if not urgencies:
            continue
        message = Message(
            message_key=f"dondoc-{uuid4()}",
            office=office,
            desk=desk,
            channel=channel,
            urgency=max(urgencies, key=list(Urgency).index),
            next_attempt_at=now,
            created_at=now,
        )
        session.add(message)
        session.flush()
        taken = session.execute(
            update(Notice).where(theirs).values(message_id=message.id).execution_options(synchronize_session=False)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            made += 1
        else:  # another courier was faster
            session.delete(message)
    return made


def claim(session: Session, *, now: datetime, only_express: bool) -> Message | None:
    """Take the next message that is due or whose courier has fallen silent; None when there is none.

    The attempt is counted here, so that a message that kills its courier is not tried for ever.
    """
    due: ColumnElement[bool] = or_(
        and_(col(Message.state) == MessageState.QUEUED, col(Message.next_attempt_at) <= now),
        and_(col(Message.state) == MessageState.SENDING, col(Message.lease_until) < now),
    )
    if only_express:
        due = and_(due, col(Message.urgency) == Urgency.EXPRESS)
    message = session.scalars(
        select(Message).where(due).order_by(col(Message.id)).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if message is not None:
        message.state, message.lease_until = MessageState.SENDING, now + LEASE
        message.attempts += 1
    return message


def items_of(session: Session, message_id: int) -> list[Item]:
    """What a message has to say, read at this moment."""
    # Without this the whole outbox would be counted again for every message.
    concerned = select(col(Notice.assignment_id)).where(col(Notice.message_id) == message_id)
    earlier = (
        select(
            col(Notice.assignment_id).label("assignment_id"),
            func.count().label("told"),
            func.max(col(Notice.sent_at)).label("last"),
        )
        .where(
            col(Notice.state) == NoticeState.SENT,
            col(Notice.kind).in_(REMINDERS),
            col(Notice.assignment_id).in_(concerned),
        )
        .group_by(col(Notice.assignment_id))
        .subquery()
    )
    rows = session.execute(
        select(Notice, Assignment, earlier.c.told, earlier.c.last, col(Anchor.title), col(Anchor.kind))
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .outerjoin(earlier, earlier.c.assignment_id == col(Assignment.id))
        .outerjoin(Anchor, col(Anchor.id) == col(Assignment.anchor_id))
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.PENDING)
        .order_by(col(Assignment.due_at), col(Assignment.id), col(Notice.id))
    ).all()
    return [
        _item(session, notice, work, told, last, title if kind is not AnchorKind.ISSUE else "")
        for notice, work, told, last, title, kind in rows
    ]


def no_longer_applies(item: Item, now: datetime) -> str | None:
    """Why a notice should not be sent any more, or None; looked at just before sending."""
    if item.state is State.WITHDRAWN and item.kind is not Kind.WITHDRAWN:
        return "withdrawn"
    if item.kind not in REMINDERS:
        return None
    if item.state not in WAITING_FOR_OFFICE:
        return "reported"
    if item.kind is Kind.NOT_ACKNOWLEDGED and item.acknowledged_at is not None:
        return "acknowledged"
    if not item.rung.endswith(f":{item.due_date.isoformat()}"):
        return "due date extended"
    if item.kind in (Kind.DUE_SOON, Kind.DUE_TODAY) and item.due_at <= now:
        return "overdue meanwhile"
    return None


def cancel(session: Session, notice_ids: dict[int, str]) -> None:
    """Cancel notices, each with its reason."""
    for notice_id, reason in notice_ids.items():
        session.execute(
            update(Notice).where(col(Notice.id) == notice_id).values(state=NoticeState.CANCELLED, reason=reason)
        )


def keep_text(session: Session, message_id: int, *, subject: str, text: str, html: str) -> None:
    """Keep what is about to be sent, as evidence."""
    session.execute(
        update(Message).where(col(Message.id) == message_id).values(subject=subject, body_text=text, body_html=html)
    )


def close_empty(session: Session, message_id: int) -> None:
    """Nothing in the message applies any more."""
    session.execute(
        update(Message).where(col(Message.id) == message_id).values(state=MessageState.EMPTY, lease_until=None)
    )


def record_sent(session: Session, message_id: int, attempt: int, *, now: datetime) -> None:
    """The message has left; its notices are told."""
    mine = update(Message).where(_still_mine(message_id, attempt))
    session.execute(mine.values(state=MessageState.SENT, sent_at=now, lease_until=None, error=""))
    session.execute(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.PENDING)
        .values(state=NoticeState.SENT, sent_at=now)
    )


def record_failure(
    session: Session, message_id: int, attempt: int, *, now: datetime, reason: str, final: bool, jitter: float
) -> bool:
    """The message did not leave: it waits longer each time, or is given up; gives whether it was given up.

    jitter  between 0 and 1; spreads retries so that many do not come at the same moment
    """
    final = final or attempt >= MAX_ATTEMPTS
    mine = update(Message).where(_still_mine(message_id, attempt))
    if not final:
        session.execute(
            mine.values(
                state=MessageState.QUEUED,
                next_attempt_at=now + pause_after(attempt, jitter),
                lease_until=None,
                error=reason,
            )
        )
        return False
    session.execute(mine.values(state=MessageState.DEAD, lease_until=None, error=reason))
    session.execute(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.PENDING)
        .values(state=NoticeState.DEAD, reason=reason[:300])
    )
    return True


def pause_after(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the ``attempt``-th failure: 1, 2, 4 … 60 minutes, up to a quarter longer."""
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE) * (1 + jitter / 4)


def waiting_count(session: Session) -> int:
    """Messages not yet sent and not given up."""
    states = (MessageState.QUEUED, MessageState.SENDING)
    return session.scalar(select(func.count()).select_from(Message).where(col(Message.state).in_(states))) or 0


def sample_in_force(session: Session) -> bool:
    """Whether the assigning document is the sample."""
    return bool(session.scalar(select(col(Anchor.is_sample)).where(col(Anchor.kind) == AnchorKind.ISSUE)))


def _still_mine(message_id: int, attempt: int) -> ColumnElement[bool]:
    # After the lease another courier may have taken it; then the count of attempts has moved on.
    return and_(
        col(Message.id) == message_id,
        col(Message.state) == MessageState.SENDING,
        col(Message.attempts) == attempt,
    )


def _item(
    session: Session, notice: Notice, work: Assignment, told: int | None, last: datetime | None, title: str
) -> Item:
    reason, until = _decision(session, notice, work)
    return Item(
        notice_id=notice.id or 0,
        kind=notice.kind,
        rung=notice.rung,
        assignment_id=work.id or 0,
        priority=work.priority,
        subtask=work.subtask,
        step=work.step,
        variant=work.variant,
        period=work.period,
        occasion=title or "",
        role=work.role,
        office=work.office,
        state=work.state,
        due_at=work.due_at,
        due_date=work.due_date,
        original_due_date=work.original_due_date,
        explanation_vi=work.explanation_vi,
        explanation_en=work.explanation_en,
        acknowledged_at=work.acknowledged_at,
        reason=reason,
        until=until,
        told_before=told or 0,
        last_told_at=last,
    )


def _decision(session: Session, notice: Notice, work: Assignment) -> tuple[str, date | None]:
    """The reason and date that go with a notice about a report or a request for more time."""
    what, _, number = notice.rung.partition(":")
    if what == "report" and number.isdigit():
        query = select(col(Report.reason)).where(
            col(Report.assignment_id) == work.id, col(Report.version) == int(number)
        )
        return session.scalar(query) or "", None
    if what == "extension" and number.isdigit() and (request := session.get(Extension, int(number))):
        if notice.kind is Kind.EXTENSION_REQUESTED:
            return request.reason, request.requested_until
        return request.decision_reason, request.granted_until
    return "", None

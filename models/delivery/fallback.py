"""What follows when a message is given up: its words go over the next channel, and the coordinator is told.

Both once each time a message is given up, by the unique key of notices. A letter of its own words goes over the next
channel itself. That the coordinator cannot be reached is told
to nobody but the log and the desk: over the same channel it would not arrive either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from config.contacts.contacts import Contacts
from config.contacts.desks import Recipient
from models.alerts.notices import notice_row, undelivered_rung
from models.delivery.dead_letters import GIVEN_UP
from models.delivery.letters import letter_contents
from models.store.actor import ActorContext
from models.store.upsert import insert_new
from models.tables.assignment import Assignment
from models.tables.lifecycle import Kind, MessageState, NoticeState
from models.tables.outbox import Message, Notice

BATCH = 500
"""Messages seen to in one transaction: when a provider refuses all, they are many."""

_WORDS = ("assignment_id", "kind", "rung", "office", "desk")
"""What makes two notices the same words, whatever channel they go over."""


@dataclass(frozen=True)
class FallbackCounts:
    """What was seen to: notices and letters that now wait to be sent for it, and whether there may be more."""

    waiting: int
    more: bool


def start_fallbacks(session: Session, contacts: Contacts, context: ActorContext) -> FallbackCounts:
    """See to the messages that were given up since the last time, the oldest first and at most ``BATCH``."""
    given_up = select(Message).where(GIVEN_UP, col(Message.fallback_at).is_(None))
    oldest = given_up.order_by(col(Message.id)).limit(BATCH).with_for_update(skip_locked=True)
    messages, made = session.scalars(oldest).all(), 0
    for message in messages:
        message.fallback_at = context.now
        unsaid = session.scalars(
            select(Notice)
            .where(col(Notice.message_id) == message.id, col(Notice.state) == NoticeState.DEAD)
            .order_by(col(Notice.id))
        ).all()
        if unsaid:
            made += _forward(session, message, unsaid, contacts, context)
            made += _tell_coordinator(session, message, unsaid[0].assignment_id, contacts, context)
        elif letter_contents(session, [message.id or 0]):
            made += _send_over_next(message, contacts, context)
    return FallbackCounts(made, more=len(messages) == BATCH)


def _forward(
    session: Session, message: Message, unsaid: Sequence[Notice], contacts: Contacts, context: ActorContext
) -> int:
    """The same words over the next channel, if there is one; gives how many notices carry them."""
    another = contacts.after(message.office, message.desk, message.channel)
    if another is None:
        return 0
    rows = [
        notice_row(
            notice.kind,
            notice.assignment_id,
            Recipient(notice.office, notice.desk),
            rung=notice.rung,
            urgency=notice.urgency,
            channel=another.channel,
            context=context,
        )
        for notice in unsaid
    ]
    session.execute(insert_new(session, Notice), rows)
    return len(rows)


def _send_over_next(letter: Message, contacts: Contacts, context: ActorContext) -> int:
    """The letter itself over the next channel, if there is one; gives how many wait. Its tries stay on record."""
    another = contacts.after(letter.office, letter.desk, letter.channel)
    if another is None:
        return 0
    letter.channel, letter.state, letter.next_attempt_at = another.channel, MessageState.QUEUED, context.now
    letter.attempts, letter.expired_leases, letter.fallback_at = 0, 0, None
    return 1


def _tell_coordinator(
    session: Session, message: Message, assignment_id: int, contacts: Contacts, context: ActorContext
) -> int:
    """One notice to the coordinator, unless it is the coordinator who is not reached; gives how many."""
    coordinator = context.for_priority(session.get_one(Assignment, assignment_id).priority).coordinator
    if (message.office, message.desk) == coordinator:
        return 0
    row = notice_row(
        Kind.UNDELIVERABLE,
        assignment_id,
        coordinator,
        rung=undelivered_rung(message.id or 0, message.next_attempt_at, _reaching_over(session, message.id)),
        urgency=message.urgency,
        channel=contacts.address(*coordinator).channel,
        context=context,
    )
    session.execute(insert_new(session, Notice), [row])
    return 1


def _reaching_over(session: Session, message_id: int | None) -> str:
    """The other channel over which the words of a lost message went, or go now; empty when there is none.

    Not simply the next channel: a message that was sent again in vain may have been passed on the first time.
    """
    lost, other = aliased(Notice), aliased(Notice)
    same_words = (col(getattr(other, name)) == col(getattr(lost, name)) for name in _WORDS)
    over = (
        select(col(other.channel))
        .join(lost, and_(*same_words, col(other.channel) != col(lost.channel)))
        .where(col(lost.message_id) == message_id, col(lost.state) == NoticeState.DEAD)
        .where(col(other.state).in_((NoticeState.PENDING, NoticeState.SENT)))
        .order_by(col(other.id).desc())
    )
    return session.scalars(over).first() or ""

"""The fallback for a message that was given up: its notices go over the next channel, and the coordinator is notified.

Each happens once for each time a message is given up, by the unique key of notices. A letter goes over the next channel
itself. That the coordinator cannot be reached shows only in the log and on the desk: over the same channel it would not
arrive either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, select

from config.contacts.contacts import Address, Contacts
from config.contacts.web_addresses import WEBHOOK
from models.alerts.notices import copied_row, notice_row, undelivered_rung
from models.delivery.dead_letters import GIVEN_UP
from models.delivery.leases import ClaimedMessage
from models.delivery.letters import letter_contents
from models.store.actor import ActorContext
from models.store.upsert import insert_new
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import DeliveryAttempt, Message, Notice

BATCH = 100
"""Messages handled in one transaction: when a provider refuses all, they are many."""

_SAME_NOTICE = ("assignment_id", "kind", "rung", "office", "desk")
"""What makes two notices the same but for their channel."""


@dataclass(frozen=True)
class FallbackCounts:
    """Notices and letters that now wait to be sent as fallback, and whether there may be more to handle."""

    waiting: int
    more: bool


_OLDEST = (
    select(Message)
    .where(GIVEN_UP, col(Message.fallback_at).is_(None))
    .order_by(col(Message.id))
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
)
"""Made once: every round of the courier asks."""


def start_fallbacks(session: Session, contacts: Contacts, context: ActorContext) -> FallbackCounts:
    """Start the fallback of messages given up since the last time, the oldest first and at most ``BATCH``."""
    messages, made = session.exec(_OLDEST, params={"at_most": BATCH}).all(), 0
    for message in messages:
        message.fallback_at = context.now
        dead = session.exec(
            select(Notice)
            .where(Notice.message_id == message.id, Notice.state == NoticeState.DEAD)
            .order_by(col(Notice.id))
        ).all()
        if dead:
            made += _forward(session, message, dead, contacts, context)
            made += _notify_coordinator(session, message, dead[0].assignment_id, contacts, context)
        elif letter_contents(session, [message.id or 0]):
            made += _send_over_next(session, message, contacts, context)
    return FallbackCounts(made, more=len(messages) == BATCH)


def next_address(
    session: Session, message: Message | ClaimedMessage, contacts: Contacts, channel: str
) -> Address | None:
    """The first address that the desk has now over no channel tried yet for the message or what it says.

    channel  the one that it was tried over last
    """
    if channel == WEBHOOK or contacts.untried(message.office, message.desk, {channel}) is None:
        return None
    lost, other = aliased(Notice), aliased(Notice)
    same_notice = (col(getattr(other, name)) == col(getattr(lost, name)) for name in _SAME_NOTICE)
    notices = select(other.channel).join(lost, and_(*same_notice)).where(lost.message_id == message.id)
    attempts = select(DeliveryAttempt.channel).where(DeliveryAttempt.message_id == message.id)
    return contacts.untried(message.office, message.desk, {channel, *session.exec(notices), *session.exec(attempts)})


def _forward(
    session: Session, message: Message, dead: Sequence[Notice], contacts: Contacts, context: ActorContext
) -> int:
    """Queue the same notices over the next channel, if there is one; returns how many."""
    another = next_address(session, message, contacts, message.channel)
    if another is None:
        return 0
    rows = [copied_row(notice, now=context.now, channel=another.channel, run_key=context.run_key) for notice in dead]
    session.exec(insert_new(session, Notice), params=rows)
    return len(rows)


def _send_over_next(session: Session, letter: Message, contacts: Contacts, context: ActorContext) -> int:
    """Queue the letter itself over the next channel, if there is one; returns how many. Its attempts stay on record."""
    another = next_address(session, letter, contacts, letter.channel)
    if another is None:
        return 0
    letter.channel, letter.state, letter.next_attempt_at = another.channel, MessageState.QUEUED, context.now
    letter.attempts, letter.expired_leases, letter.fallback_at = 0, 0, None
    return 1


def _notify_coordinator(
    session: Session, message: Message, assignment_id: int, contacts: Contacts, context: ActorContext
) -> int:
    """Queue one notice to the coordinator, unless it is the coordinator who is not reached; returns how many."""
    coordinator = context.for_priority(session.get_one(Assignment, assignment_id).priority).coordinator
    if (message.office, message.desk) == coordinator:
        return 0
    row = notice_row(
        NoticeKind.UNDELIVERABLE,
        assignment_id,
        coordinator,
        rung=undelivered_rung(message.id or 0, message.next_attempt_at, _fallback_channel(session, message.id)),
        urgency=message.urgency,
        channel=contacts.address(*coordinator).channel,
        context=context,
    )
    session.exec(insert_new(session, Notice), params=[row])
    return 1


def _fallback_channel(session: Session, message_id: int | None) -> str:
    """The other channel over which the notices of a dead message went, or go now; empty when there is none.

    Not simply the next channel: a message that was sent again in vain may have gone to a fallback the first time.
    """
    lost, other = aliased(Notice), aliased(Notice)
    same_notice = (col(getattr(other, name)) == col(getattr(lost, name)) for name in _SAME_NOTICE)
    channels = (
        select(other.channel)
        .join(lost, and_(*same_notice, other.channel != lost.channel))
        .where(lost.message_id == message_id, lost.state == NoticeState.DEAD)
        .where(col(other.state).in_((NoticeState.PENDING, NoticeState.SENT)))
        .order_by(col(other.id).desc())
    )
    return session.exec(channels).first() or ""

"""What follows when a message is given up: its words go over the next channel, and the coordinator is told.

Both once each time a message is given up, by the unique key of notices. That the coordinator cannot be reached is told
to nobody but the log and the desk: over the same channel it would not arrive either.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, literal, select
from sqlmodel import Session, col

from config.contacts import Contacts
from models.acting import Acting
from models.inserting import insert_new
from models.lifecycle import Kind, MessageState, NoticeState
from models.notices import lost_rung, notice_row
from models.office import Recipient
from models.outbox import Message, Notice

BATCH = 500
"""Messages seen to in one transaction: when a provider refuses all, they are many."""


@dataclass(frozen=True)
class TakenUp:
    """What was seen to: notices that now wait to be sent for it, and whether there may be more to look at."""

    notices: int
    more: bool


def take_up_given_up(session: Session, contacts: Contacts, acting: Acting) -> TakenUp:
    """See to the messages that were given up since the last time, the oldest first and at most ``BATCH``."""
    # Written out in the statement, so that the index of what nobody has seen to yet is seen to fit.
    dead = literal(MessageState.DEAD.value, String, literal_execute=True)
    given_up = select(Message).where(col(Message.state) == dead, col(Message.taken_up_at).is_(None))
    oldest = given_up.order_by(col(Message.id)).limit(BATCH).with_for_update(skip_locked=True)
    messages, made = session.scalars(oldest).all(), 0
    for message in messages:
        message.taken_up_at = acting.now
        unsaid = session.scalars(
            select(Notice)
            .where(col(Notice.message_id) == message.id, col(Notice.state) == NoticeState.DEAD)
            .order_by(col(Notice.id))
        ).all()
        rows = _rows(message, unsaid, contacts, acting)
        session.flush()
        if rows:
            session.execute(insert_new(session, Notice), rows)
        made += len(rows)
    return TakenUp(made, more=len(messages) == BATCH)


def _rows(message: Message, unsaid: Sequence[Notice], contacts: Contacts, acting: Acting) -> list[dict[str, object]]:
    """The same words over the next channel, and one notice to the coordinator."""
    another = contacts.after(message.office, message.desk, message.channel)
    rows = [
        notice_row(
            notice.kind,
            notice.assignment_id,
            Recipient(notice.office, notice.desk),
            rung=notice.rung,
            urgency=notice.urgency,
            channel=another.channel,
            acting=acting,
        )
        for notice in unsaid
        if another is not None
    ]
    coordinator = acting.coordinator
    if unsaid and (message.office, message.desk) != coordinator:
        rows.append(
            notice_row(
                Kind.UNDELIVERABLE,
                unsaid[0].assignment_id,
                coordinator,
                rung=lost_rung(message.id or 0, message.next_attempt_at, another.channel if another else ""),
                urgency=message.urgency,
                channel=contacts.address(*coordinator).channel,
                acting=acting,
            )
        )
    return rows

"""Messages that were given up: listed with when, why and what they were about, and sent again, one or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Engine, update
from sqlmodel import Session, col, func, select

from config.contacts.desks import Desk
from config.contacts.web_addresses import WEBHOOK
from models.delivery.message_log import MessageFilter, message_conditions
from models.store.actor import ActorContext
from models.store.audit import AuditEntry, lock_audit_chain, record_all
from models.store.columns import written
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.office import Contact
from models.tables.outbox import Message, Notice

BATCH = 500
"""Messages sent again in one transaction: after a wrong password they are a whole round, and others want to write."""

GIVEN_UP = col(Message.state) == written(MessageState.DEAD)
"""Messages that were given up."""


@dataclass(frozen=True)
class DeadLetter:
    """A message that was given up: when, why, and the assignments that it was about."""

    id: int
    office: str
    desk: Desk
    channel: str
    subject: str
    reason: str
    created_at: datetime
    given_up_at: datetime
    assignments: tuple[int, ...]


def dead_letters(session: Session, criteria: MessageFilter = MessageFilter(), *, limit: int = 100) -> list[DeadLetter]:
    """Messages given up, the newest first."""
    names = (Message.id, Message.office, Message.desk, Message.channel, Message.subject, Message.created_at)
    given_up = (
        sa.select(
            *map(col, names), col(Message.error).label("reason"), col(Message.next_attempt_at).label("given_up_at")
        )
        .where(GIVEN_UP, *message_conditions(criteria))
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    rows = session.execute(given_up).mappings().all()
    about: dict[int, set[int]] = {}
    for message_id, assignment_id in session.exec(
        select(Notice.message_id, Notice.assignment_id).where(
            col(Notice.message_id).in_([row["id"] for row in rows]), Notice.state == NoticeState.DEAD
        )
    ):
        about.setdefault(message_id or 0, set()).add(assignment_id)
    return [DeadLetter(**row, assignments=tuple(sorted(about.get(row["id"], ())))) for row in rows]


def dead_letter_count(session: Session, criteria: MessageFilter = MessageFilter()) -> int:
    """How many messages are given up."""
    given_up = (GIVEN_UP, *message_conditions(criteria))
    return session.exec(select(func.count()).select_from(Message).where(*given_up)).one()


def send_again(session: Session, message_id: int, context: ActorContext) -> bool:
    """Let a message that was given up be tried again, over the channel its desk has now.

    Returns whether it was given up: sending again what is under way or has been sent changes nothing. What no longer
    applies is left out, as always just before sending.
    """
    lock_audit_chain(session)
    # Locked: a courier that sees to what was given up may hold it just now.
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise NotFound(f"Không có thư số {message_id}.", f"There is no message no. {message_id}.")
    if message.state is not MessageState.DEAD:
        return False
    _queue_again(session, [message], context)
    return True


def send_all_again(engine: Engine, criteria: MessageFilter, context: ActorContext, *, batch: int = BATCH) -> int:
    """``send_again`` for all that were given up and fit ``criteria``, batch by batch; returns how many they were.

    Each is queued once, the oldest first: what a courier gives up meanwhile, once more or newly, stays given up.
    """
    with reading_session(engine) as session:
        last = session.exec(select(func.max(Message.id)).where(GIVEN_UP, *message_conditions(criteria))).one() or 0
    queued, after = 0, 0
    while after < last:
        with session_scope(engine) as session:
            lock_audit_chain(session)
            these = (GIVEN_UP, col(Message.id) > after, col(Message.id) <= last, *message_conditions(criteria))
            given_up = select(Message).where(*these).order_by(col(Message.id)).limit(batch)
            messages = session.exec(given_up.with_for_update()).all()
            _queue_again(session, messages, context)
            queued += len(messages)
            after = (len(messages) == batch and messages[-1].id) or last
    return queued


def _queue_again(session: Session, messages: Sequence[Message], context: ActorContext) -> None:
    if not messages:
        return
    offices = {message.office for message in messages}
    contacts = session.exec(select(Contact).where(col(Contact.office).in_(offices))).all()
    channels = {(contact.office, contact.desk): contact.channel for contact in contacts}
    for message in messages:
        if message.channel != WEBHOOK:
            message.channel = channels.get((message.office, message.desk), message.channel)
        message.state, message.attempts, message.next_attempt_at = MessageState.QUEUED, 0, context.now
        message.expired_leases, message.error, message.fallback_at = 0, "", None
    session.flush()
    session.exec(
        update(Notice)
        .where(col(Notice.message_id).in_([message.id for message in messages]), col(Notice.state) == NoticeState.DEAD)
        .values(state=NoticeState.PENDING, reason="")
        .execution_options(synchronize_session=False)
    )
    entries = [AuditEntry("send_again", f"message:{message.id}", {"channel": message.channel}) for message in messages]
    record_all(session, entries, actor=context.actor, now=context.now)

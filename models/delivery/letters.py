"""Letters that are about no assignment: a message with its own words, which the courier sends like any other.

A message that notices are put into says what they say; one that never had a notice says what it was written with.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from config.contacts.contacts import Contacts
from config.contacts.desks import Recipient
from models.delivery.leases import RenderedMessage
from models.store.actor import ActorContext
from models.store.upsert import insert_new
from models.tables.lifecycle import MessageState, Urgency
from models.tables.outbox import Message, Notice


def write_to_coordinator(
    session: Session,
    key: str,
    words: RenderedMessage,
    contacts: Contacts,
    context: ActorContext,
    *,
    to: Recipient | None = None,
) -> None:
    """Put a letter to a coordinator in the outbox, unless one with this key (up to 64 letters) is there.

    to  the coordinator's desk of a further directive; that of the main directive without
    """
    office, desk = to or context.main_coordinator
    row = {
        "message_key": key,
        "office": office,
        "desk": desk,
        "channel": contacts.address(office, desk).channel,
        "urgency": Urgency.URGENT,
        "state": MessageState.QUEUED,
        "attempts": 0,
        "silent_tries": 0,
        "next_attempt_at": context.now,
        "error": "",
        "created_at": context.now,
        **words.as_columns(),
    }
    session.execute(insert_new(session, Message), [row])


def keys_of_letters(session: Session, beginning: str) -> list[str]:
    """The keys of letters that begin so, whatever has become of them."""
    return list(session.scalars(select(col(Message.message_key)).where(col(Message.message_key).startswith(beginning))))


def letter_contents(session: Session, message_ids: Collection[int]) -> dict[int, RenderedMessage]:
    """What those of the messages say that are letters of their own."""
    has_notices = select(col(Notice.id)).where(col(Notice.message_id) == col(Message.id)).exists()
    written = select(col(Message.id), col(Message.subject), col(Message.body_text), col(Message.body_html)).where(
        col(Message.id).in_(message_ids), col(Message.body_text) != "", ~has_notices
    )
    return {
        number: RenderedMessage(subject, text, html)
        for number, subject, text, html in session.execute(written)
        if number
    }

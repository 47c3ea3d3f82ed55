"""Letters that are about no assignment: messages with a text of their own, which the courier sends like any other.

The text of a message with notices comes from them; a message that never had a notice keeps the text it was made with.
"""

from collections.abc import Collection

from sqlmodel import Session, col, select

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
    rendered: RenderedMessage,
    contacts: Contacts,
    context: ActorContext,
    *,
    to: Recipient | None = None,
) -> None:
    """Put a letter to a coordinator in the outbox, unless one with this key (up to 64 letters) is there.

    to  the desk of a further directive's coordinator; None for the coordinator of the main directive
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
        **rendered.as_columns(),
    }
    session.exec(insert_new(session, Message), params=[row])


def keys_of_letters(session: Session, beginning: str) -> list[str]:
    """The keys of letters that start with ``beginning``, in whatever state."""
    return list(session.exec(select(Message.message_key).where(col(Message.message_key).startswith(beginning))))


def letter_contents(session: Session, message_ids: Collection[int]) -> dict[int, RenderedMessage]:
    """The texts of those messages that are letters."""
    has_notices = select(Notice.id).where(Notice.message_id == Message.id).exists()
    written = select(Message.id, Message.subject, Message.body_text, Message.body_html).where(
        col(Message.id).in_(message_ids), Message.body_text != "", ~has_notices
    )
    return {
        number: RenderedMessage(subject, text, html) for number, subject, text, html in session.exec(written) if number
    }

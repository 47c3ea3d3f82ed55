"""Letters that are about no assignment: messages with a text of their own, which the courier sends like any other.

The text of a message with notices comes from them; a message that never had a notice keeps the text it was made with.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from config.contacts.contacts import Contacts
from config.contacts.desks import Desk, Recipient
from config.contacts.web_addresses import WEBHOOK
from config.errors import Refused
from models.delivery.leases import RenderedMessage
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.store.upsert import insert_new
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, Urgency
from models.tables.outbox import Message, Notice

_COPY = "dondoc-gui-lai-"


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
    channel = contacts.address(office, desk).channel
    text = rendered.as_columns()
    put_in_outbox(session, key, channel, context, office=office, desk=desk, urgency=Urgency.URGENT, **text)


URGING = "dondoc-don-doc-"
"""How the keys of letters begin that tell an office of an urging letter on paper; none is about a sample."""


def write_of_urging(
    session: Session,
    letter_id: int,
    rendered: RenderedMessage,
    contacts: Contacts,
    context: ActorContext,
    *,
    office: str,
    desks: Collection[Desk],
) -> None:
    """Put what tells an office of an urging letter on paper in the outbox, for each of these desks."""
    for desk in desks:
        key, channel = f"{URGING}{letter_id}-{desk}", contacts.address(office, desk).channel
        text = rendered.as_columns()
        put_in_outbox(session, key, channel, context, office=office, desk=desk, urgency=Urgency.URGENT, **text)


def send_copy(
    session: Session, message_id: int, contacts: Contacts, context: ActorContext, *, samples: Collection[str]
) -> bool:
    """Send the text of a message that was sent once more, over the channel its desk has now; returns whether a copy was
    queued: the button pressed twice within a minute queues one.

    The outbox tells nobody the same thing twice; that somebody wants to is a fact of its own. Raises ``Refused`` for a
    message about a sample, which nobody outside may get.
    """
    lock_audit_chain(session)
    sent = session.get(Message, message_id)
    if sent is None or sent.state is not MessageState.SENT or not sent.body_text:
        raise Refused(
            f"Thư số {message_id} chưa gửi lần nào nên không có bản để gửi lại.",
            f"Message no. {message_id} has never been sent, so there is nothing to send again.",
        )
    if sent.channel == WEBHOOK:
        raise Refused(
            f"Thư số {message_id} là sự kiện báo cho phần mềm; phần mềm đọc lại bằng API, không gửi lại.",
            f"Message no. {message_id} is an event for a program; the program can read it again through the API, it "
            "is not resent.",
        )
    about = select(Assignment.subtask).join(Notice).where(Notice.message_id == message_id).distinct()
    directives = {context.plan.directive_of(subtask).code for subtask in session.exec(about)}
    if not directives and not is_copy(sent.message_key):  # a letter with words of its own
        directives = {context.plan.main_directive.code}
    if not directives.isdisjoint(samples):
        raise Refused(
            "Thư này về việc MẪU, chỉ nằm ở hộp thư tại chỗ; không gửi lại được.",
            "This message is about SAMPLE work and exists only in the local mailbox; it cannot be sent again.",
        )
    office = context.plan.current_office(sent.office, context.today)
    # A copy of the last minute has the key of this minute or of the one before.
    minute = timedelta(minutes=1)
    keys = {_copy_key(message_id, moment) for moment in (context.now - minute, context.now)}
    made = select(Message.id).where(col(Message.message_key).in_(keys), Message.created_at > context.now - minute)
    if session.exec(made).first() is not None:
        return False
    text = {
        "subject": f"[Gửi lại] {sent.subject}"[:500],
        "body_text": sent.body_text,
        "body_html": sent.body_html,
    }
    key, channel = _copy_key(message_id, context.now), contacts.address(office, sent.desk).channel
    put_in_outbox(session, key, channel, context, office=office, desk=sent.desk, urgency=sent.urgency, **text)
    record(session, context, "send_copy", f"message:{message_id}", office=office, channel=channel)
    return True


def put_in_outbox(
    session: Session,
    key: str,
    channel: str,
    context: ActorContext,
    *,
    office: str,
    desk: str,
    urgency: Urgency,
    **text: str,
) -> None:
    """Put a message with words of its own in the outbox, unless one with this key is there.

    text  subject and bodies by their columns
    """
    row = {
        "message_key": key,
        "office": office,
        "desk": desk,
        "channel": channel,
        "urgency": urgency,
        "state": MessageState.QUEUED,
        "attempts": 0,
        "silent_tries": 0,
        "next_attempt_at": context.now,
        "error": "",
        "created_at": context.now,
        **text,
    }
    session.exec(insert_new(session, Message), params=[row])


def is_copy(message_key: str) -> bool:
    """Whether a message is the text of an earlier one sent once more; that was seen to be about no sample."""
    return message_key.startswith(_COPY)


def _copy_key(message_id: int, moment: datetime) -> str:
    return f"{_COPY}{message_id}-{moment:%Y%m%d%H%M}"


def keys_of_letters(session: Session, beginning: str) -> list[str]:
    """The keys of letters that start with ``beginning``, in whatever state."""
    return list(session.exec(select(Message.message_key).where(col(Message.message_key).startswith(beginning))))


def letter_contents(session: Session, message_ids: Collection[int]) -> dict[int, RenderedMessage]:
    """The texts of those messages that are letters."""
    written = session.exec(_WRITTEN, params={"messages": [*message_ids]})
    return {number: RenderedMessage(subject, text, html) for number, subject, text, html in written if number}


_WRITTEN = select(Message.id, Message.subject, Message.body_text, Message.body_html).where(
    col(Message.id).in_(bindparam("messages", expanding=True)),
    Message.body_text != "",
    ~select(Notice.id).where(Notice.message_id == Message.id).exists(),
)

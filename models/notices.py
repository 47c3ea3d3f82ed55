"""Writing notices to the outbox, one by one (verbs) or for a batch of new assignments (assigning)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session, col

from config.contacts import LOCAL_MAILBOX
from models.acting import Acting
from models.assignment import Assignment
from models.inserting import insert_new
from models.lifecycle import Kind, NoticeState, Urgency
from models.office import Contact, Recipient
from models.outbox import Notice


def notify(
    session: Session,
    kind: Kind,
    work: Assignment,
    recipients: Iterable[Recipient],
    *,
    rung: str,
    acting: Acting,
) -> None:
    """Put one notice for each recipient in the outbox; one that is there already stays as it is."""
    rows = [
        notice_row(
            kind,
            work.id or 0,
            recipient,
            rung=rung,
            urgency=work.urgency,
            channel=_channel(session, recipient),
            acting=acting,
        )
        for recipient in recipients
    ]
    session.flush()
    session.execute(insert_new(session, Notice), rows)


def notice_row(
    kind: Kind,
    assignment_id: int,
    recipient: Recipient,
    *,
    rung: str,
    urgency: Urgency,
    channel: str,
    acting: Acting,
) -> dict[str, object]:
    """A waiting notice as a row for a bulk insert."""
    return {
        "kind": kind,
        "assignment_id": assignment_id,
        "rung": rung,
        "office": recipient.office,
        "desk": recipient.desk,
        "channel": channel,
        "urgency": urgency,
        "state": NoticeState.PENDING,
        "run_key": acting.run_key,
        "created_at": acting.now,
        "reason": "",
    }


def _channel(session: Session, recipient: Recipient) -> str:
    found = session.scalar(
        select(col(Contact.channel)).where(col(Contact.office) == recipient.office, col(Contact.desk) == recipient.desk)
    )
    return found or LOCAL_MAILBOX

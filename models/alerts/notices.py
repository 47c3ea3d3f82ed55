"""Writing notices to the outbox, one by one (verbs) or for a batch of new assignments (assigning)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from config.contacts.contacts import LOCAL_MAILBOX
from config.contacts.desks import Recipient
from models.store.actor import ActorContext, PriorityContext
from models.store.upsert import insert_new
from models.tables.assignment import Assignment
from models.tables.lifecycle import Kind, NoticeState, Urgency
from models.tables.office import Contact
from models.tables.outbox import Notice


def notify(
    session: Session,
    kind: Kind,
    assignment: Assignment,
    recipients: Iterable[Recipient],
    *,
    rung: str,
    context: PriorityContext,
) -> None:
    """Put one notice for each recipient in the outbox; one that is there already stays as it is."""
    rows = [
        notice_row(
            kind,
            assignment.id or 0,
            recipient,
            rung=rung,
            urgency=assignment.urgency,
            channel=_channel(session, recipient),
            context=context,
        )
        for recipient in recipients
    ]
    session.flush()
    session.execute(insert_new(session, Notice), rows)


HANDED_OVER = "handed over"
"""Why a notice is cancelled whose recipient no longer answers for the work."""


def suspended_rung(at: datetime | None) -> str:
    """What tells one suspension of an assignment from another."""
    return f"suspended:{_moment(at)}"


def resumed_rung(at: datetime | None) -> str:
    """What tells one resumption of an assignment from another."""
    return f"resumed:{_moment(at)}"


def undelivered_rung(message_id: int, given_up_at: datetime, passed_on: str) -> str:
    """What tells one giving up of a message from another, and over which channel its words went then."""
    # In short: a rung has 48 letters.
    return f"message:{message_id}@{int(given_up_at.timestamp()):x}:{passed_on}"


def parse_undelivered_rung(rung: str) -> tuple[int, str]:
    """The number of the message and the channel that ``undelivered_rung`` was made of."""
    _, number, passed_on = rung.split(":", 2)
    return int(number.partition("@")[0]), passed_on


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""


_SAID_BY_HANDING_OVER = (Kind.ASSIGNED, Kind.HANDED_OVER)


def readdress(
    session: Session, which: ColumnElement[bool], successor: str, *, now: datetime, told: bool = False
) -> None:
    """What waits to be told to an office waits for its successor instead, so that nothing said in between is lost.

    told  the successor is told of the work itself at the same time, so what only says that much is not passed on
    """
    waiting = session.scalars(select(Notice).where(which, col(Notice.state) == NoticeState.PENDING)).all()
    rows = [
        {
            "kind": notice.kind,
            "assignment_id": notice.assignment_id,
            "rung": notice.rung,
            "office": successor,
            "desk": notice.desk,
            "channel": _channel(session, Recipient(successor, notice.desk)),
            "urgency": notice.urgency,
            "state": NoticeState.PENDING,
            "run_key": notice.run_key,
            "created_at": now,
            "reason": "",
        }
        for notice in waiting
        if not (told and notice.kind in _SAID_BY_HANDING_OVER)
    ]
    for notice in waiting:
        notice.state, notice.reason = NoticeState.CANCELLED, HANDED_OVER
    session.flush()
    if rows:
        session.execute(insert_new(session, Notice), rows)


def notice_row(
    kind: Kind,
    assignment_id: int,
    recipient: Recipient,
    *,
    rung: str,
    urgency: Urgency,
    channel: str,
    context: ActorContext | PriorityContext,
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
        "run_key": context.run_key,
        "created_at": context.now,
        "reason": "",
    }


def _channel(session: Session, recipient: Recipient) -> str:
    found = session.scalar(
        select(col(Contact.channel)).where(col(Contact.office) == recipient.office, col(Contact.desk) == recipient.desk)
    )
    return found or LOCAL_MAILBOX

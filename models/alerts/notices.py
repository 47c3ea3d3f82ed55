"""Writing notices to the outbox, one by one (verbs) or for a batch of new assignments (assigning)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from config.contacts.desks import Recipient
from config.contacts.own_channels import LOCAL_MAILBOX
from models.store.actor import Context
from models.store.upsert import insert_new
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, NoticeState, Urgency, Verb
from models.tables.office import Contact
from models.tables.outbox import Notice


def notify(
    session: Session, kind: NoticeKind, assignment: Assignment, recipient: Recipient, *, rung: str, context: Context
) -> None:
    """Put a notice in the outbox; one that is there already stays as it is."""
    notify_all(session, [(kind, assignment, recipient, rung)], context=context)


def notify_all(
    session: Session, notices: Sequence[tuple[NoticeKind, Assignment, Recipient, str]], *, context: Context
) -> None:
    """``notify`` for many: the kind of each, its assignment, recipient and rung."""
    channels = {recipient: _channel(session, recipient) for recipient in {each[2] for each in notices}}
    rows = [
        notice_row(
            kind,
            assignment.id or 0,
            recipient,
            rung=rung,
            urgency=assignment.urgency,
            channel=channels[recipient],
            context=context,
        )
        for kind, assignment, recipient, rung in notices
    ]
    session.flush()
    if rows:
        session.exec(insert_new(session, Notice), params=rows)


HANDED_OVER = "handed over"
"""Why a notice is cancelled whose recipient no longer answers for the work."""


_SUSPENDED = "suspended:"


def suspended_rung(at: datetime | None) -> str:
    """The rung of a suspension, different for each suspension of an assignment."""
    return f"{_SUSPENDED}{_moment(at)}"


def is_suspended_rung(rung: str) -> bool:
    """Whether ``suspended_rung`` made it."""
    return rung.startswith(_SUSPENDED)


def resumed_rung(at: datetime | None) -> str:
    """The rung of a resumption, different for each resumption of an assignment."""
    return f"resumed:{_moment(at)}"


_WITHDRAWN = "withdrawn:"


def withdrawn_rung(at: datetime) -> str:
    """The rung of a withdrawal, different for each time that an assignment is withdrawn."""
    return f"{_WITHDRAWN}{_moment(at)}"


def is_withdrawn_rung(rung: str) -> bool:
    """Whether ``withdrawn_rung`` made it."""
    return rung.startswith(_WITHDRAWN)


_FROM = "from:"


def handed_over_rung(predecessor: str) -> str:
    """The rung of what an office takes over from one that has ended; from a nameless one where that is not known."""
    return f"{_FROM}{predecessor}"


def parse_handed_over_rung(rung: str) -> str | None:
    """The predecessor that ``handed_over_rung`` was made of; None where it is not known, or for any other rung."""
    return rung.removeprefix(_FROM) or None if rung.startswith(_FROM) else None


_DEED = "deed:"


def deed_rung(deed: int) -> str:
    """The rung of what a deed changed, different for each deed."""
    return f"{_DEED}{deed}"


def parse_deed_rung(rung: str) -> int | None:
    """The number of the deed that ``deed_rung`` was made of; None for any other rung."""
    return int(rung.removeprefix(_DEED)) if rung.startswith(_DEED) else None


_JOINT_VERBS = {
    Verb.ACKNOWLEDGE: "a",
    Verb.REPORT: "r",
    Verb.CORRECT: "c",
    Verb.TAKE_BACK: "t",
    Verb.REQUEST_EXTENSION: "e",
    Verb.WITHDRAW_REQUEST: "w",
}


def joint_rung(verb: Verb, number: int, by: str) -> str:
    """The rung of what one of several joint leads did; ``number`` tells this time from another."""
    return f"by:{_JOINT_VERBS[verb]}:{number:x}:{by}"


def parse_joint_rung(rung: str) -> tuple[Verb, str]:
    """The verb and the office that ``joint_rung`` was made of."""
    _, letter, _, by = rung.split(":", 3)
    return next(verb for verb, each in _JOINT_VERBS.items() if each == letter), by


def contribution_rung(contribution: int, office: str) -> str:
    """The rung of what a named office contributed."""
    return f"contribution:{contribution}:{office}"


def parse_contribution_rung(rung: str) -> str:
    """The office that ``contribution_rung`` was made of."""
    return rung.rpartition(":")[2]


def question_rung(question: int) -> str:
    """The rung of a question and of its answer."""
    return f"question:{question}"


def undelivered_rung(message_id: int, given_up_at: datetime, fallback_channel: str) -> str:
    """The rung for a message given up at a moment, and the channel that its notices went over instead."""
    # Short: a rung has at most 48 characters.
    return f"message:{message_id}@{int(given_up_at.timestamp()):x}:{fallback_channel}"


def parse_undelivered_rung(rung: str) -> tuple[int, str]:
    """The message id and the fallback channel that ``undelivered_rung`` was made of."""
    _, number, fallback_channel = rung.split(":", 2)
    return int(number.partition("@")[0]), fallback_channel


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""


_SAID_BY_HANDOVER = (NoticeKind.ASSIGNED, NoticeKind.HANDED_OVER)


def readdress(
    session: Session, which: ColumnElement[bool], successor: str, *, now: datetime, successor_told: bool = False
) -> None:
    """Readdress the notices that wait for an office to its successor, so that none is lost.

    successor_told  the successor gets a notice of the assignment itself now, so one that only says that is dropped
    """
    waiting = session.exec(select(Notice).where(which, Notice.state == NoticeState.PENDING)).all()
    channels = {desk: _channel(session, Recipient(successor, desk)) for desk in {each.desk for each in waiting}}
    rows = [
        copied_row(notice, now=now, office=successor, channel=channels[notice.desk])
        for notice in waiting
        if not (successor_told and notice.kind in _SAID_BY_HANDOVER)
    ]
    for notice in waiting:
        notice.state, notice.reason = NoticeState.CANCELLED, HANDED_OVER
    session.flush()
    if rows:
        session.exec(insert_new(session, Notice), params=rows)


def notice_row(
    kind: NoticeKind,
    assignment_id: int,
    recipient: Recipient,
    *,
    rung: str,
    urgency: Urgency,
    channel: str,
    context: Context,
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


def copied_row(notice: Notice, *, now: datetime, **changes: object) -> dict[str, object]:
    """A notice once more as a waiting row, made ``now`` and different in what is given."""
    same = {"kind", "assignment_id", "rung", "office", "desk", "channel", "urgency", "run_key"}
    return notice.model_dump(include=same) | {"state": NoticeState.PENDING, "created_at": now, "reason": ""} | changes


def _channel(session: Session, recipient: Recipient) -> str:
    its = {"office": recipient.office, "desk": recipient.desk}
    return session.exec(_CHANNEL, params=its).first() or LOCAL_MAILBOX


_CHANNEL = select(Contact.channel).where(
    col(Contact.office) == bindparam("office"), col(Contact.desk) == bindparam("desk")
)

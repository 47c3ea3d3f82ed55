"""The courier's side of the outbox: claiming messages under a lease, and recording the result of each attempt.

Every function is one step in the caller's transaction. A notice is in at most one message; a message is with at
most one courier at a time, for as long as its lease; each result is recorded as soon as it is known. What concerns many
messages takes few statements, however many they are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, case, func, text, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, and_, col, or_, select

from config.contacts.desks import Desk
from models.alerts.notices import readdress
from models.delivery.grouping import WAITING
from models.delivery.message_log import record_attempts
from models.delivery.pauses import pause_after
from models.store.columns import UtcDateTime
from models.store.upsert import table_of
from models.tables.lifecycle import AttemptResult, MessageState, NoticeState
from models.tables.outbox import Message, Notice

LEASE = timedelta(seconds=60)
"""A little longer than the longest send; after it another courier may take the message."""

MAX_ATTEMPTS = 100
"""Four days of tries around the clock, ten working days in office hours: a long weekend without mail loses nothing."""

MAX_EXPIRED_LEASES = 8
"""A message whose lease expired at so many attempts in a row would stop the next courier, too."""


def readdress_to_successors(session: Session, successors: Mapping[str, str], *, now: datetime) -> None:
    """Readdress what waits for offices that have ended to their successors, also between two runs that hand over.

    successors  who answers today for each office that has ended
    """
    if not successors:
        return
    for office in session.exec(
        select(Notice.office).where(WAITING, col(Notice.office).in_(successors)).distinct().order_by("office")
    ).all():
        readdress(session, and_(WAITING, Notice.office == office), successors[office], now=now)
    underway = select(Message).where(in_the_queue(), col(Message.office).in_(successors))
    for message in sorted(session.exec(underway), key=_lock_order):
        readdress(session, col(Notice.message_id) == message.id, successors[message.office], now=now)


def _lock_order(message: Message) -> int:
    """Its place in the order in which every courier locks; asked for, SQLite would read all messages in that order."""
    return message.id or 0


def give_up_expired(session: Session, *, now: datetime) -> int:
    """Give up messages whose lease expired at every attempt, since they would stop the next courier too.

    Returns how many.
    """
    expired = session.exec(_EXPIRED, params={"now": now}).all()
    for message in sorted(expired, key=_lock_order):
        reason = f"Tiến trình gửi dừng giữa chừng cả {message.expired_leases + 1} lần."
        record_failure(session, message.id or 0, message.attempts, now=now, reason=reason, final=True, jitter=0)
    return len(expired)


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that a courier has claimed, at its ``attempts``-th attempt."""

    id: int
    message_key: str
    office: str
    desk: Desk
    channel: str
    attempts: int


def claim(
    session: Session,
    *,
    now: datetime,
    limit: int,
    lease_from: datetime | None = None,
    poison_candidates: bool = False,
) -> list[ClaimedMessage]:
    """Claim up to ``limit`` messages that are due or whose lease has expired; nobody else gets them meanwhile.

    What is «hỏa tốc» comes first. The attempt is counted here, so that a message that kills its courier is not tried
    for ever.

    lease_from         when the message is claimed, if not at ``now``: a round may last longer than a lease
    poison_candidates  only messages whose lease expired twice or more, which are left out otherwise: one of them may
                       kill its courier, and the messages claimed with it would suffer
    """
    taken: list[ClaimedMessage] = []
    for is_express in (False,) if poison_candidates else (True, False):
        if len(taken) == limit:
            break
        asked = {"now": now, "lease": (lease_from or now) + LEASE, "at_most": limit - len(taken)}
        rows = session.execute(_claiming(is_express, poison_candidates), asked)
        taken += sorted((ClaimedMessage(*row) for row in rows), key=lambda message: message.id)
    return taken


@cache  # every round of the courier asks it several times
def _claiming(is_express: bool, poison_candidates: bool) -> ReturningUpdate[Any]:
    # The table's, and not the class's: the ORM works an update anew into one of its own each time.
    message, now = table_of(Message).c, bindparam("now", type_=UtcDateTime)
    is_sending, expired = message.state == MessageState.SENDING, message["silent_tries"]
    abandoned = and_(is_sending, message.lease_until < now)
    due = or_(message.state == MessageState.QUEUED, and_(abandoned, expired == 0))
    picked = select(message.id).where(
        _express_in_the_queue() if is_express else in_the_queue(),
        message.next_attempt_at <= now,
        and_(abandoned, expired > 0) if poison_candidates else due,
    )
    picked = picked.order_by(message.next_attempt_at, message.id).limit(bindparam("at_most", type_=Integer))
    # In a WITH, PostgreSQL picks once; in a plain subquery it might pick anew for every row it compares.
    chosen = picked.with_for_update(skip_locked=True).cte("chosen")
    claimed = {
        message.state: MessageState.SENDING,
        message.lease_until: bindparam("lease", type_=UtcDateTime),
        message.attempts: message.attempts + 1,
        expired: case((is_sending, expired + 1), else_=expired),
    }
    taken = update(table_of(Message)).where(message.id.in_(select(chosen.c.id))).values(claimed)
    return taken.returning(*(message[name] for name in ClaimedMessage.__dataclass_fields__))


def renew_lease(session: Session, message: ClaimedMessage, *, now: datetime) -> bool:
    """Renew the lease at ``now``, for a message that waited behind slow ones; returns whether it was still ours."""
    mine = update(Message).where(_still_mine(message.id, message.attempts)).values(lease_until=now + LEASE)
    renewed = session.exec(mine.execution_options(synchronize_session=False))
    return bool(renewed.rowcount)


def release(session: Session, messages: Iterable[ClaimedMessage], *, until: datetime | None = None) -> None:
    """Put messages that were claimed and not tried back in the queue, not to be tried before ``until``."""
    waiting = {"state": MessageState.QUEUED, "lease_until": None}
    for message in messages:
        mine = update(Message).where(_still_mine(message.id, message.attempts))
        later = {} if until is None else {"next_attempt_at": until}
        session.exec(mine.values(**waiting, **later, attempts=message.attempts - 1))


def cancel(session: Session, notice_ids: Mapping[int, str]) -> None:
    """Cancel notices, each with its reason; those that a slow courier has sent meanwhile stay sent."""
    if notice_ids:
        gone = update(Notice).where(col(Notice.id) == bindparam("notice"), col(Notice.state) == NoticeState.PENDING)
        session.connection().execute(
            gone.values(state=NoticeState.CANCELLED, reason=bindparam("why")),
            [{"notice": number, "why": reason} for number, reason in sorted(notice_ids.items())],
        )


def mark_empty(session: Session, message_ids: Collection[int]) -> None:
    """Mark messages empty in which nothing applies any more; those that a slow courier has sent stay sent."""
    if message_ids:
        gone = update(Message).where(col(Message.id).in_(message_ids), col(Message.state) == MessageState.SENDING)
        session.exec(gone.values(state=MessageState.EMPTY, lease_until=None))


NO_NOTES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class RenderedMessage:
    """The text of a message and its channel, kept as evidence; an empty channel means the one the message has."""

    subject: str = ""
    text: str = ""
    html: str = ""
    channel: str = ""

    def as_columns(self) -> dict[str, str]:
        return {"subject": self.subject[:500], "body_text": self.text, "body_html": self.html}


def record_sent(
    session: Session, sent: Mapping[int, RenderedMessage], *, now: datetime, notes: Mapping[int, str] = NO_NOTES
) -> None:
    """Record that these messages and their notices were sent, also where another courier has claimed one meanwhile.

    notes  what is to be noted of some of them: a copy that was refused
    """
    if not sent:
        return
    gone = update(Message).where(col(Message.id) == bindparam("message"), col(Message.state) != MessageState.SENT)
    session.connection().execute(
        gone.values(
            {name: bindparam(f"its_{name}") for name in RenderedMessage().as_columns()}
            | {"state": MessageState.SENT, "sent_at": now, "lease_until": None, "error": ""}
            | {"channel": func.coalesce(func.nullif(bindparam("its_channel", type_=String), ""), Message.channel)}
        ),
        [
            {"message": number, "its_channel": rendered.channel}
            | {f"its_{name}": value for name, value in rendered.as_columns().items()}
            for number, rendered in sorted(sent.items())
        ],
    )
    record_attempts(session, sent.keys() - notes.keys(), now=now, result=AttemptResult.SENT)
    for number, note in notes.items():
        record_attempts(session, [number], now=now, result=AttemptResult.SENT, reason=note)
    session.execute(_TOLD, {"messages": sorted(sent), "state": NoticeState.SENT, "sent_at": now, "reason": ""})


def record_failure(
    session: Session,
    message_id: int,
    attempt: int,
    *,
    now: datetime,
    reason: str,
    final: bool,
    jitter: float,
    not_before: datetime | None = None,
    rendered: RenderedMessage | None = None,
    most: int | None = MAX_ATTEMPTS,
) -> bool:
    """Record that a message was not sent: it waits longer each time, or is given up. Returns whether it was given up.

    jitter      between 0 and 1; spreads retries so that many do not come at the same moment
    not_before  when the service asked to be tried again
    rendered    the text that was to be sent, if there is one
    most        after so many attempts it is given up; None for never, where the fault is not its own
    """
    if rendered and rendered.channel:
        session.exec(update(Message).where(_still_mine(message_id, attempt)).values(channel=rendered.channel))
    record_attempts(session, [message_id], attempt, now=now, result=AttemptResult.FAILED, reason=reason)
    final = final or (most is not None and attempt >= most)
    mine = update(Message).where(_still_mine(message_id, attempt)).execution_options(synchronize_session=False)
    mine = mine.values(lease_until=None, expired_leases=0, error=reason, **(rendered.as_columns() if rendered else {}))
    if not final:
        again = now + pause_after(attempt, jitter)
        session.exec(
            mine.values(state=MessageState.QUEUED, next_attempt_at=max(again, not_before) if not_before else again)
        )
        return False
    given_up = session.exec(mine.values(state=MessageState.DEAD, next_attempt_at=now))
    if not given_up.rowcount:
        return False  # another courier is at it, and may have more luck
    session.exec(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.PENDING)
        .values(state=NoticeState.DEAD, reason=reason[:300])
    )
    return True


def waiting_count(session: Session) -> int:
    """Messages not yet sent and not given up."""
    return session.exec(_COUNTED).one()


def in_the_queue() -> ColumnElement[bool]:
    """Whether a message waits to be sent, or is being sent."""
    # Word for word what the index says, as in the next: it holds what waits alone, however many have been sent. Nothing
    # is older than the bound, but with one SQLite looks into the index, and not at all messages in order of number.
    return text(f"{_WAITING} AND message.next_attempt_at > '1970-01-01'")  # type: ignore[return-value]


def _express_in_the_queue() -> ColumnElement[bool]:
    return text(f"{_WAITING} AND message.urgency = 'express'")  # type: ignore[return-value]


_WAITING = "message.state IN ('queued', 'sending')"


def _still_mine(message_id: int, attempt: int) -> ColumnElement[bool]:
    # After the lease another courier may have taken it; then the count of attempts has moved on.
    return and_(
        Message.id == message_id,
        Message.state == MessageState.SENDING,
        Message.attempts == attempt,
    )


# Made once: every round of the courier asks them.
_COUNTED = select(func.count()).select_from(Message).where(in_the_queue())
_TOLD = update(table_of(Notice)).where(
    table_of(Notice).c.message_id.in_(bindparam("messages", expanding=True)),
    table_of(Notice).c.state.in_((NoticeState.PENDING, NoticeState.DEAD)),
)
_EXPIRED = (
    select(Message)
    .where(
        in_the_queue(),
        Message.state == MessageState.SENDING,
        col(Message.lease_until) < bindparam("now"),
        Message.expired_leases >= MAX_EXPIRED_LEASES - 1,  # and the one that has just run out
    )
    .with_for_update(skip_locked=True)
)

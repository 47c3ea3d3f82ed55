"""The courier's side of the outbox: claiming the messages that ``grouping`` makes, recording what came of them.

Every function is one step in the caller's transaction. A notice is in at most one message; a message is with at
most one courier at a time, for as long as its lease; each result is recorded as soon as it is known. What concerns many
messages takes few statements, however many they are.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, or_, select, text, update
from sqlmodel import Session, col

from config.contacts.desks import Desk
from models.alerts.notices import readdress
from models.delivery.grouping import WAITING
from models.delivery.message_log import record_attempts
from models.tables.lifecycle import AttemptResult, MessageState, NoticeState
from models.tables.outbox import Message, Notice

LEASE = timedelta(seconds=60)
"""A little longer than the longest send; after it another courier may take the message."""

MAX_ATTEMPTS = 100
"""Four days of tries around the clock, ten working days in office hours: a long weekend without mail loses nothing."""

MAX_EXPIRED_LEASES = 8
"""A message whose couriers fell silent at so many tries in a row would silence the next one, too."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)


def readdress_to_successors(session: Session, successors: Mapping[str, str], *, now: datetime) -> None:
    """What waits for offices that have ended goes to their successors, also between two runs that hand work over.

    successors  who answers today for each office that has ended
    """
    for office in session.scalars(
        select(col(Notice.office)).where(WAITING, col(Notice.office).in_(successors)).distinct().order_by("office")
    ).all():
        readdress(session, and_(WAITING, col(Notice.office) == office), successors[office], now=now)
    underway = select(Message).where(in_the_queue(), col(Message.office).in_(successors))
    for message in sorted(session.scalars(underway), key=_number):
        readdress(session, col(Notice.message_id) == message.id, successors[message.office], now=now)


def _number(message: Message) -> int:
    """Its place in the order in which every courier locks; asked for, SQLite would read all messages in that order."""
    return message.id or 0


def give_up_expired(session: Session, *, now: datetime, begun_at: datetime | None = None) -> int:
    """Give up messages whose couriers fell silent at every try; gives how many. They would kill the next one too.

    begun_at  as for ``claim``
    """
    silent = session.scalars(
        select(Message)
        .where(
            in_the_queue(),
            col(Message.state) == MessageState.SENDING,
            col(Message.lease_until) < (begun_at or now),
            col(Message.expired_leases) >= MAX_EXPIRED_LEASES - 1,  # and the one that has just run out
        )
        .with_for_update(skip_locked=True)
    ).all()
    for message in sorted(silent, key=_number):
        reason = f"Tiến trình gửi dừng giữa chừng cả {message.expired_leases + 1} lần."
        record_failure(session, message.id or 0, message.attempts, now=now, reason=reason, final=True, jitter=0)
    return len(silent)


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that a courier has taken, at its ``attempts``-th try."""

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
    begun_at: datetime | None = None,
    lease_from: datetime | None = None,
    poison_candidates: bool = False,
) -> list[ClaimedMessage]:
    """Take up to ``limit`` messages that are due or whose courier has fallen silent; nobody else gets them meanwhile.

    What is «hỏa tốc» comes first. The attempt is counted here, so that a message that kills its courier is not tried
    for ever.

    begun_at    when the round truly began, if not at ``now``: whose lease was over by then has fallen silent
    lease_from  when the message is truly taken, if not at ``now``: a round may last longer than a lease
    suspects    only those at which couriers fell silent twice or more, which are left out otherwise: one of them may
                kill whoever takes it, and what is taken together with it would suffer for it
    """
    state, silent = col(Message.state), col(Message.expired_leases)
    abandoned = and_(state == MessageState.SENDING, col(Message.lease_until) < (begun_at or now))
    if poison_candidates:
        due: ColumnElement[bool] = and_(abandoned, silent > 0)
    else:
        due = or_(state == MessageState.QUEUED, and_(abandoned, silent == 0))
    taken: list[ClaimedMessage] = []
    for queue in (_express_in_the_queue(), in_the_queue()):
        if len(taken) == limit:
            break
        picked = select(col(Message.id)).where(queue, col(Message.next_attempt_at) <= now, due)
        picked = picked.order_by(col(Message.next_attempt_at), col(Message.id)).limit(limit - len(taken))
        # In a WITH, PostgreSQL picks once; in a plain subquery it might pick anew for every row it compares.
        chosen = picked.with_for_update(skip_locked=True).cte("chosen")
        rows = session.execute(
            update(Message)
            .where(col(Message.id).in_(select(chosen.c.id)))
            .values(
                state=MessageState.SENDING,
                lease_until=(lease_from or now) + LEASE,
                attempts=col(Message.attempts) + 1,
                expired_leases=case((state == MessageState.SENDING, silent + 1), else_=silent),
            )
            .returning(*(col(getattr(Message, name)) for name in ClaimedMessage.__dataclass_fields__))
            .execution_options(synchronize_session=False)
        )
        taken += sorted((ClaimedMessage(*row) for row in rows), key=lambda message: message.id)
    return taken


def renew_lease(session: Session, message: ClaimedMessage, *, now: datetime) -> bool:
    """Begin the lease anew at ``now``, for a message that waited behind slow ones; gives whether it was still ours."""
    mine = update(Message).where(_still_mine(message.id, message.attempts)).values(lease_until=now + LEASE)
    renewed = session.execute(mine.execution_options(synchronize_session=False))
    return bool(renewed.rowcount)  # type: ignore[attr-defined]


def release(session: Session, messages: Iterable[ClaimedMessage], *, until: datetime | None = None) -> None:
    """Messages that were taken and not tried wait as before, or at least ``until`` their turn comes."""
    waiting = {"state": MessageState.QUEUED, "lease_until": None}
    for message in messages:
        mine = update(Message).where(_still_mine(message.id, message.attempts))
        later = {} if until is None else {"next_attempt_at": until}
        session.execute(mine.values(**waiting, **later, attempts=message.attempts - 1))


def notice_counts(session: Session, messages: Iterable[ClaimedMessage]) -> dict[int, int]:
    """How many notices each message has."""
    ids = [message.id for message in messages]
    counted = select(col(Notice.message_id), func.count()).where(col(Notice.message_id).in_(ids))
    return {number: count for number, count in session.execute(counted.group_by(col(Notice.message_id))) if number}


def cancel(session: Session, notice_ids: Mapping[int, str]) -> None:
    """Cancel notices, each with its reason; those that a slow courier did tell meanwhile stay told."""
    if notice_ids:
        gone = update(Notice).where(col(Notice.id) == bindparam("notice"), col(Notice.state) == NoticeState.PENDING)
        session.connection().execute(
            gone.values(state=NoticeState.CANCELLED, reason=bindparam("why")),
            [{"notice": number, "why": reason} for number, reason in sorted(notice_ids.items())],
        )


def mark_empty(session: Session, message_ids: Collection[int]) -> None:
    """Nothing in these messages applies any more; or all has been told, by a slow courier, and they stay sent."""
    if message_ids:
        gone = update(Message).where(col(Message.id).in_(message_ids), col(Message.state) == MessageState.SENDING)
        session.execute(gone.values(state=MessageState.EMPTY, lease_until=None))


@dataclass(frozen=True)
class RenderedMessage:
    """What a message says and over what, kept as evidence with the record of its try; no channel for the one it has."""

    subject: str = ""
    text: str = ""
    html: str = ""
    channel: str = ""

    def as_columns(self) -> dict[str, str]:
        return {"subject": self.subject[:500], "body_text": self.text, "body_html": self.html}


def record_sent(session: Session, sent: Mapping[int, RenderedMessage], *, now: datetime) -> None:
    """These messages have left; their notices are told. True whoever sent them, also if another took one meanwhile."""
    if not sent:
        return
    gone = update(Message).where(col(Message.id) == bindparam("message"), col(Message.state) != MessageState.SENT)
    session.connection().execute(
        gone.values(
            {name: bindparam(f"its_{name}") for name in RenderedMessage().as_columns()}
            | {"state": MessageState.SENT, "sent_at": now, "lease_until": None, "error": ""}
            | {"channel": func.coalesce(func.nullif(bindparam("over", type_=String), ""), col(Message.channel))}
        ),
        [
            {"message": number, "over": words.channel}
            | {f"its_{name}": value for name, value in words.as_columns().items()}
            for number, words in sorted(sent.items())
        ],
    )
    record_attempts(session, sent.keys(), now=now, result=AttemptResult.SENT)
    told = (NoticeState.PENDING, NoticeState.DEAD)
    session.execute(
        update(Notice)
        .where(col(Notice.message_id).in_(sorted(sent)), col(Notice.state).in_(told))
        .values(state=NoticeState.SENT, sent_at=now, reason="")
        .execution_options(synchronize_session=False)
    )


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
    words: RenderedMessage | None = None,
) -> bool:
    """The message did not leave: it waits longer each time, or is given up; gives whether it was given up.

    jitter      between 0 and 1; spreads retries so that many do not come at the same moment
    not_before  when the service asked to be tried again
    words       what was tried to be said, if it came to that
    """
    if words and words.channel:
        session.execute(update(Message).where(_still_mine(message_id, attempt)).values(channel=words.channel))
    record_attempts(session, [message_id], attempt, now=now, result=AttemptResult.FAILED, reason=reason)
    final = final or attempt >= MAX_ATTEMPTS
    mine = update(Message).where(_still_mine(message_id, attempt)).execution_options(synchronize_session=False)
    mine = mine.values(lease_until=None, expired_leases=0, error=reason, **(words.as_columns() if words else {}))
    if not final:
        again = now + pause_after(attempt, jitter)
        session.execute(
            mine.values(state=MessageState.QUEUED, next_attempt_at=max(again, not_before) if not_before else again)
        )
        return False
    given_up = session.execute(mine.values(state=MessageState.DEAD, next_attempt_at=now))
    if not given_up.rowcount:  # type: ignore[attr-defined]
        return False  # another courier is at it, and may have more luck
    session.execute(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.PENDING)
        .values(state=NoticeState.DEAD, reason=reason[:300])
    )
    return True


def pause_after(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the ``attempt``-th failure: 1, 2, 4 … 60 minutes, up to a quarter longer."""
    return min(FIRST_PAUSE * 2.0 ** min(attempt - 1, 10), LONGEST_PAUSE) * (1 + jitter / 4)


def waiting_count(session: Session) -> int:
    """Messages not yet sent and not given up."""
    return session.scalar(select(func.count()).select_from(Message).where(in_the_queue())) or 0


def in_the_queue() -> ColumnElement[bool]:
    """Waits to be sent, or is being sent."""
    # Word for word what the index says, as in the next: it holds what waits alone, however many have been sent. Nothing
    # is older than the bound, but with one SQLite looks into the index, and not at all messages in order of number.
    return text(f"{_WAITING} AND message.next_attempt_at > '1970-01-01'")  # type: ignore[return-value]


def _express_in_the_queue() -> ColumnElement[bool]:
    return text(f"{_WAITING} AND message.urgency = 'express'")  # type: ignore[return-value]


_WAITING = "message.state IN ('queued', 'sending')"


def _still_mine(message_id: int, attempt: int) -> ColumnElement[bool]:
    # After the lease another courier may have taken it; then the count of attempts has moved on.
    return and_(
        col(Message.id) == message_id,
        col(Message.state) == MessageState.SENDING,
        col(Message.attempts) == attempt,
    )

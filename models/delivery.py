"""The courier's side of the outbox: grouping notices into messages, claiming, recording.

Every function is one step in the caller's transaction. A notice is in at most one message; a message is with at
most one courier at a time, for as long as its lease; each result is recorded as soon as it is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, String, and_, func, literal, or_, select, update
from sqlmodel import Session, col

from models.acting import Acting
from models.anchor import Anchor, AnchorKind
from models.audit import Fact, record, take_turn
from models.errors import NotFound
from models.lifecycle import AttemptResult, MessageState, NoticeState, Urgency
from models.message_log import keep_attempt
from models.notices import pass_on
from models.office import Contact, Desk
from models.outbox import Message, Notice

LEASE = timedelta(seconds=60)
"""A little longer than the longest send; after it another courier may take the message."""

MAX_ATTEMPTS = 100
"""Some four days of tries: a mail server that is down over a weekend loses nothing."""

MAX_SILENT_ATTEMPTS = 8
"""A message whose couriers fell silent at every one of so many tries would silence the next one, too."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

_waiting = and_(col(Notice.state) == NoticeState.PENDING, col(Notice.message_id).is_(None))


def group_waiting(session: Session, *, now: datetime, sayable: Callable[[str], ColumnElement[bool]]) -> int:
    """Put waiting notices into messages, one for each recipient and channel; gives how many messages were made.

    sayable  which notices an office may be told now; the others go on waiting
    """
    recipients = session.execute(
        select(col(Notice.office), col(Notice.desk), col(Notice.channel)).where(_waiting).distinct()
    ).all()
    made = 0
    for office, desk, channel in recipients:
        its = (col(Notice.office) == office, col(Notice.desk) == desk, col(Notice.channel) == channel)
        theirs = and_(_waiting, *its, sayable(office))
        urgencies = set(session.scalars(select(col(Notice.urgency)).where(theirs).distinct()))
        if not urgencies:
            continue
        message = Message(
            message_key=f"dondoc-{uuid4()}",
            office=office,
            desk=desk,
            channel=channel,
            urgency=max(urgencies, key=list(Urgency).index),
            next_attempt_at=now,
            created_at=now,
        )
        session.add(message)
        session.flush()
        taken = session.execute(
            update(Notice).where(theirs).values(message_id=message.id).execution_options(synchronize_session=False)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            made += 1
        else:  # another courier was faster
            session.delete(message)
    return made


def pass_on_from_ended(session: Session, successors: Mapping[str, str], *, now: datetime) -> None:
    """What waits for offices that have ended goes to their successors, also between two runs that hand work over.

    successors  who answers today for each office that has ended
    """
    for office in session.scalars(
        select(col(Notice.office)).where(_waiting, col(Notice.office).in_(successors)).distinct()
    ).all():
        pass_on(session, and_(_waiting, col(Notice.office) == office), successors[office], now=now)
    underway = select(Message).where(
        col(Message.state).in_((MessageState.QUEUED, MessageState.SENDING)), col(Message.office).in_(successors)
    )
    for message in session.scalars(underway).all():
        pass_on(session, col(Notice.message_id) == message.id, successors[message.office], now=now)


def give_up_on_silent(session: Session, *, now: datetime) -> int:
    """Give up messages whose couriers fell silent at every try; gives how many. They would kill the next one too."""
    silent = session.scalars(
        select(Message).where(
            col(Message.state) == MessageState.SENDING,
            col(Message.lease_until) < now,
            col(Message.attempts) >= MAX_SILENT_ATTEMPTS,
        )
    ).all()
    for message in silent:
        reason = f"Tiến trình gửi dừng giữa chừng cả {message.attempts} lần."
        record_failure(session, message.id or 0, message.attempts, now=now, reason=reason, final=True, jitter=0)
    return len(silent)


def claim(session: Session, *, now: datetime, elapsed: timedelta = timedelta(0)) -> Message | None:
    """Take the next message that is due or whose courier has fallen silent; None when there is none.

    The attempt is counted here, so that a message that kills its courier is not tried for ever.

    elapsed  how long ago ``now`` was: a round may last longer than a lease, which begins when the message is taken
    """
    due: ColumnElement[bool] = or_(
        and_(col(Message.state) == MessageState.QUEUED, col(Message.next_attempt_at) <= now),
        and_(col(Message.state) == MessageState.SENDING, col(Message.lease_until) < now),
    )
    message = session.scalars(
        select(Message).where(due).order_by(col(Message.id)).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if message is not None:
        message.state, message.lease_until = MessageState.SENDING, now + elapsed + LEASE
        message.attempts += 1
    return message


def cancel(session: Session, notice_ids: dict[int, str]) -> None:
    """Cancel notices, each with its reason."""
    for notice_id, reason in notice_ids.items():
        session.execute(
            update(Notice).where(col(Notice.id) == notice_id).values(state=NoticeState.CANCELLED, reason=reason)
        )


def keep_text(session: Session, message_id: int, *, channel: str, subject: str, text: str, html: str) -> None:
    """Keep what is about to be sent, and over what, as evidence."""
    evidence = {"channel": channel, "subject": subject, "body_text": text, "body_html": html}
    session.execute(update(Message).where(col(Message.id) == message_id).values(**evidence))


def close_empty(session: Session, message_id: int) -> None:
    """Nothing in the message applies any more."""
    session.execute(
        update(Message).where(col(Message.id) == message_id).values(state=MessageState.EMPTY, lease_until=None)
    )


def record_sent(session: Session, message_id: int, *, now: datetime) -> None:
    """The message has left; its notices are told. True whoever sent it, so also when another took it meanwhile."""
    keep_attempt(session, message_id, now=now, result=AttemptResult.SENT)
    session.execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.state) != MessageState.SENT)
        .values(state=MessageState.SENT, sent_at=now, lease_until=None, error="")
    )
    told = (NoticeState.PENDING, NoticeState.DEAD)
    session.execute(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state).in_(told))
        .values(state=NoticeState.SENT, sent_at=now, reason="")
    )


def record_failure(
    session: Session, message_id: int, attempt: int, *, now: datetime, reason: str, final: bool, jitter: float
) -> bool:
    """The message did not leave: it waits longer each time, or is given up; gives whether it was given up.

    jitter  between 0 and 1; spreads retries so that many do not come at the same moment
    """
    keep_attempt(session, message_id, attempt, now=now, result=AttemptResult.FAILED, reason=reason)
    final = final or attempt >= MAX_ATTEMPTS
    mine = update(Message).where(_still_mine(message_id, attempt)).execution_options(synchronize_session=False)
    if not final:
        session.execute(
            mine.values(
                state=MessageState.QUEUED,
                next_attempt_at=now + pause_after(attempt, jitter),
                lease_until=None,
                error=reason,
            )
        )
        return False
    given_up = session.execute(
        mine.values(state=MessageState.DEAD, next_attempt_at=now, lease_until=None, error=reason)
    )
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
    states = (MessageState.QUEUED, MessageState.SENDING)
    return session.scalar(select(func.count()).select_from(Message).where(col(Message.state).in_(states))) or 0


@dataclass(frozen=True)
class Undeliverable:
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


def undeliverable(session: Session, *, limit: int = 100) -> list[Undeliverable]:
    """Messages given up, the newest first."""
    # Written out in the statement, so that the index of what was given up alone is seen to fit.
    dead = literal(MessageState.DEAD.value, String, literal_execute=True)
    names = (Message.id, Message.office, Message.desk, Message.channel, Message.subject, Message.created_at)
    given_up = (
        select(*map(col, names), col(Message.error).label("reason"), col(Message.next_attempt_at).label("given_up_at"))
        .where(col(Message.state) == dead)
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    rows = session.execute(given_up).mappings().all()
    about: dict[int, set[int]] = {}
    for message_id, assignment_id in session.execute(
        select(col(Notice.message_id), col(Notice.assignment_id)).where(
            col(Notice.message_id).in_([row["id"] for row in rows]), col(Notice.state) == NoticeState.DEAD
        )
    ):
        about.setdefault(message_id, set()).add(assignment_id)
    return [Undeliverable(**row, assignments=tuple(sorted(about.get(row["id"], ())))) for row in rows]


def send_again(session: Session, message_id: int, acting: Acting) -> bool:
    """Let a message that was given up be tried again, over the channel its desk has now; gives whether it was given up.

    What no longer applies is left out, as always just before sending. Sending again what is under way or has been sent
    changes nothing.
    """
    take_turn(session)
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(f"Không có thư số {message_id}.", f"There is no message {message_id}.")
    if message.state is not MessageState.DEAD:
        return False
    contact = session.get(Contact, (message.office, message.desk))
    message.channel = contact.channel if contact else message.channel
    message.state, message.attempts, message.next_attempt_at = MessageState.QUEUED, 0, acting.now
    message.error = ""
    session.execute(
        update(Notice)
        .where(col(Notice.message_id) == message_id, col(Notice.state) == NoticeState.DEAD)
        .values(state=NoticeState.PENDING, reason="")
    )
    facts = [Fact("send_again", f"message:{message_id}", {"channel": message.channel})]
    record(session, facts, actor=acting.actor, now=acting.now)
    return True


def sample_in_force(session: Session) -> bool:
    """Whether the assigning document is the sample."""
    return bool(session.scalar(select(col(Anchor.is_sample)).where(col(Anchor.kind) == AnchorKind.ISSUE)))


def _still_mine(message_id: int, attempt: int) -> ColumnElement[bool]:
    # After the lease another courier may have taken it; then the count of attempts has moved on.
    return and_(
        col(Message.id) == message_id,
        col(Message.state) == MessageState.SENDING,
        col(Message.attempts) == attempt,
    )

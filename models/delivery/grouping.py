"""Grouping waiting notices into messages: one digest for each recipient and channel."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import accumulate

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Engine,
    String,
    any_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    update,
)
from sqlalchemy import select as select_columns  # sqlmodel's is typed for four at most
from sqlmodel import Session, and_, col, select

from models.store.columns import UtcDateTime, written
from models.store.database import reading_session, session_scope
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState, Urgency
from models.tables.outbox import Message, Notice

# What was superseded never gets a message either.
_PENDING = written(NoticeState.PENDING)

WAITING = and_(Notice.state == _PENDING, col(Notice.message_id).is_(None))
"""Notices that are in no message yet."""

_ANY = select(Notice.id).where(WAITING).limit(1)
"""Asked first: nearly always there is nothing to group."""

OFFICES = 100
"""Offices whose messages are made at once: some hundredths of a second, so that the first letter leaves soon."""

NOTICES = 3_000
"""Notices that are put into messages at once, more only where one office has more: a tenth of a second or two."""

_RANKS = {urgency.value: rank for rank, urgency in enumerate(Urgency)}


def group_waiting(
    session: Session, *, now: datetime, allowed: ColumnElement[bool], apart: Sequence[Collection[str]] = ()
) -> int:
    """Put all waiting notices into messages; returns how many messages were made.

    One for each recipient and channel, and another for what is «hỏa tốc», so that nothing else hides or delays it.

    allowed  which notices may be told now; the others go on waiting
    apart    priorities whose notices go in messages of their own, set by set: those of each coordinator, for instance
    """
    return sum(_group(session, alike, now) for alike in _each_alike(allowed, apart))


def group_some(
    engine: Engine, *, now: datetime, allowed: ColumnElement[bool], apart: Sequence[Collection[str]] = ()
) -> int:
    """As ``group_waiting``, for some offices and no more, «hỏa tốc» first; until nothing is made, there may be more.

    What counts all that waits only reads, so that nobody who writes waits for it.
    """
    with reading_session(engine) as looking:
        share = _next_share(looking, allowed, apart) if looking.exec(_ANY).first() else None
    if share is None:
        return 0
    with session_scope(engine) as session:
        return _group(session, share, now)


def _next_share(
    session: Session, allowed: ColumnElement[bool], apart: Sequence[Collection[str]]
) -> ColumnElement[bool] | None:
    for alike in _each_alike(allowed, apart):
        counted = select(Notice.office, func.count()).where(alike).group_by(col(Notice.office))
        if first := session.exec(counted.order_by(col(Notice.office)).limit(OFFICES)).all():
            fitting = max(1, sum(total <= NOTICES for total in accumulate(count for _, count in first)))
            return and_(alike, col(Notice.office).in_([office for office, _ in first[:fitting]]))
    return None


def _each_alike(allowed: ColumnElement[bool], apart: Sequence[Collection[str]]) -> Iterator[ColumnElement[bool]]:
    express = col(Notice.urgency) == Urgency.EXPRESS
    for waiting in _each_apart(apart):
        for urgency in (express, ~express):
            yield and_(waiting, urgency, allowed)


def _each_apart(apart: Sequence[Collection[str]]) -> Iterator[ColumnElement[bool]]:
    if not apart:
        yield WAITING
    # Asked for each notice that waits; as a list of assignments, SQLite would read them all for each recipient.
    its = col(Assignment.id) == Notice.assignment_id
    for priorities in apart:
        yield and_(WAITING, exists().where(its, col(Assignment.priority).in_(priorities)))


def _group(session: Session, waiting: ColumnElement[bool], now: datetime) -> int:
    """Make the messages of these notices, which are all «hỏa tốc» or all not: one statement, and one to put them in."""
    if (taken := _take(session, waiting)) is None:
        return 0
    rank = func.max(case(_RANKS, value=col(Notice.urgency)))
    recipient = {"office": col(Notice.office), "desk": col(Notice.desk), "channel": col(Notice.channel)}
    columns = {
        "message_key": literal("dondoc-").concat(_random(session)),
        **recipient,
        "urgency": case({rank_: urgency for urgency, rank_ in _RANKS.items()}, value=rank),
        "state": literal(MessageState.QUEUED.value),
        "attempts": literal(0),
        "silent_tries": literal(0),
        "next_attempt_at": literal(now, UtcDateTime),
        "created_at": literal(now, UtcDateTime),
        **dict.fromkeys(("subject", "body_text", "body_html", "error"), literal("")),
    }
    source = select_columns(*columns.values()).where(taken).group_by(*recipient.values()).order_by(*recipient.values())
    made = session.scalars(
        insert(table_of(Message)).from_select([*columns], source).returning(table_of(Message).c.id)
    ).all()
    message = table_of(Message).c
    session.exec(
        update(Notice)
        .where(
            message.id.in_(made),
            *(message[name] == each for name, each in recipient.items()),
            taken,
        )
        .values(message_id=message.id)
        .execution_options(synchronize_session=False)
    )
    return len(made)


def _take(session: Session, waiting: ColumnElement[bool]) -> ColumnElement[bool] | None:
    """The notices that are grouped now, None for none."""
    if session.get_bind().dialect.name == "sqlite":  # lets in one writer at a time
        return waiting if session.scalar(select_columns(exists().where(waiting))) else None
    # What another courier groups, or a run hands over just now, is left to them: two that lock many rows in different
    # orders and wait for each other would block each other for good.
    free = session.exec(select(Notice.id).where(waiting).with_for_update(skip_locked=True)).all()
    return col(Notice.id) == any_(literal(list(free), ARRAY(BigInteger))) if free else None


def _random(session: Session) -> ColumnElement[str]:
    """Another 128 random bits for each row."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.gen_random_uuid(), String)
    return func.lower(func.hex(func.randomblob(16)))

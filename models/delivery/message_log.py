"""The log of delivery: what was sent, to whom, over what and when, with every try and its result."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from config.contacts.desks import Desk
from models.store.columns import UtcDateTime, enum_column
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.errors import NotFound
from models.tables.lifecycle import AttemptResult
from models.tables.outbox import DeliveryAttempt, Message, Notice

READ_SIZE = 100
"""Messages read at once, wherever all are read."""


@dataclass(frozen=True)
class MessageFilter:
    """Which messages to list; None means any. ``since`` and ``until`` (not included) bound when they were made.

    about  a condition on all the assignments that a message is about: one on others too, or on none, is left out
    """

    office: str | None = None
    desk: str | None = None
    channel: str | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    about: sa.ColumnElement[bool] | None = None


def record_attempts(
    session: Session,
    message_ids: Collection[int],
    number: int | None = None,
    *,
    now: datetime,
    result: AttemptResult,
    reason: str = "",
) -> None:
    """Record an attempt at each of these messages, over the channel that it has now.

    number  which attempt it was; None for the last that was begun
    """
    tried = sa.select(
        col(Message.id),
        col(Message.attempts) if number is None else sa.literal(number),
        sa.literal(now, UtcDateTime),
        col(Message.channel),
        sa.literal(result, enum_column(AttemptResult)),
        sa.literal(reason[:1000]),
    ).where(col(Message.id).in_(sorted(message_ids)))
    columns = ("message_id", "number", "at", "channel", "result", "reason")
    session.exec(sa.insert(table_of(DeliveryAttempt)).from_select(columns, tried))


def notice_counts(session: Session, message_ids: Collection[int]) -> dict[int, int]:
    """How many notices each message has."""
    counted = session.exec(_NOTICES, params={"messages": [*message_ids]})
    return {number: count for number, count in counted if number}


_NOTICES = (
    select(Notice.message_id, func.count())
    .where(col(Notice.message_id).in_(sa.bindparam("messages", expanding=True)))
    .group_by(col(Notice.message_id))
)
"""Made once: every round of the courier asks."""


def messages(session: Session, criteria: MessageFilter, *, texts: bool = False) -> Iterator[Message]:
    """Messages one after another, the oldest first, never many of them in memory: a log grows for years.

    texts  with their bodies, which are nearly all of their size
    """
    query = _select_messages(criteria, texts=texts).order_by(col(Message.id)).limit(READ_SIZE)
    after = 0
    while found := session.exec(query.where(col(Message.id) > after)).all():
        yield from found
        after = found[-1].id or 0


def latest_messages(
    session: Session, criteria: MessageFilter, *, limit: int, offset: int = 0
) -> tuple[list[Message], int]:
    """The last of those messages without their bodies, the oldest of them first, and how many there are in all."""
    query = _select_messages(criteria, texts=False).order_by(col(Message.id).desc()).limit(limit).offset(offset)
    total = session.exec(select(func.count()).select_from(Message).where(*message_conditions(criteria))).one()
    return list(session.exec(query))[::-1], total


def attempts(session: Session, message_ids: Collection[int]) -> dict[int, list[DeliveryAttempt]]:
    """The attempts at those messages in order, by message."""
    query = select(DeliveryAttempt).where(col(DeliveryAttempt.message_id).in_(message_ids))
    of_messages: dict[int, list[DeliveryAttempt]] = {}
    for attempt in session.exec(query.order_by(col(DeliveryAttempt.id))):
        of_messages.setdefault(attempt.message_id, []).append(attempt)
    return of_messages


def last_failures(session: Session, office: str, *, limit: int) -> list[tuple[DeliveryAttempt, Desk]]:
    """The last attempts at reaching an office that failed, the newest first, each with the desk it was for."""
    failed = (
        select(DeliveryAttempt, Message.desk)
        .join(Message, col(Message.id) == col(DeliveryAttempt.message_id))
        .where(Message.office == office, DeliveryAttempt.result == AttemptResult.FAILED)
    )
    found = session.exec(failed.order_by(col(DeliveryAttempt.id).desc()).limit(limit))
    return [(tried, Desk(desk)) for tried, desk in found]


def message(
    session: Session, message_id: int, criteria: MessageFilter = MessageFilter()
) -> tuple[Message, Sequence[DeliveryAttempt]]:
    """One message with its text, and the attempts at it in order; raises ``NotFound``."""
    query = select(Message).where(col(Message.id) == message_id, *message_conditions(criteria))
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotFound(f"Không có thư số {message_id}.", f"There is no message no. {message_id}.")
    return found, attempts(session, [message_id]).get(message_id, [])


def message_conditions(criteria: MessageFilter) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions on ``Message`` that the filter asks for."""
    for name in ("office", "desk", "channel", "state"):
        if (value := getattr(criteria, name)) is not None:
            yield col(getattr(Message, name)) == value
    if criteria.since is not None:
        yield col(Message.created_at) >= criteria.since
    if criteria.until is not None:
        yield col(Message.created_at) < criteria.until
    if criteria.about is not None:
        theirs = sa.exists().where(
            col(Notice.message_id) == col(Message.id), col(Assignment.id) == col(Notice.assignment_id)
        )
        yield theirs.where(criteria.about)
        yield ~theirs.where(~criteria.about)


def _select_messages(criteria: MessageFilter, *, texts: bool) -> SelectOfScalar[Message]:
    query = select(Message).where(*message_conditions(criteria))
    if texts:
        return query
    columns = sa.inspect(Message).attrs
    return query.options(*(defer(columns[name].class_attribute) for name in ("body_text", "body_html")))

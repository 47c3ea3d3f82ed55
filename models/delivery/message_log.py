"""The log of delivery: what was sent, to whom, over what and when, with every try and its result."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, literal, select
from sqlmodel import Session, col

from models.store.columns import UtcDateTime, enum_column
from models.store.upsert import table_of
from models.tables.errors import NotFound
from models.tables.lifecycle import AttemptResult
from models.tables.outbox import DeliveryAttempt, Message

READ_SIZE = 100
"""Messages read at once, wherever all are read."""

_TEXTS = ("body_text", "body_html")


@dataclass(frozen=True)
class MessageFilter:
    """Which messages to list; None means any. ``since`` and ``until`` (not included) are of their making."""

    office: str | None = None
    desk: str | None = None
    channel: str | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def record_attempts(
    session: Session,
    message_ids: Collection[int],
    number: int | None = None,
    *,
    now: datetime,
    result: AttemptResult,
    reason: str = "",
) -> None:
    """Put a try of each of these messages on record, over the channel that it has now.

    number  which try it was; None for the last that was begun
    """
    tried = select(
        col(Message.id),
        col(Message.attempts) if number is None else literal(number),
        literal(now, UtcDateTime),
        col(Message.channel),
        literal(result, enum_column(AttemptResult)),
        literal(reason[:1000]),
    ).where(col(Message.id).in_(sorted(message_ids)))
    columns = ("message_id", "number", "at", "channel", "result", "reason")
    session.execute(insert(table_of(DeliveryAttempt)).from_select(columns, tried))


def messages(connection: Connection, wanted: MessageFilter, *, texts: bool = False) -> Iterator[dict[str, Any]]:
    """Messages one after another, the oldest first, never many of them in memory: a log grows for years.

    texts  with what they say, which is nearly all that they weigh
    """
    columns = [column for column in table_of(Message).c if texts or column.name not in _TEXTS]
    query = select(*columns).where(*message_conditions(wanted)).order_by(col(Message.id)).limit(READ_SIZE)
    after = 0
    while rows := connection.execute(query.where(col(Message.id) > after)).mappings().all():
        yield from map(dict, rows)
        after = rows[-1]["id"]


def latest_messages(connection: Connection, wanted: MessageFilter, *, limit: int) -> tuple[list[dict[str, Any]], int]:
    """The last of those messages without their texts, the oldest of them first, and how many there are in all."""
    columns = [column for column in table_of(Message).c if column.name not in _TEXTS]
    last = select(*columns).where(*message_conditions(wanted)).order_by(col(Message.id).desc()).limit(limit)
    rows = [dict(row) for row in connection.execute(last).mappings()][::-1]
    total = connection.scalar(select(func.count()).select_from(Message).where(*message_conditions(wanted))) or 0
    return rows, total


def attempts(connection: Connection, message_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The tries of those messages in order, by message."""
    return _attempts(connection, col(DeliveryAttempt.message_id).in_(message_ids))


def message(connection: Connection, number: int) -> tuple[dict[str, Any], Sequence[dict[str, Any]]]:
    """One message with its text, and its tries in order; raises ``NotFound``."""
    query = select(*table_of(Message).c).where(col(Message.id) == number)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound(
            f"Không có thư số {number}; xem các số bằng «dondoc messages».",
            f"There is no message {number}; list them with 'dondoc messages'.",
        )
    return dict(found), _attempts(connection, col(DeliveryAttempt.message_id) == number).get(number, [])


def message_conditions(wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    """The conditions on ``Message`` that are asked for."""
    for column, value in (
        (Message.office, wanted.office),
        (Message.desk, wanted.desk),
        (Message.channel, wanted.channel),
        (Message.state, wanted.state),
    ):
        if value is not None:
            yield col(column) == value
    if wanted.since is not None:
        yield col(Message.created_at) >= wanted.since
    if wanted.until is not None:
        yield col(Message.created_at) < wanted.until


def _attempts(connection: Connection, which: ColumnElement[bool]) -> dict[int, list[dict[str, Any]]]:
    of_messages: dict[int, list[dict[str, Any]]] = {}
    query = select(*table_of(DeliveryAttempt).c).where(which).order_by(col(DeliveryAttempt.id))
    for row in connection.execute(query).mappings():
        kept = {key: row[key] for key in ("number", "at", "channel", "result", "reason")}
        of_messages.setdefault(row["message_id"], []).append(kept)
    return of_messages

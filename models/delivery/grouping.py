"""Grouping waiting notices into messages: one digest for each recipient and channel."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, String, case, exists, literal, update
from sqlmodel import Session, and_, col, select

from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeState, Urgency
from models.tables.outbox import Message, Notice

# Written out, so that the index of what waits alone is seen to fit; what was superseded never gets a message either.
_PENDING = literal(NoticeState.PENDING.value, String, literal_execute=True)

WAITING = and_(Notice.state == _PENDING, col(Notice.message_id).is_(None))
"""Notices that are in no message yet."""


def group_waiting(
    session: Session,
    *,
    now: datetime,
    allows: Callable[[str], ColumnElement[bool]],
    by_directive: Sequence[Collection[str]] = (),
) -> int:
    """Put waiting notices into messages; returns how many messages were made.

    One for each recipient and channel, and another for what is «hỏa tốc», so that nothing else hides or delays it.

    allows        which notices an office may get now; the others go on waiting
    by_directive  the priorities of each directive where there are several: each has messages of its own
    """
    if not by_directive:
        return _group(session, WAITING, now, allows)
    # Asked for each notice that waits; as a list of assignments, SQLite would read them all for each recipient.
    its = col(Assignment.id) == Notice.assignment_id
    of_directive = (exists().where(its, col(Assignment.priority).in_(priorities)) for priorities in by_directive)
    return sum(_group(session, and_(WAITING, condition), now, allows) for condition in of_directive)


def _group(
    session: Session, waiting: ColumnElement[bool], now: datetime, allows: Callable[[str], ColumnElement[bool]]
) -> int:
    express = case((col(Notice.urgency) == Urgency.EXPRESS, 1), else_=0)
    recipient = (col(Notice.office), col(Notice.desk), col(Notice.channel), express)
    recipients = select(*recipient).where(waiting).distinct().order_by(*recipient)
    made = 0
    for office, desk, channel, is_express in session.exec(recipients).all():
        its = (Notice.office == office, Notice.desk == desk, Notice.channel == channel)
        for_recipient = and_(waiting, *its, express == is_express, allows(office))
        urgencies = set(session.exec(select(col(Notice.urgency)).where(for_recipient).distinct()))
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
        # What another courier groups, or a run hands over just now, is left to them: two that lock many rows in
        # different orders and wait for each other would block each other for good.
        free = select(Notice.id).where(for_recipient).with_for_update(skip_locked=True).cte("free")
        taken = session.exec(
            update(Notice)
            .where(col(Notice.id).in_(select(free.c.id)))
            .values(message_id=message.id)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount:
            made += 1
        else:  # another courier was faster
            session.delete(message)
    return made

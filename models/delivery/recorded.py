"""Putting what was delivered on record: a fact with the digest of each attempt, and of each message that was sent.

Not in the transaction that writes a result down, for that must never wait behind a large deed while a lease runs; but
as soon as the courier rests, so that what is taken out of the log afterwards is missed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import accumulate

from sqlalchemy import Connection, Engine, update
from sqlmodel import Session, col, select

from models.delivery import leases
from models.store.audit import AuditEntry, also_about, record_all, write_events
from models.store.audit_event import DELIVER, AuditHead
from models.store.database import reading_session, session_scope
from models.tables.lifecycle import AttemptResult
from models.tables.outbox import DeliveryAttempt

BATCH = 200
"""Attempts in one event."""

NOTICES = 1_000
"""Notices of their messages, whose digests are worked out while nobody else writes; more only where one has more."""

_UNRECORDED = col(DeliveryAttempt.event_seq).is_(None)
_SENT = col(DeliveryAttempt.result) == AttemptResult.SENT


def record_deliveries(engine: Engine, *, now: datetime) -> int:
    """Record every attempt that no event holds yet, some at a time; returns how many.

    While others write events on PostgreSQL it does not wait: the next round does what is left.
    """
    recorded = 0
    with reading_session(engine) as session:
        is_any = session.exec(select(DeliveryAttempt.id).where(_UNRECORDED).limit(1)).first() is not None
    while is_any:
        with session_scope(engine) as session:
            done = _record_some(session, now)
        recorded += done
        is_any = done > 0
    return recorded


def unrecorded_messages(connection: Connection) -> Sequence[int]:
    """The messages that were sent in an attempt that no event holds yet."""
    return connection.scalars(select(DeliveryAttempt.message_id).where(_UNRECORDED, _SENT).distinct()).all()


def _record_some(session: Session, now: datetime) -> int:
    head = select(AuditHead.seq).where(AuditHead.id == 1).with_for_update(skip_locked=True)
    if (seq := session.exec(head).one_or_none()) is None:
        return 0
    query = select(DeliveryAttempt).where(_UNRECORDED).order_by(col(DeliveryAttempt.id)).limit(BATCH)
    found = _as_many_as_fit(session, session.exec(query).all())
    if not found:
        return 0
    sent = {attempt.message_id for attempt in found if attempt.result is AttemptResult.SENT}
    numbers = [attempt.id for attempt in found if attempt.id]
    new = sent - _on_record(session, sent)
    _mark(session, numbers, seq + 1)
    also_about(session, "attempt", numbers)
    also_about(session, "message", sorted(new))
    entry = AuditEntry(DELIVER, "deliveries", {"attempts": len(found), "sent": len(sent)})
    record_all(session, [entry], actor="courier", now=now)
    write_events(session)
    return len(found)


def _as_many_as_fit(session: Session, attempts: Sequence[DeliveryAttempt]) -> Sequence[DeliveryAttempt]:
    counts = leases.notice_counts(session, {attempt.message_id for attempt in attempts})
    up_to = accumulate(counts.get(attempt.message_id, 0) for attempt in attempts)
    return attempts[: max(1, sum(total <= NOTICES for total in up_to))]


def _on_record(session: Session, messages: Collection[int]) -> set[int]:
    """Those of which an event tells already: nothing changes in them, so that another would vouch for what somebody did
    to them meanwhile."""
    known = select(DeliveryAttempt.message_id).where(col(DeliveryAttempt.message_id).in_(messages), _SENT, ~_UNRECORDED)
    return set(session.exec(known))


def _mark(session: Session, attempts: Collection[int], seq: int) -> None:
    marked = update(DeliveryAttempt).where(col(DeliveryAttempt.id).in_(attempts)).values(event_seq=seq)
    session.exec(marked.execution_options(synchronize_session=False))

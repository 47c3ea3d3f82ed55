"""Putting what was delivered on record: a fact with the digest of each attempt, and of each message that was sent.

Not in the transaction that writes a result down, for that must never wait behind a large deed while a lease runs; but
as soon as the courier rests, so that what is taken out of the log afterwards is missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from sqlalchemy import Connection, Engine, bindparam, update
from sqlmodel import Session, col, select

from models.delivery.message_log import notice_counts
from models.store.audit import AuditEntry, also_about, record_all, write_events
from models.store.audit_event import DELIVER, AuditHead
from models.store.database import reading_session, session_scope
from models.store.dossiers import Dossier, dossiers, subject_of
from models.store.upsert import table_of
from models.tables.lifecycle import AttemptResult
from models.tables.outbox import DeliveryAttempt

BATCH = 200
"""Attempts in one event."""

NOTICES = 1_000
"""Notices of their messages, whose digests are written while nobody else writes; more only where one has more."""

_UNRECORDED = col(DeliveryAttempt.event_seq).is_(None)
_SENT = col(DeliveryAttempt.result) == AttemptResult.SENT

# Made once: every round of the courier asks them.
_HEAD = select(AuditHead.seq).where(AuditHead.id == 1).with_for_update(skip_locked=True)
_SOME = select(DeliveryAttempt).where(_UNRECORDED).order_by(col(DeliveryAttempt.id)).limit(BATCH)
_TOLD = select(DeliveryAttempt.message_id).where(
    col(DeliveryAttempt.message_id).in_(bindparam("messages", expanding=True)), _SENT, ~_UNRECORDED
)
_MARKED = update(table_of(DeliveryAttempt)).where(
    table_of(DeliveryAttempt).c.id.in_(bindparam("attempts", expanding=True))
)


def record_deliveries(engine: Engine, *, now: datetime) -> int:
    """Record every attempt that no event holds yet, some at a time; returns how many.

    While others write events on PostgreSQL it does not wait: the next round does what is left.
    """
    recorded = 0
    while True:
        with reading_session(engine) as session:
            if not (attempts := _next(session)):
                return recorded
            # Nothing changes any more in what was sent, and nobody need wait while thousands of digests are worked out.
            known = dossiers(session.connection(), "message", [str(each) for each in _new(session, attempts)])
        with session_scope(engine) as session:
            done = _record_some(session, known, now)
        if not done:
            return recorded
        recorded += done


def unrecorded_messages(connection: Connection) -> Sequence[int]:
    """The messages that were sent in an attempt that no event holds yet."""
    return connection.scalars(select(DeliveryAttempt.message_id).where(_UNRECORDED, _SENT).distinct()).all()


def _record_some(session: Session, known: Mapping[str, Dossier], now: datetime) -> int:
    if (seq := session.exec(_HEAD).one_or_none()) is None or not (attempts := _next(session)):
        return 0
    new = _new(session, attempts)
    numbers = [attempt.id for attempt in attempts if attempt.id]
    session.execute(_MARKED, {"attempts": numbers, "event_seq": seq + 1})
    also_about(session, "attempt", numbers)
    also_about(session, "message", [number for number in new if str(number) not in known])
    entry = AuditEntry(DELIVER, "deliveries", {"attempts": len(attempts), "sent": len(_sent(attempts))})
    record_all(session, [entry], actor="courier", now=now)
    held = {subject_of("message", number): known[str(number)] for number in new if str(number) in known}
    write_events(session, held=held)
    return len(attempts)


def _next(session: Session) -> Sequence[DeliveryAttempt]:
    """The attempts of the next event, as many as fit."""
    attempts = session.exec(_SOME).all()
    if not attempts:
        return []
    counts = notice_counts(session, {attempt.message_id for attempt in attempts})
    up_to = accumulate(counts.get(attempt.message_id, 0) for attempt in attempts)
    return attempts[: max(1, sum(total <= NOTICES for total in up_to))]


def _sent(attempts: Iterable[DeliveryAttempt]) -> set[int]:
    return {attempt.message_id for attempt in attempts if attempt.result is AttemptResult.SENT}


def _new(session: Session, attempts: Iterable[DeliveryAttempt]) -> list[int]:
    """The messages sent of which no event tells: nothing changes in the others, so that another event would vouch for
    what somebody did to them meanwhile."""
    sent = _sent(attempts)
    told: set[int] = set(session.exec(_TOLD, params={"messages": [*sent]}))
    return sorted(sent - told)

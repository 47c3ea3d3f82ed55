"""Writing the audit trail: append-only, each event hashed together with the one before it, and sealed.

Anyone can compute the chain anew. The seals cannot be: they are made with a key outside the database. Each event holds
digests of what it is about, as that is when its unit of work ends (``models.store.dossiers``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, event, insert, update
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, select

from config.audit_keys import AuditKeys
from models.store.actor import Context
from models.store.audit_chain import Verification as Verification
from models.store.audit_chain import verify as verify
from models.store.audit_event import (
    DELIVER,
    DIGESTS,
    HEAD_MOVED,
    HOUSEKEEPING,
    TAKE_STOCK,
    AuditEvent,
    AuditHead,
    event_hash,
    sealed_event,
    sealed_head,
)
from models.store.dossiers import READ_SIZE, Dossier, dossiers, subject_of, things_concerned

AUDIT_KEYS = "dondoc_audit_keys"
"""The execution option of an engine that loads the keys by which events are sealed; without it they are not."""

LOOKS_AHEAD = {"dondoc_looks_ahead": True}
"""The ``info`` of a session that is always rolled back: it records nothing, and keeps nobody else from recording."""

_BATCH = 5_000
"""Events written at once: however many a unit of work records, so many are held in memory."""


@dataclass(frozen=True)
class AuditEntry:
    """What a verb wants on record. ``subject`` is like "assignment:17"; ``details`` holds plain JSON values."""

    verb: str
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """An entry with who did it, and when."""

    entry: AuditEntry
    actor: str
    now: datetime


@dataclass
class _Pending:
    """What a unit of work has recorded and not yet written, and what else it changed, as kind and key.

    savepoints  how much had been recorded when each began
    """

    entries: list[Recorded] = field(default_factory=list)
    also: dict[tuple[str, str], None] = field(default_factory=dict)
    savepoints: dict[SessionTransaction, int] = field(default_factory=dict)


def lock_audit_chain(session: Session) -> None:
    """Lock the end of the trail: until this transaction ends no other unit of work writes events.

    Called first by all that read before they write. On PostgreSQL two runs could otherwise both find a row missing, or
    write the same rows in different orders and block each other for good; SQLite lets in one writer anyway.
    """
    if _looks_ahead(session):
        return
    if (transaction := session.get_transaction()) is None or session.info.get(_LOCKED_IN) is not transaction:
        session.exec(_LOCKED_END).one()  # read to its end: a reading left open pins SQLite's connection to this moment
        if not session.in_nested_transaction():  # with a savepoint that is rolled back its locks are gone
            session.info[_LOCKED_IN] = session.get_transaction()


_LOCKED_IN = "dondoc_chain_locked_in"
"""Where the ``info`` of a session holds the transaction that has the end of the trail."""

_LOCKED_END = select(AuditHead.seq).where(AuditHead.id == 1).with_for_update()
"""Made once: every unit of work asks, some several times."""


def has_grown(session: Session, *, since: int) -> bool:
    """Whether anything but deliveries and housekeeping was recorded after the event of this number."""
    later = select(AuditEvent.seq).where(AuditEvent.seq > since, col(AuditEvent.verb).not_in((DELIVER, *HOUSEKEEPING)))
    return session.exec(later.limit(1)).first() is not None


def last_event(session: Session, subject: str, *, besides: str = "") -> AuditEvent | None:
    """What happened last to this subject, but for the verb ``besides``; None for nothing."""
    of_it = select(AuditEvent).where(AuditEvent.subject == subject, AuditEvent.verb != besides)
    return session.exec(of_it.order_by(col(AuditEvent.seq).desc()).limit(1)).one_or_none()


def record(session: Session, context: Context, verb: str, subject: str, /, **details: object) -> None:
    """Append one event, an ``AuditEntry``, to the chain in the caller's transaction."""
    record_all(session, [AuditEntry(verb, subject, details)], actor=context.actor, now=context.now)


def record_all(session: Session, entries: Iterable[AuditEntry], *, actor: str, now: datetime) -> None:
    """Append events to the chain in the caller's transaction.

    They are written when it commits, with the digests of what they are about as it is then; of a large batch at once,
    so that what it is about must be written already. In a savepoint they wait, for it may be taken back.
    """
    if _looks_ahead(session):
        return
    pending = _pending(session)
    for entry in entries:
        pending.entries.append(Recorded(entry, actor, now))
        if len(pending.entries) >= _BATCH and not session.in_nested_transaction():
            write_events(session)


def also_about(session: Session, kind: str, keys: Iterable[object]) -> None:
    """Say what else the events of this transaction are about, where their subjects do not say it."""
    _pending(session).also.update(((kind, str(key)), None) for key in keys)


def write_events(session: Session, *, held: Mapping[str, Dossier] = MappingProxyType({})) -> int:
    """Write what was recorded so far; returns the number of the last event.

    held  as ``append`` takes it
    """
    session.flush()
    pending = _pending(session)
    entries, also = pending.entries, pending.also
    pending.entries, pending.also = [], {}
    return append(session.connection(), entries, also=also, held=held)


def append(
    connection: Connection,
    entries: Sequence[Recorded],
    *,
    also: Iterable[tuple[str, str]] = (),
    held: Mapping[str, Dossier] = MappingProxyType({}),
) -> int:
    """Write events at the end of the chain; returns the number of the last.

    held  dossiers by subject that the last event holds besides: known already, also empty ones, of what is gone
    """
    head = connection.execute(_HEAD).one()
    if not entries:
        return int(head.seq)
    load: Callable[[], AuditKeys] | None = connection.get_execution_options().get(AUDIT_KEYS)
    keys = load() if load else None
    by_entry = _dossiers_by_entry(connection, entries, also)
    if held:
        by_entry.setdefault(len(entries) - 1, {}).update(held)
    rows = list(_rows(entries, by_entry))
    is_due = head.seq and entries[0].entry.verb != TAKE_STOCK
    if keys and is_due and not keys.fits(head.seal, sealed_head(head.seq, head.hash)):
        # Sealed as if nothing had happened, what was done to the trail would never be found.
        rows.insert(0, rows[0] | {"verb": HEAD_MOVED, "subject": "trail", "details": {"seq": head.seq}, "digests": {}})
    seq, last_hash = head.seq, head.hash
    for row in rows:
        seq += 1
        row |= {"seq": seq, "previous_hash": last_hash}
        last_hash = event_hash(row)
        row["facts"] = row.pop("details")
        row |= {"hash": last_hash, "seal": keys.seal(sealed_event(seq, last_hash)) if keys else ""}
    connection.execute(_EVENTS, rows)
    seal = keys.seal(sealed_head(seq, last_hash)) if keys else ""
    connection.execute(_MOVED_HEAD, {"seq": seq, "hash": last_hash, "seal": seal})
    return int(seq)


_HEAD = (
    select(col(AuditHead.seq), col(AuditHead.hash), col(AuditHead.seal)).where(col(AuditHead.id) == 1).with_for_update()
)
_EVENTS, _MOVED_HEAD = insert(AuditEvent), update(AuditHead).where(col(AuditHead.id) == 1)
"""Made once: every unit of work that records anything asks them."""


def _rows(entries: Iterable[Recorded], held: Mapping[int, dict[str, Dossier]]) -> Iterator[dict[str, Any]]:
    """The rows of the events; what one is about beyond ``READ_SIZE`` things goes into further events."""
    for place, recorded in enumerate(entries):
        entry, subjects = recorded.entry, list(held.get(place, {}).items())
        row = {"at": recorded.now, "actor": recorded.actor, "verb": entry.verb, "subject": entry.subject}
        yield row | {"details": entry.details, "digests": dict(subjects[:READ_SIZE])}
        for start in range(READ_SIZE, len(subjects), READ_SIZE):
            further = {"verb": DIGESTS, "subject": "trail", "details": {"of": entry.subject}}
            yield row | further | {"digests": dict(subjects[start : start + READ_SIZE])}


def _dossiers_by_entry(
    connection: Connection, entries: Sequence[Recorded], also: Iterable[tuple[str, str]]
) -> dict[int, dict[str, Dossier]]:
    """What each entry holds, by its place: of several about one thing the last, for the digests are of the end."""
    last: dict[tuple[str, str], int] = {}
    for place, recorded in enumerate(entries):
        for thing in things_concerned(connection, recorded.entry.subject):
            last[thing] = place
    for thing in also:
        last.setdefault(thing, len(entries) - 1)
    by_kind: dict[str, list[str]] = {}
    for kind, key in last:
        by_kind.setdefault(kind, []).append(key)
    found = {kind: dossiers(connection, kind, keys) for kind, keys in by_kind.items()}
    held: dict[int, dict[str, Dossier]] = {}
    for (kind, key), place in last.items():
        if (dossier := found[kind].get(key)) is not None:
            held.setdefault(place, {})[subject_of(kind, key)] = dossier
    return held


def _looks_ahead(session: Session) -> bool:
    return session.info.keys() >= LOOKS_AHEAD.keys()


def _pending(session: Session) -> _Pending:
    found: _Pending = session.info.setdefault("dondoc_pending_events", _Pending())
    return found


@event.listens_for(Session, "before_commit")
def _write_at_the_end(session: Session) -> None:
    # A savepoint's events are written with those of the transaction around it.
    if not session.in_nested_transaction() and _pending(session).entries:
        write_events(session)


@event.listens_for(Session, "after_transaction_create")
def _savepoint_begins(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        pending = _pending(session)
        pending.savepoints[transaction] = len(pending.entries)


@event.listens_for(Session, "after_transaction_end")
def _transaction_ends(session: Session, transaction: SessionTransaction) -> None:
    # Not each savepoint's own as it ends: when it is rolled back, this is called first.
    if transaction.parent is None:
        _pending(session).savepoints.clear()


@event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_rolled_back(session: Session, previous_transaction: SessionTransaction) -> None:
    pending, rolled_back = _pending(session), previous_transaction
    while not rolled_back.nested and rolled_back.parent is not None:  # a flush that failed takes with it what it is in
        rolled_back = rolled_back.parent
    if rolled_back.nested:
        del pending.entries[pending.savepoints.get(rolled_back, 0) :]
    else:
        pending.entries, pending.also = [], {}

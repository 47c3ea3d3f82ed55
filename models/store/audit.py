"""The audit trail: append-only, each event hashed together with the one before it."""

import hashlib
import json
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Index, insert, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.store.actor import Context
from models.store.columns import UtcDateTime

GENESIS = "0" * 64


class AuditEvent(SQLModel, table=True):
    """Who did what to what, when. Never updated, never deleted."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64)
    verb: str = Field(max_length=32)
    subject: str = Field(max_length=64)
    details: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs={"name": "facts"})
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The end of the chain; one row, locked while events are appended, so that the chain never forks."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    seq: int
    hash: str = Field(max_length=64)


@dataclass(frozen=True)
class AuditEntry:
    """What a verb wants on record. ``subject`` is like "assignment:17"; ``details`` holds plain JSON values."""

    verb: str
    subject: str
    details: dict[str, Any]


def lock_audit_chain(session: Session) -> None:
    """Lock the end of the trail: until this transaction ends no other unit of work writes events.

    Called first by all that read before they write. On PostgreSQL two runs could otherwise both find a row missing, or
    write the same rows in different orders and block each other for good; SQLite lets in one writer anyway.
    """
    session.exec(select(AuditHead.seq).where(AuditHead.id == 1).with_for_update())


def record(session: Session, context: Context, verb: str, subject: str, /, **details: object) -> None:
    """Append one event, an ``AuditEntry``, to the chain in the caller's transaction."""
    record_all(session, [AuditEntry(verb, subject, details)], actor=context.actor, now=context.now)


def record_all(session: Session, entries: Iterable[AuditEntry], *, actor: str, now: datetime) -> None:
    """Append events to the chain in the caller's transaction."""
    head = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    seq, last_hash = session.exec(head).one()
    rows = []
    for entry in entries:
        seq += 1
        row = {
            "seq": seq,
            "at": now,
            "actor": actor,
            "verb": entry.verb,
            "subject": entry.subject,
            "details": entry.details,
        }
        this_hash = _digest(last_hash, row)
        rows.append(row | {"previous_hash": last_hash, "hash": this_hash})
        last_hash = this_hash
    if rows:
        session.exec(insert(AuditEvent), params=rows)
        session.exec(update(AuditHead).where(col(AuditHead.id) == 1).values(seq=seq, hash=last_hash))


@dataclass(frozen=True)
class Verification:
    """What walking the chain found. ``broken_at`` is the first event that does not fit, or None."""

    events: int
    broken_at: int | None
    problem_vi: str = ""


def verify(connection: Connection) -> Verification:
    """Walk the whole chain and compare every hash, and its end with the recorded head."""
    last_hash, seq = GENESIS, 0
    with closing(_events(connection)) as events:  # also when the walk ends early, so that no cursor stays open
        for row in events:
            if row["seq"] != seq + 1:
                return Verification(seq, seq + 1, f"thiếu sự kiện số {seq + 1}")
            if row["previous_hash"] != last_hash or row["hash"] != _digest(last_hash, row):
                return Verification(seq, row["seq"], f"sự kiện số {row['seq']} đã bị sửa")
            last_hash, seq = row["hash"], row["seq"]
    if connection.execute(select(AuditHead.seq, AuditHead.hash)).one() != (seq, last_hash):
        return Verification(seq, seq + 1, f"các sự kiện sau số {seq} đã bị xóa")
    return Verification(seq, None)


def _events(connection: Connection) -> Generator[dict[str, Any], None, None]:
    query = select(AuditEvent).order_by(col(AuditEvent.seq))
    with connection.execution_options(yield_per=5_000).execute(query) as result:
        for row in result.mappings():
            yield {**row, "details": row["facts"]}


def _digest(previous_hash: str, row: dict[str, Any]) -> str:
    content = json.dumps(
        [
            previous_hash,
            row["seq"],
            row["at"].astimezone(UTC).isoformat(),  # read back, an instant is in UTC
            row["actor"],
            row["verb"],
            row["subject"],
            row["details"],
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()

"""The rows of the audit trail, and what chains and seals them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from models.store.columns import UtcDateTime
from models.store.dossiers import Dossier, canonical

GENESIS = "0" * 64

DIGESTS, TAKE_STOCK, HEAD_MOVED, ROTATE_KEY = "digests", "take_stock", "head_moved", "rotate_audit_key"
"""Verbs of the trail itself: more digests of the event before; of all rows, where events before hold none; the end of
the trail was not as last sealed when this was written; another key seals from here on."""

DELIVER = "deliver"
"""The verb of messages sent and attempts made, which says nothing about assignments."""

ACKNOWLEDGE = "acknowledge_differences"
"""The verb of an operator's word that rows differ from what the trail said, and are to stay so."""

BACK_UP = "back_up"
"""The verb of a daily backup that succeeded."""

ATTACH, DETACH = OF_FILES = ("attach", "detach")
"""The verbs of files added to an assignment, and removed before they are handed in."""

CONFIRM_CLOCK = "confirm_clock"
"""The verb of an operator who confirms the machine's clock."""

HOUSEKEEPING = (DIGESTS, TAKE_STOCK, BACK_UP)
"""Events that do not say that something happened."""


class AuditEvent(SQLModel, table=True):
    """Who did what to what, when. Never updated, never deleted.

    ``digests`` are the dossiers of what it is about, by subject. ``seal`` is empty on what was written before there
    were seals.
    """

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
    digests: dict[str, Dossier] = Field(default_factory=dict, sa_type=JSON)
    seal: str = Field(default="", max_length=80)


class AuditHead(SQLModel, table=True):
    """The end of the chain; one row, locked while events are appended, so that the chain never forks."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    seq: int
    hash: str = Field(max_length=64)
    seal: str = Field(default="", max_length=80)


def event_hash(event: Mapping[str, Any]) -> str:
    """What chains an event to the one before: the SHA-256 of both in canonical form. An event without digests, as all
    of version 0.1, is hashed without."""
    content = [
        event["previous_hash"],
        event["seq"],
        event["at"].astimezone(UTC).isoformat(),  # read back, an instant is in UTC
        event["actor"],
        event["verb"],
        event["subject"],
        event["details"],
    ]
    if event["digests"]:
        content.append(event["digests"])
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def sealed_event(seq: int, event_hash: str) -> bytes:
    """What the seal of an event is put on."""
    return f"dondoc.audit.event\n{seq}\n{event_hash}".encode()


def sealed_head(seq: int, event_hash: str) -> bytes:
    """What the seal of the head is put on: nobody can make the seal of an earlier event the head's."""
    return f"dondoc.audit.head\n{seq}\n{event_hash}".encode()

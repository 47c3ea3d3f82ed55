"""Taking stock: the digests of everything in a store whose events hold none yet, as a fact of that day."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select, text, update
from sqlmodel import col

from models.store.audit import AuditEntry, Recorded, append
from models.store.audit_event import DIGESTS, TAKE_STOCK, AuditHead
from models.store.columns import metadata
from models.store.dossiers import DOSSIERS, READ_SIZE

_ACTOR = "system"


def take_stock(connection: Connection, revision: str, *, now: datetime) -> None:
    """Record the digests of all rows: what they said before this day, nothing vouches for.

    Chunk by chunk, however large the store is. An empty store needs no such fact.

    revision  the schema that the store had
    """
    attempts = metadata.tables["delivery_attempt"]
    seq = connection.scalar(select(col(AuditHead.seq))) or 0
    connection.execute(update(attempts).values(event_seq=seq + 1))
    entry = AuditEntry(TAKE_STOCK, "trail", {"schema": revision, "events": seq})
    for things in _things(connection):
        append(connection, [Recorded(entry, _ACTOR, now)], also=things)
        entry = AuditEntry(DIGESTS, "trail", {"of": TAKE_STOCK})


def _things(connection: Connection) -> Iterator[list[tuple[str, str]]]:
    """Everything there is, by kind and key, some at a time."""
    for kind, parts in DOSSIERS.items():
        first = parts[0]
        table = metadata.tables[first.table]
        if not first.by:
            if connection.execute(select(table).limit(1)).first() is not None:
                yield [(kind, "")]
            continue
        by = table.c[first.by]
        query = select(by).order_by(by).limit(READ_SIZE)
        if first.where:
            query = query.where(text(f"{table.name}.{first.where}"))
        keys = connection.scalars(query).all()
        while keys:
            yield [(kind, str(key)) for key in keys]
            keys = connection.scalars(query.where(by > keys[-1])).all()

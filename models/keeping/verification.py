"""Whether the store is what the audit trail says: the chain, its seals, and every row against its last fact.

The facts are gathered beside the store, in a temporary database of its own, and compared there: however large the store
is, little of it is in memory.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

import models.tables.all  # noqa: F401  (registers every table)
from config.audit_keys import AuditKeys
from models.delivery.recorded import unrecorded_messages
from models.store.audit_chain import Verification, verify
from models.store.audit_event import ACKNOWLEDGE
from models.store.dossiers import DOSSIERS, digests, subject_of

PREVIEW_SIZE = 100
"""At most so many rows are listed."""

_BATCH = 5_000

_TABLES = """
CREATE TABLE fact (subject TEXT, name TEXT, digest TEXT, seq INTEGER, PRIMARY KEY (subject, name)) WITHOUT ROWID;
CREATE TABLE row (subject TEXT, name TEXT, digest TEXT, PRIMARY KEY (subject, name)) WITHOUT ROWID;
CREATE TABLE unrecorded (subject TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_DIFFERENT = """
SELECT fact.subject, fact.name, fact.seq, row.name IS NULL FROM fact LEFT JOIN row USING (subject, name)
WHERE row.digest IS NOT fact.digest
UNION ALL
SELECT row.subject, row.name, 0, 0 FROM row LEFT JOIN fact USING (subject, name)
WHERE fact.digest IS NULL AND (
    row.subject NOT IN (SELECT subject FROM unrecorded) OR row.subject IN (SELECT subject FROM fact)
)
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Mismatch:
    """A row that is not what the last event about it says.

    row      like "report:12"; of the rows of a deed together the name of their table
    subject  what it belongs to, like "assignment:17"
    seq      the event that holds its digest; 0 where none does
    is_gone  whether there is no such row any more
    """

    row: str
    subject: str
    seq: int
    is_gone: bool

    @property
    def vi(self) -> str:
        whose = f" ({self.subject})" if self.subject != self.row else ""
        if not self.seq:
            return f"{self.row}{whose}: không sự kiện nào ghi dòng này"
        return f"{self.row}{whose}: {'đã bị xóa' if self.is_gone else 'đã bị sửa'}, khác sự kiện số {self.seq}"

    @property
    def en(self) -> str:
        whose = f" ({self.subject})" if self.subject != self.row else ""
        if not self.seq:
            return f"{self.row}{whose}: no event tells of this row"
        return f"{self.row}{whose}: {'deleted' if self.is_gone else 'changed'}, not as event {self.seq} says"


@dataclass(frozen=True)
class StoreVerification:
    """What was found: of the chain, and the first ``PREVIEW_SIZE`` of ``mismatched`` rows.

    rows          how many rows were compared, those of a deed as one
    acknowledged  how many differences somebody has acknowledged before (``acknowledged``): they are told no more
    """

    chain: Verification
    rows: int
    mismatches: tuple[Mismatch, ...]
    mismatched: int
    acknowledged: int = 0

    def problems(self) -> list[tuple[str, str]]:
        """Everything found, in Vietnamese and English."""
        chain = [(self.chain.problem_vi, self.chain.problem_en)] if self.chain.broken_at is not None else []
        return chain + [(each.vi, each.en) for each in self.mismatches]


def verify_store(
    connection: Connection, *, keys: AuditKeys | None, listed: int | None = PREVIEW_SIZE
) -> StoreVerification:
    """Walk the chain and compare every covered row with the last event about it; ``connection`` sees one moment.

    keys    by which seals are checked; None where they are not at hand
    listed  how many rows are listed; None for all
    """
    with closing(sqlite3.connect("")) as beside:  # a file of SQLite's own that goes with the connection
        beside.executescript(_TABLES)
        facts = _Facts(beside)
        chain = verify(connection, keys=keys, seen=facts.add)
        facts.write()
        rows = _gather_rows(connection, beside)
        _gather_unrecorded(connection, beside)
        found = [Mismatch(row, subject, seq, bool(gone)) for subject, row, seq, gone in beside.execute(_DIFFERENT)]
    return StoreVerification(chain, rows, tuple(found[:listed]), len(found), facts.acknowledged)


class _Facts:
    """The last dossier of each thing, written some at a time."""

    def __init__(self, beside: sqlite3.Connection) -> None:
        self._beside = beside
        self.acknowledged = 0
        self._waiting: dict[str, tuple[int, Mapping[str, str]]] = {}

    def add(self, event: Mapping[str, Any]) -> None:
        if event["verb"] == ACKNOWLEDGE:
            self.acknowledged += event["details"].get("number", 0)
        for subject, dossier in event["digests"].items():
            self._waiting[subject] = (event["seq"], dossier)
        if len(self._waiting) >= _BATCH:
            self.write()

    def write(self) -> None:
        self._beside.executemany("DELETE FROM fact WHERE subject = ?", ((subject,) for subject in self._waiting))
        self._beside.executemany(
            "INSERT INTO fact VALUES (?, ?, ?, ?)",
            (
                (subject, name, digest, seq)
                for subject, (seq, dossier) in self._waiting.items()
                for name, digest in dossier.items()
            ),
        )
        self._waiting.clear()


def _gather_rows(connection: Connection, beside: sqlite3.Connection) -> int:
    before = beside.total_changes
    for kind, parts in DOSSIERS.items():
        for part in parts:
            beside.executemany("INSERT INTO row VALUES (?, ?, ?)", _of_kind(kind, digests(connection, part)))
    return beside.total_changes - before


def _gather_unrecorded(connection: Connection, beside: sqlite3.Connection) -> None:
    """What was sent since the courier last rested: no event tells of it yet."""
    subjects = ((subject_of("message", number),) for number in unrecorded_messages(connection))
    beside.executemany("INSERT INTO unrecorded VALUES (?)", subjects)


def _of_kind(kind: str, found: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((subject_of(kind, key), name, digest) for key, name, digest in found)

"""What stands in the store, read by plain SQL over a connection of its own, and what may become of it.

Nothing here uses the code under test: the laws are written down once more, in plain Python.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

WAITING_FOR_OFFICE = ("assigned", "acknowledged", "returned")
OPEN = (*WAITING_FOR_OFFICE, "reported", "suspended")
REMINDERS = ("not_acknowledged", "due_soon", "due_today", "overdue", "progress")
NO_DATE = "9999-12-30"

Row = Mapping[str, Any]


class Answer(NamedTuple):
    """What people were told of an assignment."""

    state: str
    office: str
    due_date: str


_TABLES = {
    "assignment": "SELECT * FROM assignment ORDER BY id",
    "report": "SELECT * FROM report ORDER BY id",
    "extension": "SELECT * FROM extension ORDER BY id",
    "notice": "SELECT * FROM notice ORDER BY id",
    "message": "SELECT id, message_key, office, desk, channel, state, attempts, error FROM message ORDER BY id",
    "delivery_attempt": "SELECT id, message_id, number, at, channel, result, reason FROM delivery_attempt ORDER BY id",
    "silence": "SELECT * FROM silence ORDER BY id",
    "deed": "SELECT * FROM deed ORDER BY id",
    "anchor": "SELECT * FROM anchor ORDER BY id",
    "attachment": "SELECT * FROM attachment ORDER BY id",
}

# What never changes, and what only changes so; a table that is not named may change as it likes but keeps its rows.
_FIXED = {
    "assignment": (
        *("priority", "subtask", "step", "period", "role", "lead_office", "assigned_office", "assigned_at"),
        *("variant", "anchor_id"),
    ),
    "report": ("assignment_id", "version", "counts", "document_number", "text", "submitted_at", "submission"),
    "extension": ("assignment_id", "requested_until", "requested_at", "reason"),
    "notice": ("kind", "assignment_id", "rung", "office", "desk", "channel", "created_at"),
    "message": ("message_key", "office", "desk"),
    "delivery_attempt": ("message_id", "number", "at", "channel", "result", "reason"),
    "deed": ("kind", "subject", "items_digest", "actor", "at", "undoes"),
}
_MOVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "report": {"submitted": ("accepted", "returned")},
    "extension": {"requested": ("granted", "refused", "lapsed"), "lapsed": ("requested",)},
    "notice": {
        "pending": ("sent", "cancelled", "dead"),
        "dead": ("pending", "sent", "cancelled"),
        "cancelled": ("pending", "sent"),
    },
    "message": {
        "queued": ("sending", "sent", "empty", "dead"),
        "sending": ("queued", "sent", "empty", "dead"),
        "dead": ("queued", "sending", "sent", "empty"),
    },
}


@dataclass(frozen=True)
class Seen:
    """The store at one moment: rows by table and id, and the end of the audit trail."""

    tables: Mapping[str, Mapping[int, Row]]
    events: int
    head: str

    def answer(self, assignment: int) -> Answer:
        row = self.tables["assignment"][assignment]
        return Answer(row["state"], row["office"], row["due_date"])

    @property
    def assignments(self) -> Mapping[int, Row]:
        return self.tables["assignment"]


class Eye:
    """Looks at the store of one house, and never keeps it from writing."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "dondoc.sqlite"
        self._connection = self._opened()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection

    def close(self) -> None:
        self._connection.close()

    def look_anew(self) -> None:
        """Another file lies in the place of the one that was."""
        self.close()
        self._connection = self._opened()

    def rows(self, query: str, *values: Any) -> list[Row]:
        return [dict(row) for row in self._connection.execute(query, values).fetchall()]

    def look(self) -> Seen:
        self._connection.execute("BEGIN")
        try:
            tables = {name: {row["id"]: row for row in self.rows(query)} for name, query in _TABLES.items()}
            (end,) = self.rows("SELECT seq, hash FROM audit_head")
            last = self.rows("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1")
        finally:
            self._connection.execute("COMMIT")
        assert last in ([], [end]), "the trail does not end where its head says"
        return Seen(tables, end["seq"], end["hash"])

    def trail(self, after: Seen | None = None) -> Iterator[str]:
        """What is wrong with the events that came after, and with the one they were written upon."""
        number, last = (after.events, after.head) if after else (0, "0" * 64)
        if after and after.events:
            (there,) = self.rows("SELECT hash FROM audit_event WHERE seq = ?", after.events)
            if there["hash"] != last:
                yield f"event {number} was written anew"
        for event in self.rows("SELECT * FROM audit_event WHERE seq > ? ORDER BY seq", number):
            number += 1
            at = datetime.fromisoformat(event["at"]).replace(tzinfo=UTC).isoformat()
            said = [at, event["actor"], event["verb"], event["subject"], json.loads(event["facts"])]
            content = [last, event["seq"], *said, *filter(None, [json.loads(event["digests"])])]
            text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            last = hashlib.sha256(text.encode()).hexdigest()
            if (event["seq"], event["hash"]) != (number, last):
                yield f"event {event['seq']} does not fit"


def broken_laws(before: Seen, after: Seen) -> Iterator[str]:
    """What may never happen between two moments, whatever was done."""
    for table, rows in before.tables.items():
        for number, was in rows.items():
            now = after.tables[table].get(number)
            if now is None:
                yield f"{table} {number} is gone"
                continue
            if now == was:
                continue
            for name in _FIXED.get(table, ()):
                if now[name] != was[name]:
                    yield f"{table} {number}: {name} changed from {was[name]} to {now[name]}"
            moves = _MOVES.get(table)
            if moves and was["state"] != now["state"] and now["state"] not in moves.get(was["state"], ()):
                yield f"{table} {number} went from {was['state']} to {now['state']}"
    yield from _dates_kept(before, after)
    yield from _one_letter_each(before, after)


def _dates_kept(before: Seen, after: Seen) -> Iterator[str]:
    for number, was in before.assignments.items():
        now = after.assignments.get(number, was)
        if was["original_due_date"] != now["original_due_date"] and was["original_due_date"] != NO_DATE:
            yield f"assignment {number} lost its original date {was['original_due_date']}"


def _one_letter_each(before: Seen, after: Seen) -> Iterator[str]:
    """A notice stays in its message, and of the rungs that one look finds due one is told."""
    for number, was in before.tables["notice"].items():
        now = after.tables["notice"].get(number, was)
        if was["message_id"] is not None and was["message_id"] != now["message_id"]:
            yield f"notice {number} went from message {was['message_id']} to {now['message_id']}"
    told: dict[tuple[int, str], set[str]] = {}
    for number, notice in after.tables["notice"].items():
        new = number not in before.tables["notice"]
        if new and notice["kind"] in REMINDERS and notice["state"] in ("pending", "sent"):
            told.setdefault((notice["assignment_id"], notice["created_at"]), set()).add(notice["rung"])
    for (assignment, at), rungs in told.items():
        if len(rungs) > 1:
            yield f"assignment {assignment} was told {sorted(rungs)} at once at {at}"

"""Dossiers: the rows that make up one thing the audit trail speaks of, and the digest of each.

An event about an assignment holds the digests of its row, its joint leads and named offices, reports, requests, files,
contributions and questions, as they are when the unit of work ends. The last event about a thing so says what its rows
must be.

A digest is the SHA-256 of a row in canonical form, which is the same on either database and needs nothing but JSON:
``["report",{"assignment_id":17,…}]`` with sorted names, without spaces and without what is null, instants in UTC
(``2023-08-18T01:00:00+00:00``). What is null is left out so that a later version may add a column that may be null.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import compress, groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Enum,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    exists,
    literal,
    select,
    text,
    type_coerce,
)

from models.store.columns import UtcDateTime, metadata

Dossier = dict[str, str]
"""The digest of each row of a thing, by ``table:key``; of the rows of a deed together, by the name of their table."""

READ_SIZE = 1_000
"""Rows that are read, and things that are asked for, at once."""


@dataclass(frozen=True)
class Part:
    """Rows of one table that belong to a thing.

    by         the column that says to which; empty where all rows belong to the one thing there is
    left_out   columns that change without an event: what is worked out anew, or when somebody was last there
    together   one digest of all its rows, for tables with thousands of them for one thing, which never change
    where      which rows are covered: those that nothing happens to any more
    """

    table: str
    by: str
    left_out: frozenset[str] = frozenset()
    together: bool = False
    where: str = ""


_SCHEDULE = frozenset({"timetable_id", "rung_done", "next_alert_at"})

DOSSIERS: Mapping[str, tuple[Part, ...]] = {
    "assignment": (
        Part("assignment", "id", left_out=_SCHEDULE),
        Part("party", "assignment_id"),
        Part("report", "assignment_id", left_out=frozenset({"plain_text"})),
        Part("extension", "assignment_id"),
        Part("contribution", "assignment_id"),
        Part("question", "assignment_id"),
        Part("attachment", "assignment_id"),
    ),
    "deed": (
        Part("deed", "id"),
        Part("deed_item", "deed_id", together=True),
        Part("deed_party", "deed_id", together=True),
    ),
    "urging": (Part("urging_letter", "id"), Part("urged_assignment", "letter_id", together=True)),
    "anchor": (Part("anchor", "id", left_out=frozenset({"plain_title"})),),
    "plan": (Part("edition_head", ""),),
    "edition": (Part("edition", "id"),),
    "draft": (Part("plan_draft", "id", left_out=frozenset({"unfinished"})),),
    "silence": (Part("silence", "id"),),
    "user": (Part("user_account", "id", left_out=frozenset({"signed_in_at", "sessions_since"})),),
    "deputy": (Part("deputy", "id"),),
    "webhook": (Part("webhook", "id", left_out=frozenset({"seen_seq", "seen_at"})),),
    "token": (Part("api_token", "id", left_out=frozenset({"used_at"})),),
    "office": (Part("office_door", "office"),),
    "contacts": (Part("office_contact", "office"), Part("desk_address", "office")),
    "feed": (Part("calendar_door", "feed"),),
    "message": (
        Part("message", "id", where="state = 'sent'"),
        Part("notice", "message_id", where="state = 'sent'"),
    ),
    "attempt": (Part("delivery_attempt", "id", left_out=frozenset({"event_seq"}), where="event_seq IS NOT NULL"),),
}
"""What makes up each thing that events speak of, by the first word of their subject."""

NOT_COVERED: Mapping[str, str] = {
    "audit_event": "the trail itself: chained, and each event sealed",
    "audit_head": "the trail itself: sealed",
    "office": "copied from the plan in force, which is covered, whenever the store is opened",
    "contact": "worked out from addresses, which are covered, and the operator's senders",
    "timetable": "worked out from the due date, which is covered; «dondoc audit followup» finds what was not said",
    "timetable_rung": "as timetable",
    "assignment_tally": "counted from assignments, which are covered, by triggers of the database",
    "stage_mark": "no fact: what a run need not do again",
    "machine_clock": "no fact: when a machine's clock was last believed",
    "clock_fault": "no fact: whose clock is wrong just now",
    "report_draft": "no fact: what somebody is typing",
    "directive_draft": "no fact: a text that somebody is making a plan of; what is launched is an edition",
    "office_spelling": "no fact: how the next draft is read, which is corrected before anything follows from it",
    "saved_view": "no fact: how somebody likes to look at a list",
    "ended_session": "no fact: a cookie that opens nothing, forgotten when it expires",
}
"""Tables that no event holds digests of, and why."""


def subject_of(kind: str, key: object) -> str:
    """What events call a thing."""
    return f"{kind}:{key}"


def things_concerned(connection: Connection, subject: str) -> Iterator[tuple[str, str]]:
    """What an event on ``subject`` is about, as kind and key: of a deed also the assignments that it changed."""
    kind, _, key = subject.partition(":")
    if kind in DOSSIERS:
        yield kind, key
    if kind == "deed":
        items = metadata.tables["deed_item"].c
        of_deed = select(items.assignment_id).where(items.deed_id == int(key)).order_by(items.assignment_id)
        yield from (("assignment", str(number)) for number in connection.scalars(of_deed))


def dossiers(connection: Connection, kind: str, keys: Collection[str]) -> dict[str, Dossier]:
    """The dossiers of things of one kind, by key; without those of which there is no row."""
    found: dict[str, Dossier] = {}
    asked = list(keys)
    for start in range(0, len(asked), READ_SIZE):
        some = asked[start : start + READ_SIZE]
        for part in _parts_with_rows(connection, kind, some):
            for key, name, digest in digests(connection, part, some):
                found.setdefault(key, {})[name] = digest
    return found


def _parts_with_rows(connection: Connection, kind: str, keys: Collection[str]) -> Iterable[Part]:
    """The parts of which these things have any rows: of an assignment mostly two of seven, and one look tells."""
    parts = DOSSIERS[kind]
    if kind != "assignment":
        return parts
    return compress(parts, connection.execute(_any_rows(kind), {"keys": [int(key) for key in keys]}).one())


@cache
def _any_rows(kind: str) -> Select[Any]:
    tables = [(metadata.tables[part.table], part.by) for part in DOSSIERS[kind]]
    return select(*(exists().where(table.c[by].in_(bindparam("keys", expanding=True))) for table, by in tables))


def digests(connection: Connection, part: Part, keys: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """The rows of a part as they are now: the key of their thing, what they are called in its dossier, their digest.

    keys  of which things; None for all. Read as a stream, except where there can be only a few: of PostgreSQL's
          streams each is asked for four times.
    """
    table = metadata.tables[part.table]
    rows = _rows(connection, table, part, keys)
    if not part.together:
        yield from ((key, f"{part.table}:{name}", digest) for key, name, digest in rows)
        return
    for key, its in groupby(rows, key=lambda row: row[0]):
        # In the order of their digests: each database sorts text in its own way.
        yield key, part.table, hashlib.sha256("".join(sorted(row[2] for row in its)).encode()).hexdigest()


def _rows(
    connection: Connection, table: Table, part: Part, keys: Collection[str] | None
) -> Iterator[tuple[str, str, str]]:
    query = _query(part, connection.dialect.name, keys is not None)
    numbered = part.by != "" and isinstance(table.c[part.by].type, Integer)
    asked = {"keys": [int(key) for key in keys] if numbered else [*keys]} if keys is not None and part.by else {}
    is_large = keys is None or part.together
    options = {"yield_per": READ_SIZE} if is_large else {}
    with connection.execute(query.select, asked, execution_options=options) as result:
        for row in result:
            name = ":".join(map(str, row[1 : query.called]))
            values = zip(query.names, row[query.called :], strict=True)
            yield str(row[0]), name, digest_of(table.name, values, query.times)


@dataclass(frozen=True)
class _Query:
    """How the rows of a part are read: first so many columns that say what a row is called, then what is covered."""

    select: Select[Any]
    called: int
    names: Sequence[str]
    times: Sequence[str]


@cache  # composing it costs more than reading what one event is about
def _query(part: Part, dialect: str, of_some: bool) -> _Query:
    table = metadata.tables[part.table]
    called = [table.c[part.by] if part.by else literal(""), *table.primary_key]
    covered = sorted((column for column in table.columns if column.name not in part.left_out), key=lambda it: it.name)
    # Asked for as the plain text that they are stored as, choices, and on SQLite times, take a third of the time.
    as_text = (Enum, UtcDateTime, Date) if dialect == "sqlite" else (Enum,)
    plain = [type_coerce(column, String) if isinstance(column.type, as_text) else column for column in covered]
    query = select(*called, *plain).order_by(*called[0 if part.by else 1 :])
    if part.where:
        query = query.where(text(f"{table.name}.{part.where}"))
    if of_some and part.by:
        query = query.where(table.c[part.by].in_(bindparam("keys", expanding=True)))
    times = [column.name for column in covered if isinstance(column.type, UtcDateTime | Date)]
    return _Query(query, len(called), [column.name for column in covered], times)


def digest_of(table: str, columns: Iterable[tuple[str, Any]], times: Iterable[str] = ()) -> str:
    """The digest of one row; ``times`` are the names of the columns that hold an instant or a day."""
    held = {name: value for name, value in columns if value is not None}
    for name in times:
        if (value := held.get(name)) is not None:
            held[name] = _in_iso(value)
    return hashlib.sha256(canonical([table, held]).encode()).hexdigest()


def _in_iso(value: date | str) -> str:
    """An instant in UTC, or a day, as ISO 8601 has it; SQLite stores text that is nearly that."""
    if isinstance(value, str):
        day, clock, fraction = value[:10], value[11:19], value[19:]
        return f"{day}T{clock}{'' if fraction == '.000000' else fraction}+00:00" if clock else day
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def canonical(content: Any) -> str:
    """The canonical form: JSON with sorted names, letters as they are, and no spaces."""
    return _ENCODE(content)


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

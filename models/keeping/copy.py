"""Everything that one store holds, copied into another in which nothing has happened, and compared row by row.

Wholly or not at all: copied, counted and compared in one transaction.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table, delete, insert, text, update
from sqlmodel import Session, col, func, select

import models.tables.all  # noqa: F401  (registers every table)
from config.errors import Refused
from models.contacts.taking_in import TAKE_IN_CONTACTS
from models.plans.editions import IMPORT_PLAN
from models.store.audit import lock_audit_chain
from models.store.audit_event import CONFIRM_CLOCK, HOUSEKEEPING, AuditEvent, AuditHead
from models.store.columns import metadata
from models.store.database import reading_session, session_scope, snapshot
from models.store.upsert import table_of
from models.tables.machine_clock import ClockFault, MachineClock
from models.tables.office import Contact, Office
from models.tables.tally import AssignmentTally, StageMark

_READ_SIZE = 1_000
_HASH_BITS = 256

Progress = Callable[[int], None]
"""Called with the number of rows just done."""


@dataclass(frozen=True)
class Contents:
    """What a table holds: how many rows, and a checksum that is the same on either database.

    The checksum adds up the SHA-256 of each row, so that it needs no order: each database has its own.
    """

    rows: int
    checksum: str


def is_empty_store(session: Session) -> bool:
    """Whether nothing has happened in the store but that plan and contacts came in and its clock was confirmed.

    Every verb leaves at least one event.
    """
    something = col(AuditEvent.verb).not_in((IMPORT_PLAN, TAKE_IN_CONTACTS, CONFIRM_CLOCK, *HOUSEKEEPING))
    return session.exec(select(AuditEvent.seq).where(something).limit(1)).first() is None


def copy_into_empty(built: Engine, store: Engine) -> bool:
    """Copy all that ``built`` holds into ``store``; returns whether it was done.

    Not done when something has happened in ``store`` meanwhile. What only mirrors the configuration is left as it is,
    and so is what is known of the clock.
    """
    with snapshot(built) as source, session_scope(store) as session:
        lock_audit_chain(session)
        if not is_empty_store(session):
            return False
        kept = {table_of(Office), table_of(Contact), table_of(MachineClock)}
        copied = [table for table in _copied() if table not in kept]
        _clear(session, copied)
        for table in copied:
            _copy(source, session, table, _no_progress)
    return True


def copy_store(source: Engine, target: Engine, *, progress: Progress | None = None) -> Mapping[str, Contents]:
    """Copy all of ``source``, as it is at one moment, into ``target``; returns what each table holds now.

    Raises ``Refused`` when something has happened in ``target`` already, or what arrived there is not what was sent;
    ``target`` is then as it was.
    """
    report = progress or _no_progress
    with snapshot(source) as connection, session_scope(target, by_clock=False) as session:
        lock_audit_chain(session)
        _refuse_facts(session)
        _clear(session, _copied())
        for table in _copied():
            _copy(connection, session, table, report)
        sent, arrived = (contents(each, progress=report) for each in (connection, session.connection()))
        if different := sorted(name for name in sent if sent[name] != arrived[name]):
            raise Refused(
                f"Bản chép không khớp ở bảng: {', '.join(different)}; chưa chép gì. Kiểm tra cơ sở dữ liệu đích rồi thử"
                " lại.",
                f"The copy differs in: {', '.join(different)}; nothing was copied. Check the target and try again.",
            )
    return arrived


def copy_pages(source: Engine, to: Path) -> None:
    """Copy a whole SQLite database, as it is at one moment, into a new file, page by page; holds up nobody who writes.

    By SQLite itself, which is faster than row by row.
    """
    with source.connect() as connection, closing(sqlite3.connect(to)) as copied:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.backup(copied)


def refuse_used_store(engine: Engine) -> None:
    """Raises ``Refused`` when something has happened in the store."""
    with reading_session(engine) as session:
        _refuse_facts(session)


def contents(connection: Connection, *, progress: Progress | None = None) -> Mapping[str, Contents]:
    """What each table holds, read as a stream."""
    found = {}
    for table in _copied():
        rows = total = 0
        for part in _streamed(connection, table):
            for row in part:
                total += int.from_bytes(hashlib.sha256(_canonical(row)).digest())
            rows += len(part)
            (progress or _no_progress)(len(part))
        found[table.name] = Contents(rows, f"{total % (1 << _HASH_BITS):064x}")
    return found


def count_rows(connection: Connection) -> int:
    """How many rows there are in all: a third of the steps of ``copy_store``."""
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in _copied())


def _refuse_facts(session: Session) -> None:
    if not is_empty_store(session):
        raise Refused(
            "Cơ sở dữ liệu đích đã có dữ liệu; chỉ chép hoặc khôi phục vào nơi còn trống, ví dụ với"
            " DONDOC_DATA_DIR hay DONDOC_DATABASE_URL khác.",
            "The target database already contains data; copy or restore only into an empty one, e.g. with another"
            " DONDOC_DATA_DIR or DONDOC_DATABASE_URL.",
        )


def _copied() -> list[Table]:
    """Parents before what hangs on them; what is no fact is worked out anew, by the target's own triggers."""
    left = [table_of(each) for each in (AssignmentTally, StageMark, ClockFault)]
    return [each for each in metadata.sorted_tables if each not in left]


def _clear(session: Session, tables: Sequence[Table]) -> None:
    """Take out the plan and the contacts that came in at the first opening."""
    for table in reversed(tables):
        if table is not table_of(AuditHead):
            session.exec(delete(table))


def _copy(source: Connection, session: Session, table: Table, progress: Progress) -> None:
    if table is table_of(AuditHead):  # an empty store has its one row already
        session.exec(update(table).values(**source.execute(sa.select(table)).mappings().one()))
        return
    for part in _streamed(source, table):
        session.exec(insert(table), params=part)
        progress(len(part))
    _advance_sequence(session, table)


def _streamed(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    with connection.execute(sa.select(table), execution_options={"yield_per": _READ_SIZE}) as result:
        for part in result.mappings().partitions():
            yield [dict(row) for row in part]


def _canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form of its own in a checksum")


def _advance_sequence(session: Session, table: Table) -> None:
    """Move PostgreSQL's own counter past the ids that were copied."""
    number = table.autoincrement_column
    if number is None or session.get_bind().dialect.name != "postgresql":
        return
    last = session.scalar(select(func.max(number)))
    if last is not None:
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
            {"table": table.name, "column": number.name, "last": last},
        )


def _no_progress(_rows: int) -> None:
    pass

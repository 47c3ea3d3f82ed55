"""Opening the store, keeping its schema current, and the one way to a transaction."""

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from config.audit_keys import AuditKeys
from config.disk import FAILING, FULL, READ_ONLY, in_words
from config.errors import Refused
from models.store.audit import AUDIT_KEYS
from models.store.clock_check import require_right_clock
from models.store.first_write import catch_up
from models.store.migrating import is_known, migrate, newest_revision, revision_of
from models.store.turns import LOOKS_EVERY_S, first_in_line, turn_to_write
from models.store.word_index import require_word_index

_BUSY_TIMEOUT_S = 30
"""For how long one waits who wants to write what another holds, on either database."""

_WRITERS = {"sqlite": 1, "postgresql": 4}
"""Units of work of a process that write at once. SQLite lets one: were more to wait at its lock, each would look again
only every tenth of a second, while the next in our own turn begins at once."""

_POOL: dict[str, Any] = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 10}
"""Connections of a process; those beside ``_WRITERS`` are for reading alone, which takes milliseconds."""
_RETRY_S = 0.01
_CONNECT_TIMEOUT_S = 10


class DatabaseUnreachable(Refused):
    """The application's database cannot be opened."""


class DiskUnusable(DatabaseUnreachable):
    """The disk under the database is full, only read or failing."""

    def __init__(self, vi: str, en: str, *, is_full: bool) -> None:
        super().__init__(vi, en)
        self.is_full = is_full


class DatabaseBusy(DatabaseUnreachable):
    """Others were writing the same for too long; nothing was written, and the same may be tried again."""

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu đang bận: nơi khác ghi cùng lúc quá lâu. Chưa ghi gì; hãy làm lại sau ít phút.",
            "The database is busy: others were writing for too long. Nothing was written; try again in a few minutes.",
        )


def open_database(url: str, *, keys: Callable[[], AuditKeys] | None = None) -> Engine:
    """An engine on the store at ``url``, its schema brought up to date.

    keys  loads the keys by which events are sealed, at each unit of work, since they may be changed meanwhile; None
          where only rows are looked at or copied

    A store that is up to date is only read, so that opening never waits for a writer. Raises ``DatabaseBusy`` where it
    must be migrated and others write for too long, ``DatabaseUnreachable`` where nothing of ours answers.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise _unreachable(url, fault.strerror or "không tạo được thư mục") from None
    engine = _engine(url, keys)
    try:
        with engine.connect() as connection:  # takes no lock
            revision = revision_of(connection.execution_options(dondoc_reading=True))
            require_word_index(connection)
        if revision != newest_revision():
            if not is_known(revision):
                raise _unreachable(url, f"kho dữ liệu của một phiên bản dondoc mới hơn, lược đồ {revision}")
            if engine.dialect.name == "sqlite":
                _use_write_ahead_log(engine)
            migrate(engine)
    except DBAPIError as fault:
        engine.dispose()
        if _is_busy(fault.orig):
            raise DatabaseBusy from fault
        raise _disk_fault(fault, engine) or _unreachable(url, _reason(fault)) from None
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def session_scope(engine: Engine, *, by_clock: bool = True) -> Iterator[Session]:
    """One unit of work: commits when the block ends, rolls back when it raises. Nothing below it commits.

    Raises ``ClockWrong`` before anything is written when this machine's clock cannot be right.
    by_clock  false for what writes no time, and for times counted from a moment that was checked before
    """
    with database_errors_in_words(engine):
        if by_clock:
            require_right_clock(engine)
        catch_up(engine)
        with turn_to_write(engine, writers=_WRITERS[engine.dialect.name], wait_s=_BUSY_TIMEOUT_S) as is_given:
            if not is_given:
                raise DatabaseBusy
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for looking only; on SQLite it does not wait for a writer."""
    with database_errors_in_words(engine), engine.connect() as connection:
        yield connection.execution_options(dondoc_reading=True)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the store as it is when it first looks, whatever is written meanwhile."""
    with database_errors_in_words(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's readers see one moment anyway
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection.execution_options(dondoc_reading=True)


@contextmanager
def reading_session(engine: Engine) -> Iterator[Session]:
    """``reading``, for what is looked up as objects; nothing that is changed here is kept."""
    with reading(engine) as connection, Session(connection, expire_on_commit=False) as session:
        yield session


@contextmanager
def database_errors_in_words(engine: Engine) -> Iterator[None]:
    """Raises ``DatabaseUnreachable`` or ``DatabaseBusy`` for a driver's error about a database gone away or busy."""
    try:
        yield
    except PoolTimeout as fault:
        raise DatabaseBusy from fault
    except DBAPIError as fault:
        if _is_busy(fault.orig):
            raise DatabaseBusy from fault
        if disk := _disk_fault(fault, engine):
            raise disk from fault
        if fault.connection_invalidated or "connection" in str(fault.orig):
            raise _unreachable(engine.url.render_as_string(hide_password=False), _reason(fault)) from fault
        raise


def _is_busy(fault: BaseException | None) -> bool:
    """Whether a driver says that others hold the lock: SQLite, or PostgreSQL at a deadlock or its own time limit."""
    if isinstance(fault, sqlite3.OperationalError):
        # The low byte is the kind of error, the rest says which variant of it.
        return fault.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(fault, "sqlstate", None) in ("40P01", "55P03")


_SQLITE_DISK = {sqlite3.SQLITE_FULL: FULL, sqlite3.SQLITE_READONLY: READ_ONLY, sqlite3.SQLITE_IOERR: FAILING}
_POSTGRESQL_DISK = {"53100": FULL, "25006": READ_ONLY, "58030": FAILING}


def _disk_fault(fault: DBAPIError, engine: Engine) -> DiskUnusable | None:
    """What is wrong with the disk by an error of a database on it; None when it is about something else."""
    if isinstance(fault.orig, sqlite3.Error):
        code = getattr(fault.orig, "sqlite_errorcode", 0) & 0xFF
        words, where = _SQLITE_DISK.get(code), engine.url.database
        if code == sqlite3.SQLITE_CANTOPEN and where and not os.access(Path(where).parent, os.W_OK):
            words = READ_ONLY
    else:
        words, where = _POSTGRESQL_DISK.get(getattr(fault.orig, "sqlstate", None) or ""), None
    return DiskUnusable(*in_words(words, where), is_full=words is FULL) if words else None


def _lost_in_one_line(record: logging.LogRecord) -> bool:
    """Leaves the pool's word that a connection is lost without its traceback: whoever used it tells it in words."""
    fault = record.exc_info[1] if record.exc_info else None
    if type(fault).__name__ in ("OperationalError", "InterfaceError"):
        record.msg, record.exc_info, record.exc_text = f"{record.msg}: the connection is lost", None, None
    return True


logging.getLogger("sqlalchemy.pool.impl.QueuePool").addFilter(_lost_in_one_line)


def _engine(url: str, keys: Callable[[], AuditKeys] | None) -> Engine:
    address, options = make_url(url), {AUDIT_KEYS: keys}
    if address.get_backend_name() != "sqlite":
        connect_args = {"connect_timeout": _CONNECT_TIMEOUT_S}
        engine = create_engine(
            address, pool_pre_ping=True, connect_args=connect_args, execution_options=options, **_POOL
        )

        @event.listens_for(engine, "connect")
        def wait_no_longer(connection: Any, _record: Any) -> None:
            connection.execute(f"SET lock_timeout = '{_BUSY_TIMEOUT_S}s'")
            connection.commit()

        return engine
    engine = create_engine(address, connect_args={"timeout": _BUSY_TIMEOUT_S}, execution_options=options, **_POOL)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling is off, so that ours can take the write lock at the start.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # SQLite's own lower() knows the letters from A to Z only.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock only at the first write fails at once when another transaction has written in between.
        if connection.get_execution_options().get("dondoc_reading", False):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_to_write(connection)

    return engine


def _begin_to_write(connection: Connection) -> None:
    """Take SQLite's write lock, looking for it every few milliseconds.

    By itself SQLite looks only every tenth of a second after a while, and meanwhile the process that has just given it
    away takes it again: of two workers of a portal one would wait for as long as the other has something to write.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    cursor, give_up_at = driver.cursor(), time.monotonic() + _BUSY_TIMEOUT_S
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        with first_in_line(connection.engine.url.database or "", give_up_at=give_up_at):
            while True:
                try:
                    cursor.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as fault:
                    # Never kept in a name that outlives this block: it would keep the frames of all callers, and with
                    # them whatever they read, until the garbage is collected.
                    if not _is_busy(fault) or time.monotonic() > give_up_at:
                        raise OperationalError("BEGIN IMMEDIATE", None, fault) from fault
                    time.sleep(LOOKS_EVERY_S)
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_S * 1000}")
        cursor.close()


def _use_write_ahead_log(engine: Engine) -> None:
    """Let readers and a writer work side by side; the file keeps this mode, so it is set before a migration only."""
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        give_up_at = time.monotonic() + _BUSY_TIMEOUT_S
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as fault:
                # This statement alone ignores the busy timeout while another process switches the same new file.
                if time.monotonic() > give_up_at:
                    raise OperationalError("PRAGMA journal_mode = WAL", None, fault) from fault
                time.sleep(_RETRY_S)
    finally:
        pooled.close()


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


def _reason(fault: DBAPIError) -> str:
    return str(fault.orig).strip().splitlines()[0] if fault.orig else fault.__class__.__name__


def _unreachable(url: str, reason: str) -> DatabaseUnreachable:
    shown = make_url(url).render_as_string(hide_password=True)
    return DatabaseUnreachable(
        f"Không mở được cơ sở dữ liệu {shown} ({reason}). Kiểm tra DONDOC_DATABASE_URL, máy chủ và quyền truy cập.",
        f"Cannot open the database {shown} ({reason}). Check DONDOC_DATABASE_URL, the server and its rights.",
    )

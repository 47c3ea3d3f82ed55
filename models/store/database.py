"""Opening the store, keeping its schema current, and the one way to a transaction."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.store.errors import DatabaseBusy, DatabaseUnreachable

MIGRATIONS = Path(__file__).parents[1] / "migrations"
_BUSY_TIMEOUT_S = 30
_LOOK_AGAIN_S = 0.01
_CONNECT_TIMEOUT_S = 10
# Any fixed number: it names the lock under which one process at a time migrates a PostgreSQL database.
_MIGRATION_LOCK = 20230817


def open_database(url: str) -> Engine:
    """An engine on the store at ``url``, its schema brought up to date.

    Raises ``DatabaseUnreachable`` when nothing answers there or what answers is not ours.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise _unreachable(url, fault.strerror or "không tạo được thư mục") from None
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            revision = _revision(connection)
            known, newest = _revisions()
            if revision not in known:
                raise _unreachable(url, f"kho dữ liệu của một phiên bản dondoc mới hơn, lược đồ {revision}")
            if revision != newest:
                _migrate(connection)
                connection.commit()
    except DBAPIError as fault:
        raise _unreachable(url, _reason(fault)) from None
    return engine


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """One unit of work: commits when the block ends, rolls back when it raises. Nothing below it commits."""
    with _told_when_unreachable(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for looking only; on SQLite it does not wait for a writer."""
    with _told_when_unreachable(engine), engine.connect() as connection:
        yield connection.execution_options(dondoc_reading=True)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the store as it is when it first looks, whatever is written meanwhile."""
    with _told_when_unreachable(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's readers see one moment anyway
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection.execution_options(dondoc_reading=True)


@contextmanager
def reading_session(engine: Engine) -> Iterator[Session]:
    """``reading``, for what is looked up as objects; nothing that is changed here is kept."""
    with reading(engine) as connection, Session(connection, expire_on_commit=False) as session:
        yield session


@contextmanager
def _told_when_unreachable(engine: Engine) -> Iterator[None]:
    """Turns what a driver says of a database that has gone away or is busy into ``DatabaseUnreachable``."""
    try:
        yield
    except DBAPIError as fault:
        if _is_busy(fault):
            raise DatabaseBusy from fault
        if fault.connection_invalidated or "connection" in str(fault.orig):
            raise _unreachable(engine.url.render_as_string(hide_password=False), _reason(fault)) from fault
        raise


def _is_busy(fault: DBAPIError) -> bool:
    """Whether others hold what is wanted: SQLite after waiting long, PostgreSQL at a deadlock or its own time limit."""
    if isinstance(fault.orig, sqlite3.OperationalError):
        return "locked" in str(fault.orig)
    return getattr(fault.orig, "sqlstate", None) in ("40P01", "55P03")


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_TIMEOUT_S})
    engine = create_engine(address, connect_args={"timeout": _BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transaction handling is off, so that ours can take the write lock at the start.
        connection.isolation_level = None
        _write_ahead(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        # SQLite's own knows the letters from A to Z only.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock only at the first write fails at once when another transaction has written in between.
        reading_only = connection.get_execution_options().get("dondoc_reading", False)
        connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Of all statements this one alone does not wait for its turn when another process makes the same new file its own.
    give_up_at = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(_LOOK_AGAIN_S)


def _lower(text: str | None) -> str | None:
    return text.lower() if isinstance(text, str) else text


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@cache
def _revisions() -> tuple[frozenset[str | None], str | None]:
    """Every revision this dondoc has, None for a database without any tables, and the newest; read once."""
    scripts = ScriptDirectory.from_config(_alembic())
    return frozenset({None, *(script.revision for script in scripts.walk_revisions())}), scripts.get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _reason(fault: DBAPIError) -> str:
    return str(fault.orig).strip().splitlines()[0] if fault.orig else fault.__class__.__name__


def _unreachable(url: str, reason: str) -> DatabaseUnreachable:
    shown = make_url(url).render_as_string(hide_password=True)
    return DatabaseUnreachable(
        f"Không mở được cơ sở dữ liệu {shown} ({reason}). Kiểm tra DONDOC_DATABASE_URL, máy chủ và quyền truy cập.",
        f"Cannot open the database {shown} ({reason}). Check DONDOC_DATABASE_URL, the server and its rights.",
    )

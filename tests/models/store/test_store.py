"""The store: its schema, its refusals, its audit trail."""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, col, select

import models.tables.all  # noqa: F401  (registers every table)
from config.settings import Settings
from models.keeping.opening import Store, keep_open, open_store
from models.store import audit
from models.store.audit import AuditEvent, verify
from models.store.columns import metadata
from models.store.database import (
    DatabaseBusy,
    DatabaseUnreachable,
    open_database,
    reading,
    session_scope,
)
from models.store.migrating import alembic_config, newest_revision
from models.tables.anchor import Anchor
from models.tables.lifecycle import OPEN, TRANSITIONS, WAITING_FOR_OFFICE, State, Verb
from models.tables.tally import Stage, StageMark
from tests.support.cast import at, begin


def test_migrations_and_tables_say_the_same(engine: Engine) -> None:
    with engine.connect() as connection:
        # An index of words is not everywhere; SQLite keeps it in tables of its own.
        opts = {"compare_type": True, "include_object": lambda _it, name, *_rest: "report_words" not in name}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_alembic_s_own() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == newest_revision()


def test_opening_twice_migrates_once(database_url: str) -> None:
    open_database(database_url).dispose()
    open_database(database_url).dispose()


def test_a_store_is_opened_and_read_while_another_writes(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0)
    with open_store(settings):
        pass  # the plan, offices and channels are written at the first opening
    with session_scope(engine) as session:
        session.execute(text("UPDATE audit_head SET seq = seq"))
        if engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE office, contact, anchor, alembic_version IN EXCLUSIVE MODE"))
        with open_store(settings) as opened, reading(opened.engine) as connection:
            assert verify(connection).events == 1


def test_a_store_to_migrate_is_busy_and_not_gone_while_another_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0)
    with closing(sqlite3.connect(tmp_path / "dondoc.sqlite", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy, match="đang bận"):
            open_database(f"sqlite:///{tmp_path / 'dondoc.sqlite'}")


def test_readers_and_a_writer_work_side_by_side_from_the_first_opening(tmp_path: Path) -> None:
    path = tmp_path / "dondoc.sqlite"
    open_database(f"sqlite:///{path}").dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="naive"), Session(engine) as session:
        session.exec(select(Anchor).where(col(Anchor.created_at) == datetime(2023, 8, 17))).all()  # noqa: DTZ001


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://dondoc:s3cret@127.0.0.1:1/dondoc", "sqlite:////proc/nowhere/dondoc.sqlite"]
)
def test_a_database_that_cannot_be_opened_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refusal:
        open_database(url)
    assert "DONDOC_DATABASE_URL" in str(refusal.value)
    assert "s3cret" not in str(refusal.value) + refusal.value.en


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dondoc.sqlite"
    path.write_text("this is a letter, not a database" * 100)
    with pytest.raises(DatabaseUnreachable, match="Không mở được"):
        open_database(f"sqlite:///{path}")


def test_a_database_of_a_newer_dondoc_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dondoc.sqlite'}"
    open_database(url).dispose()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseUnreachable, match="mới hơn"):
        open_database(url)


def test_who_waits_in_vain_for_another_writer_hears_that_it_is_busy_and_not_that_it_is_gone(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0)
    other_engine = open_database(database_url)
    write = text("UPDATE audit_head SET seq = seq")
    with session_scope(engine) as session:
        session.execute(write)
        with pytest.raises(DatabaseBusy, match="đang bận"), session_scope(other_engine) as other:
            if engine.dialect.name == "postgresql":
                other.execute(text("SET LOCAL lock_timeout = '20ms'"))
            other.execute(write)
    other_engine.dispose()


def test_of_two_that_wait_for_each_other_on_postgresql_one_hears_that_it_is_busy(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("lets in one writer at a time")
    each_holds_one = Barrier(2)

    def write(first: int, second: int) -> None:
        with session_scope(engine) as session:
            session.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
            session.execute(text("UPDATE audit_head SET seq = seq WHERE id = :row"), {"row": first})
            each_holds_one.wait(timeout=30)
            session.execute(text("UPDATE audit_head SET seq = seq WHERE id = :row"), {"row": second})

    with session_scope(engine) as session:
        session.execute(text("INSERT INTO audit_head (id, seq, hash) VALUES (2, 0, '')"))
    with ThreadPoolExecutor(2) as threads:
        ended = [threads.submit(write, 1, 2), threads.submit(write, 2, 1)]
        faults = [fault for each in ended if (fault := each.exception(timeout=30)) is not None]
    assert [type(fault) for fault in faults] == [DatabaseBusy]


@pytest.fixture
def lived_in(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"))
    return store


def test_the_trail_is_intact_whatever_the_zone_of_the_clock(lived_in: Store) -> None:
    with reading(lived_in.engine) as connection:
        found = verify(connection)
    assert (found.broken_at, found.events > 5) == (None, True)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_event SET actor = 'nobody' WHERE seq = 3", 3),
        ("DELETE FROM audit_event WHERE seq = 2", 2),
        ("DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)", None),
    ],
)
def test_a_changed_or_removed_event_is_found(lived_in: Store, tampering: str, broken_at: int | None) -> None:
    with session_scope(lived_in.engine) as session:
        last = max(session.exec(select(col(AuditEvent.seq))).all())
        session.exec(text(tampering))  # type: ignore[call-overload]
    with reading(lived_in.engine) as connection:
        assert verify(connection).broken_at == (broken_at or last)


def test_a_unit_of_work_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError):
        issue_in_vain(store)
    with session_scope(store.engine) as session:
        assert session.exec(select(Anchor)).all() == []


@pytest.mark.parametrize("batch", [3, 100])
def test_what_was_recorded_before_a_savepoint_outlives_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Also where the savepoint fills a batch, and where it is a flush that fails in it."""
    monkeypatch.setattr(audit, "_BATCH", batch)
    context = store.actor_context(now=at("2023-08-18"), actor="cast")
    with session_scope(store.engine) as session:
        for name in ("first", "second"):
            audit.record(session, context, name, "trail")
        with pytest.raises(RuntimeError), session.begin_nested():
            for name in ("third", "fourth"):
                audit.record(session, context, name, "trail")
            raise RuntimeError("taken back")
        with session.begin_nested():
            audit.record(session, context, "fifth", "trail")
        with pytest.raises(StatementError), session.begin_nested():
            audit.record(session, context, "sixth", "trail")
            session.add(StageMark(priority="p1", stage=Stage.AUDITED, basis="", until=datetime(2023, 8, 18)))  # noqa: DTZ001
            session.flush()
        audit.record(session, context, "seventh", "trail")
    with reading(store.engine) as connection:
        verbs = connection.scalars(select(col(AuditEvent.verb)).order_by(col(AuditEvent.seq))).all()
        assert verify(connection).broken_at is None
    assert verbs[-4:] == ["first", "second", "fifth", "seventh"]


def issue_in_vain(store: Store) -> None:
    from models.work.directives import issue_directive
    from tests.support.cast import ISSUED, NUMBER

    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(ISSUED), actor="coordinator")
        issue_directive(session, number=NUMBER, on_date=ISSUED, context=context)
        raise RuntimeError("power cut")


def test_final_states_have_no_way_out_and_open_ones_do() -> None:
    # A question asked in time is answered also when the work is over; nothing changes by that.
    leaving = {state for state, verb in TRANSITIONS if verb is not Verb.ANSWER}
    assert all(TRANSITIONS[state, Verb.ANSWER] is state for state in State)
    assert leaving == OPEN
    assert WAITING_FOR_OFFICE < OPEN
    assert {State.ACCEPTED, State.WITHDRAWN}.isdisjoint(leaving)
    assert all((state, Verb.WITHDRAW) in TRANSITIONS for state in OPEN - {State.REPORTED})


def test_a_kept_store_is_opened_once_and_let_go_at_the_end(settings: Settings) -> None:
    with keep_open(settings) as kept:
        with open_store(settings) as inner:
            assert inner is kept
        with open_store(settings) as again, reading(again.engine) as connection:
            assert verify(connection).events == 1  # the plan came into the store
    with open_store(settings) as later:
        assert later is not kept


def test_another_store_is_not_taken_for_the_kept_one(settings: Settings, tmp_path: Path) -> None:
    other = replace(settings, database_url=f"sqlite:///{tmp_path / 'other.sqlite'}")
    with keep_open(settings) as kept, open_store(other) as opened:
        assert opened is not kept
        assert opened.engine.url != kept.engine.url


@pytest.mark.parametrize(("fault", "words"), [(sqlite3.OperationalError(), "the connection is lost"), (KeyError(), "")])
def test_only_a_lost_connection_is_logged_without_its_traceback(
    fault: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("sqlalchemy.pool.impl.QueuePool").error("Error closing cursor", exc_info=fault)
    [record] = caplog.records
    assert words in record.getMessage()
    assert bool(record.exc_info) != bool(words)

"""Many who wait to write take no connection from those who read, and are told to come again."""

import errno
import gc
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from models.store.audit import lock_audit_chain
from models.store.database import DatabaseBusy, open_database, reading, session_scope
from models.store.turns import _turns
from tests.support.waiting import eventually

WAITING = 30


def test_readers_never_wait_for_writers(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 1)
    engine, all_ask = open_database(database_url), threading.Barrier(WAITING + 1)

    def write() -> bool:
        all_ask.wait()
        try:
            with session_scope(engine) as session:
                if engine.dialect.name == "postgresql":
                    session.connection().execute(text("SET LOCAL lock_timeout = '1s'"))
                session.connection().execute(text("UPDATE audit_head SET seq = seq"))
        except DatabaseBusy:
            return False
        return True

    other = open_database(database_url)
    with ThreadPoolExecutor(WAITING) as threads:
        with session_scope(other) as session:
            session.connection().execute(text("UPDATE audit_head SET seq = seq"))
            writers = [threads.submit(write) for _ in range(WAITING)]
            all_ask.wait()
            for _ in range(WAITING):
                with reading(engine) as connection:
                    assert connection.scalar(text("SELECT count(*) FROM audit_head")) == 1
            assert not any(each.result() for each in writers)
        all_ask = threading.Barrier(WAITING + 1)
        writers = [threads.submit(write) for _ in range(WAITING)]
        all_ask.wait()
        assert all(each.result() for each in writers)
    engine.dispose()
    other.dispose()


def test_a_turn_ends_with_what_fails(database_url: str) -> None:
    engine = open_database(database_url)
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), session_scope(engine):
            raise ZeroDivisionError
    with session_scope(engine) as session:
        assert session.connection().scalar(text("SELECT count(*) FROM audit_head")) == 1
    engine.dispose()


@pytest.mark.sqlite_only
def test_no_more_wait_than_there_is_room_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.store.turns.MOST_WAITING", 2)
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 60)
    engine, is_written = open_database(database_url), threading.Event()

    def write() -> None:
        with session_scope(engine):
            is_written.wait()

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(write) for _ in range(2)]
        eventually(lambda: engine in _turns and _turns[engine].room._value == 0)  # type: ignore[attr-defined]
        with pytest.raises(DatabaseBusy), session_scope(engine):
            pass
        is_written.set()
        assert [each.result() for each in both] == [None, None]
    engine.dispose()


@pytest.mark.sqlite_only
def test_two_processes_write_in_turn(database_url: str) -> None:
    written: list[int] = []
    ready = threading.Barrier(2)

    def write(name: int) -> None:
        engine = open_database(database_url)  # each has turns of its own, as a process has
        ready.wait()
        for _ in range(12):
            with session_scope(engine) as session:
                for _ in range(200):  # longer than from one look for the lock to the next
                    session.connection().execute(text("UPDATE audit_head SET seq = seq"))
                written.append(name)
        engine.dispose()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(write, (1, 2))) == [None, None]
    changes = sum(one != next_ for one, next_ in pairwise(written))
    assert len(written) == 24 and changes > 12, written


@pytest.mark.sqlite_only
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EINVAL])
def test_where_files_have_no_locks_all_write_without_a_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(code, os.strerror(code))

    engine, open_files = open_database(database_url), len([*Path("/proc/self/fd").iterdir()])
    monkeypatch.setattr("fcntl.flock", refuse)
    for _ in range(3):
        with session_scope(engine, by_clock=False) as session:
            session.connection().execute(text("UPDATE audit_head SET seq = seq"))
    engine.dispose()
    assert len([*Path("/proc/self/fd").iterdir()]) <= open_files


@pytest.mark.sqlite_only
def test_the_line_is_of_whoever_may_write_to_the_database(database_url: str) -> None:
    engine = open_database(database_url)
    path = Path(engine.url.database or "")
    line = path.with_name(f"{path.name}-turn")
    for mode in (0o640, 0o660, 0o600):
        path.chmod(mode)
        with session_scope(engine, by_clock=False) as session:
            session.connection()
            assert line.stat().st_mode & 0o777 == mode
    line.unlink()
    line.mkdir()  # no file can be there
    with session_scope(engine, by_clock=False) as session:
        session.connection().execute(text("UPDATE audit_head SET seq = seq"))
    engine.dispose()


@pytest.fixture
def no_garbage_collected() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("no_garbage_collected")
def test_who_waited_for_its_turn_leaves_no_reading_open(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its connection sees that moment for ever, and can never write again once another has written."""
    engine, other = open_database(database_url), open_database(database_url)
    with other.connect() as writes, monkeypatch.context() as patched:
        writes.execute(text("UPDATE audit_head SET seq = seq"))
        patched.setattr("time.sleep", lambda _: writes.rollback())
        with session_scope(engine, by_clock=False) as session:
            lock_audit_chain(session)
    with session_scope(other, by_clock=False) as session:
        session.connection().execute(text("UPDATE audit_head SET seq = seq"))
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0)
    with session_scope(engine, by_clock=False) as session:
        session.connection().execute(text("UPDATE audit_head SET seq = seq"))
    engine.dispose()
    other.dispose()

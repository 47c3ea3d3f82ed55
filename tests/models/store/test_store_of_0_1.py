"""A store made by version 0.1.0 opens in this version, with all that happened in it, and work goes on."""

import lzma
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, SQLModel, func, select

from config.settings import load_settings
from flows.forms import fill_in
from models.keeping.opening import Store, open_store
from models.store import database
from models.store.audit import verify
from models.store.audit_event import TAKE_STOCK, AuditEvent
from models.store.database import reading, reading_session
from models.tables.assignment import Assignment
from models.tables.outbox import Message, Notice
from models.tables.report import Report
from reports.board.board import board
from tests.support.cast import at
from tests.support.following_up import follow_up_once

STORE = Path(__file__).parents[2] / "fixtures" / "store-0.1.0.sqlite.xz"
"""The sample of version 0.1.0: ten weeks of all five priority tasks, as of 20/11/2023."""

NOW = at("2023-11-20")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data directory of version 0.1.0."""
    (tmp_path / "dondoc.sqlite").write_bytes(lzma.decompress(STORE.read_bytes()))
    return tmp_path


def opened(home: Path) -> Store:
    with open_store(load_settings({"DONDOC_DATA_DIR": str(home), "HOME": str(home)})) as store:
        return store


def count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_everything_that_happened_is_there(old: Path) -> None:
    store = opened(old)
    with reading_session(store.engine) as session:
        assert (count(session, Assignment), count(session, Notice), count(session, Report)) == (916, 5463, 401)
    with reading(store.engine) as connection:
        verified = verify(connection)
    assert (verified.events, verified.broken_at) == (2714, None)  # stock of it was taken, and its plan came in
    with reading(store.engine) as connection:
        found = board(connection, now=NOW, calendar=store.calendar)
    assert found.by_status == {
        "done_on_time": 277,
        "done_late": 88,
        "open_within_term": 456,
        "open_overdue": 95,
    }


def test_of_two_that_open_it_at_once_one_takes_stock(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen the old schema before either migrates."""
    url = f"sqlite:///{old / 'dondoc.sqlite'}"
    both, seen = Barrier(2, timeout=30), database.revision_of

    def see(connection: Connection) -> str | None:
        revision = seen(connection)
        both.wait()
        return revision

    monkeypatch.setattr(database, "revision_of", see)
    with ThreadPoolExecutor(2) as pool:
        engines = list(pool.map(database.open_database, [url, url]))
    with reading_session(engines[0]) as session:
        assert session.exec(select(func.count()).where(AuditEvent.verb == TAKE_STOCK)).one() == 1
    for engine in engines:
        engine.dispose()


def test_its_next_runs_say_what_version_0_1_said(old: Path) -> None:
    """Counted from the runs of version 0.1.0 on the same store and day; a second time nothing is said or made."""
    store = opened(old)
    for _ in range(2):
        for priority in ("p1", "p2", "p3", "p4", "p5"):
            follow_up_once(store, priority, fill_in(priority, {}, store.plan), NOW, "again")
        with reading_session(store.engine) as session:
            assert count(session, Assignment) == 916
            assert count(session, Notice) == 5463 + 126
            assert count(session, Message) == 1463 + 35

"""A command that reads answers at once while another process writes; one that writes says that the store is busy."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from cli.main import main
from config.settings import PLAN_0_1_DIR, load_settings
from models.keeping.opening import open_store
from tests.support.cast import at, issue, run

Command = Callable[..., tuple[int, str, str]]

AS_OF = ("--as-of", "2023-08-21")

READING = [
    ("assignment", "list", "--office", "SYT", "--json"),
    ("assignment", "list", *AS_OF),
    ("assignment", "show", "1"),
    ("audit", "verify"),
    ("board",),
    ("calendar", "SYT"),
    ("channels", "list"),
    ("directive", "list"),
    ("mailbox",),
    ("messages",),
    ("notices",),
    ("plan", "show"),
    ("review", "2023"),
    ("silence", "list"),
    ("token", "list"),
    ("user", "list"),
]


@pytest.fixture
def dondoc(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Command:
    """Runs the command on a store with assigned work, without patience: exit code, output, errors."""
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DONDOC_DATABASE_URL", database_url)
    for name in "DONDOC_CONTACTS":
        monkeypatch.delenv(name, raising=False)
    with open_store(load_settings()) as store:
        issue(store)
        run(store, "p1", at("2023-08-18"))
    monkeypatch.setattr("models.store.database._BUSY_TIMEOUT_S", 0.1)
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=100ms")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dondoc", *arguments])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        return (code, *capsys.readouterr())

    return call


@contextmanager
def another_writer(database_url: str) -> Iterator[None]:
    """A connection that holds what a writer holds for as long as it writes."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        yield
    engine.dispose()


def test_reading_does_not_wait_for_a_writer(dondoc: Command, database_url: str) -> None:
    with another_writer(database_url):
        failed = {arguments: err for arguments in READING if (err := dondoc(*arguments)[2])}
    assert failed == {}


def test_writing_while_another_writes_is_refused_as_busy(dondoc: Command, database_url: str) -> None:
    with another_writer(database_url):
        code, out, err = dondoc("assignment", "ack", "1", *AS_OF)
    assert (code, out) == (1, "")
    assert "đang bận" in err and "The database is busy" in err and "DONDOC_DATABASE_URL" not in err
    assert dondoc("assignment", "ack", "1", *AS_OF)[0] == 0

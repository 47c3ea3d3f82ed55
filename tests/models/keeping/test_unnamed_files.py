"""What a portal that was killed has left in the place of files is cleared away, and nothing else is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.keeping.opening import Store
from models.keeping.unnamed_files import discard_unnamed_files
from models.store.database import session_scope
from models.work.attachments import add_attachment, files_dir, keep, path_of
from tests.support.cast import at, begin, number_of
from tests.support.evidence_files import examined

NOW = datetime(2023, 8, 21, 8, tzinfo=UTC)


@pytest.fixture
def named(store: Store) -> Path:
    """A file of an assignment."""
    begin(store, "p1", at("2023-08-18"))
    file, context = examined(), store.actor_context(now=at("2023-08-21"), actor="office:SYT")
    with session_scope(store.engine) as session:
        add_attachment(session, store.settings, number_of(store, "T0.1"), file, context)
    return path_of(store.settings, file.sha256)


def leave(store: Store) -> list[Path]:
    """Bytes whose row was never written, and some that are not whole."""
    whole = path_of(store.settings, "ab" * 32)
    keep(whole, b"x")
    half = whole.with_name(f"{whole.name}.1f2e3d4c.part")
    half.write_bytes(b"")
    for path in (whole, half):
        set_age(path, timedelta(hours=23))
    return [whole, half]


def set_age(path: Path, age: timedelta) -> None:
    os.utime(path, times=((NOW - age).timestamp(),) * 2)


def test_bytes_that_no_row_names_go_and_the_others_stay(store: Store, named: Path) -> None:
    left = leave(store)
    assert discard_unnamed_files(store.engine, store.settings, now=NOW) == 2
    assert not [path for path in left if path.exists()] and named.exists()
    assert discard_unnamed_files(store.engine, store.settings, now=NOW) == 0


def test_a_store_that_names_nothing_may_be_one_that_is_being_restored(store: Store) -> None:
    assert discard_unnamed_files(store.engine, store.settings, now=NOW) == 0, "there is no place for files yet"
    left = leave(store)
    assert discard_unnamed_files(store.engine, store.settings, now=NOW) == 0
    assert all(path.exists() for path in left)
    assert files_dir(store.settings).is_dir()


def test_what_another_store_keeps_in_the_same_place_stays(store: Store, named: Path) -> None:
    set_age(named, timedelta(hours=1))
    archive = leave(store)
    for path in archive:
        set_age(path, timedelta(days=1))
    assert discard_unnamed_files(store.engine, store.settings, now=NOW) == 0
    assert all(path.exists() for path in (named, *archive))

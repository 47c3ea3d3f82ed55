"""Backups and copies: the same rows wherever they go, or nothing at all."""

import gzip
import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import col

from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings
from models.keeping.backup import NotABackup, back_up, restore
from models.keeping.clock_confirmation import confirm_clock
from models.keeping.copy import Contents, contents, copy_store
from models.keeping.opening import Store
from models.store.database import open_database, reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.work.attachments import add_attachment, path_of
from models.work.verbs import acknowledge
from tests.support.cast import at, begin, issue, number_of, run
from tests.support.clocks import TEN_YEARS, begin_at, set_clock
from tests.support.evidence_files import examined
from tests.support.past import live

NOW = at("2023-08-21")


@pytest.fixture
def lived(store: Store) -> Store:
    """A store with work, letters and a file of a report."""
    live(store, _past)
    return store


def _past(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "CAT"))
    signing_key(store.settings)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="office:SYT")
        add_attachment(session, store.settings, number_of(store, "T0.1"), examined(), context)


@pytest.fixture
def elsewhere(lived: Store, tmp_path: Path) -> Settings:
    """Another, empty place of its own, on SQLite."""
    return replace(
        lived.settings, data_dir=tmp_path / "other", database_url=f"sqlite:///{tmp_path}/other/dondoc.sqlite"
    )


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def held(engine: Engine) -> Mapping[str, Contents]:
    with reading(engine) as connection:
        return contents(connection)


def test_a_backup_restored_holds_the_same(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    taken = back_up(lived.settings, lived.engine, file, NOW)
    assert file.stat().st_mode & 0o077 == 0
    back = restore(elsewhere, file)
    with opened(elsewhere.database_url) as engine:
        assert held(engine) == held(lived.engine) == taken.tables == back.tables
    assert (back.files, back.missing, back.trail.broken_at) == (1, 0, None)
    assert signing_key(elsewhere) == signing_key(lived.settings)
    sha256 = examined().sha256
    assert path_of(elsewhere, sha256).read_bytes() == path_of(lived.settings, sha256).read_bytes()


def test_what_sqlite_held_the_other_database_holds(lived: Store, engine: Engine, tmp_path: Path) -> None:
    """From SQLite to either database: a backup taken of the one is what the other is filled from."""
    with opened(f"sqlite:///{tmp_path}/first.sqlite") as first, opened(f"sqlite:///{tmp_path}/second.sqlite") as second:
        copy_store(lived.engine, first)
        assert copy_store(first, second) == held(lived.engine)
        with pytest.raises(Refused, match="đã có dữ liệu"):
            copy_store(first, lived.engine)


def test_a_store_whose_clock_was_confirmed_may_be_filled(
    lived: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(f"sqlite:///{tmp_path}/other.sqlite") as other:
        begin_at(monkeypatch, replace(lived, engine=other), NOW)
        set_clock(monkeypatch, NOW + TEN_YEARS)
        confirm_clock(other, actor="command")
        assert copy_store(lived.engine, other) == held(lived.engine)


def test_a_copied_store_numbers_on(lived: Store, elsewhere: Settings, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    restore(elsewhere, file)
    with opened(elsewhere.database_url) as engine:
        copied = replace(lived, settings=elsewhere, engine=engine)
        run(copied, "p2", at("2023-08-21"), offices=("SYT",))
        with reading(engine) as connection:
            numbers = connection.scalars(select(col(Assignment.id))).all()
    assert len(set(numbers)) == len(numbers) > len(_numbers(lived))


def test_a_backup_taken_while_work_goes_on_is_of_one_moment(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    begun, enough = Event(), Event()

    def go_on() -> None:
        for number in _numbers(lived):
            with session_scope(lived.engine) as session:
                acknowledge(session, number, lived.actor_context(now=NOW, actor="office:SYT"))
            begun.set()
            if enough.is_set():
                return

    thread = Thread(target=go_on)
    thread.start()
    begun.wait()
    taken = back_up(lived.settings, lived.engine, tmp_path / "backup.tar.gz", NOW)
    enough.set()
    thread.join()
    restore(elsewhere, tmp_path / "backup.tar.gz")
    with opened(elsewhere.database_url) as engine, reading(engine) as connection:
        said = connection.scalar(text("SELECT count(*) FROM audit_event WHERE verb = 'acknowledge'"))
        done = select(col(Assignment.id)).where(col(Assignment.state) == State.ACKNOWLEDGED)
        assert said == len(connection.scalars(done).all()) >= 1
    assert taken.trail.broken_at is None


def test_a_store_with_facts_is_left_as_it_is(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    with opened(elsewhere.database_url) as engine:
        used = replace(lived, settings=elsewhere, engine=engine)
        issue(used, number="7-TB/TU")
        before = held(engine)
        with pytest.raises(Refused, match="đã có dữ liệu"):
            restore(elsewhere, file)
        assert held(engine) == before
    assert not (elsewhere.data_dir / "portal.key").exists()
    with pytest.raises(Refused, match="Đã có tệp"):
        back_up(lived.settings, lived.engine, file, NOW)


def test_links_open_again_though_a_command_made_a_key_before(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    assert signing_key(elsewhere) != signing_key(lived.settings)
    back_up(lived.settings, lived.engine, tmp_path / "backup.tar.gz", NOW)
    restore(elsewhere, tmp_path / "backup.tar.gz")
    assert signing_key(elsewhere) == signing_key(lived.settings)


def test_a_file_that_was_lost_is_told_of(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    path_of(lived.settings, examined().sha256).unlink()
    taken = back_up(lived.settings, lived.engine, tmp_path / "backup.tar.gz", NOW)
    assert (taken.files, taken.missing) == (0, 1)
    assert restore(elsewhere, tmp_path / "backup.tar.gz").missing == 1


def test_a_trail_broken_before_is_told_of(lived: Store, elsewhere: Settings, tmp_path: Path) -> None:
    with lived.engine.begin() as connection:
        connection.execute(text("UPDATE audit_event SET actor = 'nobody' WHERE seq = 2"))
    assert back_up(lived.settings, lived.engine, tmp_path / "backup.tar.gz", NOW).trail.broken_at == 2
    assert restore(elsewhere, tmp_path / "backup.tar.gz").trail.broken_at == 2


def test_a_copy_that_arrives_changed_is_undone(lived: Store, tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/target.sqlite") as target:
        with target.begin() as connection:
            connection.execute(
                text("CREATE TRIGGER meddle AFTER INSERT ON anchor BEGIN UPDATE anchor SET title = 'Khác'; END")
            )
        before = held(target)
        with pytest.raises(Refused, match="không khớp ở bảng: anchor"):
            copy_store(lived.engine, target)
        assert held(target) == before


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("changed", "«portal.key» không như lúc sao lưu"),
        ("left out", "thiếu «dondoc.sqlite»"),
        ("outside", "có «../outside» lạ"),
        ("link", "có «portal.key» lạ"),
        ("newer", "phiên bản dondoc mới hơn"),
        ("cut off", "không đọc được"),
        ("no archive", "không đọc được"),
    ],
)
def test_a_damaged_backup_is_refused(lived: Store, elsewhere: Settings, tmp_path: Path, damage: str, said: str) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    file.write_bytes(damaged(file.read_bytes(), damage))
    with pytest.raises(NotABackup, match=said):
        restore(elsewhere, file)
    assert not elsewhere.data_dir.exists()
    assert not (tmp_path / "outside").exists()


def damaged(backup: bytes, damage: str) -> bytes:
    """The backup after a mishap, or after somebody has been at it."""
    if damage == "cut off":
        return backup[: len(backup) // 2]
    if damage == "no archive":
        return b"a letter"
    packed = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(backup)) as old, tarfile.open(fileobj=packed, mode="w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if damage == "left out" and member.name == "dondoc.sqlite":
                continue
            if damage == "changed" and member.name == "portal.key":
                data = data[::-1]
            if damage == "newer" and member.name == "manifest.json":
                data = data.replace(b'"format": 1', b'"format": 2')
            if damage == "link" and member.name == "portal.key":
                member.type, member.linkname, data = tarfile.SYMTYPE, "/etc/passwd", b""
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
        if damage == "outside":
            stranger = tarfile.TarInfo("../outside")
            stranger.size = 1
            new.addfile(stranger, io.BytesIO(b"x"))
    return gzip.compress(packed.getvalue())


def _numbers(store: Store) -> list[int]:
    with reading(store.engine) as connection:
        return [number for number in connection.scalars(select(col(Assignment.id))) if number is not None]

"""The daily backups: which are kept, that they are tried, and what is said when they cannot be written or read."""

import resource
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from models.keeping import backups
from models.keeping.backup import NotABackup, back_up
from models.keeping.backups import OVERDUE_AFTER, check_backup, kept, last_backup, take_daily_backup
from models.keeping.opening import Store
from models.store.clock_check import ClockWrong
from models.store.database import DiskUnusable, reading, session_scope
from models.work.attachments import add_attachment
from tests.support.cast import at, begin, number_of
from tests.support.clocks import TEN_YEARS, begin_at, set_clock
from tests.support.evidence_files import examined

NOW = at("2023-08-21", 11, 45)
DAY = timedelta(days=1)


@pytest.fixture
def lived(store: Store) -> Store:
    """A store with assignments and a file of a report."""
    begin(store, "p1", at("2023-08-18"), offices=("SYT",))
    with session_scope(store.engine) as session:
        context = store.actor_context(now=NOW, actor="office:SYT")
        add_attachment(session, store.settings, number_of(store, "T0.1"), examined(), context)
    return store


def test_a_fortnight_twelve_months_and_the_first_of_each_year_are_kept() -> None:
    first, today = date(2023, 8, 18), date(2026, 11, 29)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    found = sorted(kept(days, today))
    years = [first, *(date(year, 1, 1) for year in (2024, 2025))]
    months = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    assert found == [*years, *months, *days[-14:]]


@given(
    st.sets(st.dates(date(2020, 1, 1), date(2026, 12, 31)), max_size=60), st.dates(date(2024, 1, 1), date(2099, 1, 1))
)
def test_what_was_let_go_is_never_missed_later(days: set[date], today: date) -> None:
    """Day by day or after a rest, the same are left: what a later day keeps, today keeps."""
    known = {day for day in days if day <= today}
    today_kept = kept(known, today)
    assert today_kept <= known
    later = today + timedelta(days=40)
    assert kept(today_kept, later) == kept(known, later)


def test_a_daily_backup_is_tried_recorded_and_takes_the_place_of_old_ones(lived: Store) -> None:
    folder = lived.settings.backup_dir
    folder.mkdir()
    for day in ("2023-07-03", "2023-07-30", "2023-08-01"):
        (folder / f"dondoc-{day}.tar.gz").touch()
    (folder / "của tôi.txt").touch()
    (folder / ".new-abc").mkdir()
    for _ in range(2):  # a second on the same day takes the place of the first
        last = take_daily_backup(lived, NOW)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "của tôi.txt",
        *(f"dondoc-{day}.tar.gz" for day in ("2023-07-03", "2023-08-01", "2023-08-21")),
    ]
    made = folder / last.file
    assert made.stat().st_mode & 0o077 == 0
    with reading(lived.engine) as connection:
        assert last_backup(connection) == last
    assert (last.size, last.missing) == (made.stat().st_size, 0)
    assert not last.is_overdue(NOW + OVERDUE_AFTER)
    assert last.is_overdue(NOW + OVERDUE_AFTER + timedelta(seconds=1))


def test_under_a_wrong_clock_no_backup_is_written_and_none_replaced(
    lived: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_at(monkeypatch, lived, NOW)
    take_daily_backup(lived, NOW, check=False)
    begin_at(monkeypatch, lived, NOW + DAY * 5)
    take_daily_backup(lived, NOW + DAY * 5, check=False)
    before = kept_files(lived)
    for wrong in (NOW + TEN_YEARS, NOW):
        set_clock(monkeypatch, wrong)
        with pytest.raises(ClockWrong):
            take_daily_backup(lived, wrong, check=False)
        assert kept_files(lived) == before


def test_a_clock_that_goes_wrong_while_a_backup_is_taken_spoils_none(
    lived: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_at(monkeypatch, lived, NOW)
    take_daily_backup(lived, NOW, check=False)
    before = kept_files(lived)

    def set_meanwhile(*_: object) -> None:
        set_clock(monkeypatch, NOW + TEN_YEARS)

    monkeypatch.setattr(backups, "check_backup", set_meanwhile)
    with pytest.raises(ClockWrong):
        take_daily_backup(lived, NOW)
    assert kept_files(lived) == before


def test_a_backup_never_takes_the_place_of_a_later_one(lived: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is a few hours behind is believed."""
    begin_at(monkeypatch, lived, NOW)
    take_daily_backup(lived, NOW, check=False)
    before = kept_files(lived)
    with pytest.raises(Refused, match="11:45 21/08/2023"):
        take_daily_backup(lived, NOW - timedelta(hours=2), check=False)
    assert kept_files(lived) == before


def kept_files(store: Store) -> dict[str, int]:
    """The files in the folder of backups: by name, which file it is."""
    return {path.name: path.stat().st_ino for path in store.settings.backup_dir.iterdir()}


def test_a_store_that_was_tampered_with_is_backed_up_and_said_to_be_so(lived: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    check_backup(lived.settings, file).refuse_faults()
    with session_scope(lived.engine) as session:
        session.connection().exec_driver_sql("UPDATE assignment SET due_date = '2023-12-31' WHERE id = 1")
    old = lived.settings.backup_dir / "dondoc-2023-06-30.tar.gz"
    old.parent.mkdir()
    for path in (old, old.with_name("dondoc-2023-06-29.tar.gz")):
        path.touch()
    with pytest.raises(Refused) as refused:
        take_daily_backup(lived, NOW)
    (said,) = refused.value.details
    assert str(said).startswith("assignment:1: đã bị sửa, khác sự kiện số ")
    assert {path.name for path in lived.settings.backup_dir.iterdir()} == {
        "dondoc-2023-06-29.tar.gz",
        "dondoc-2023-06-30.tar.gz",  # would be let go
        "dondoc-2023-08-21.tar.gz",
    }


def test_a_damaged_or_strange_file_does_not_pass(lived: Store, tmp_path: Path) -> None:
    file, cut = tmp_path / "backup.tar.gz", tmp_path / "cut.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    cut.write_bytes(file.read_bytes()[:-500])
    for bad in (cut, tmp_path / "none.tar.gz", tmp_path):
        with pytest.raises(Refused):
            check_backup(lived.settings, bad)


def test_a_file_that_may_not_be_read_is_said_to_be_so(
    lived: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> object:
        raise PermissionError(13, "Permission denied", str(tmp_path / "backup.tar.gz"))

    monkeypatch.setattr(tarfile, "open", refuse)  # the tests may run as root, who may read everything
    with pytest.raises(Refused, match="Permission denied") as refused:
        check_backup(lived.settings, tmp_path / "backup.tar.gz")
    assert not isinstance(refused.value, NotABackup)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """As on a disk that is full: a file that would grow further is refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.sqlite_only
def test_a_full_disk_is_said_to_be_so_and_leaves_nothing_behind(lived: Store, tmp_path: Path) -> None:
    with files_no_larger_than(50_000), pytest.raises(Refused, match="chỗ trống"):
        take_daily_backup(lived, NOW)
    assert list(lived.settings.backup_dir.iterdir()) == []
    file = tmp_path / "backup.tar.gz"
    back_up(lived.settings, lived.engine, file, NOW)
    with files_no_larger_than(50_000), pytest.raises(Refused, match="chỗ trống"):
        check_backup(lived.settings, file)


@pytest.mark.sqlite_only
def test_a_disk_that_does_not_take_the_time_of_day_is_named(lived: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at(monkeypatch, lived, NOW)
    set_clock(monkeypatch, NOW + DAY)  # so that it is put on record anew
    with files_no_larger_than(0), pytest.raises(DiskUnusable):
        take_daily_backup(lived, NOW + DAY)


@pytest.mark.sqlite_only
def test_work_goes_on_while_a_backup_is_taken(lived: Store) -> None:
    """No write lock is held: at every step of it another may begin to write."""
    wrote = []

    def write(_rows: int) -> None:
        with sqlite3.connect(lived.settings.data_dir / "dondoc.sqlite", timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
            wrote.append(True)
            other.rollback()

    back_up(lived.settings, lived.engine, lived.settings.data_dir / "b.tar.gz", NOW, progress=write)
    assert len(wrote) > 10


def test_a_folder_that_cannot_be_written_is_said_to_be_so(lived: Store) -> None:
    blocked = lived.settings.data_dir / "file"
    blocked.touch()
    with pytest.raises(Refused, match="DONDOC_BACKUP_DIR"):
        take_daily_backup(replace(lived, settings=replace(lived.settings, backup_dir=blocked)), NOW)
    shutil.rmtree(lived.settings.backup_dir, ignore_errors=True)

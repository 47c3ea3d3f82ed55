"""The daily backups: which are kept, taking one and trying it, and what became of the last.

In the folder of backups there is one file for each day. The newest fortnight is kept, the first of each of the last
twelve months, and the first of each year for good.
"""

import re
import shutil
import tempfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from config.audit_keys import audit_keys
from config.clock import HANOI, local_date
from config.errors import Refused
from config.settings import Settings
from models.keeping.backup import Backup, back_up, cannot_restore, checksum, restore
from models.keeping.opening import Store
from models.keeping.trail_anchor import read_anchor
from models.keeping.unnamed_files import files_named
from models.keeping.verification import StoreVerification, verify_store
from models.store.audit import AuditEntry, record_all
from models.store.audit_event import BACK_UP, AuditEvent
from models.store.clock_check import require_right_clock
from models.store.database import (
    DatabaseUnreachable,
    database_errors_in_words,
    open_database,
    session_scope,
    snapshot,
)
from models.work.attachments import path_of

DAYS, MONTHS = 14, 12

OVERDUE_AFTER = timedelta(hours=36)
"""A daily backup that is older was missed."""

_NAME = re.compile(r"dondoc-(\d{4}-\d\d-\d\d)\.tar\.gz")
_SUBJECT = "backup"


@dataclass(frozen=True)
class LastBackup:
    """The last daily backup that succeeded, from the audit trail."""

    at: datetime
    file: str
    size: int
    missing: int

    def is_overdue(self, now: datetime) -> bool:
        """Whether one was missed since."""
        return now - self.at > OVERDUE_AFTER

    @property
    def megabytes(self) -> str:
        return f"{self.size / 1_000_000:,.1f}".replace(",", " ").replace(".", ",")


@dataclass(frozen=True)
class CheckedBackup:
    """What came of restoring a backup into a store that was thrown away.

    damaged  files of reports whose content is not what it was, by their SHA-256
    """

    backup: Backup
    store: StoreVerification
    damaged: tuple[str, ...]

    def refuse_faults(self) -> None:
        """Raise ``Refused`` naming everything that is wrong with it."""
        faults = [Refused(vi, en) for vi, en in self.store.problems()]
        faults += [
            Refused(f"tệp {name[:16]}… của báo cáo bị hỏng", f"the file {name[:16]}… is damaged")
            for name in self.damaged
        ]
        if faults:
            raise Refused(
                "Bản sao lưu khôi phục được nhưng không nguyên vẹn. Giữ các bản cũ hơn và xem docs/audit-trail.md:",
                "The backup can be restored, but it is not intact. Keep the older backups and see docs/audit-trail.md:",
                details=faults,
            )


def kept(days: Collection[date], today: date) -> set[date]:
    """The days whose backups are kept on ``today``."""
    since = today.replace(day=1)
    for _ in range(MONTHS - 1):
        since = (since - timedelta(days=1)).replace(day=1)
    of_month = {min(each for each in days if (each.year, each.month) == month) for month in _months(days)}
    of_year = {min(each for each in days if each.year == year) for year in {each.year for each in days}}
    return {day for day in days if day > today - timedelta(days=DAYS)} | {d for d in of_month if d >= since} | of_year


def _months(days: Iterable[date]) -> set[tuple[int, int]]:
    return {(each.year, each.month) for each in days}


def take_daily_backup(store: Store, now: datetime, *, check: bool = True) -> LastBackup:
    """Take the backup of today, try it, put it on record, and let go of what is not kept any more.

    Repeated on the same day it takes that day's anew. Raises ``ClockWrong`` under a wrong clock, and ``Refused`` when
    it cannot be written or restored, or there is a later one of that day, which leaves everything as it was; and when
    rows and trail do not fit: then it is there, and no older one is let go.

    check  whether it is restored into a throw-away store and verified
    """
    folder = store.settings.backup_dir
    to = folder / f"dondoc-{local_date(now)}.tar.gz"
    _refuse_wrong_day(store, to, now)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob(".new-*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as site:
            new = Path(site) / to.name
            taken = back_up(store.settings, store.engine, new, now)
            checked = check_backup(store.settings, new) if check else None
            _refuse_wrong_day(store, to, now)  # hours may have passed
            new.replace(to)
            size = to.stat().st_size
    except OSError as fault:
        raise Refused(
            f"Không ghi được vào thư mục sao lưu {folder}: {fault.strerror or fault}. Kiểm tra quyền ghi và chỗ trống,"
            " hoặc đặt DONDOC_BACKUP_DIR.",
            f"Cannot write to the backup folder {folder}: {fault.strerror or fault}. Check its write permission and "
            "free space, or set DONDOC_BACKUP_DIR.",
        ) from None
    last = LastBackup(now, to.name, size, taken.missing)
    details = {"file": last.file, "size": size, "missing": last.missing, "seq": taken.trail.seq}
    entry = AuditEntry(BACK_UP, _SUBJECT, details | {"head": taken.trail.head, "checked": check})
    with session_scope(store.engine) as session:
        record_all(session, [entry], actor="system", now=now)
    if checked:
        checked.refuse_faults()
    _let_go(folder, local_date(now))
    return last


def _refuse_wrong_day(store: Store, to: Path, now: datetime) -> None:
    """What bears the name of a day is kept, or takes the place of another, by that day: it must be the right one."""
    with database_errors_in_words(store.engine):
        require_right_clock(store.engine)
    there = None
    with suppress(Refused):  # what is no backup is kept for nobody
        there = read_anchor(to, audit_keys(store.settings)).at
    if there is not None and there > now:
        raise Refused(
            f"Bản sao lưu {to} được ghi lúc {there.astimezone(HANOI):%H:%M %d/%m/%Y}, sau giờ hiện nay của máy; không"
            " ghi đè. Kiểm tra giờ của máy; nếu giờ máy đúng, chuyển tệp ấy sang thư mục khác.",
            f"The backup {to} was taken at {there.astimezone(HANOI):%H:%M %d/%m/%Y}, after the current time of this"
            " machine; it is not overwritten. Check the machine's clock; if it is right, move that file elsewhere.",
        )


def last_backup(connection: Connection) -> LastBackup | None:
    """The last daily backup on record; None when there was none."""
    found = connection.execute(
        select(AuditEvent.at, col(AuditEvent.details))
        .where(AuditEvent.subject == _SUBJECT, AuditEvent.verb == BACK_UP)
        .order_by(col(AuditEvent.seq).desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    at, details = found
    return LastBackup(at, details["file"], details["size"], details["missing"])


def check_backup(settings: Settings, taken: Path) -> CheckedBackup:
    """Restore a backup into a throw-away SQLite store and verify it: chain, seals, every row and every file.

    Raises ``NotABackup`` when it cannot be restored at all.
    """
    try:
        return _check(settings, taken)
    except (OSError, DBAPIError, DatabaseUnreachable) as fault:
        why = getattr(fault, "strerror", None) or str(getattr(fault, "orig", fault))
        raise cannot_restore(taken, why) from None


def _check(settings: Settings, taken: Path) -> CheckedBackup:
    with tempfile.TemporaryDirectory(prefix="dondoc-check-") as folder:
        home = Path(folder) / "home"
        aside = replace(
            settings,
            data_dir=home,
            database_url=f"sqlite:///{home / 'dondoc.sqlite'}",
            contacts_file=home / "contacts.yaml",
        )
        backup = restore(aside, taken)
        engine = open_database(aside.database_url)
        try:
            with snapshot(engine) as connection:
                _refuse_damaged_pages(connection)
                found = verify_store(connection, keys=audit_keys(aside))
                files = files_named(connection)
        finally:
            engine.dispose()
        there = [each for each in files if path_of(aside, each).exists()]
        return CheckedBackup(backup, found, tuple(each for each in there if checksum(path_of(aside, each)) != each))


def _refuse_damaged_pages(connection: Connection) -> None:
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    strangers = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if said != ["ok"] or strangers:
        what = "; ".join([*(each for each in said if each != "ok"), *(str(tuple(row)) for row in strangers)][:5])
        raise Refused(
            f"Cơ sở dữ liệu trong bản sao lưu bị hỏng: {what}.", f"The database in the backup is damaged: {what}."
        )


def _let_go(folder: Path, today: date) -> None:
    files = {date.fromisoformat(found[1]): path for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))}
    for day in set(files) - kept(files.keys(), today):
        files[day].unlink(missing_ok=True)

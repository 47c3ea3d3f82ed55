"""One file with all that dondoc holds, taken while it runs, and the way back into an empty store.

Inside: the database as SQLite, whichever it came from; the files of reports; the keys that sign links and seal the
audit trail; the contacts; and a list of all of it with checksums and the end of the trail. Prefect's own history of
runs is not in it: losing that loses no assignment.
"""

import errno
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from config.audit_keys import add_earlier_keys, audit_keys, key_file
from config.clock import HANOI
from config.errors import Refused
from config.settings import Settings
from models.keeping.copy import Contents, Progress, contents, copy_pages, copy_store, refuse_used_store
from models.keeping.trail_anchor import TrailAnchor
from models.keeping.unnamed_files import files_named
from models.store.audit_chain import Verification, verify
from models.store.database import DatabaseUnreachable, open_database, reading
from models.work.attachments import keep, path_of

FORMAT = 1
"""Raised when the file's shape changes."""

_LIST, _DATABASE, _KEY, _CONTACTS, _FILES = "manifest.json", "dondoc.sqlite", "portal.key", "contacts.yaml", "files"
_AUDIT_KEYS = "audit.key"
_INSIDE = re.compile(rf"{_LIST}|{_DATABASE}|{_KEY}|{_AUDIT_KEYS}|{_CONTACTS}|{_FILES}/[0-9a-f]{{64}}")
_OWNER_ONLY = 0o600
_ROUNDS = 5
_OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    files    how many files of reports; ``missing`` are named by the database and had been lost before
    trail    whether the audit chain in it is whole
    """

    taken_at: datetime
    tables: Mapping[str, Contents]
    files: int
    missing: int
    trail: Verification


class NotABackup(Refused):
    """The file is no backup of dondoc, or was damaged since."""


def back_up(settings: Settings, engine: Engine, to: Path, now: datetime, *, progress: Progress | None = None) -> Backup:
    """Write all that the store holds into the new file ``to``, readable by its owner only.

    Raises ``Refused`` when there is a file already, or it cannot be written; nothing half-written stays behind.
    """
    if to.exists():
        raise _there_already(to)
    try:
        with tempfile.TemporaryDirectory(prefix=".dondoc-backup-", dir=to.parent) as folder:
            copy, packed = Path(folder) / _DATABASE, Path(folder) / "packed"
            held, files = _database_with_its_files(settings, engine, copy, now, progress)
            with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
                _pack(archive, settings, copy, held, files)
            packed.chmod(_OWNER_ONLY)
            os.link(packed, to)  # unlike a rename, never over a file that came meanwhile
    except FileExistsError:
        raise _there_already(to) from None
    except (OSError, sqlite3.Error, DBAPIError, DatabaseUnreachable) as fault:
        why = getattr(fault, "strerror", None) or str(getattr(fault, "orig", fault))
        raise Refused(
            f"Không ghi được bản sao lưu {to}: {why}. Kiểm tra thư mục, quyền ghi và chỗ trống.",
            f"Cannot write the backup {to}: {why}. Check the folder, its write permission and free space.",
        ) from None
    return held


def restore(settings: Settings, taken: Path, *, progress: Progress | None = None) -> Backup:
    """Bring a backup into the store that ``settings`` name, in which nothing may have happened yet.

    Everything is checked before anything is written, and the facts come last: broken off anywhere, the store is still
    empty and the restore can be begun again. A contacts file that is there already stays. Raises ``NotABackup``, or
    ``Refused`` when the store holds facts already.
    """
    with tempfile.TemporaryDirectory(prefix="dondoc-restore-") as folder:
        at = Path(folder)
        manifest = _unpack(taken, at)
        with _opened(f"sqlite:///{at / _DATABASE}", settings) as backed_up:
            with reading(backed_up) as connection:
                trail, files = verify(connection), files_named(connection)
            # One of an earlier version has just been migrated, which left a fact of its own.
            if trail.events < manifest["events"] or trail.broken_at != manifest["broken_at"]:
                raise _not_a_backup(
                    taken, "nhật ký không như lúc sao lưu", "its audit trail is not as it was at the time of the backup"
                )
            with _opened(settings.database_url, settings) as engine:
                refuse_used_store(engine)
                intact = [each for each in files if (at / _FILES / each).exists()]
                for each in intact:
                    keep(path_of(settings, each), (at / _FILES / each).read_bytes())
                _restore_key(at / _KEY, settings.data_dir / _KEY)
                if (at / _AUDIT_KEYS).exists():
                    add_earlier_keys(settings, (at / _AUDIT_KEYS).read_bytes())
                _restore_file(at / _CONTACTS, settings.contacts_file)
                tables = copy_store(backed_up, engine, progress=progress)
    missing = len(files) - len(intact)
    return Backup(datetime.fromisoformat(manifest["taken_at"]), tables, len(intact), missing, trail)


def _database_with_its_files(
    settings: Settings, engine: Engine, copy: Path, now: datetime, progress: Progress | None
) -> tuple[Backup, list[str]]:
    # A file taken back after the database was copied has no bytes any more; a later copy does not name it either.
    for _ in range(_ROUNDS):
        copy.unlink(missing_ok=True)
        tables = _copy_database(settings, engine, copy, progress)
        with _opened(f"sqlite:///{copy}", settings) as copied, reading(copied) as connection:
            trail, named = verify(connection), files_named(connection)
        files = [each for each in named if path_of(settings, each).exists()]
        if files == named:
            break
    return Backup(now, tables, len(files), len(named) - len(files), trail), files


def _copy_database(settings: Settings, engine: Engine, to: Path, progress: Progress | None) -> Mapping[str, Contents]:
    if engine.dialect.name != "sqlite":
        with _opened(f"sqlite:///{to}", settings) as target:
            return copy_store(engine, target, progress=progress)
    copy_pages(engine, to)
    with _opened(f"sqlite:///{to}", settings) as target, reading(target) as connection:
        return contents(connection, progress=progress)


def _pack(archive: tarfile.TarFile, settings: Settings, database: Path, held: Backup, files: Sequence[str]) -> None:
    inside = {_DATABASE: database}
    inside |= {
        name: path
        for name, path in (
            (_KEY, settings.data_dir / _KEY),
            (_AUDIT_KEYS, key_file(settings)),
            (_CONTACTS, settings.contacts_file),
        )
        if path.exists()
    }
    inside |= {f"{_FILES}/{each}": path_of(settings, each) for each in files}
    manifest = {
        "format": FORMAT,
        "dondoc": version("dondoc"),
        "taken_at": held.taken_at.astimezone(HANOI).isoformat(),
        "events": held.trail.events,
        "broken_at": held.trail.broken_at,
        **TrailAnchor(held.trail.seq, held.trail.head, held.taken_at).as_json(audit_keys(settings)),
        "tables": {name: asdict(each) for name, each in held.tables.items()},
        "sha256": {name: checksum(path) for name, path in inside.items()},
    }
    described = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    head = tarfile.TarInfo(_LIST)
    head.size, head.mode = len(described), _OWNER_ONLY
    archive.addfile(head, io.BytesIO(described))
    for name, path in inside.items():
        archive.add(path, name, recursive=False)


def _unpack(taken: Path, to: Path) -> dict[str, Any]:
    """The backup's files under ``to``, each found to be what the list says, and the list."""
    try:
        with tarfile.open(taken, "r:gz") as archive:
            (to / _FILES).mkdir()
            for member in archive:
                # Nothing else is ever in one, and nothing else gets a place on this machine.
                ours = member.isfile() and _INSIDE.fullmatch(member.name)
                content = archive.extractfile(member) if ours else None
                if content is None:
                    raise _not_a_backup(taken, f"có «{member.name}» lạ", f"it contains an unknown '{member.name}'")
                with content, (to / member.name).open("xb") as file:
                    shutil.copyfileobj(content, file)
        manifest: dict[str, Any] = json.loads((to / _LIST).read_bytes())
        if manifest["format"] > FORMAT:
            raise _not_a_backup(
                taken, "do một phiên bản dondoc mới hơn ghi", "it was written by a newer version of dondoc"
            )
        for name, expected in manifest["sha256"].items():
            if checksum(to / name) != expected:
                raise _not_a_backup(
                    taken, f"«{name}» không như lúc sao lưu", f"'{name}' is not as it was at the time of the backup"
                )
    except FileNotFoundError as fault:
        missing = Path(fault.filename or taken)
        if missing == taken:
            raise Refused(f"Không có tệp {taken}.", f"There is no file {taken}.") from None
        raise _not_a_backup(taken, f"thiếu «{missing.name}»", f"'{missing.name}' is missing") from None
    except OSError as fault:
        if fault.errno in _OF_THE_MACHINE:
            raise cannot_restore(taken, f"{fault.strerror} ({fault.filename or to})") from None
        raise _not_a_backup(taken, f"không đọc được ({fault})", f"it cannot be read ({fault})") from None
    except (tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise _not_a_backup(taken, f"không đọc được ({fault})", f"it cannot be read ({fault})") from None
    return manifest


def _restore_file(taken: Path, to: Path) -> None:
    if taken.exists() and not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(taken.read_bytes())


def _restore_key(taken: Path, to: Path) -> None:
    """Have what was signed open again; links of another key, in a store without facts, lead to nothing."""
    if taken.exists():
        to.unlink(missing_ok=True)
        _restore_file(taken, to)


def checksum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _opened(url: str, settings: Settings) -> Iterator[Engine]:
    engine = open_database(url, keys=partial(audit_keys, settings))
    try:
        yield engine
    finally:
        engine.dispose()


def cannot_restore(taken: Path, why: str) -> Refused:
    """What a machine without the room or the right for it says."""
    return Refused(
        f"Không khôi phục được {taken}: {why}. Kiểm tra quyền đọc tệp và chỗ trống của thư mục tạm (TMPDIR).",
        f"Cannot restore {taken}: {why}. Check the file's read permission and the free space in the temporary folder "
        "(TMPDIR).",
    )


def _there_already(to: Path) -> Refused:
    return Refused(
        f"Đã có tệp {to}; đặt tên khác để không ghi đè bản cũ.",
        f"The file {to} already exists; choose another name, so that the old backup is not overwritten.",
    )


def _not_a_backup(taken: Path, vi: str, en: str) -> NotABackup:
    return NotABackup(
        f"{taken} không dùng được làm bản sao lưu: {vi}. Lấy một bản sao lưu khác.",
        f"{taken} cannot be used as a backup: {en}. Take another one.",
    )

"""Files that are written completely or not at all, and the copy that is kept of what was there before."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from config.clock import HANOI
from config.disk import DiskRefused, is_full
from config.errors import Refused


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file to write into; it replaces ``path`` when the block ends, and is removed when the block raises.

    The rights of an existing file stay, and a link still leads to it. Raises ``DiskRefused``.
    """
    path = path.resolve()
    half_written = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with half_written.open("xb") as file:
            if path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        half_written.replace(path)
    except OSError as fault:
        raise DiskRefused(
            f"Không ghi được tệp {path} ({fault.strerror}).",
            f"Cannot write {path} ({fault.strerror}).",
            is_full=is_full(fault),
        ) from None
    finally:
        half_written.unlink(missing_ok=True)


def replace_text(path: Path, text: str, now: datetime) -> Path | None:
    """Write ``text`` to ``path``; returns the copy of what was there before, or None if there was no such file yet."""
    backup = backup_copy(path, now)
    with atomic_write(path) as file:
        file.write(text.encode())
    return backup


def backup_copy(path: Path, now: datetime) -> Path | None:
    """Copy ``path`` with its rights to a name with the moment in it; returns None when there is no such file yet."""
    if not path.exists():
        return None
    backup = path.with_name(f"{path.stem}.{now.astimezone(HANOI):%Y%m%dT%H%M%S}{path.suffix}")
    try:
        shutil.copy2(path, backup)
    except OSError as fault:
        raise Refused(
            f"Không giữ được bản cũ {backup} ({fault.strerror}); chưa ghi gì.",
            f"Cannot keep the old file as {backup} ({fault.strerror}); nothing was written.",
        ) from None
    return backup

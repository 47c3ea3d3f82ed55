"""Files that are written completely or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from config.disk import DiskRefused, is_full


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file to write into; it replaces ``path`` when the block ends, and is removed when the block raises.

    The rights of an existing file stay, and a link still leads to it. Raises ``DiskRefused``.
    """
    path = Path(os.path.realpath(path))
    half_written = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.is_symlink():  # it leads round in a circle
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
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
        with suppress(OSError):  # none was begun, by a name too long for it
            half_written.unlink()

"""The key that signs links and sessions: from the environment, or made on first use and stored."""

import hashlib
import hmac
import logging
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from config.errors import Refused
from config.settings import Settings

log = logging.getLogger("dondoc.keys")

_RANDOM_BYTES = 48
_SHORTEST = 32
_OWNER_ONLY = 0o600


def signing_key(settings: Settings) -> bytes:
    """The key. Without ``DONDOC_SECRET_KEY`` it is stored in the data directory, readable by its owner only.

    Raises ``Refused`` when the file cannot be read or made, or is not safely ours.
    """
    return settings.secret_key.encode() or _stored_key(settings.data_dir / "portal.key")


def prefect_sign_in(settings: Settings) -> str:
    """Name and password of our own Prefect server, for our own processes: whoever reaches its API may do everything."""
    return "dondoc:" + hmac.new(signing_key(settings), b"dondoc.prefect", hashlib.sha256).hexdigest()


def _stored_key(path: Path) -> bytes:
    try:
        try:
            key = _read(path)
        except FileNotFoundError:
            make_key_file(path)
            key = _read(path)
    except OSError:
        raise Refused(
            f"Không đọc, ghi được tệp khóa {path}; kiểm tra quyền, hoặc đặt DONDOC_SECRET_KEY.",
            f"Cannot read or write the key file {path}; check its permissions, or set DONDOC_SECRET_KEY.",
        ) from None
    if len(key) < _SHORTEST:
        raise Refused(
            f"Tệp khóa {path} bị hỏng; xóa tệp này để tạo khóa mới (mọi đường dẫn đã gửi sẽ hết hiệu lực).",
            f"The key file {path} is damaged; delete it to get a new key (links sent so far will stop working).",
        )
    return key


def _read(path: Path) -> bytes:
    strange = Refused(
        f"Tệp khóa {path} không phải tệp của người đang chạy dondoc; người tạo ra nó có thể đăng nhập thay mọi cơ quan."
        " Xóa tệp này để tạo khóa mới, hoặc đặt DONDOC_SECRET_KEY.",
        f"The key file {path} does not belong to the user who runs dondoc. Delete it to get a new key, or set"
        " DONDOC_SECRET_KEY.",
    )
    with open_key_file(path, strange=strange) as file:
        return file.read().strip()


@contextmanager
def open_key_file(path: Path, *, strange: Refused) -> Iterator[BinaryIO]:
    """A file of keys to read; raises ``strange`` when it is not a file of whoever runs dondoc."""
    # Checked and read through one descriptor and not through a link, so that nobody can swap the file in between.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise strange
        if found.st_mode & 0o077:
            os.fchmod(descriptor, _OWNER_ONLY)
            log.warning(
                "the key file %s could be read by others; its rights were put right. If somebody may have read it,"
                " replace the key (docs/operations.md says how)",
                path,
            )
        yield file


def make_key_file(path: Path) -> None:
    """Write a new key to a draft file and link it into place, so that of two processes one complete key wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_RANDOM_BYTES) + "\n")
            file.flush()
            os.fsync(descriptor)
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is used
    finally:
        draft.unlink()

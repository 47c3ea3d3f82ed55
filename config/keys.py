"""The key with which links and sessions are signed: from the environment, or made on first use and kept."""

import os
import secrets
from pathlib import Path

from config.errors import Refused
from config.settings import Settings

_BYTES = 48
_OWNER_ONLY = 0o600


def signing_key(settings: Settings) -> str:
    """The key. Without ``DONDOC_SECRET_KEY`` it lies in the data directory, readable by its owner only.

    Raises ``Refused`` when the file cannot be read or made.
    """
    return settings.secret_key or _kept_key(settings.data_dir / "portal.key")


def _kept_key(path: Path) -> str:
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:  # others could sign in their place
            path.chmod(_OWNER_ONLY)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise Refused(
            f"Không đọc, ghi được tệp khóa {path}; kiểm tra quyền, hoặc đặt DONDOC_SECRET_KEY.",
            f"Cannot read or write the key file {path}; check its rights, or set DONDOC_SECRET_KEY.",
        ) from None
    if len(key) < 32:
        raise Refused(
            f"Tệp khóa {path} bị hỏng; xóa tệp này để tạo khóa mới (mọi đường dẫn đã gửi sẽ hết hiệu lực).",
            f"The key file {path} is damaged; delete it to get a new key (links sent so far will stop working).",
        )
    return key


def _make(path: Path) -> None:
    """Write a new key beside its place and link it there, so that of two processes one key wins, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()

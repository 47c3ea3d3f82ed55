"""The keys that seal the audit trail, kept outside the database: who can write in it alone forges nothing."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.errors import Refused
from config.keys import make_key_file, open_key_file, signing_key
from config.settings import Settings
from config.text.atomic_write import atomic_write

_FILE = "audit.key"
_SHORTEST = 32
_RANDOM_BYTES = 48
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class AuditKeys:
    """The key that seals now, and the earlier ones by which old seals are still checked.

    A seal names its key, by the beginning of the key's SHA-256.
    """

    secrets: tuple[bytes, ...]

    @property
    def current(self) -> str:
        """The name of the key that seals now."""
        return key_name(self.secrets[0])

    @property
    def as_setting(self) -> str:
        """All of them, as ``DONDOC_AUDIT_KEY`` takes them."""
        return b" ".join(self.secrets).decode()

    def seal(self, what: bytes) -> str:
        """The seal of the current key on ``what``."""
        return _seal(self.secrets[0], what)

    def is_listed(self, seal: str) -> bool:
        """Whether the key that a seal names is at hand."""
        return any(seal.partition(":")[0] == key_name(each) for each in self.secrets)

    def fits(self, seal: str, what: bytes) -> bool:
        """Whether ``seal`` was put on ``what`` by one of these keys."""
        return any(hmac.compare_digest(seal.encode(), _seal(each, what).encode()) for each in self.secrets)


def key_name(secret: bytes) -> str:
    """What a seal calls a key: nothing of the key can be worked out from it."""
    return hashlib.sha256(b"dondoc.audit.name\n" + secret).hexdigest()[:8]


def audit_keys(settings: Settings) -> AuditKeys:
    """The keys of this store: those of ``DONDOC_AUDIT_KEY``, newest first; the one that follows from
    ``DONDOC_SECRET_KEY``, so that several machines have the same; those of a file in the data directory, which is made
    where there is no other key.

    Raises ``Refused`` when the file cannot be read or made, is damaged, or is not safely ours.
    """
    listed = [each.encode() for each in settings.audit_key.split()]
    secret = [_following_from(signing_key(settings))] if settings.secret_key else []
    stored = _stored(key_file(settings), may_be_missing=bool(listed or secret))
    # An earlier ``DONDOC_SECRET_KEY`` may be listed, too: what followed from it sealed once.
    return AuditKeys((*listed, *secret, *stored, *map(_following_from, listed)))


def _following_from(secret: bytes) -> bytes:
    return hmac.new(secret, b"dondoc.audit", hashlib.sha256).hexdigest().encode()


def key_file(settings: Settings) -> Path:
    """Where keys are stored that no variable gives: one a line, the newest first."""
    return settings.data_dir / _FILE


def rotate(settings: Settings) -> AuditKeys:
    """Make a new key that seals from now on; the earlier ones stay in the file. Raises ``Refused`` where a variable
    gives the key."""
    if settings.audit_key or settings.secret_key:
        raise Refused(
            "Khóa nhật ký lấy từ biến môi trường: đặt khóa mới lên đầu DONDOC_AUDIT_KEY, giữ các khóa cũ sau nó (cách"
            " nhau bằng dấu cách), rồi khởi động lại.",
            "The audit key comes from the environment: put the new key first in DONDOC_AUDIT_KEY, keep the old ones"
            " after it (separated by spaces), and start again.",
        )
    earlier = audit_keys(settings).secrets
    _write(key_file(settings), (secrets.token_urlsafe(_RANDOM_BYTES).encode(), *earlier))
    return audit_keys(settings)


def add_earlier_keys(settings: Settings, found: bytes) -> None:
    """List the keys of a file that came from elsewhere, as with a backup, behind those that are there."""
    theirs, path = tuple(found.split()), key_file(settings)
    ours = _stored(path, may_be_missing=True)
    if added := tuple(each for each in theirs if each not in ours):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, (*ours, *added))


def _stored(path: Path, *, may_be_missing: bool = False) -> tuple[bytes, ...]:
    try:
        try:
            found = _read(path)
        except FileNotFoundError:
            if may_be_missing:
                return ()
            make_key_file(path)
            found = _read(path)
    except OSError:
        raise Refused(
            f"Không đọc, ghi được tệp khóa nhật ký {path}; kiểm tra quyền, hoặc đặt DONDOC_AUDIT_KEY.",
            f"Cannot read or write the audit key file {path}; check its permissions, or set DONDOC_AUDIT_KEY.",
        ) from None
    if not found or any(len(each) < _SHORTEST for each in found):
        raise Refused(
            f"Tệp khóa nhật ký {path} bị hỏng; lấy lại tệp này từ bản sao lưu (xóa đi thì niêm phong cũ không còn kiểm"
            " được).",
            f"The audit key file {path} is damaged; restore it from a backup (without it, old seals cannot be "
            "checked).",
        )
    return found


def _read(path: Path) -> tuple[bytes, ...]:
    strange = Refused(
        f"Tệp khóa nhật ký {path} không phải tệp của người đang chạy dondoc. Lấy lại tệp đúng từ bản sao lưu, hoặc đặt"
        " DONDOC_AUDIT_KEY.",
        f"The audit key file {path} does not belong to the user who runs dondoc. Restore the right one from a backup, "
        "or set DONDOC_AUDIT_KEY.",
    )
    with open_key_file(path, strange=strange) as file:
        return tuple(file.read().split())


def _write(path: Path, keys: tuple[bytes, ...]) -> None:
    with atomic_write(path) as file:
        os.fchmod(file.fileno(), _OWNER_ONLY)
        file.write(b"\n".join(keys) + b"\n")


def _seal(secret: bytes, what: bytes) -> str:
    return f"{key_name(secret)}:{hmac.new(secret, what, hashlib.sha256).hexdigest()}"

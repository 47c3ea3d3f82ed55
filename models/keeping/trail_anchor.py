"""The end of the audit trail as published outside the database, so that nobody can cut it off or write it anew unseen.

It stands in letters and printed reports, in every backup, and in a file of its own that is sealed.
"""

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlmodel import col, select

from config.audit_keys import AuditKeys
from config.clock import HANOI
from config.errors import Refused
from config.text.atomic_write import atomic_write
from models.store.audit_event import AuditEvent, AuditHead

_PRINTED = 32
"""Of the 64 figures of a hash so many are printed: nobody finds another trail that has them in common."""

_GROUP = 4


@dataclass(frozen=True)
class TrailAnchor:
    """The last event of a trail, by number and hash, at one moment."""

    seq: int
    hash: str
    at: datetime

    @property
    def printed(self) -> str:
        """How it is printed: "1234 · 9f3a 2c1b …"."""
        figures = self.hash[:_PRINTED]
        groups = (figures[start : start + _GROUP] for start in range(0, _PRINTED, _GROUP))
        return f"{self.seq} · {' '.join(groups)}"

    def as_json(self, keys: AuditKeys) -> dict[str, Any]:
        """What an anchor file and a backup say of it."""
        plain = {"seq": self.seq, "hash": self.hash, "at": self.at.astimezone(HANOI).isoformat()}
        return {"audit_anchor": plain | {"seal": keys.seal(_sealed(plain))}}


def anchor_of(connection: Connection, now: datetime) -> TrailAnchor:
    """The end of the trail as it is now."""
    seq, last_hash = connection.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return TrailAnchor(seq, last_hash, now)


def write_anchor(anchor: TrailAnchor, keys: AuditKeys, to: Path) -> None:
    """Write a sealed file; raises ``Refused`` where it cannot be written."""
    with atomic_write(to) as file:
        file.write(json.dumps(anchor.as_json(keys), indent=1).encode() + b"\n")


def read_anchor(path: Path, keys: AuditKeys) -> TrailAnchor:
    """The anchor of a file of its own, or of a backup; raises ``Refused`` when it is none, or was changed since."""
    try:
        plain = dict(_content(path)["audit_anchor"])
        seal = str(plain.pop("seal"))
        anchor = TrailAnchor(int(plain["seq"]), str(plain["hash"]), datetime.fromisoformat(plain["at"]))
    except OSError as fault:
        raise Refused(
            f"Không đọc được tệp {path}: {fault.strerror or fault}.", f"Cannot read {path}: {fault.strerror or fault}."
        ) from None
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError):
        raise Refused(
            f"{path} không phải tệp neo nhật ký hay bản sao lưu có neo («dondoc audit anchor» tạo tệp neo).",
            f"{path} is not an audit trail anchor file, nor a backup with one ('dondoc audit anchor' makes one).",
        ) from None
    if not keys.is_listed(seal):
        raise Refused(
            f"Tệp neo {path} niêm phong bằng khóa không có ở đây ({seal.partition(':')[0]}); thêm khóa đó vào cuối"
            " DONDOC_AUDIT_KEY hay tệp audit.key.",
            f"The anchor file {path} was sealed with a key that is not available here ({seal.partition(':')[0]}); add "
            "that key at the end of DONDOC_AUDIT_KEY or audit.key.",
        )
    if not keys.fits(seal, _sealed(plain)):
        raise Refused(f"Tệp neo {path} đã bị sửa.", f"The anchor file {path} has been altered.")
    return anchor


def departure_from(connection: Connection, anchor: TrailAnchor) -> tuple[str, str] | None:
    """How the trail differs from what was published, in Vietnamese and English; None when it goes on from there."""
    on = f"{anchor.at.astimezone(HANOI):%H:%M %d/%m/%Y}"
    found = connection.scalar(select(AuditEvent.hash).where(col(AuditEvent.seq) == anchor.seq)) if anchor.seq else ""
    if found is None:
        last = connection.scalar(select(AuditEvent.seq).order_by(col(AuditEvent.seq).desc()).limit(1)) or 0
        return (
            f"lúc {on} nhật ký có {anchor.seq} sự kiện, nay còn đến số {last}: các sự kiện sau đó đã bị xóa",
            f"at {on} the trail had {anchor.seq} events and now ends at {last}: those after it were deleted",
        )
    if anchor.seq and found != anchor.hash:
        return (
            f"sự kiện số {anchor.seq} không như đã công bố lúc {on}: nhật ký đến đó đã bị viết lại",
            f"event {anchor.seq} is not as published at {on}: the trail up to it was rewritten",
        )
    return None


def _content(path: Path) -> Any:
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return json.loads(path.read_bytes())
    with tarfile.open(path, "r:gz") as archive:
        manifest = archive.next()
        inside = archive.extractfile(manifest) if manifest else None
        if inside is None:
            raise ValueError("no list of content")
        return json.loads(inside.read())


def _sealed(plain: Mapping[str, Any]) -> bytes:
    return f"dondoc.audit.anchor\n{plain['seq']}\n{plain['hash']}\n{plain['at']}".encode()

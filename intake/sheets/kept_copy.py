"""The copy of a file that is kept beside it before something else is written in its place."""

import shutil
from datetime import datetime
from pathlib import Path

from config.clock import HANOI
from config.errors import Refused


def backup_copy(path: Path, now: datetime) -> Path | None:
    """Copy ``path`` with its rights to a name with the moment in it; None when there is no such file yet."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.stem}.{now.astimezone(HANOI):%Y%m%dT%H%M%S}{path.suffix}")
    try:
        shutil.copy2(path, kept)
    except OSError as fault:
        raise Refused(
            f"Không giữ được bản cũ {kept} ({fault.strerror}); chưa ghi gì.",
            f"Cannot keep the old file as {kept} ({fault.strerror}); nothing was written.",
        ) from None
    return kept

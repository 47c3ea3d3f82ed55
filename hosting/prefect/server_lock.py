"""One Prefect server for a data directory: who holds the lock runs it, and the others learn where it is.

The lock is the kernel's and falls with the process that holds it, also after ``kill -9``. The note beside it says where
the server answers; it means nothing while nobody holds the lock.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from config.settings import Settings


@dataclass(frozen=True)
class LockHolder:
    """Who runs the server.

    api_url  empty until the server answers
    permanent  whether it stays (`dondoc up`), or ends with a single run
    """

    pid: int
    permanent: bool
    api_url: str = ""


class ServerLock:
    """The lock while it is held; ``announce`` tells the others where the server answers."""

    def __init__(self, folder: Path, *, permanent: bool) -> None:
        self._note = folder / "prefect-server.json"
        self._permanent = permanent

    def announce(self, api_url: str) -> None:
        held = LockHolder(os.getpid(), self._permanent, api_url)
        scratch = self._note.with_suffix(".new")
        scratch.write_text(json.dumps(asdict(held)), encoding="utf-8")
        scratch.replace(self._note)  # readers see the old note or the new one, never half of one


@contextmanager
def try_lock(settings: Settings, *, permanent: bool) -> Iterator[ServerLock | None]:
    """Take the lock for the length of the block; yields None when another process holds it."""
    folder = _folder(settings)
    with (folder / "prefect-server.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        lock = ServerLock(folder, permanent=permanent)
        lock.announce("")
        yield lock


def holder(settings: Settings) -> LockHolder | None:
    """Who last took the lock and what they announced; ask only when ``try_lock`` gave None."""
    try:
        return LockHolder(**json.loads((_folder(settings) / "prefect-server.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _folder(settings: Settings) -> Path:
    folder = settings.data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

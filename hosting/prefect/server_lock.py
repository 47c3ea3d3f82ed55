"""One Prefect server for a data directory: whoever holds the lock runs it, the others are told where it is.

The lock is the kernel's and falls with the process that holds it, also after ``kill -9``; the note beside it
says where the server answers and means nothing while nobody holds the lock.
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
class Held:
    """Who runs the server.

    api_url  empty until the server answers
    lasting  whether it stays (`dondoc up`) or ends with a single run
    """

    pid: int
    lasting: bool
    api_url: str = ""


class ServerLock:
    """The lock once taken; ``announce`` tells the others where the server answers."""

    def __init__(self, folder: Path, *, lasting: bool) -> None:
        self._note = folder / "prefect-server.json"
        self._lasting = lasting

    def announce(self, api_url: str) -> None:
        held = Held(os.getpid(), self._lasting, api_url)
        scratch = self._note.with_suffix(".new")
        scratch.write_text(json.dumps(asdict(held)), encoding="utf-8")
        scratch.replace(self._note)  # readers see the old note or the new one, never half of one


@contextmanager
def try_lock(settings: Settings, *, lasting: bool) -> Iterator[ServerLock | None]:
    """Take the lock for the length of the block; yields None when another process holds it."""
    folder = _folder(settings)
    with (folder / "prefect-server.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        lock = ServerLock(folder, lasting=lasting)
        lock.announce("")
        yield lock


def holder(settings: Settings) -> Held | None:
    """Who last took the lock and what they announced; ask only when ``try_lock`` gave None."""
    try:
        return Held(**json.loads((_folder(settings) / "prefect-server.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _folder(settings: Settings) -> Path:
    folder = settings.data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""Rehearsals that were asked for, as files beside the store: what was asked, how far it is, what was found.

In files and not in the store, which a rehearsal does not touch.
"""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.errors import Refused
from config.settings import Settings
from config.text.atomic_write import atomic_write
from reports.months_ahead.outcome import Rehearsal, rehearsal_from

KEPT = 20
"""Rehearsals that are kept; older ones make room."""

_STARTS_WITHIN = timedelta(seconds=60)
_ASKED, _PART, _FOUND, _FAULT, _LOCK = "asked.json", "part", "found.json", "fault.json", "lock"


@dataclass(frozen=True)
class Asked:
    """What a rehearsal is to play.

    answering  whether offices answer as they have so far
    draft      the directive's draft that is launched in it, or None
    amendment  the draft of an amendment that is applied in it, or None
    stands_on  a digest of that draft and of the plan as they were
    """

    months: int
    now: datetime
    answering: bool = False
    draft: int | None = None
    amendment: int | None = None
    stands_on: str = ""


class KeptRehearsal:
    """One rehearsal by its number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.number = int(folder.name)

    @property
    def asked(self) -> Asked:
        written = json.loads(self._read(_ASKED))
        return Asked(**{**written, "now": datetime.fromisoformat(written["now"])})

    @property
    def part(self) -> float:
        """How much is done, from 0 to 1."""
        with suppress(ValueError, OSError):
            return min(1.0, max(0.0, float(self._read(_PART))))
        return 0.0

    @property
    def is_done(self) -> bool:
        return (self._folder / _FOUND).exists()

    @property
    def found(self) -> Rehearsal:
        """What it found; once it is done."""
        return rehearsal_from(json.loads(self._read(_FOUND)))

    def fault(self, now: datetime) -> Refused | None:
        """Why it ended without finding anything; None for one that is done or still at work."""
        if self.is_done:
            return None
        with suppress(OSError):
            vi, en = json.loads(self._read(_FAULT))
            return Refused(vi, en)
        if self._is_playing() or now - self.asked.now < _STARTS_WITHIN:
            return None
        return Refused("Diễn tập dừng giữa chừng; chạy lại.", "The rehearsal was interrupted; run it again.")

    def say(self, part: float) -> None:
        """Tell how much is done."""
        with atomic_write(self._folder / _PART) as file:
            file.write(f"{part:.4f}".encode())

    def keep(self, found: Rehearsal) -> None:
        self._write(_FOUND, found.as_json())

    def keep_fault(self, refused: Refused) -> None:
        self._write(_FAULT, [" ".join((str(refused), *map(str, refused.details))), refused.en])

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Held by the process that plays it, so that its end is seen however it ends."""
        with (self._folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _is_playing(self) -> bool:
        try:
            with (self._folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")

    def _write(self, name: str, content: Any) -> None:
        with atomic_write(self._folder / name) as file:
            file.write(json.dumps(content, ensure_ascii=False, default=_written).encode())


class KeptRehearsals:
    """Those of one store, the newest first."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.data_dir / "rehearsals"

    def all(self) -> list[KeptRehearsal]:
        if not self._home.exists():
            return []
        folders = (each for each in self._home.iterdir() if each.name.isdigit() and (each / _ASKED).exists())
        return sorted(map(KeptRehearsal, folders), key=lambda each: -each.number)

    def one(self, number: int) -> KeptRehearsal | None:
        folder = self._home / str(number)
        return KeptRehearsal(folder) if (folder / _ASKED).exists() else None

    def ask(self, asked: Asked, *, start: Callable[[int], None] = lambda _: None) -> KeptRehearsal:
        """Keep what is to be played, under a number of its own, and start it; the oldest make room.

        The same asked for again while it is played is that one. Raises ``Refused`` while another is played.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        with (self._home / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # among threads and processes: each looks after the one before has started
            kept = self.all()
            under_way = next((each for each in kept if not each.is_done and each.fault(asked.now) is None), None)
            if under_way is not None:
                if replace(under_way.asked, now=asked.now) == asked:
                    return under_way
                raise Refused(
                    f"Đang có diễn tập số {under_way.number} chạy; đợi xong rồi chạy lần khác.",
                    f"Rehearsal no. {under_way.number} is still running; wait until it finishes.",
                )
            for old in kept[KEPT - 1 :]:
                _delete(self._home / str(old.number))
            taken = (int(each.name) for each in self._home.iterdir() if each.name.isdigit())
            folder = self._home / str(max(taken, default=0) + 1)
            folder.mkdir()
            with atomic_write(folder / _ASKED) as file:
                file.write(json.dumps(asdict(asked), default=_written).encode())
            made = KeptRehearsal(folder)
            start(made.number)
            return made


def _delete(folder: Path) -> None:
    for each in folder.iterdir():
        each.unlink(missing_ok=True)
    folder.rmdir()


def _written(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)

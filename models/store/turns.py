"""Turns to write: of the units of work of a process a few have a connection at once, however many wait for the lock.

The rest of the pool is for those who read. Nor do more wait than a portal has threads to spare: one too many is told to
come again at once. Of several processes at one SQLite file none comes before another that has waited for longer.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock, local
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

MOST_WAITING = 100
"""Units of work that write or wait for their turn."""


class _Turns:
    def __init__(self, writers: int) -> None:
        self.room, self.turns = BoundedSemaphore(MOST_WAITING), BoundedSemaphore(writers)

    def take(self, wait_s: float) -> bool:
        if not self.room.acquire(blocking=False):
            return False
        if self.turns.acquire(timeout=wait_s):
            return True
        self.room.release()
        return False

    def give_back(self) -> None:
        self.turns.release()
        self.room.release()


_turns: WeakKeyDictionary[Engine, _Turns] = WeakKeyDictionary()
_turns_lock = Lock()
_has_turn = local()


@contextmanager
def turn_to_write(engine: Engine, *, writers: int, wait_s: float) -> Iterator[bool]:
    """Hold one of ``writers`` turns for the block; yields whether there was one within ``wait_s``.

    A unit of work within another has its turn.
    """
    outer = getattr(_has_turn, "engine", None)
    if outer is engine:
        yield True
        return
    with _turns_lock:
        turns = _turns.setdefault(engine, _Turns(writers))
    if not turns.take(wait_s):
        yield False
        return
    _has_turn.engine = engine
    try:
        yield True
    finally:
        _has_turn.engine = outer
        turns.give_back()


LOOKS_EVERY_S = 0.002


@contextmanager
def first_in_line(database: str, *, give_up_at: float) -> Iterator[None]:
    """Be the one process that looks for the lock of SQLite, until ``give_up_at`` at the latest (monotonic).

    Who has just given that lock away lines up behind whoever is first, so that two processes take it in turn, and not
    one of them again and again. They line up at an empty file beside the database; where there can be none, or the file
    system knows no such locks, nobody lines up.
    """
    try:
        file = _line_of(database)
    except OSError:
        yield
        return
    try:
        while time.monotonic() < give_up_at:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(LOOKS_EVERY_S)
            except OSError:
                break
        yield
    finally:
        os.close(file)


def _line_of(database: str) -> int:
    """The open file to line up at; who may write to the database may line up.

    It is open for writing, as NFS asks of who takes a lock.
    """
    of_database = Path(database).stat()
    file = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(OSError):  # another's file: its owner has seen to it
        if stat.S_IMODE(os.fstat(file).st_mode) != stat.S_IMODE(of_database.st_mode):
            os.fchmod(file, stat.S_IMODE(of_database.st_mode))
        if os.geteuid() == 0:
            os.fchown(file, of_database.st_uid, of_database.st_gid)
    return file

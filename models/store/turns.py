"""Turns to write: of the units of work of a process a few have a connection at once, however many wait for the lock.

The rest of the pool is for those who read. Nor do more wait than a portal has threads to spare: one too many is told to
come again at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
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

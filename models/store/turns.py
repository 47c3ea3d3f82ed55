"""Turns to write: of the units of work of a process a few have a connection at once, however many wait for the lock.

The rest of the pool is for those who read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, local
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

_turns: WeakKeyDictionary[Engine, BoundedSemaphore] = WeakKeyDictionary()
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
        turns = _turns.setdefault(engine, BoundedSemaphore(writers))
    if not turns.acquire(timeout=wait_s):
        yield False
        return
    _has_turn.engine = engine
    try:
        yield True
    finally:
        _has_turn.engine = outer
        turns.release()

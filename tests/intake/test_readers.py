"""Turns to read a file, counted over processes that were forked from one."""

import os
from collections.abc import Callable

from intake.readers import ReaderTurns


def test_a_process_takes_no_turn_that_another_has() -> None:
    turns = ReaderTurns(2)
    assert turns.acquire(0)
    assert _in_another_process(lambda: [turns.acquire(0), turns.acquire(0)]) == "[True, False]"
    # That process has ended without giving its turn back.
    assert turns.acquire(0) and not turns.acquire(0)
    turns.release()
    assert turns.acquire(0)


def _in_another_process(work: Callable[[], object]) -> str:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writing, repr(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(pid, 0)
    return said

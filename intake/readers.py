"""Turns to read a file: a few readers at work at one time, in this process and in all that are forked from one.

A turn is a lock on one byte of a file without a name, which the system gives back when its process ends.
"""

import fcntl
import tempfile
import time
from pathlib import Path
from threading import BoundedSemaphore, Lock

_POLL_S = 0.05


class ReaderTurns:
    """At most ``count`` turns; made before a process is forked, they are shared by both."""

    def __init__(self, count: int) -> None:
        self._file, path = tempfile.mkstemp()  # open as long as the process lives
        Path(path).unlink()
        self._count = count
        self._of_process = BoundedSemaphore(count)
        self._held: set[int] = set()
        self._lock = Lock()

    def acquire(self, timeout_s: float) -> bool:
        """Take a turn; whether there was one within ``timeout_s``."""
        give_up_at = time.monotonic() + timeout_s
        if not self._of_process.acquire(timeout=timeout_s):
            return False
        while not self._take():
            if time.monotonic() >= give_up_at:
                self._of_process.release()
                return False
            time.sleep(_POLL_S)
        return True

    def release(self) -> None:
        """Give back one of the turns of this process."""
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._held.pop())
        self._of_process.release()

    def _take(self) -> bool:
        with self._lock:
            for place in sorted(set(range(self._count)) - self._held):
                try:
                    fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
                except OSError:  # another process has it
                    continue
                self._held.add(place)
                return True
        return False

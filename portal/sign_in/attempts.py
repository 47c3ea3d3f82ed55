"""Attempts to sign in and fetches of feeds, counted in a file, so that all workers of a portal count together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from limits.storage import MovingWindowSupport, Storage

from config import clock

_BUSY_TIMEOUT_S = 5.0


class AttemptsFile(Storage, MovingWindowSupport):
    """What ``limits`` needs of a storage, for moving windows alone; what has run out is forgotten at every count."""

    STORAGE_SCHEME = None

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        with self._transaction() as file:
            file.execute("CREATE TABLE IF NOT EXISTS attempt (key TEXT NOT NULL, at REAL NOT NULL, ends REAL NOT NULL)")
            file.execute("CREATE INDEX IF NOT EXISTS ix_attempt_key ON attempt (key, at)")
            file.execute("CREATE INDEX IF NOT EXISTS ix_attempt_ends ON attempt (ends)")

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` attempts if they fit into ``limit`` for ``expiry`` seconds; whether they do."""
        now = clock.now().timestamp()
        with self._transaction() as file:
            file.execute("DELETE FROM attempt WHERE ends <= ?", (now,))
            if _within(file, key, now - expiry)[1] + amount > limit:
                return False
            file.executemany("INSERT INTO attempt VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest attempt of the last ``expiry`` seconds was, and how many there were."""
        now = clock.now().timestamp()
        with self._transaction() as file:
            oldest, count = _within(file, key, now - expiry)
        return now if oldest is None else oldest, count

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection for each: it may not be carried over a fork or between threads, and costs a fifth of a
        # millisecond.
        with closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")  # a machine that loses power may forget who tried
            file.execute("BEGIN IMMEDIATE")
            yield file
            file.execute("COMMIT")

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._transaction() as file:
            return file.execute("DELETE FROM attempt").rowcount

    def clear(self, key: str) -> None:
        with self._transaction() as file:
            file.execute("DELETE FROM attempt WHERE key = ?", (key,))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("fixed windows are not counted here")

    def get(self, key: str) -> int:
        raise NotImplementedError("fixed windows are not counted here")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("fixed windows are not counted here")


def _within(file: sqlite3.Connection, key: str, since: float) -> tuple[float | None, int]:
    oldest, count = file.execute(
        "SELECT min(at), count(*) FROM attempt WHERE key = ? AND at > ?", (key, since)
    ).fetchone()
    return oldest, count

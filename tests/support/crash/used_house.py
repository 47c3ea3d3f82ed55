"""A house that is used while its processes are killed: the portal, a courier and backups, each a process of its own.

They are forked from a server that has read all code and holds nothing open, so that one is there again in a moment; the
portal is what `dondoc portal` serves.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import httpx

from config import clock
from config.settings import Settings, load_settings
from flows.forms import fill_in
from hosting.prefect.connection import free_port
from hosting.processes.supervisor import say_at_once as say
from models.keeping.backup import back_up
from models.keeping.backups import take_daily_backup
from models.keeping.opening import Store, open_store
from notifications.courier.courier import run_forever
from portal.serving.workers import serve
from tests.support.cast import issue
from tests.support.compiled_once import share_compiled_statements
from tests.support.following_up import follow_up_once
from tests.support.plans import one_file
from tests.support.waiting import eventually

OFFICES = ("SYT", "STC", "SNV")
SUBTASKS = 30
DUE_IN = timedelta(days=200)

share_compiled_statements()
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def settings_for(home: Path, url: str, **more: str) -> Settings:
    """Those of a house whose plan asks each of three offices for thirty things, all due in half a year."""
    return load_settings(
        {
            "DONDOC_DATA_DIR": str(home),
            "DONDOC_DATABASE_URL": url,
            "DONDOC_PLAN_DIR": str(write_plan(home / "plan.yaml", {})),
            "DONDOC_PORTAL_PORT": str(free_port()),
            "DONDOC_QUIET_HOURS": "never",
            "DONDOC_SAMPLE": "0",
            **more,
        }
    )


def write_plan(path: Path, due: Mapping[int, date]) -> Path:
    """The plan in one file; ``due`` are other dates than in half a year, by the number of the subtask."""
    in_half_a_year = (clock.now() + DUE_IN).date()
    lines = ["- title_vi: Nhiệm vụ", "  subtasks:"]
    for number in range(1, SUBTASKS + 1):
        by = f"BY:{due.get(number, in_half_a_year):%d/%m/%Y}"
        step = f'{{key: report, lead: departments, due: {{lead: "{by}"}}}}'
        lines += [f"    - code: T1.{number}", f"      title_vi: Việc thứ {number}", f"      steps: [{step}]"]
    return one_file(path, "\n".join(lines))


def assign_all(store: Store) -> None:
    """The document is issued and everything it asks is assigned, as of today."""
    issue(store, number="45/KH-UBND", on_date=date(2025, 1, 6))
    follow_up_once(store, "p1", fill_in("p1", {}, store.plan), clock.now(), "first")


class Process:
    """One process of the house; what it says goes to ``NAME.log``."""

    def __init__(self, name: str, settings: Settings, deed: Callable[[Settings], None]) -> None:
        self._log = settings.data_dir / "logs" / f"{name}.log"
        self._log.parent.mkdir(exist_ok=True)
        self._process = _processes.Process(target=_run, args=(deed, settings, self._log), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """``kill -9``, and its end."""
        self._process.kill()
        self._process.join()

    def end(self) -> int | None:
        """SIGTERM, and its end; returns the exit code."""
        self._process.terminate()
        self._process.join(30)
        return self._process.exitcode

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""


_READY = "is at work"


def start(name: str, settings: Settings, deed: Callable[[Settings], None]) -> Process:
    """A process that has opened the store."""
    process = Process(name, settings, deed)
    eventually(lambda: _READY in process.said(), within_s=120, told=process.said)
    return process


def _run(deed: Callable[[Settings], None], settings: Settings, log: Path) -> None:
    with log.open("ab", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    deed(settings)


def start_portal(settings: Settings) -> Process:
    """The portal, answering."""
    portal = Process("portal", settings, serve)
    eventually(lambda: answers(settings), within_s=60, told=portal.said)
    return portal


def answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"{settings.portal_url}/healthz", trust_env=False, verify=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def keep_delivering(settings: Settings) -> None:
    """A courier that hardly rests."""
    with open_store(settings) as store:
        say(_READY)
        run_forever(lambda: store, threading.Event(), every_s=0.1)


def keep_backing_up(settings: Settings) -> None:
    """The backup of the day, again and again, and between two of them one by hand into a file of its own."""
    by_hand = partial("{}/by-hand-{}.tar.gz".format, settings.backup_dir)
    with open_store(settings) as store:
        while True:
            take_daily_backup(store, clock.now(), check=False)
            to = Path(by_hand(time.time_ns()))
            back_up(settings, store.engine, to, clock.now())


@contextmanager
def ended(*processes: Process) -> Iterator[None]:
    """Nothing is left behind, however the block ends."""
    try:
        yield
    finally:
        for each in processes:
            each.kill()

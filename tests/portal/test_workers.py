"""The portal's workers, in processes as an operator has them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from hosting.prefect.connection import free_port
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


class _Portal:
    """`dondoc portal` with two workers on an empty store."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")},
            **BY_PLAN_0_1,
            "DONDOC_DATA_DIR": str(folder),
            "DONDOC_SAMPLE": "0",
            "DONDOC_PORTAL_PORT": str(self.port),
            "DONDOC_PORTAL_WORKERS": "2",
        }
        self.process = subprocess.Popen([sys.executable, "-m", "cli.main", "portal"], env=environment)

    def workers(self) -> set[int]:
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in own.read_text().split()}

    def status(self, path: str = "/healthz") -> int:
        """Asked on a connection of its own, so that any worker may take it."""
        try:
            return httpx.get(
                f"http://127.0.0.1:{self.port}{path}", trust_env=False, verify=False, timeout=60
            ).status_code
        except httpx.TransportError:
            return 0


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[_Portal]:
    started = _Portal(tmp_path)
    try:
        eventually(lambda: started.status() == 200, within_s=120)
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def test_a_killed_worker_comes_back_and_the_other_answers_meanwhile(portal: _Portal) -> None:
    before = portal.workers()
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    with ThreadPoolExecutor(8) as pool:
        # A connection that the killed one had taken is lost with it; every later one is answered.
        assert list(pool.map(lambda _: portal.status(), range(40))).count(200) >= 39
    eventually(lambda: len(portal.workers() - {victim}) == 2, within_s=60)
    assert portal.workers() & before == before - {victim}

    portal.process.send_signal(signal.SIGTERM)
    assert portal.process.wait(30) == 0
    assert portal.status() == 0


def test_workers_count_attempts_together(portal: _Portal) -> None:
    """As many as one process would let pass, whichever worker is asked."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: portal.status(f"/calendar/nobody-{n}.ics"), range(80)))
    assert (answers.count(404), answers.count(429)) == (60, 20)


def test_workers_end_with_the_process_that_started_them(portal: _Portal) -> None:
    workers = portal.workers()
    portal.process.kill()
    portal.process.wait()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), within_s=30)

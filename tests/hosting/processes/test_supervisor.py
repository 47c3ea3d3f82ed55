"""`dondoc up` in reality: it starts, says where it is, survives what may happen to it, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from config import clock
from config.clock import local_date
from config.settings import load_settings
from hosting.child_process import marked
from hosting.prefect.connection import HOST, answers, free_port, port_in_use
from hosting.processes.parts import children
from tests.support.prefect_api import ask_prefect
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

READY = "Ctrl-C"


@dataclass
class Installation:
    """One data directory with the port its server uses."""

    data_dir: Path
    port: int
    portal_port: int
    running: subprocess.Popen[str] | None = None

    def command(self, *arguments: str) -> dict[str, Any]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))},
            "DONDOC_DATA_DIR": str(self.data_dir),
            "DONDOC_PORT": str(self.port),
            "DONDOC_PORTAL_PORT": str(self.portal_port),
            "DONDOC_SAMPLE": "0",
        }
        return {"args": [sys.executable, "-m", "cli.main", *arguments], "env": environment, "text": True}

    def dondoc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(**self.command(*arguments), capture_output=True, timeout=120, check=False)

    def start(self) -> list[str]:
        """Start it and read what it says until it is ready."""
        self.running = subprocess.Popen(
            **self.command("up"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        said = self.hear_until(READY)
        assert READY in said[-1], "\n".join(said)
        return said

    def hear_until(self, word: str) -> list[str]:
        assert self.running is not None
        assert self.running.stdout is not None
        said = []
        for line in self.running.stdout:
            said.append(line.rstrip())
            if word in line:
                break
        return said

    def interrupt_the_whole_group(self) -> int:
        """As a terminal does on Ctrl-C; gives the exit code."""
        assert self.running is not None
        os.killpg(self.running.pid, signal.SIGINT)
        self.running.communicate(timeout=60)
        return self.running.returncode

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.communicate()

    def children(self) -> set[int]:
        return marked(str(self.data_dir))

    def ask(self, path: str, question: dict[str, Any]) -> Any:
        """The server's answer; asked again, as its own clients do, while it says that it is busy."""
        answers: list[Any] = []

        def answered() -> bool:
            try:
                answers.append(self._ask(path, question))
            except urllib.error.HTTPError as refusal:
                if refusal.code != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
            return bool(answers)

        eventually(answered, within_s=60)
        return answers[0]

    def _ask(self, path: str, question: dict[str, Any]) -> Any:
        return ask_prefect(load_settings(self.command()["env"]), path, question)

    def answers(self) -> bool:
        return answers(f"http://{HOST}:{self.port}/api")

    def ended_runs(self) -> list[dict[str, Any]]:
        """Runs that are over, whichever way."""
        over = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]}}}
        runs: list[dict[str, Any]] = self.ask("/flow_runs/filter", {"flow_runs": over})
        return runs


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "data", free_port(), free_port())
    yield installation
    if installation.running is not None and installation.running.poll() is None:
        installation.running.terminate()
        installation.running.communicate(timeout=60)
    for pid in installation.children():
        os.kill(pid, signal.SIGKILL)


def test_a_day_in_its_life(installation: Installation) -> None:
    """One story, because every start takes seconds."""
    said = installation.start()
    assert any(f"http://{HOST}:{installation.portal_port}/prefect/v2/runs" in line for line in said)
    assert any("Chưa có văn bản giao việc" in line for line in said)
    # One child for each process that the list of parts names, and no other.
    assert {log.stem for log in (installation.data_dir / "logs").glob("*.log")} == set(children())
    # Every priority runs once, so that the history is not empty.
    eventually(lambda: len(installation.ended_runs()) >= 5, within_s=90)

    second = installation.dondoc("up")
    assert second.returncode == 1
    assert "đã chạy" in second.stderr
    assert f"http://{HOST}:{installation.port}" in second.stderr

    today = local_date(clock.now()).isoformat()
    issued = installation.dondoc("directive", "issue", "--number", "123-TB/TU", "--date", today)
    assert issued.returncode == 0, issued.stderr
    before = installation.children()
    run = installation.dondoc("run", "p2", "--json", "--offices", "SYT")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["assigned"] > 0
    assert installation.children() == before, "a server of its own although one was there"

    contacts = installation.data_dir / "contacts.yaml"
    contacts.write_text("offices: {SYT: {focal: khong-phai-dia-chi}}", encoding="utf-8")
    assert "Liên hệ vẫn như cũ" in installation.hear_until("SYT")[0]
    contacts.write_text("offices: {SYT: {language: en}}", encoding="utf-8")
    assert "Đã đọc lại" in installation.hear_until("Đã đọc lại")[-1]

    # A run that is under way when the power fails.
    deployment = installation.ask("/deployments/filter", {"deployments": {"tags": {"all_": ["p5"]}}})[0]["id"]
    broken_off = installation.ask(f"/deployments/{deployment}/create_flow_run", {"state": {"type": "RUNNING"}})["id"]
    installation.kill()
    eventually(lambda: not installation.children(), within_s=20)

    said = installation.start()
    assert any("1 lượt bị ngắt" in line for line in said)
    states = {run["id"]: run["state_type"] for run in installation.ended_runs()}
    assert states[broken_off] == "CRASHED"

    os.kill(_worker_among(installation.children()), signal.SIGKILL)
    assert "«worker» đã dừng" in installation.hear_until("«worker» đã dừng")[-1]

    assert installation.interrupt_the_whole_group() == 0
    assert installation.children() == set()
    assert not port_in_use(installation.port)


def test_a_killed_server_is_started_again_and_work_goes_on(installation: Installation) -> None:
    installation.start()
    eventually(lambda: len(installation.ended_runs()) >= 5, within_s=90)
    before = {run["id"] for run in installation.ended_runs()}

    os.kill(_server_among(installation.children()), signal.SIGKILL)
    assert "«prefect-server» đã dừng" in installation.hear_until("«prefect-server» đã dừng")[-1]
    eventually(installation.answers, within_s=90)

    # The new server knows what was before, and the worker, which was there all along, takes up new work.
    assert before <= {run["id"] for run in installation.ended_runs()}
    deployment = installation.ask("/deployments/filter", {"deployments": {"tags": {"all_": ["p4"]}}})[0]["id"]
    wanted = installation.ask(f"/deployments/{deployment}/create_flow_run", {})["id"]
    eventually(lambda: wanted in {run["id"] for run in installation.ended_runs()}, within_s=90)
    assert installation.interrupt_the_whole_group() == 0
    assert installation.children() == set()


def test_a_taken_port_is_named_before_anything_starts(installation: Installation) -> None:
    with socket.create_server((HOST, installation.port)):
        refused = installation.dondoc("up")
    assert refused.returncode == 1
    assert f"Cổng {installation.port}" in refused.stderr
    assert "DONDOC_PORT=" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (installation.data_dir / "dondoc.sqlite").exists()


def _worker_among(pids: set[int]) -> int:
    (worker,) = [pid for pid in pids if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return worker


def _server_among(pids: set[int]) -> int:
    (server,) = [pid for pid in pids if b"hosting.prefect.server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return server

"""An installation as an operator has one: `dondoc up` in a process of its own."""

import os
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from config.settings import load_settings
from hosting.child_process import marked
from hosting.prefect.connection import HOST, answers, free_port
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import ask_prefect
from tests.support.waiting import eventually

READY = "Ctrl-C"


@dataclass
class Installation:
    """One data directory with the port its server uses.

    program      what starts the command
    cwd          the folder it is started in, or None for that of the tests
    environment  what is set besides
    """

    data_dir: Path
    port: int
    portal_port: int
    program: Sequence[str] = (sys.executable, "-m", "cli.main")
    cwd: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: BY_PLAN_0_1)
    running: subprocess.Popen[str] | None = None

    def command(self, *arguments: str) -> dict[str, Any]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))},
            **self.environment,
            "DONDOC_DATA_DIR": str(self.data_dir),
            "DONDOC_PORT": str(self.port),
            "DONDOC_PORTAL_PORT": str(self.portal_port),
            "DONDOC_SAMPLE": "0",
        }
        return {"args": [*self.program, *arguments], "env": environment, "cwd": self.cwd, "text": True}

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
        """As a terminal does on Ctrl-C; returns the exit code."""
        assert self.running is not None
        os.killpg(self.running.pid, signal.SIGINT)
        self.running.communicate(timeout=120)
        return self.running.returncode

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.communicate()

    def children(self) -> set[int]:
        """All that `dondoc up` started, and what they did in turn."""
        return marked(str(self.data_dir)) - {self.running.pid if self.running is not None else 0}

    def children_named(self, name: str) -> set[int]:
        """The child of that name, and what it forked."""
        return {pid for pid in self.children() if Path(f"/proc/{pid}/comm").read_text().strip() == name}

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

        eventually(answered, within_s=240)
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


@contextmanager
def installed(data_dir: Path, **more: Any) -> Iterator[Installation]:
    """An installation in ``data_dir``, ended with the block; ``more`` as in ``Installation``."""
    installation = Installation(data_dir, free_port(), free_port(), **more)
    try:
        yield installation
    finally:
        if installation.running is not None and installation.running.poll() is None:
            installation.running.terminate()
            installation.running.communicate(timeout=120)
        for pid in installation.children():
            os.kill(pid, signal.SIGKILL)

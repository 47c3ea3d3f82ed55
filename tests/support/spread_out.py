"""A dondoc spread over "machines": each part a process of its own, each machine a data directory of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.settings import Settings, load_settings
from hosting import child_process
from hosting.child_process import Child, end_marked, marked
from hosting.prefect.connection import HOST, answers, free_port
from tests.support.plan_0_1 import BY_PLAN_0_1
from tests.support.prefect_api import ask_prefect
from tests.support.waiting import eventually

READY_WITHIN_S = 120


@dataclass
class SpreadOut:
    """Its parts by name, and what is set on every machine.

    home     a directory below which each machine has its own
    common   the environment that all machines share
    """

    home: Path
    common: dict[str, str]
    api_ports: tuple[int, ...] = field(default_factory=lambda: (free_port(), free_port()))
    parts: dict[str, Child] = field(default_factory=dict)

    def environ(self, machine: int) -> dict[str, str]:
        """What is set on a machine: it speaks to the API replica of its own number."""
        port = self.api_ports[machine % len(self.api_ports)]
        return {
            **BY_PLAN_0_1,
            **self.common,
            "DONDOC_DATA_DIR": str(self.home / f"machine-{machine}"),
            "DONDOC_PREFECT_URL": f"http://{HOST}:{port}",
        }

    def settings(self, machine: int) -> Settings:
        return load_settings(self.environ(machine))

    def start(self, name: str, machine: int, *arguments: str) -> Child:
        """Start ``dondoc part …`` on a machine; its processes, grandchildren included, bear its name."""
        part = child_process.start(
            name,
            ["-m", "cli.main", "part", *arguments],
            mark=self._mark(name),
            environment=self.environ(machine),
            log=self.home / f"{name}.log",
        )
        self.parts[name] = part
        return part

    def start_api(self, machine: int) -> Child:
        return self.start(f"api-{machine}", machine, "api", "--port", str(self.api_ports[machine]))

    def do(self, *arguments: str) -> str:
        """Run ``dondoc part …`` to its end; gives what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "part", *arguments],
            env={**os.environ, **self.environ(0)},
            capture_output=True,
            text=True,
            timeout=READY_WITHIN_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def await_apis(self) -> None:
        for number, port in enumerate(self.api_ports):
            url = f"http://{HOST}:{port}/api"
            eventually(lambda url=url: answers(url), within_s=READY_WITHIN_S)  # type: ignore[misc]
            assert self.parts[f"api-{number}"].running

    def processes(self, name: str) -> set[int]:
        """Ids of all processes of a part, its runs among them."""
        return marked(self._mark(name))

    def lose(self, name: str) -> None:
        """What a power cut does to a part and all that it began."""
        while processes := self.processes(name):
            for pid in processes:
                os.kill(pid, signal.SIGKILL)
            self.parts[name].process.wait()

    def ask(self, path: str, question: dict[str, Any] | None = None, *, machine: int = 0) -> Any:
        """The answer of one replica of the API; a question is posted."""
        return ask_prefect(self.settings(machine), path, question)

    def _mark(self, name: str) -> str:
        return f"{self.home}/{name}"


@contextmanager
def spread_out(home: Path, common: dict[str, str]) -> Iterator[SpreadOut]:
    """Nothing runs yet; whatever is started is ended with the block, and its last words told when a test fails."""
    everything = SpreadOut(home, common)
    try:
        yield everything
    except BaseException:
        for name, part in everything.parts.items():
            sys.stderr.write("\n".join([f"--- {name}", *part.log_tail(30), ""]))
        raise
    finally:
        for name in reversed(everything.parts):
            end_marked(str(home / name))
            everything.parts[name].stop(timeout_s=5)

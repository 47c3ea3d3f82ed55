"""Child processes that end with their parent, however it ends.

Three things see to that. A child gets a session of its own, so that Ctrl-C in a terminal reaches only the
parent, which then ends its children in order. On Linux the kernel ends a child whose parent died (killed,
out of memory). And every child carries a mark in its environment, by which the next start finds what is
still left, grandchildren included, without ever mistaking another process for one of its own.

``python -m hosting.child_process PARENT_PID COMMAND…`` is the small step in between that ties the child to
its parent.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config import parent_process

MARK = "DONDOC_CHILD_OF"
"""Environment variable of every child, and of their children: the data directory it serves."""

_POLL_S = 0.05
_PLAIN_OUTPUT = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
_SPARING = {"MALLOC_ARENA_MAX": "2"}
"""The C library keeps freed memory of many threads apart otherwise: a portal in use grew four times as fast."""


@dataclass
class Child:
    """A running child: what it is, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, timeout_s: float) -> None:
        """Ask it to end (SIGTERM); kill it when it does not within ``timeout_s``."""
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def log_tail(self, lines: int = 5) -> list[str]:
        """The end of its log."""
        try:
            return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        except OSError:
            return []


def start(name: str, command: Sequence[str], *, mark: str, environment: Mapping[str, str], log: Path) -> Child:
    """Start ``command`` (arguments of this Python) as a child; call it from the main thread only.

    The kernel watches the *thread* that started a child, not the process.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "hosting.child_process", str(os.getpid()), *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**_SPARING, **os.environ, **environment, MARK: mark, **_PLAIN_OUTPUT},
            start_new_session=True,
        )
    return Child(name, process, log)


def end_marked(mark: str, *, timeout_s: float = 5) -> int:
    """End every process that carries ``mark``, at whatever depth below us; returns how many there were."""
    left = marked(mark)
    for pid in left:
        _send(pid, signal.SIGTERM)
    give_up_at = time.monotonic() + timeout_s
    while (still_there := left & marked(mark)) and time.monotonic() < give_up_at:
        time.sleep(_POLL_S)
    for pid in still_there:
        _send(pid, signal.SIGKILL)
    return len(left)


def marked(mark: str) -> set[int]:
    """Process ids with the mark in their environment; none where the system has no /proc."""
    wanted = f"{MARK}={mark}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # another user's, or gone meanwhile
            continue
        if wanted in variables:
            found.add(int(entry.name))
    return found - {os.getpid()}


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


if __name__ == "__main__":
    parent_process.end_with(int(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])

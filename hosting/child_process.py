"""Child processes that end with their parent, however it ends.

Three things see to that. A child gets a session of its own, so that Ctrl-C in a terminal reaches only the
parent, which then ends its children in order. On Linux the kernel ends a child whose parent died (killed,
out of memory). And every child carries a mark in its environment, by which the next start finds what is
still left, grandchildren included, without ever mistaking another process for one of its own.

``python -m hosting.child_process PARENT_PID COMMAND…`` is the small step in between that ties the child to
its parent. What is forked instead shares what its parent has read, and the mark with it (``carry_mark``).
"""

import ctypes
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from config import parent_process

MARK = "DONDOC_CHILD_OF"
"""Environment variable of every child, and of their children: the data directory it serves."""

_POLL_S = 0.05
_PR_SET_NAME = 15
_PLAIN_OUTPUT = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
_SPARING = {"MALLOC_ARENA_MAX": "2"}
"""The C library keeps freed memory of many threads apart otherwise: a portal in use grew four times as fast."""


@dataclass
class Child:
    """A running child: what it is, and where it writes."""

    name: str
    process: "subprocess.Popen[bytes] | Forked"
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


class Forked:
    """A process that is forked from this one and does ``work``; asked as ``subprocess.Popen`` is.

    name  by which the system's lists of processes show it, its first 15 letters
    log   where it writes; None for where this process does
    """

    def __init__(self, name: str, work: Callable[[], object], *, log: Path | None = None) -> None:
        self.pid = parent_process.fork(partial(_do_apart, name, work, log))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._look(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        give_up_at = time.monotonic() + (timeout or 0)
        while (code := self._look(0 if timeout is None else os.WNOHANG)) is None:
            if time.monotonic() > give_up_at:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(_POLL_S)
        return code

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _look(self, how: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:  # where SIGCHLD is ignored nobody hears how it ended, as with subprocess.Popen
                self.returncode = 0
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def _send(self, what: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, what)


def fork(name: str, work: Callable[[], object], *, log: Path) -> Child:
    """Begin ``work`` as a child that shares what this process has read; see ``config.parent_process.fork``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    return Child(name, Forked(name, work, log=log), log)


def run_module(arguments: Sequence[str]) -> None:
    """Do in this process what Python does with these arguments, of which the first is ``-m``."""
    sys.argv = [arguments[1], *arguments[2:]]
    runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)


def carry_mark(mark: str) -> None:
    """Begin this process anew, once, with the mark in its environment, so that whatever it forks carries it."""
    if os.environ.get(MARK) != mark:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**_SPARING, **os.environ, MARK: mark})


def _do_apart(name: str, work: Callable[[], object], log: Path | None) -> object:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode())
    if log is not None:
        with log.open("ab") as out, Path(os.devnull).open("rb") as nothing:
            for ours, of_system in ((nothing, 0), (out, 1), (out, 2)):
                os.dup2(ours.fileno(), of_system)
        os.environ.update(_PLAIN_OUTPUT)  # for what it starts; its own are open already
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8", write_through=True)
    # What the parent has open, its locks among them, must not stay open when the parent is gone.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    return work()


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

"""A child ends with its parent, and whatever is left of it is found by its mark."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hosting import child_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc and prctl")

# Says when it runs, then waits for something that never comes.
WAITING = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


def wait_until_gone(pid: int) -> None:
    """Block until the process has ended; a file descriptor on it becomes readable then."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        readable, _, _ = select.select([watched], [], [], 20)
        assert readable, f"process {pid} is still there"
    finally:
        os.close(watched)


def first_line(log: Path) -> str:
    follow = subprocess.Popen(["tail", "--lines=+1", "--follow", str(log)], stdout=subprocess.PIPE, text=True)
    assert follow.stdout is not None
    try:
        return follow.stdout.readline()
    finally:
        follow.kill()
        follow.communicate()


def test_it_writes_to_its_log_and_stops_when_asked(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    child = child_process.start("child", ["-c", WAITING], mark=str(tmp_path), environment={}, log=log)
    assert int(first_line(log)) == child.process.pid
    assert child.running
    child.stop(timeout_s=10)
    assert not child.running
    assert child.log_tail() == [str(child.process.pid)]


def test_one_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITING}"
    child = child_process.start("child", ["-c", deaf], mark=str(tmp_path), environment={}, log=log)
    first_line(log)
    child.stop(timeout_s=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    parent_program = (
        "from pathlib import Path\nfrom hosting.child_process import start\n"
        f"start('c', ['-c', {WAITING!r}], mark={str(tmp_path)!r}, environment={{}}, log=Path({str(log)!r}))\n"
        "print('started', flush=True); input()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "started\n"
    pid = int(first_line(log))
    parent.kill()
    parent.communicate()
    wait_until_gone(pid)


def test_grandchildren_are_found_by_the_mark_and_nobody_else(tmp_path: Path) -> None:
    mark = str(tmp_path / "ours")
    ours, theirs = (
        # As a worker starts a run: in a session of its own, so that no group holds them together.
        subprocess.Popen(
            [sys.executable, "-c", WAITING],
            env={**os.environ, child_process.MARK: whose},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        for whose in (mark, f"{mark}2")
    )
    try:
        for process in (ours, theirs):
            assert process.stdout is not None
            process.stdout.readline()
        assert child_process.end_marked(mark) == 1
        assert ours.wait(10) == -signal.SIGTERM
        assert theirs.poll() is None
        assert child_process.end_marked(mark) == 0
    finally:
        theirs.kill()
        for process in (ours, theirs):
            process.communicate()

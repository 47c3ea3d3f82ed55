"""A child ends with its parent, and whatever is left of it is found by its mark."""

import fcntl
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hosting import child_process
from tests.support.waiting import eventually

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


FORKING = """
import fcntl, os, sys, time
from pathlib import Path
from hosting.child_process import Forked, carry_mark, fork
carry_mark({mark!r})
lock = open({lock!r}, "a")
fcntl.flock(lock, fcntl.LOCK_EX)

def work():
    print(os.getpid(), flush=True)
    {work}

child = fork("a-child", work, log=Path({log!r}))
print("forked", flush=True)
{then}
"""


def forking(folder: Path, *, work: str = "time.sleep(600)", then: str = "input()") -> subprocess.Popen[str]:
    """A process that holds the lock ``folder/lock`` and has forked a child, which writes to ``folder/log``."""
    paths = {"mark": str(folder), "lock": str(folder / "lock"), "log": str(folder / "log")}
    program = FORKING.format(**paths, work=work, then=then)
    return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_forked_child_is_found_by_its_mark_and_name_and_dies_with_its_parent(tmp_path: Path) -> None:
    parent = forking(tmp_path)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "forked\n"
    pid = int(first_line(tmp_path / "log"))
    assert child_process.marked(str(tmp_path)) == {parent.pid, pid}
    assert Path(f"/proc/{pid}/comm").read_text() == "a-child\n"
    assert os.getsid(pid) == pid, "Ctrl-C in a terminal must not reach it"
    parent.kill()
    parent.communicate()
    wait_until_gone(pid)


def test_a_forked_child_that_outlives_its_parent_holds_no_lock_of_it(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    parent = forking(tmp_path, work=deaf)
    assert parent.stdout is not None
    parent.stdout.readline()
    log = tmp_path / "log"
    eventually(lambda: "deaf" in log.read_text())
    parent.kill()
    parent.communicate()
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert child_process.end_marked(str(tmp_path), timeout_s=0.2) == 1


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("pass", 0),
        ("return False", 1),
        ("sys.exit(3)", 3),
        ("raise ValueError('why')", 1),
        ("os.kill(os.getpid(), 9)", -9),
    ],
)
def test_the_exit_code_of_a_forked_child_is_that_of_its_work(tmp_path: Path, work: str, code: int) -> None:
    then = "print(child.process.wait(), child.running, child.process.returncode)"
    said, _ = forking(tmp_path, work=work, then=then).communicate(timeout=60)
    assert said.split() == ["forked", str(code), "False", str(code)]
    assert ("ValueError: why" in (tmp_path / "log").read_text()) == ("why" in work)


def test_a_forked_child_becomes_a_module(tmp_path: Path) -> None:
    work = "from hosting.child_process import run_module; run_module(('-m', 'json.tool', '--help'))"
    then = "print(child.process.wait())"
    said, _ = forking(tmp_path, work=work, then=then).communicate(timeout=60)
    assert said.split() == ["forked", "0"]
    assert "usage:" in (tmp_path / "log").read_text()


def test_where_nobody_hears_of_the_end_of_children_a_forked_one_has_ended() -> None:
    forked = child_process.Forked("short", lambda: None)
    forked.wait(10)
    forked.returncode = None  # the system has told once, and does not again
    assert forked.poll() == 0

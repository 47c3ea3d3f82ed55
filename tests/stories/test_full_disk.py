"""The disk runs full in the middle and has room again: said in words, nothing half-written, everything goes on."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests/support/crash/full_disk.py"
SIZE = "24m"

pytestmark = pytest.mark.slow


def in_a_namespace() -> list[str]:
    """How a command gets a view of mounts of its own here: as root, or where users may have namespaces."""
    for way in (["unshare", "-m"], ["unshare", "-r", "-m"]):
        if shutil.which("unshare") is None:
            continue
        tried = subprocess.run([*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
        if tried.returncode == 0:
            return way
    pytest.skip("no disk can be mounted here")


@pytest.fixture
def disk() -> Iterator[Path]:
    """Where it is mounted; sockets lie on it, whose path may be about 100 characters long."""
    folder = Path(tempfile.mkdtemp(prefix="disk"))
    yield folder
    folder.rmdir()


def test_a_disk_that_runs_full_is_told_and_everything_goes_on_when_there_is_room(disk: Path) -> None:
    mounted = f'set -e; mount -t tmpfs -o size={SIZE} tmpfs "$DISK"; mkdir "$TMPDIR"; exec "$0" "$1"'
    environment = os.environ | {"DISK": str(disk), "TMPDIR": str(disk / "tmp"), "PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        [*in_a_namespace(), "sh", "-c", mounted, sys.executable, str(SCENARIO)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-6000:] + finished.stderr[-3000:]

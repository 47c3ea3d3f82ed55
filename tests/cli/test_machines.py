"""The command on machines as they are: a full disk, one that is only read, a terminal without Vietnamese."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PRINTS = [sys.executable, "-m", "cli.main"]


def said(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONUTF8"))}
    env |= {"DONDOC_DATA_DIR": str(tmp_path / "data"), **environment}
    return subprocess.run([*PRINTS, *arguments], env=env, capture_output=True, encoding="latin-1", check=False)


@pytest.mark.later
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_a_terminal_without_vietnamese_can_still_be_read(
    tmp_path: Path, sqlite_template: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "data" / "dondoc.sqlite")
    listed = said(tmp_path, "user", "list", **environment)
    assert listed.returncode == 0, listed.stderr
    assert "Chua co tai khoan nao; them bang" in listed.stdout
    refused = said(tmp_path, "user", "add", "x", "--post", "Phòng Tổng hợp", **environment)
    assert refused.returncode == 1 and "khong phai dia chi thu" in refused.stderr
    made = said(tmp_path, "user", "add", "a@tinh.example", "--post", "Phòng Tổng hợp", **environment)
    assert made.returncode == 0 and "Da them a@tinh.example (Phong Tong hop" in made.stdout, made.stderr


def on_a_small_disk(script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run ``script`` of the shell with a disk of 64 KB at ``$DISK``, which nobody else sees."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    dondoc = " ".join(PRINTS)
    whole = f'set -e; mount -t tmpfs -o size=64k tmpfs "$DISK"; dondoc() {{ {dondoc} "$@"; }}; set +e; {script}'
    environment = os.environ | {"DISK": str(disk), "DONDOC_DATA_DIR": str(disk / "data")}
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", whole], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.later
def test_a_full_disk_is_named_and_so_is_one_that_is_only_read(tmp_path: Path) -> None:
    full = on_a_small_disk("dondoc user list", tmp_path)
    if "mount" in full.stderr:
        pytest.skip("no disk can be mounted here")
    assert full.returncode == 1 and "Traceback" not in full.stderr
    assert "Ổ đĩa đã đầy" in full.stderr and "The disk is full" in full.stderr and "dondoc.sqlite" in full.stderr
    (tmp_path / "disk").rmdir()
    read_only = on_a_small_disk('mount -o remount,ro "$DISK"; dondoc user list', tmp_path)
    assert read_only.returncode == 1 and "Traceback" not in read_only.stderr
    assert str(tmp_path / "disk") in read_only.stderr
    assert "chỉ cho đọc" in read_only.stderr or "Read-only" in read_only.stderr

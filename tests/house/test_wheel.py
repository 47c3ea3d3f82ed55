"""What `make dist` builds, installed as pipx does: in an environment of its own, outside a checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import clock
from config.clock import local_date
from config.settings import load_settings
from tests.support.installation import Installation, installed
from tests.support.servers import copy_migrated_prefect
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROOMS = ("config", "models", "intake", "notifications", "reports", "portal", "flows", "hosting", "rehearsal", "cli")
DIRECTIVE = ROOT / "tests" / "fixtures" / "directives" / "made-council.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script in a fresh environment, which borrows the packages installed here but not this checkout."""
    venv = tmp_path_factory.mktemp("pipx") / "dondoc"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    install = ["--python", str(venv / "bin" / "python"), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *install], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    # A plain line of a .pth is a folder to look in: the .pth of the editable checkout inside it is not read.
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return venv / "bin" / "dondoc"


@pytest.fixture
def installation(command: Path, tmp_path: Path) -> Iterator[Installation]:
    """In a folder whose modules have the names of dondoc's rooms, and must never be imported."""
    foreign = tmp_path / "foreign"
    for name in ROOMS:
        (foreign / name).mkdir(parents=True)
        (foreign / name / "__init__.py").write_text(f"raise SystemExit('the foreign {name} was imported')\n")
    before = os.environ.pop("PYTHONPATH", None)
    try:
        with installed(tmp_path / "data", program=(str(command),), cwd=foreign, environment={}) as installation:
            yield installation
    finally:
        if before is not None:
            os.environ["PYTHONPATH"] = before


def test_the_wheel_holds_every_file_of_the_rooms_under_one_name(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"dondoc"}
    there = {path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()}
    wanted = {f"dondoc/{path.relative_to(ROOT).as_posix()}" for path in there if "__pycache__" not in path.parts}
    assert wanted - names == set()
    assert {"dondoc/docs/operations.md", "dondoc/deploy/systemd/dondoc.service"} <= names


def test_commands_work_in_a_folder_with_modules_of_the_same_names(installation: Installation) -> None:
    for arguments, words in (
        (("--help",), "dondoc"),
        (("due", "trước ngày 30/6/2025"), "27/6/2025"),
        (("assignment", "list"), ""),
        (("intake", str(DIRECTIVE)), ""),  # reads the text in a process of its own
    ):
        done = installation.dondoc(*arguments)
        assert (done.returncode, done.stderr, words in done.stdout) == (0, "", True), (arguments, done)
    assert (installation.data_dir / "dondoc.sqlite").exists()


def test_everything_starts_without_a_checkout(installation: Installation) -> None:
    """Portal, Prefect's server, its worker and a run of every priority, each a process of its own."""
    copy_migrated_prefect(load_settings(installation.command()["env"]))
    today = local_date(clock.now()).isoformat()
    assert installation.dondoc("directive", "issue", "--number", "123-TB/TU", "--date", today).returncode == 0
    assert any(f":{installation.portal_port}" in line for line in installation.start())
    eventually(lambda: len(installation.ended_runs()) >= 5, within_s=240)
    assert {run["state_type"] for run in installation.ended_runs()} == {"COMPLETED"}
    assert installation.children()
    assert installation.interrupt_the_whole_group() == 0

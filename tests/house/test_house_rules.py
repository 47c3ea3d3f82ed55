"""The house rules that a reader relies on, held by tests."""

import ast
import re
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("config", "models", "intake", "notifications", "reports"),
    *("portal", "flows", "hosting", "rehearsal", "cli", "dondoc"),
)
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
BANNED_ROOMS = {"utils", "util", "common", "helpers", "helper", "base", "misc"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_no_benchmark_hides_a_room() -> None:
    """A benchmark's folder comes first where it is run, so that of one name the benchmark would be imported."""
    assert not {path.stem for path in (ROOT / "benchmarks").glob("*.py")} & set(PACKAGES)


def test_only_the_clock_reads_the_clock() -> None:
    reading = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|pendulum\.(now|today)|time\.time)\(")
    readers = {path.relative_to(ROOT).as_posix() for path in SOURCES if reading.search(path.read_text("utf-8"))}
    assert readers == {"config/clock.py"}


def test_no_room_without_a_name() -> None:
    assert not {path.stem for path in SOURCES} & BANNED_ROOMS


def test_every_file_says_what_it_is_for_and_stays_readable() -> None:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in SOURCES}
    assert [path for path, text in texts.items() if not ast.get_docstring(ast.parse(text))] == [], "no module docstring"
    lengths = {path: len(text.splitlines()) for path, text in texts.items()}
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}


def test_no_folder_holds_more_than_a_reader_takes_in() -> None:
    modules = Counter(path.parent.relative_to(ROOT).as_posix() for path in SOURCES if path.stem != "__init__")
    del modules["models/migrations/versions"]  # one after the other, and nobody reads them side by side
    assert {folder: count for folder, count in modules.items() if count > 15} == {}


def test_no_test_imports_from_another_test() -> None:
    """What tests share lies in tests/support or in a conftest, under a name that tells what it is."""
    module = r"^(from|import) tests(\.[a-z_]+)*\.(test_|conftest)"
    library = re.compile(rf"{module}|^from (tests|\.)\S* import .*\btest_", re.MULTILINE)
    folders = [path for name in ("tests", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    assert not [path.relative_to(ROOT) for path in folders if library.search(path.read_text("utf-8"))]


def test_importing_the_command_does_not_import_prefect() -> None:
    import subprocess

    code = "import sys, cli.main; raise SystemExit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_every_command_is_in_the_documents() -> None:
    from typer.main import get_command

    from cli.main import app

    rows = [line for line in read("docs/commands.md").splitlines() if line.startswith("| ")]
    told = " ".join(row.split(" | ")[0] for row in rows)
    group: Any = get_command(app)
    for name, command in ((name, group.get_command(None, name)) for name in group.commands):
        for path in [f"{name} {child}" for child in getattr(command, "commands", {})] or [name]:
            assert re.search(rf"`dondoc {path}[ `]", told), path


@pytest.mark.parametrize("document", ["docs/settings.md", "docs/vi/cau-hinh.md"])
def test_every_setting_is_in_both_tables_with_its_default(document: str) -> None:
    rows = [line.split(" | ") for line in read(document).splitlines() if line.startswith("| `DONDOC_")]
    told = {name: default for names, default, *_ in rows for name in re.findall(r"`(DONDOC_[A-Z_]+)`", names)}
    settings = {each.metadata["name"]: each.metadata["default"] for each in fields(Settings)}
    assert told.keys() == settings.keys()
    for name, default in settings.items():
        if default and isinstance(default, (str, int, float)):
            assert told[name] == f"`{default if isinstance(default, str) else f'{default:g}'}`", name


def test_the_locks_name_no_address_and_pin_everything() -> None:
    for name in ("requirements.lock", "requirements-many.lock", "requirements-dev.lock"):
        text = read(name)
        assert "://" not in text
        pinned = [line for line in text.splitlines() if re.match(r"[A-Za-z]", line)]
        assert len(pinned) > 50 and all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
    assert not (ROOT / "uv.lock").exists()


def test_the_versions_that_prefect_needs_are_pinned() -> None:
    text = read("pyproject.toml")
    for requirement in ("prefect>=3.8,<3.9", "fastapi>=0.139,<0.151", "sqlalchemy>=2.0,<2.1"):
        assert requirement in text

"""The command on a store of one test."""

import shutil
from pathlib import Path

import pytest

from cli.main import main
from config.settings import PLAN_0_1_DIR, load_settings
from models.keeping.opening import open_store
from tests.support.cast import at, run
from tests.support.command import Command


@pytest.fixture
def dondoc(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_template: Path, tmp_path: Path
) -> Command:
    """Runs the command on a store of this test with T0.1 of one office: exit code, output, errors."""
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(PLAN_0_1_DIR))
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    for name in ("DONDOC_DATABASE_URL", "DONDOC_CONTACTS"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dondoc", *arguments])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out, err = capsys.readouterr()
        return code, out, err

    kept = sqlite_template.with_name("issued_by_command")
    if not kept.is_dir():
        shutil.copyfile(sqlite_template, tmp_path / "dondoc.sqlite")
        assert call("directive", "issue", "--number", "123-TB/TU", "--date", "2023-08-17")[0] == 0
        with open_store(load_settings()) as store:
            run(store, "p1", at("2023-08-18"))
        shutil.copytree(tmp_path, kept)
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return call

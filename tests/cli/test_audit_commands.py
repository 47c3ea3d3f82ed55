"""`dondoc audit`, `backup --daily`, `restore --check`: each a process of its own that imports what it needs alone."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest


def dondoc(home: Path, *words: str) -> tuple[int, str]:
    environment = os.environ | {"DONDOC_DATA_DIR": str(home), "DONDOC_SAMPLE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words], capture_output=True, text=True, env=environment, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.later
def test_a_trail_is_anchored_sealed_anew_backed_up_and_found_to_be_changed(tmp_path: Path) -> None:
    home, anchor = tmp_path / "home", str(tmp_path / "anchor.json")
    assert dondoc(home, "audit", "anchor", "--out", anchor)[0] == 0
    assert dondoc(home, "audit", "rotate-key")[0] == 0
    code, said = dondoc(home, "audit", "verify", "--since-anchor", anchor)
    assert code == 0
    assert "Nhật ký nguyên vẹn" in said
    code, said = dondoc(home, "backup", "--daily", "--json")
    assert code == 0
    file = json.loads(said)["file"]
    assert dondoc(home, "restore", "--check", file)[0] == 0
    with sqlite3.connect(home / "dondoc.sqlite") as database:
        database.execute("UPDATE edition SET reason = 'khác' WHERE id = 2")
    code, said = dondoc(home, "audit", "verify", "--json")
    assert code == 1
    found = json.loads(said[: said.rindex("\n}") + 2])
    assert [each["row"] for each in found["mismatches"]] == ["edition:2"]
    assert not found["intact"]
    code, said = dondoc(home, "audit", "acknowledge", "--by", "Phòng Tổng hợp", "--reason", "Đã đối chiếu.")
    assert code == 0 and "edition:2" in said
    code, said = dondoc(home, "audit", "verify")
    assert code == 0 and "1 chỗ từng khác" in said
    code, said = dondoc(home, "restore", "--check", str(tmp_path))
    assert code == 1
    assert "Traceback" not in said

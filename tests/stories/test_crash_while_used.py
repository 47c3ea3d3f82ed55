"""Portal, courier and backup killed while people use the portal: what was answered stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHILE_USED = Path(__file__).with_name("killed_while_used.py")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_was_answered_stands_and_what_was_not_is_whole_or_absent(database: str) -> None:
    """Some of what `make crash` does a hundred times."""
    finished = subprocess.run(
        [sys.executable, str(WHILE_USED), "--kills", "3", database],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr[-2000:]
    assert "broken 0: held" in finished.stdout

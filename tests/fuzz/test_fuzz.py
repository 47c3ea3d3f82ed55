"""Some of what `make fuzz` does a hundred thousand times: every route is tried, none answers with a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_route_is_tried_in_every_role_and_none_fails() -> None:
    """Pages, API and the door to a real Prefect; it ends with 1 where a route is missing or answers 5xx."""
    finished = subprocess.run(
        [sys.executable, str(ROOT / "tests/fuzz/fuzz.py"), "--requests", "4000", "--senders", "2"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=580,
    )
    told = [line for line in finished.stdout.splitlines() if line.startswith(("FAILED", "  Prefect behind", "memory"))]
    assert finished.returncode == 0, (told, finished.stdout[-2000:], finished.stderr[-2000:])
    assert "not tried: none" in finished.stdout

"""`dondoc up` when its Prefect server is killed: in a file of its own, as every start takes seconds."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, installed
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path / "data") as installation:
        yield installation


def test_a_killed_server_is_started_again_and_work_goes_on(installation: Installation) -> None:
    installation.start()
    eventually(lambda: len(installation.ended_runs()) >= 5, within_s=240)
    before = {run["id"] for run in installation.ended_runs()}

    os.kill(_server_among(installation.children()), signal.SIGKILL)
    assert "«prefect-server» đã dừng" in installation.hear_until("«prefect-server» đã dừng")[-1]
    eventually(installation.answers, within_s=240)

    # The new server knows what was before, and the worker, which was there all along, takes up new work.
    assert before <= {run["id"] for run in installation.ended_runs()}
    deployment = installation.ask("/deployments/filter", {"deployments": {"tags": {"all_": ["p4"]}}})[0]["id"]
    wanted = installation.ask(f"/deployments/{deployment}/create_flow_run", {})["id"]
    eventually(lambda: wanted in {run["id"] for run in installation.ended_runs()}, within_s=240)
    assert installation.interrupt_the_whole_group() == 0
    assert installation.children() == set()


def _server_among(pids: set[int]) -> int:
    (server,) = [pid for pid in pids if b"hosting.prefect.server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return server

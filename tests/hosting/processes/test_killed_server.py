"""`dondoc up` when its Prefect server is killed: in a file of its own, as every start takes seconds."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from config.settings import load_settings
from hosting.processes.parts import SERVER_CHILD
from tests.support.installation import Installation, installed
from tests.support.plans import one_file
from tests.support.servers import copy_migrated_prefect
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

PRIORITIES = """
- title_vi: Việc đầu
  subtasks: [{code: T1.1, title_vi: Kế hoạch, steps: [{key: plan, lead: SYT, due: {lead: ISSUE+15}}]}]
- title_vi: Việc sau
  subtasks: [{code: T2.1, title_vi: Báo cáo, steps: [{key: report, lead: SNV, due: {lead: ISSUE+30}}]}]
"""


@pytest.fixture
def installation(tmp_path: Path, sqlite_template: Path) -> Iterator[Installation]:
    """Not the very first start, which migrates, nor all five priorities, each a process that takes seconds to start:
    test_supervisor.py has both."""
    plan = one_file(tmp_path / "plan.yaml", PRIORITIES)
    with installed(tmp_path / "data", environment={"DONDOC_PLAN_DIR": str(plan)}) as installation:
        copy_migrated_prefect(load_settings(installation.command()["env"]))
        shutil.copyfile(sqlite_template, installation.data_dir / "dondoc.sqlite")
        yield installation


def test_a_killed_server_is_started_again_and_one_that_keeps_dying_takes_nothing_with_it(
    installation: Installation,
) -> None:
    """One story, because every start takes seconds."""
    installation.start()
    portal = installation.children_named("portal")
    eventually(lambda: len(installation.ended_runs()) >= 2, within_s=240)
    before = {run["id"] for run in installation.ended_runs()}

    (server,) = installation.children_named(SERVER_CHILD)
    os.kill(server, signal.SIGKILL)
    assert "«prefect-server» đã dừng" in installation.hear_until("«prefect-server» đã dừng")[-1]
    eventually(installation.answers, within_s=240)

    # The new server knows what was before, and the worker, which was there all along, takes up new work.
    assert before <= {run["id"] for run in installation.ended_runs()}
    deployment = installation.ask("/deployments/filter", {"deployments": {"tags": {"all_": ["p2"]}}})[0]["id"]
    wanted = installation.ask(f"/deployments/{deployment}/create_flow_run", {})["id"]
    eventually(lambda: wanted in {run["id"] for run in installation.ended_runs()}, within_s=240)

    # Portal and courier go on; the server is tried again, however often it ends.
    for _ in range(3):
        found: list[int] = []

        def is_there(found: list[int] = found) -> bool:
            found += installation.children_named(SERVER_CHILD)
            return bool(found)

        eventually(is_there, within_s=120)
        os.kill(found[0], signal.SIGKILL)
        installation.hear_until("«prefect-server» đã dừng")
        assert installation.running is not None and installation.running.poll() is None
        assert _answers(installation)
    assert installation.children_named("portal") == portal, "the portal was left alone"
    eventually(installation.answers, within_s=240)
    assert installation.interrupt_the_whole_group() == 0
    assert installation.children() == set()


def _answers(installation: Installation) -> bool:
    address = f"http://127.0.0.1:{installation.portal_port}/healthz"
    return httpx.get(address, trust_env=False, verify=False, timeout=30).status_code == 200

"""A run whose process is killed, or that is cancelled on Prefect's pages, is not called under way any more."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.catalogue.loader import load_plan
from config.settings import PLAN_0_1_DIR, Settings
from hosting import child_process
from hosting.child_process import end_marked, marked
from hosting.prefect.environment import environment
from hosting.processes.parts import worker_arguments
from models.keeping.opening import open_store
from tests.support.cast import issue
from tests.support.prefect_api import client
from tests.support.servers import prefect
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

PATIENCE_S = 240


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A Prefect server and a worker, and a store to whose runs nobody may write: they wait, under way."""
    unscheduled = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}
    with prefect(tmp_path_factory.mktemp("lost"), **unscheduled) as settings:
        from flows.deployments.register import deploy

        deploy(load_plan(PLAN_0_1_DIR))
        with open_store(settings) as store:
            issue(store)
        mark = f"{settings.data_dir}:worker"
        worker = child_process.start(
            "worker",
            worker_arguments("lost", 2),
            mark=mark,
            environment=environment(settings, api_url=os.environ["PREFECT_API_URL"]),
            log=settings.data_dir / "logs" / "worker.log",
        )
        writer = sqlite3.connect(settings.data_dir / "dondoc.sqlite", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        try:
            yield settings
        finally:
            writer.close()
            worker.stop(timeout_s=20)
            end_marked(mark)


def run_under_way(code: str) -> Any:
    from flows.names import DEPLOYMENT_NAMES
    from flows.priorities import PRIORITY_FLOWS

    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS[code].name}/{DEPLOYMENT_NAMES[code]}")
        run = api.create_flow_run_from_deployment(deployment.id).id
    eventually(lambda: now_of(run) == ("RUNNING", f"{code} · đang chạy"), within_s=PATIENCE_S)
    return run


def now_of(run: Any) -> tuple[str, str]:
    with client() as api:
        found = api.read_flow_run(run)
    return found.state.type.value, found.name


def process_of(run: Any, settings: Settings) -> int:
    """The process that executes the run; Prefect names the run in its environment."""
    named = f"PREFECT__FLOW_RUN_ID={run}".encode()
    pids = marked(f"{settings.data_dir}:worker")
    found = [pid for pid in pids if named in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")]
    return max(found)


def test_a_run_whose_process_is_killed_is_said_to_have_broken_off(server: Settings) -> None:
    run = run_under_way("p2")
    os.kill(process_of(run, server), signal.SIGKILL)
    eventually(
        lambda: now_of(run) == ("CRASHED", "p2 · dừng giữa chừng"), within_s=PATIENCE_S, told=lambda: now_of(run)
    )


def test_a_run_that_is_cancelled_says_so(server: Settings) -> None:
    from prefect.states import Cancelling

    run = run_under_way("p3")
    with client() as api:
        api.set_flow_run_state(run, Cancelling())
    eventually(lambda: now_of(run) == ("CANCELLED", "p3 · đã hủy"), within_s=PATIENCE_S, told=lambda: now_of(run))

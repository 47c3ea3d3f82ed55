"""What Prefect's server does by the clock: by our loops everything that Prefect's own would do, and seldom a look."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.settings import load_settings
from hosting.prefect.environment import environment, server_environment
from tests.support.servers import copy_migrated_prefect

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

_BOTH = """
import asyncio, json
from prefect.server.api.server import create_app
from prefect.server.services.base import Service
from hosting.prefect.services import services

def owner(task):
    return getattr(task.get_coro().cr_frame, "f_locals", {}).get("self")

async def at_work(opened, app):
    async with opened(app):
        docket = app.api_app.state.docket
        await asyncio.sleep(0)
        tasks = asyncio.all_tasks()
        (worker,) = (owner(task) for task in tasks if task.get_coro().__qualname__.endswith("run_forever"))
        started = {type(owner(task)).__name__ for task in tasks if isinstance(owner(task), Service)}
        planned = await docket.snapshot()
        return {
            "tasks": sorted(docket.tasks),
            "services": sorted(started),
            "by the clock": sorted({each.key for each in (*planned.future, *planned.running)}),
            "looks": [worker.minimum_check_interval.total_seconds(), worker.scheduling_resolution.total_seconds()],
        }

async def main():
    app = create_app()
    print(json.dumps([await at_work(app.router.lifespan_context, app), await at_work(services, app)]))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def prefects_and_ours(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is at work in one process, opened by Prefect's own lifespan and then by ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}
    settings = load_settings({**kept, "DONDOC_DATA_DIR": str(tmp_path_factory.mktemp("data"))})
    copy_migrated_prefect(settings)
    chosen = environment(settings, api_url="http://127.0.0.1:1/api") | server_environment(settings)
    asked = subprocess.run(
        [sys.executable, "-c", _BOTH],
        env={**kept, **chosen},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    both: list[dict[str, Any]] = json.loads(asked.stdout.splitlines()[-1])
    return both


@pytest.mark.parametrize("what", ["tasks", "services", "by the clock"])
def test_whatever_prefect_starts_is_started(prefects_and_ours: list[dict[str, Any]], what: str) -> None:
    prefects, ours = prefects_and_ours
    assert prefects[what], "nothing is compared"
    assert ours[what] == prefects[what]


def test_what_is_due_is_looked_for_once_in_seconds(prefects_and_ours: list[dict[str, Any]]) -> None:
    prefects, ours = prefects_and_ours
    assert max(prefects["looks"]) < 1 <= min(ours["looks"])

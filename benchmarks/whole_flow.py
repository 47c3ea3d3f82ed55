"""A whole priority flow over 1,000, 10,000 and 100,000 assignments: its task runs, seconds, and peak memory.

One real run of p1 each, as a process of its own against a Prefect server, on SQLite and on PostgreSQL: assign (what the
plan gives one office by that day), track (a tenth of all assignments is due, a fifth of these of this priority), notify
(a digest for each of the province's communes, a thousand assignments to one, rendered and put into the local mailbox,
with evidence and results recorded) and publish (the boards of the priority and of all). Only the network is left out.
Printed: task runs (they must be the same), seconds of the run and of its steps, notices and messages, and the peak
memory of the process; ratios are to the smallest.

    python benchmarks/whole_flow.py [--sizes 1000 10000 100000 1000000] [--on sqlite postgresql]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from province import NOW, commune, lay  # before the portal, which takes this folder off the path of modules

# isort: split
from portal_pages import database

from config.settings import PLAN_DIR, Settings, load_settings
from hosting.prefect.connection import reach_prefect
from models.keeping.opening import open_store
from models.store.database import session_scope
from models.work.directives import issue_directive

ISSUED = date(2023, 8, 17)
SIZES = (1_000, 10_000, 100_000)
ASSIGNMENTS_OF_A_COMMUNE = 1_000
STEPS = ("Giao việc", "Theo dõi hạn", "Gửi thông báo", "Công bố bảng theo dõi")

_RUN = """
import json, time
from config.catalogue.loader import load_plan
from flows.forms import fill_in
from hosting.prefect.connection import run_here
from province import NOW
from tracking import peak_mb
began = time.perf_counter()
summary = run_here("p1", fill_in("p1", {"as_of": NOW, "offices": ("SYT",)}, load_plan()))
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "peak": peak_mb(), **summary.as_json()}))
"""


@dataclass(frozen=True)
class Ran:
    """What a run was seen to do: its own summary with seconds and peak memory (MB), and its task runs by name."""

    told: dict[str, Any]
    tasks: dict[str, float]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    asked.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    wanted = asked.parse_args()
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    for name in wanted.on:
        # A Prefect of its own for each database, since a run is found as the latest one.
        with tempfile.TemporaryDirectory() as home, reach_prefect(_settings(Path(home))) as api_url:
            _print_all(name, wanted.sizes, api_url)


def _print_all(name: str, sizes: list[int], api_url: str) -> None:
    print(f"\n{name}\n{'assignments':>12}{'task runs':>11}{'seconds':>9}  assign  track notify publish", end="")
    print(f"{'notices':>9}{'messages':>9}{'seconds a notice':>18}{'peak MB':>9}")
    smallest: Ran | None = None
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url:
            settings = _settings(Path(folder), url, communes=max(1, size // ASSIGNMENTS_OF_A_COMMUNE))
            _lay(settings, size)
            ran = _run(settings, api_url)
        smallest = smallest or ran
        told, first = ran.told, smallest.told
        print(f"{size:12,}{len(ran.tasks):11}{told['seconds']:9.1f}  ", end="")
        print(" ".join(f"{ran.tasks[step]:6.1f}" for step in STEPS), end="")
        print(f"{told['notices']:9,}{told['messages_sent']:9,}{told['seconds'] / told['notices']:18.5f}", end="")
        print(f"{told['peak']:9.0f} ({told['peak'] / first['peak']:.2f}x)", flush=True)
        if len(ran.tasks) != len(smallest.tasks):
            print(f"  not the same task runs: {sorted(ran.tasks)}")


def _settings(folder: Path, url: str = "", *, communes: int = 0) -> Settings:
    """A data directory with the plan as shipped and so many communes beside its offices."""
    plan = folder / "plan"
    shutil.copytree(PLAN_DIR, plan)
    with (plan / "offices.yaml").open("a", encoding="utf-8") as offices:
        for code in _communes(communes):
            offices.write(f"  - {{code: {code}, name_vi: Xã {code}, name_en: Commune {code}, kind: locality}}\n")
    environ = {"DONDOC_DATA_DIR": str(folder), "HOME": str(folder), "DONDOC_PLAN_DIR": str(plan)}
    return load_settings(environ | {"DONDOC_DATABASE_URL": url})


def _communes(count: int) -> list[str]:
    return [commune(number) for number in range(count)]


def _lay(settings: Settings, size: int) -> None:
    communes = max(1, size // ASSIGNMENTS_OF_A_COMMUNE)
    with open_store(settings) as store:
        lay(store, all_=size, due=size // 10, recipients=communes)
        with session_scope(store.engine) as session:
            context = store.actor_context(now=NOW, actor="coordinator")
            issue_directive(session, number="123-TB/TU", on_date=ISSUED, context=context)


def _run(settings: Settings, api_url: str) -> Ran:
    environ = {
        **os.environ,
        "PYTHONPATH": ":".join((str(Path(__file__).parent), *sys.path)),
        "PREFECT_API_URL": api_url,
        "DONDOC_DATA_DIR": str(settings.data_dir),
        "DONDOC_DATABASE_URL": settings.database_url,
        "DONDOC_PLAN_DIR": str(settings.plan_dir),
        "DONDOC_QUIET_HOURS": "never",  # it may be measured at night
    }
    done = subprocess.run([sys.executable, "-c", _RUN], env=environ, stdout=subprocess.PIPE, text=True, check=True)
    return Ran(json.loads(done.stdout.splitlines()[-1]), _task_runs())


def _task_runs() -> dict[str, float]:
    """The task runs of the latest flow run with the seconds of each."""
    from prefect import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import FlowRunSort

    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs(limit=1, sort=FlowRunSort.EXPECTED_START_TIME_DESC)
        its = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        # Task runs reach the server as events, a moment after the run itself ends.
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            found = client.read_task_runs(flow_run_filter=its)
            if len(found) >= 1 + len(STEPS) and all(each.state and each.state.is_final() for each in found):
                return {each.name: each.total_run_time.total_seconds() for each in found}
            time.sleep(0.2)
        raise SystemExit(f"only {len(found)} task runs of {run.name} reached the server")


if __name__ == "__main__":
    main()

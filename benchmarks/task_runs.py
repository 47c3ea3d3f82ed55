"""Prefect task runs and seconds of one flow run over 100, 10,000 and 100,000 assignments.

One real run of p1 each, against a Prefect server of its own; a tenth of the assignments is due. Printed: task runs of
the flow run (they must be the same), its seconds, and the ratio of task runs to those of the smallest.

    python benchmarks/task_runs.py
"""

import os
import tempfile
import time
from pathlib import Path

from sqlalchemy import text
from tracking import ASSIGNED, NOW, fill, opened

from config.settings import load_settings
from flows.forms import fill_in
from flows.prefect_api import reach_prefect, run_here
from models.database import session_scope
from models.directives import issue_directive

SIZES = (100, 10_000, 100_000)


def main() -> None:
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    counts: list[int] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            with opened(Path(folder)) as store:
                fill(store, all_=size, due=size // 10)
                with session_scope(store.engine) as session:
                    acting = store.acting(now=NOW, actor="coordinator")
                    issue_directive(session, number="123-TB/TU", on_date=ASSIGNED, acting=acting)
            settings = load_settings({"DONDOC_DATA_DIR": folder, "HOME": folder})
            with reach_prefect(settings):
                began = time.perf_counter()
                run_here("p1", fill_in("p1", {"as_of": NOW, "offices": ("SYT",)}))
                seconds = time.perf_counter() - began
                counts.append(_task_runs())
            with opened(Path(folder)) as store, session_scope(store.engine) as session:
                notices = session.execute(text("SELECT count(*) FROM notice")).scalar_one()
        ratio = counts[-1] / counts[0]
        print(f"{size:8,} assignments: {counts[-1]} task runs ({ratio:.2f}x), {seconds:.1f} s, {notices:,} notices")


def _task_runs() -> int:
    from prefect import get_client

    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs(limit=2)
        # Task runs reach the server as events, a moment after the run itself ends.
        give_up_at = time.monotonic() + 30
        while time.monotonic() < give_up_at:
            found = len(client.read_task_runs())
            if found >= 5:
                return found
            time.sleep(0.2)
        raise SystemExit(f"only {found} task runs of {run.name} reached the server")


if __name__ == "__main__":
    main()

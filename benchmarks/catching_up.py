"""Catching up after an outage: one worker against two on PostgreSQL, and the memory it takes on both databases.

workers  all that is due, planned into the outbox by one process and by two at once that share it, alternating;
         printed are rows a second and the ratio of two workers to one (medians). Two processes and the server share the
         machine.
memory   the peak of a process that plans a tenth as many, and of one that plans them all

    python benchmarks/catching_up.py [--all 1000000] [--due 100000] [--rounds 5]
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from province import NOW, lay
from sqlalchemy import func, select
from sqlmodel import col
from tracking import Fill, Fresh, on_postgresql, on_sqlite

from models.keeping.opening import Store
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.outbox import Notice

_WORKER = """
import sys
from pathlib import Path
from province import NOW
from tracking import opened, peak_mb
from flows.steps import track
with opened(Path(sys.argv[1]), sys.argv[2]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for each in store.plan.priorities:
        track(store, each.code, store.actor_context(now=NOW, actor="benchmark", run_key=sys.argv[3]))
print(peak_mb())
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--all", type=int, default=1_000_000)
    asked.add_argument("--due", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=5)
    sizes = asked.parse_args()
    with on_postgresql(partial(lay, all_=sizes.all, due=sizes.due)) as fresh:
        _compare_workers(fresh, sizes.due, sizes.rounds)
    for database, stores in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        _compare_memory(database, stores, sizes.all, sizes.due)


def _compare_workers(fresh: Fresh, due: int, rounds: int) -> None:
    times: dict[int, list[float]] = {1: [], 2: []}
    for number in range(rounds):
        for workers in sorted(times, reverse=bool(number % 2)):
            with fresh() as store:
                times[workers].append(_plan(store, workers)[0])
    for workers, taken in times.items():
        print(f"PostgreSQL, {workers} worker(s): {due / statistics.median(taken):10,.0f} rows/s")
    ratios = [one / two for one, two in zip(times[1], times[2], strict=True)]
    print(f"  two / one: {statistics.median(ratios):.2f}x (min {min(ratios):.2f}, max {max(ratios):.2f})")


def _compare_memory(
    database: str, stores: Callable[[Fill], AbstractContextManager[Fresh]], all_: int, due: int
) -> None:
    peaks = []
    for size in (10, 1):
        with stores(partial(lay, all_=all_ // size, due=due // size)) as fresh, fresh() as store:
            peaks.append(_plan(store, 1)[1])
    low, high = peaks
    print(f"{database}, peak memory: {low:.0f} MB for {due // 10:,} due, {high:.0f} MB for {due:,}: {high / low:.2f}x")


def _plan(store: Store, workers: int) -> tuple[float, float]:
    """Seconds from the moment all workers are ready until the last has ended, and the highest peak in MB."""
    with _started(store, workers) as processes:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        peaks = [float(process.communicate()[0]) for process in processes]
        taken = time.perf_counter() - began
    with reading(store.engine) as connection:
        assert not connection.scalar(select(func.count()).where(col(Assignment.next_alert_at) <= NOW))
        by_workers = select(func.count(col(Notice.run_key).distinct())).where(col(Notice.run_key).startswith("worker"))
        assert connection.scalar(by_workers) == workers
    return taken, max(peaks)


@contextmanager
def _started(store: Store, workers: int) -> Iterator[list[subprocess.Popen[str]]]:
    url = store.engine.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(store.settings.data_dir), url, f"worker {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": ":".join(sys.path)},
        )
        for number in range(workers)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()

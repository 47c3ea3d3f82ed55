"""The tracking table as a workbook with 1,000, 10,000 and 100,000 assignments: time and memory, on SQLite.

Each is written in a fresh process, so that its peak of memory is its own. Printed: seconds in which the store is looked
at and seconds of writing afterwards, the peak of memory in all and above what the process takes with the store opened,
the size of the file, and rows a second as a multiple of those with 1,000 in the same run. Target: rows a second and the
memory above stay what they are, whatever the number of rows.

    python benchmarks/workbook.py
    python benchmarks/workbook.py --sizes 1000 10000
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from life import NOW, fill, wide_plan

from config.catalogue.holidays import load_calendar
from config.contacts.contacts import Contacts
from config.settings import load_settings
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import open_database, reading
from models.work.queries import AssignmentFilter, count_assignments
from reports.sheets.workbook import gather, write_workbook

SIZES = (1_000, 10_000, 100_000)

Measured = tuple[int, float, float, float, float, float]
"""Rows, seconds of looking and of writing, MiB of memory at the peak and above the beginning, MiB written."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    heads = (f"{name:>11}" for name in ("looking s", "writing s", "peak MiB", "above MiB", "file MiB"))
    print(f"{'rows':>9}{''.join(heads)}{'rows/s vs first':>17}")
    first = 0.0
    for size in parser.parse_args().sizes:
        rows, looking, writing, peak, above, written = in_a_fresh_process(_measure, size)
        speed = rows / (looking + writing)
        first = first or speed
        print(
            f"{rows:9,}{looking:11.2f}{writing:11.2f}{peak:11.0f}{above:11.0f}{written:11.1f}{speed / first:16.2f}x",
            flush=True,
        )


def _measure(folder: str) -> Measured:
    path = Path(folder) / "table.xlsx"
    with store_in(folder) as store, tempfile.TemporaryFile() as spool:
        with reading(store.engine) as connection:
            count_assignments(connection, AssignmentFilter(), now=NOW)
        before, began = peak_mib(), time.perf_counter()
        with reading(store.engine) as connection:
            found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=NOW, spool=spool)
        looked = time.perf_counter()
        with path.open("wb") as file:
            write_workbook(found, file)
        ended, peak = time.perf_counter(), peak_mib()
    return found.rows, looked - began, ended - looked, peak, peak - before, path.stat().st_size / 1024**2


def in_a_fresh_process(measure: Callable[[str], Measured], size: int) -> Measured:
    """What ``measure`` finds in the folder of a store of so many assignments."""
    with tempfile.TemporaryDirectory() as folder:
        with store_in(folder) as store:
            mirror_configuration(store.engine, store.plan, store.contacts)
            fill(store, size=size)
        # A process that begins anew has none of the memory that laying in took.
        with get_context("spawn").Pool(1) as pool:
            return pool.apply(measure, (folder,))


def peak_mib() -> float:
    # Not ru_maxrss: it begins with what the parent had.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def store_in(folder: str) -> Iterator[Store]:
    settings = load_settings({"DONDOC_DATA_DIR": folder, "HOME": folder})
    engine = open_database(settings.database_url)
    try:
        yield Store(settings, wide_plan(), load_calendar(), Contacts(), engine)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()

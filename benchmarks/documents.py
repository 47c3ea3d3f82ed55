"""The report of a year in Word with 1,000, 10,000 and 100,000 assignments: time and memory, on SQLite.

Each is written in a fresh process. Printed: seconds in which the store is looked at and seconds of writing afterwards,
the peak of memory in all and above what the process takes with the store opened, and the size of the file. The report
quotes at most 20 texts of a subtask and 200 late works, so that writing takes the same however much there is.

    python benchmarks/documents.py
    python benchmarks/documents.py --sizes 1000 10000
"""

import argparse
import time

from life import NOW
from workbook import SIZES, Measured, in_a_fresh_process, peak_mib, store_in

from config.clock import local_date
from config.rules.periods import period_of
from models.store.database import reading
from reports.papers.document import report_document
from reports.papers.period_report import period_report


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    heads = (f"{name:>11}" for name in ("looking s", "writing s", "peak MiB", "above MiB", "file KiB"))
    print(f"{'rows':>9}{'of period':>11}{''.join(heads)}")
    for size in parser.parse_args().sizes:
        rows, looking, writing, peak, above, written = in_a_fresh_process(_measure, size)
        print(
            f"{size:9,}{rows:11,}{looking:11.2f}{writing:11.2f}{peak:11.0f}{above:11.0f}{written * 1024:11.0f}",
            flush=True,
        )


def _measure(folder: str) -> Measured:
    period = period_of("year", local_date(NOW))
    with store_in(folder) as store:
        with reading(store.engine) as connection:
            period_report(connection, store, period_of("month", local_date(NOW)), now=NOW)
        before, began = peak_mib(), time.perf_counter()
        with reading(store.engine) as connection:
            found = period_report(connection, store, period, now=NOW)
        looked = time.perf_counter()
        written = report_document(found, store)
        ended, peak = time.perf_counter(), peak_mib()
    return found.figures.total, looked - began, ended - looked, peak, peak - before, len(written) / 1024**2


if __name__ == "__main__":
    main()

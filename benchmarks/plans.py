"""How both databases go about what must stay quick, in a store of a million assignments.

The store is that of ``life.py`` laid many times over, statistics included. Everything that runs, couriers, the portal
and whoever watches ask all day is asked once (``tests/support/large_store.py``); printed are what each question took
and its statements, and at the end everything that was read whole, or found by another index than the one made for it.

    python benchmarks/plans.py [--size 100000] [--times 10] [--on sqlite postgresql]
"""

import argparse
import time
from collections.abc import Iterator

from life import NOW, fill
from portal_pages import empty_store

from models.keeping.opening import Store
from models.store.database import reading
from tests.support.large_store import Asked, ask, faults, grow


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000, help="assignments with a life of their own")
    parser.add_argument("--times", type=int, default=10, help="how often each is laid over")
    parser.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    wanted = parser.parse_args()
    wrong: list[str] = []
    for name in wanted.on:
        with empty_store(name) as store:
            began = time.perf_counter()
            fill(store, size=wanted.size)
            count = grow(store.engine, times=wanted.times, now=NOW)
            print(f"\n{name}, {count:,} assignments (laid in {time.perf_counter() - began:.0f} s)")
            for _ in ask(store, NOW):  # so that what is looked into lies in memory, as in a server in use
                pass
            asked = [*_timed(store)]
            with reading(store.engine) as connection:
                wrong += [f"{name}: {fault}" for fault in faults(connection, asked)]
    print("\nnothing is read whole" if not wrong else "\n" + "\n".join(wrong))


def _timed(store: Store) -> Iterator[Asked]:
    print(f"{'question':28}{'ms':>9}{'statements':>12}")
    began = time.perf_counter()
    for asked in ask(store, NOW):
        print(f"{asked[0].question:28}{(time.perf_counter() - began) * 1000:9.1f}{len(asked):12}", flush=True)
        yield from asked
        began = time.perf_counter()


if __name__ == "__main__":
    main()

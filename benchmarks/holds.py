"""How long the write lock is held at the longest, by what writes or looks at much, on SQLite.

Printed for each: seconds in all, transactions, the longest from having the lock to having given it away, and the same
in CPU time of this process, which says less of how busy the machine is. Aim: half a second, however much there is.

    python benchmarks/holds.py [--due 76000]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import province
import tracking
from sqlalchemy import Connection, Engine, event

from config.clock import HANOI
from flows.assigning import assign_due
from flows.forms import fill_in
from flows.preview import preview
from flows.steps import track
from models.keeping.backup import back_up
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.directives import issue_directive
from notifications.courier.courier import deliver

ISSUED = datetime(2023, 8, 17, 8, tzinfo=HANOI)
AIM_S = 0.5


@dataclass
class Held:
    """How often the lock was held, and for how long at the longest: seconds, and of CPU time."""

    times: int = 0
    longest: float = 0.0
    longest_cpu: float = 0.0


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--due", type=int, default=76_000)
    sizes = asked.parse_args()
    for name, seconds, held in measured(sizes.due):
        print(
            f"{name:42} {seconds:7.1f} s, {held.times:6,} transactions, the longest {held.longest:.2f} s"
            f" ({held.longest_cpu:.2f} s of CPU)",
            flush=True,
        )
    print(tracking.load_average())


def measured(due: int) -> Iterator[tuple[str, float, Held]]:
    """What was done, its seconds, and how the lock was held."""
    with tracking.on_sqlite(lambda store: None) as fresh, fresh() as store:
        with session_scope(store.engine) as session:
            issue_directive(session, number="1-TB/TU", on_date=ISSUED.date(), context=_context(store, ISSUED))
        made = 0

        def assign_all() -> None:
            nonlocal made
            # Later offices end, and what they hand over is another matter: a deed.
            for year, priority in ((year, each.code) for year in (2023, 2024) for each in store.plan.priorities):
                context = _context(store, datetime.combine(date(year, 12, 30), ISSUED.timetz()))
                made += assign_due(store, priority, fill_in(priority, {}, store.plan), context).assignments

        seconds, held = _held(store.engine, assign_all)
        yield f"assigning {made:,}", seconds, held
    with tracking.on_sqlite(partial(province.lay, all_=due + 1_000, due=due)) as fresh, fresh() as store:
        store = replace(store, plan=province.province_plan(1_000))
        with session_scope(store.engine) as session:
            issue_directive(session, number="1-TB/TU", on_date=ISSUED.date(), context=_context(store, ISSUED))
        form = fill_in("p1", {"as_of": province.NOW}, store.plan)
        yield (
            f"a dry run with {due // 5:,} due",
            *_held(store.engine, partial(preview, store.settings, "p1", form, province.NOW)),
        )
        context = _context(store, province.NOW)
        yield (
            f"sweeping {due:,}",
            *_held(store.engine, lambda: [track(store, each.code, context) for each in store.plan.priorities]),
        )
        yield (
            "grouping, wording and recording of those",
            *_held(store.engine, partial(deliver, store, now=province.NOW)),
        )
        file = Path(store.settings.data_dir) / "backup.tar.gz"
        yield "a backup", *_held(store.engine, partial(back_up, store.settings, store.engine, file, province.NOW))


def _context(store: Store, now: datetime) -> Any:
    return store.actor_context(now=now, actor="benchmark", run_key="holds")


def _held(engine: Engine, deed: Callable[[], object]) -> tuple[float, Held]:
    with _watching(engine) as held:
        began = time.perf_counter()
        deed()
        return time.perf_counter() - began, held


@contextmanager
def _watching(engine: Engine) -> Iterator[Held]:
    held, since = Held(), dict[Any, tuple[float, float]]()
    commit, roll_back = engine.dialect.do_commit, engine.dialect.do_rollback

    def begun(connection: Connection) -> None:  # after the listener that takes the lock
        if not connection.get_execution_options().get("dondoc_reading"):
            since[connection.connection.driver_connection] = time.perf_counter(), time.process_time()

    def ended(end: Callable[[Any], None], connection: Any) -> None:
        end(connection)
        if (at := since.pop(connection.driver_connection, None)) is not None:
            held.times += 1
            held.longest = max(held.longest, time.perf_counter() - at[0])
            held.longest_cpu = max(held.longest_cpu, time.process_time() - at[1])

    event.listen(engine, "begin", begun)
    engine.dialect.do_commit = partial(ended, commit)  # type: ignore[method-assign]
    engine.dialect.do_rollback = partial(ended, roll_back)  # type: ignore[method-assign]
    try:
        yield held
    finally:
        event.remove(engine, "begin", begun)
        engine.dialect.do_commit, engine.dialect.do_rollback = commit, roll_back  # type: ignore[method-assign]


if __name__ == "__main__":
    main()

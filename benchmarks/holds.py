"""How long the write lock is held at the longest, by what writes or looks at much, on SQLite.

Printed for each: seconds in all, transactions, the longest from having the lock to having given it away, and the same
in CPU time of this process, which says less of how busy the machine is. Aim: half a second, however much there is.

    python benchmarks/holds.py [--due 76000] [--handed-over 8000] [--rows 2000]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import province
import tracking
from sqlalchemy import Connection, Engine, event

from config.catalogue.plan import Plan
from config.clock import HANOI
from flows.assigning import assign_due
from flows.forms import fill_in
from flows.preview import preview
from flows.steps import track
from intake.sheets.ad_hoc import assign_rows
from models.keeping.backup import back_up
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.actor import ActorContext
from models.store.database import reading_session, session_scope
from models.work.ad_hoc import AdHoc
from models.work.deeds.apply import apply
from models.work.directives import issue_directive
from models.work.register import changes
from models.work.verbs.succession import handing_over
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
    asked.add_argument("--due", type=int, default=76_000, help="0: leave out what takes long")
    asked.add_argument("--handed-over", type=int, default=8_000)
    asked.add_argument("--rows", type=int, default=2_000)
    sizes = asked.parse_args()
    parts = an_office_ends(sizes.handed_over), a_sheet(sizes.rows), *([measured(sizes.due)] if sizes.due else [])
    for name, seconds, held in chain(*parts):
        print(
            f"{name:42} {seconds:7.1f} s, {held.times:6,} transactions, the longest {held.longest:.2f} s"
            f" ({held.longest_cpu:.2f} s of CPU)",
            flush=True,
        )
    print(tracking.load_average())


def an_office_ends(open_: int) -> Iterator[tuple[str, float, Held]]:
    """An office ends with so much open and as much waiting to be told: on a day that was entered before, and by a deed
    of today, which is one deed and one transaction."""
    lay = partial(province.lay, all_=open_, due=open_, recipients=1)
    gone, heir = province.commune(0), province.commune(1)
    with tracking.on_sqlite(lay) as fresh:
        for by_deed in (False, True):
            with fresh() as store:
                store = replace(store, plan=province.province_plan(2))
                with session_scope(store.engine) as session:
                    issue_directive(session, number="1-TB/TU", on_date=ISSUED.date(), context=_context(store, ISSUED))
                for each in store.plan.priorities:
                    track(store, each.code, _context(store, province.NOW))
                later = province.NOW + timedelta(days=1)
                if by_deed:
                    with reading_session(store.engine) as session:
                        provenance, context = Provenance(reason="Sáp nhập"), _context(store, later)
                        change = changes.end(session, gone, heir, provenance=provenance, context=context)
                    deed = partial(apply, store.engine, change, may_be_late=True)
                    yield f"an office ends with {open_:,} open, by a deed", *_held(store.engine, deed)
                    continue
                ended = {"valid_to": province.NOW.date(), "successor": heir}
                offices = (each.model_copy(update=ended if each.code == gone else {}) for each in store.plan.offices)
                # Not a copy, which would go by what the plan has worked out about its offices.
                plan = Plan(
                    **{name: getattr(store.plan, name) for name in Plan.model_fields} | {"offices": tuple(offices)}
                )
                context = _context(replace(store, plan=plan), later)
                yield (
                    f"an office ends with {open_:,} open, in the runs",
                    *_held(store.engine, partial(_hand_over, store, context)),
                )


def _hand_over(store: Store, context: ActorContext) -> None:
    with reading_session(store.engine) as looking:
        for part in handing_over(looking, context):
            with session_scope(store.engine) as session:
                part(session)


def a_sheet(rows: int) -> Iterator[tuple[str, float, Held]]:
    """A sheet of ad hoc work, each row for its lead and four others, over fifty days."""
    with tracking.on_sqlite(lambda store: None) as fresh, fresh() as store:
        store = replace(store, plan=province.province_plan(1_000))
        context = _context(store, ISSUED)
        days = [store.calendar.add(ISSUED.date(), 10 + n) for n in range(50)]
        asked = [
            AdHoc(
                next(store.plan.subtasks()).code,
                f"Kiểm tra cơ sở số {row}",
                province.commune(row % 1_000),
                days[row % len(days)],
                tuple(province.commune((row + n) % 1_000) for n in range(1, 5)),
                submission="workbook",
            )
            for row in range(rows)
        ]
        yield (
            f"a sheet of {rows:,} rows for five offices each",
            *_held(store.engine, partial(assign_rows, store.engine, asked, context)),
        )


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

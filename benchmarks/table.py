"""One table of what the aims are and what is reached, in the shape of a province: into ``docs/performance.md``.

On each database, in this run: the sweep against the bare SQL of the same outcome; the steps ``track`` and ``assign``
with nothing to do, five years after the start; the messages of 10,000 notices to 1,000 offices, made until the first
can leave; the board of 1,000 communes, drawn and shown again; opening the store. On SQLite besides: letters, webhooks
and digests from due to recorded, the longest hold of the write lock, and how costs grow with the store. Steps and pages
are counted in CPU time of this process, which says less of how busy the machine is; peers' figures are those recorded
on a machine of the kind, and only ratios of one run are compared. The other benchmarks say more of each.

    python benchmarks/table.py [--all 100000] [--letters 2000] [--held 20000] [--rounds 3] [--growth 10000 100000]
                               [--on sqlite postgresql] [--write]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import delivery
import holds
import province
import tracking
from portal_pages import sign_in_desk
from sqlalchemy import select, true
from sqlmodel import col

from config.clock import HANOI
from config.errors import Refused
from flows.assigning import assign_due
from flows.forms import fill_in
from flows.steps import track
from models.delivery.auditor import audit_follow_up
from models.delivery.grouping import group_some
from models.keeping.backup import back_up
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.work.directives import issue_directive
from models.work.queries import AssignmentFilter
from models.work.verbs import acknowledge
from portal.app import make_app
from reports.sheets.workbook import gather, write_workbook

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
ISSUED = date(2023, 8, 17)
LATER = datetime(2028, 8, 17, 8, tzinfo=HANOI)
DUE = 10_000
LINEAR = 1.2
"""A cost grows no worse than its size where it grows by no more than this many times the size."""


@dataclass(frozen=True)
class Row:
    """A line: what was measured and by what, what peers were recorded with; the aim, if any, ``reached`` by ours."""

    what: str
    ours: str
    limit: str
    aim: str = ""
    reached: bool | None = None
    peer: str = ""

    def __str__(self) -> str:
        reached = {None: "", True: "yes", False: "**no**"}[self.reached]
        return f"| {self.what} | {self.ours} | {self.limit} | {self.peer} | {self.aim} | {reached} |"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--all", type=int, default=100_000)
    asked.add_argument("--letters", type=int, default=2_000, help="due in the comparisons of sending")
    asked.add_argument("--held", type=int, default=20_000, help="due where holds of the lock are measured")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--growth", type=int, nargs="*", default=[10_000, 100_000])
    asked.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    asked.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    sizes = asked.parse_args()
    lines = [
        "| what | ours | limit in the same run | peer on record | aim | reached |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for line in _table(sizes):
        lines.append(line)
        print(line, flush=True)
    lines.append(f"\n{sizes.rounds} rounds, medians; {tracking.load_average()}; {datetime.now(UTC):%Y-%m-%d}.")
    print("\n".join(lines))
    if sizes.write:
        text = PAGE.read_text()
        before, after = text.partition(BEGIN)[0], text.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


def _table(sizes: argparse.Namespace) -> Iterator[str]:
    for name in sizes.on:
        stores = tracking.on_sqlite if name == "sqlite" else tracking.on_postgresql
        lay = partial(tracking.lay, all_=sizes.all, due=DUE, timetables=province.TIMETABLES)
        with stores(lay) as fresh:
            with fresh() as store:
                yield f"| **{name}**: {province.proportions(store)} | | | | | |"
            yield str(_sweep(fresh, sizes.rounds))
            yield str(_idle(fresh))
            yield str(_first_letter(fresh, sizes.rounds))
            yield from map(str, _board(fresh))
        with stores(lambda store: None) as fresh, fresh() as store:
            yield str(_assign(store))
    if "sqlite" in sizes.on:
        yield from map(str, _sending(sizes.letters, sizes.rounds))
        yield from map(str, _holds(sizes.held))
        if len(sizes.growth) > 1:
            yield from map(str, _growth(min(sizes.growth), max(sizes.growth)))


def _sending(due: int, rounds: int) -> Iterator[Row]:
    composing = "aiosmtplib, ten connections, composing"
    for offices in (due // 10, due):
        rate, ratio, cpu, first = delivery.compare_mail(due, offices, rounds)
        what = f"letters, {due:,} due of {offices:,} offices, from due to recorded"
        peer = "Healthchecks 34–44/s, 27–32 ms"
        yield Row(what, f"{rate:.0f}/s, {ratio:.2f}×", composing, "≥ 1×", ratio >= 1, peer)
        yield Row("CPU time of one", f"{cpu:.2f}×", "composing it by the standard library", "≤ 1.2×", cpu <= 1.2)
        slow = "Healthchecks 41.7 s"
        yield Row("the first after the sweep", f"{first:.2f} s", "", "≤ 1 s", first <= 1, slow)
    rate, ratio = delivery.compare_webhook(due, rounds)
    what = f"webhooks, {due:,} due of {due // 10:,} offices"
    yield Row(what, f"{rate:.0f}/s, {ratio:.2f}×", "ten threads of httpx", "≥ 0.8×", ratio >= 0.8, "Healthchecks 72/s")
    seconds = delivery.measure_digests(10_000, rounds)
    yield Row(
        "10,000 due into digests of 100 offices",
        f"{seconds:.1f} s",
        "",
        "≤ 3.3 s",
        seconds <= 3.3,
        "Alertmanager 0.6–1.1 s",
    )


def _holds(due: int) -> Iterator[Row]:
    for what, seconds, held in holds.measured(due):
        ours = f"{held.longest:.2f} s ({held.longest_cpu:.2f} s of CPU) of {seconds:.0f} s"
        yield Row(f"longest hold of the lock: {what}", ours, "", "≤ 0.5 s", held.longest <= holds.AIM_S)


def _growth(few: int, many: int) -> Iterator[Row]:
    """What each costs in a store of ``few`` and of ``many`` assignments, in CPU time of this process."""
    costs: list[dict[str, float]] = []
    for size in (few, many):
        with tracking.on_sqlite(partial(province.lay, all_=size, due=1_000)) as fresh, fresh() as store:
            costs.append(dict(_costs(replace(store, plan=province.province_plan(1_000)))))
    times = many / few
    for what, before in costs[0].items():
        after = costs[1].get(what, 0.0)
        # What takes next to nothing grows by chance.
        grows = after / max(before, 10.0)
        ours = f"{before:.0f} → {after:.0f} ms" if after else "asks for a filter"
        yield Row(
            f"{what}, {few:,} → {many:,} assignments",
            ours,
            f"{times:.0f} times as many",
            "not worse than linear",
            grows <= times * LINEAR,
        )


def _costs(store: Store) -> Iterator[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield "opening", _cpu_ms(partial(_opened_again, store), 1)
        yield "sweep of 1,000 due", _cpu_ms(partial(tracking.swept, store), 1)
        context = store.actor_context(now=province.NOW, actor="benchmark", run_key="growth")
        yield "`track`, first audit", _cpu_ms(partial(track, store, "p1", context), 1)
        yield "`track`, nothing due", _cpu_ms(partial(track, store, "p1", context), 5)
        yield "audit of all time", _cpu_ms(partial(_audit, store), 1)
        yield "board", asyncio.run(_look_at_board(store))[0]
        yield "backup", _cpu_ms(partial(back_up, store.settings, store.engine, folder / "backup", province.NOW), 1)
        try:
            yield "Excel export", _cpu_ms(partial(_export, store, folder / "table.xlsx"), 1)
        except Refused:
            return


def _opened_again(store: Store) -> None:
    with tracking.opened(store.settings.data_dir):
        pass


def _audit(store: Store) -> None:
    with reading(store.engine) as connection:
        audit_follow_up(connection, now=province.NOW, calendar=store.calendar)


def _export(store: Store, path: Path) -> None:
    with tempfile.TemporaryFile() as spool, path.open("wb") as file:
        with reading(store.engine) as connection:
            found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=province.NOW, spool=spool)
        write_workbook(found, file)


def _sweep(fresh: tracking.Fresh, rounds: int) -> Row:
    ours, bare = [], []
    for number in range(rounds):
        for which in ("bare", "sweep") if number % 2 else ("sweep", "bare"):  # each goes first in turn
            with fresh() as store:
                (ours if which == "sweep" else bare).append(
                    tracking.swept(store) if which == "sweep" else tracking.written_barely(store)
                )
    ratio = statistics.median(theirs / our for theirs, our in zip(bare, ours, strict=True))
    seconds, limit = statistics.median(ours), statistics.median(bare)
    return Row(
        "sweep of 10,000 due", f"{seconds:.2f} s, {ratio:.2f}×", f"bare SQL {limit:.2f} s", "≥ 0.8×", ratio >= 0.8
    )


def _idle(fresh: tracking.Fresh) -> Row:
    with fresh() as store:
        tracking.swept(store)
        context = store.actor_context(now=province.NOW, actor="benchmark", run_key="idle")
        audited = _cpu_ms(partial(track, store, "p1", context), 1)
        idle = _cpu_ms(partial(track, store, "p1", context), 10)
    return Row(
        "`track`, nothing due", f"{idle:.0f} ms", f"the audit after a sweep {audited:.0f} ms", "≤ 20 ms", idle <= 20
    )


def _assign(store: Store) -> Row:
    begun = store.actor_context(now=datetime.combine(ISSUED, LATER.timetz()), actor="benchmark")
    with session_scope(store.engine) as session:
        issue_directive(session, number="1-TB/TU", on_date=ISSUED, context=begun)
    context = store.actor_context(now=LATER, actor="flow:p5", run_key="idle")
    assign = partial(assign_due, store, "p5", fill_in("p5", {}, store.plan), context)
    first = _cpu_ms(assign, 1)
    idle = _cpu_ms(assign, 10)
    return Row(
        "`assign`, nothing new after five years", f"{idle:.0f} ms", f"the first {first:.0f} ms", "≤ 50 ms", idle <= 50
    )


def _first_letter(fresh: tracking.Fresh, rounds: int) -> Row:
    first, all_ = [], []
    for _ in range(rounds):
        with fresh() as store:
            tracking.swept(store)
            began, made = time.perf_counter(), 1
            while made:
                made = group_some(store.engine, now=province.NOW, allowed=true())
                if len(first) == len(all_):
                    first.append(time.perf_counter() - began)
            all_.append(time.perf_counter() - began)
    seconds, whole = statistics.median(first), statistics.median(all_)
    return Row("first messages of those", f"{seconds:.2f} s", f"all of them {whole:.2f} s", "≤ 1 s", seconds <= 1)


def _board(fresh: tracking.Fresh) -> Iterator[Row]:
    with fresh() as store:
        store = replace(store, plan=province.province_plan(1_000))
        drawn, changed, kept, size = asyncio.run(_look_at_board(store))
    yield Row("board of 1,000 communes, everything counted", f"{drawn:.0f} ms", "")
    yield Row("the same, an office has acknowledged", f"{changed:.0f} ms", "", "≤ 60 ms", changed <= 60)
    yield Row("the same, nothing changed", f"{kept:.0f} ms", "", "≤ 10 ms", kept <= 10)
    yield Row("its size", f"{size / 1000:.0f} KB", "", "≤ 200 KB", size <= 200_000)


async def _look_at_board(store: Store) -> tuple[float, float, float, int]:
    """CPU in milliseconds of the board counted, after a deed, and as it was; and its size."""
    app, size = make_app(store, now=lambda: province.NOW), 0
    async with sign_in_desk(app, store, province.NOW) as web:

        async def look(address: str = "/board") -> float:
            nonlocal size
            began = time.process_time()
            answer = await web.get(address)
            assert answer.status_code == 200, answer.status_code
            size = len(answer.content)
            return (time.process_time() - began) * 1000

        await look("/board?due=2023")  # so that statements and templates are put together
        counted, changed = await look(), []
        with reading(store.engine) as connection:
            waiting = select(col(Assignment.id)).where(col(Assignment.state) == State.ASSIGNED).limit(4)
            numbers = connection.scalars(waiting).all()
        for number in numbers:
            with session_scope(store.engine) as session:
                acknowledge(session, number or 0, store.actor_context(now=province.NOW, actor="benchmark"))
            changed.append(await look())
        return counted, statistics.median(changed[1:]), statistics.mean([await look() for _ in range(10)]), size


def _cpu_ms(deed: Callable[[], object], times: int) -> float:
    """CPU time of one of so many, of this process."""
    began = time.process_time()
    for _ in range(times):
        deed()
    return (time.process_time() - began) / times * 1000


if __name__ == "__main__":
    main()

"""One table of what the aims are and what is reached, in the shape of a province: into ``docs/performance.md``.

On each database, in this run: the sweep against the bare SQL of the same outcome; the steps ``track`` and ``assign``
with nothing to do, five years after the start; the messages of 10,000 notices to 1,000 offices, made until the first
can leave; the board of 1,000 communes, drawn and shown again. Steps and pages are counted in CPU time of this process,
which says less of how busy the machine is. The other benchmarks say more of each.

    python benchmarks/table.py [--all 100000] [--rounds 3] [--on sqlite postgresql] [--write]
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import province
import tracking
from portal_pages import sign_in_desk
from sqlalchemy import true

from config.clock import HANOI
from flows.assigning import assign_due
from flows.forms import fill_in
from flows.steps import track
from models.delivery.grouping import OFFICES, group_waiting
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.directives import issue_directive
from portal.app import make_app

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
ISSUED = date(2023, 8, 17)
LATER = datetime(2028, 8, 17, 8, tzinfo=HANOI)
DUE = 10_000


@dataclass(frozen=True)
class Row:
    """A line: what was measured, what it is measured by, and the aim; ``reached`` by ``ours``."""

    what: str
    ours: str
    limit: str
    aim: str
    reached: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.ours} | {self.limit} | {self.aim} | {'yes' if self.reached else '**no**'} |"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--all", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--on", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    asked.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    sizes = asked.parse_args()
    lines = ["| what | ours | limit | aim | reached |", "| --- | --- | --- | --- | --- |"]
    for name in sizes.on:
        stores = tracking.on_sqlite if name == "sqlite" else tracking.on_postgresql
        lay = partial(tracking.lay, all_=sizes.all, due=DUE, timetables=province.TIMETABLES)
        with stores(lay) as fresh:
            with fresh() as store:
                lines.append(f"| **{name}**: {province.proportions(store)} | | | | |")
            measured = (_sweep(fresh, sizes.rounds), _idle(fresh), _first_letter(fresh, sizes.rounds), *_board(fresh))
            for row in measured:
                lines.append(str(row))
                print(row, flush=True)
        with stores(lambda store: None) as fresh, fresh() as store:
            lines.append(str(_assign(store)))
    lines.append(f"\n{sizes.rounds} rounds, medians; {tracking.load_average()}; {datetime.now(UTC):%Y-%m-%d}.")
    print("\n".join(lines))
    if sizes.write:
        text = PAGE.read_text()
        before, after = text.partition(BEGIN)[0], text.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


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
                with session_scope(store.engine) as session:
                    made = group_waiting(session, now=province.NOW, allowed=true(), offices=OFFICES)
                if len(first) == len(all_):
                    first.append(time.perf_counter() - began)
            all_.append(time.perf_counter() - began)
    seconds, whole = statistics.median(first), statistics.median(all_)
    return Row("first messages of those", f"{seconds:.2f} s", f"all of them {whole:.2f} s", "≤ 1 s", seconds <= 1)


def _board(fresh: tracking.Fresh) -> Iterator[Row]:
    with fresh() as store:
        store = replace(store, plan=province.province_plan(1_000))
        drawn, kept, size = asyncio.run(_look_at_board(store))
    yield Row("board of 1,000 communes, drawn", f"{drawn:.0f} ms", "", "", True)
    yield Row("the same, nothing changed", f"{kept:.0f} ms", "", "≤ 60 ms", kept <= 60)
    yield Row("its size", f"{size / 1000:.0f} KB", "", "≤ 200 KB", size <= 200_000)


async def _look_at_board(store: Store) -> tuple[float, float, int]:
    app = make_app(store, now=lambda: province.NOW)
    async with sign_in_desk(app, store, province.NOW) as web:
        await web.get("/board?due=2023")  # so that statements and templates are put together
        began = time.process_time()
        answer = await web.get("/board")
        drawn = time.process_time() - began
        began = time.process_time()
        for _ in range(10):
            answer = await web.get("/board")
        assert answer.status_code == 200, answer.status_code
        return drawn * 1000, (time.process_time() - began) * 100, len(answer.content)


def _cpu_ms(deed: Callable[[], object], times: int) -> float:
    """CPU time of one of so many, of this process."""
    began = time.process_time()
    for _ in range(times):
        deed()
    return (time.process_time() - began) / times * 1000


if __name__ == "__main__":
    main()

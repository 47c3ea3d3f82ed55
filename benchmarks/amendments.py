"""An amendment that moves very many open assignments, against the bare SQL that writes the same rows.

In the shape of a province: offices and 166 communes report month by month on several things, nobody has reported, and
the amendment gives each of them more time after the close. Both write a new date for every assignment, an item and a
notice for each, and one audit event; the bare statements have the dates written into them. ``apply`` works out every
date by the calendar, compares three ways, explains each date anew, finds timetables and checks what was confirmed.
Printed: seconds of the preview and of applying it, the ratio of each to the bare SQL (medians
of alternating rounds), and the peak of memory with an eighth of the months and with all. Target: memory flat.

    python benchmarks/amendments.py [--months 48] [--rounds 3]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from communes import DIRECTIVE, PRIORITY, written_plan
from sqlalchemy import text
from tracking import Fresh, on_postgresql, on_sqlite, peak_mb

from config.clock import HANOI
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.work.assigning import assign
from models.work.deeds.apply import Change, apply, previewing
from models.work.deeds.changes import amendment
from models.work.directives import anchors, issue_directive
from models.work.planning import planned_assignments

STEPS, COMMUNES = 10, 166
ISSUED = date(2023, 8, 17)

_STEP = """
      - {{key: s{n}, title_vi: Bước {n}, title_en: Step {n}, trigger: month, lead: everyone, input_from: [first],
         due: {{lead: CLOSE+{days}}}}}"""
_FIRST = """
      - {key: first, title_vi: Bước đầu, title_en: First step, trigger: month, lead: CAT, coordinating: [BNC],
         due: {lead: CLOSE+2, coordinating: CLOSE+1}}"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--months", type=int, default=48)
    asked.add_argument("--rounds", type=int, default=3)
    sizes = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plan = everybody_reports(Path(folder) / "plan")
        now = datetime(ISSUED.year + (7 + sizes.months) // 12, (7 + sizes.months) % 12 + 1, 14, 8, tzinfo=HANOI)
        for database, stores in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
            with stores(partial(fill, now=now), plan) as fresh:
                _compare(database, fresh, now, sizes.rounds)
        for months in (max(3, sizes.months // 8), sizes.months):
            with get_context("spawn").Pool(1) as process:
                rows, peak = process.apply(_peak, (str(plan), months))
            print(f"SQLite, {rows:,} moved: {peak:.0f} MB at the peak")


def everybody_reports(folder: Path) -> Path:
    """The plan in which everybody reports on ten things every month."""
    steps = _FIRST + "".join(_STEP.format(n=n, days=5 + n) for n in range(STEPS))
    return written_plan(folder, COMMUNES, steps, group="everyone", also="[SYT, STC, SNV, STP, UBND]")


def fill(store: Store, *, now: datetime) -> None:
    """Assign everything due up to ``now``."""
    context = store.actor_context(now=now, actor="benchmark")
    with session_scope(store.engine) as session:
        issue_directive(session, number="1-TB/TU", on_date=ISSUED, context=context, directive=DIRECTIVE)
    with session_scope(store.engine) as session:
        of_priority = context.for_priority(PRIORITY)
        assign(session, planned_assignments(of_priority, anchors(session)), of_priority)


def _compare(database: str, fresh: Fresh, now: datetime, rounds: int) -> None:
    times: dict[str, list[float]] = {"bare": [], "preview": [], "apply": []}
    rows = 0
    for number in range(rounds):
        for way in ("bare", "apply") if number % 2 else ("apply", "bare"):
            with fresh() as store:
                if way == "bare":
                    rows, taken = bare(store, now)
                    times["bare"].append(taken)
                    continue
                change = later(store, now)
                times["preview"].append(_timed(lambda: _preview(store, change)))  # noqa: B023
                times["apply"].append(_timed(lambda: apply(store.engine, change)))  # noqa: B023
    print(f"{database}, {rows:,} open assignments moved, median of {rounds} alternating rounds")
    for way, taken in times.items():
        ratios = [each / bare for each, bare in zip(taken, times["bare"], strict=True)]
        print(f"  {way:8} {statistics.median(taken):7.2f} s  {statistics.median(ratios):6.2f} x the bare SQL")


def later(store: Store, now: datetime) -> Change:
    """The amendment: a day more for everything of the further directive."""
    priorities = []
    for priority in store.plan.priorities:
        if priority.code == PRIORITY:
            (subtask,) = priority.subtasks
            steps = tuple(
                step.model_copy(update={"due": step.due.model_copy(update={"lead": f"CLOSE+{5 + n}"})})
                for n, step in enumerate(subtask.steps)
            )
            subtask = subtask.model_copy(update={"steps": steps})
            priority = priority.model_copy(update={"subtasks": (subtask,)})
        priorities.append(priority)
    plan = store.plan.model_copy(update={"priorities": tuple(priorities)})
    with reading_session(store.engine) as session:
        return amendment(
            session,
            plan,
            store.calendar,
            provenance=Provenance(paper_number="45/KH-UBND", paper_date=now.date()),
            context=store.actor_context(now=now, actor="coordinator"),
        )


def _preview(store: Store, change: Change) -> None:
    with previewing(store.engine, change):
        pass


_BARE = (
    """
    UPDATE assignment SET due_date = :due_date, due_at = :due_at, rule = :rule, explanation_vi = :words,
        explanation_en = :words, next_alert_at = :due_at, rung_done = 0, edition = 2
    WHERE period = :period AND step = :step AND priority = 'p6'
    """,
    """
    INSERT INTO deed_item (deed_id, assignment_id, kind, from_state, to_state, from_office, to_office,
        from_monitor_office, to_monitor_office, from_due_date, to_due_date, from_due_at, to_due_at, asks_anew)
    SELECT 1, id, 'moved', state, state, office, office, monitor_office, monitor_office, original_due_date, due_date,
        original_due_at, due_at, false FROM assignment WHERE priority = 'p6'
    """,
    """
    INSERT INTO notice (kind, assignment_id, rung, office, desk, channel, urgency, state, run_key, created_at, reason)
    SELECT 'moved', id, 'deed:1', office, 'focal', 'mailbox', urgency, 'pending', 'bare', :due_at, ''
    FROM assignment WHERE priority = 'p6'
    """,
)


def bare(store: Store, now: datetime) -> tuple[int, float]:
    """The rows written, and seconds; dates and words are given, not worked out."""
    with reading_session(store.engine) as session:
        groups = session.execute(
            text("SELECT DISTINCT period, step, due_date FROM assignment WHERE priority = 'p6'")
        ).all()
        rows = session.execute(text("SELECT count(*) FROM assignment WHERE priority = 'p6'")).scalar_one()
    due_at: object = now.astimezone(UTC)
    if store.engine.dialect.name == "sqlite":
        due_at = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    values = [
        {"period": period, "step": step, "due_date": due_date, "due_at": due_at, "rule": "CLOSE+3", "words": "x" * 300}
        for period, step, due_date in groups
    ]
    began = time.perf_counter()
    with session_scope(store.engine) as session:
        connection = session.connection()
        connection.execute(
            text(
                "INSERT INTO deed (id, kind, subject, paper_number, reason, effective_on, editions, items_digest,"
                " actor, at) VALUES (1, 'amendment', '', '', '', :on, '{}', '', 'bare', :due_at)"
            ),
            {"due_at": due_at, "on": now.date()},
        )
        connection.execute(text(_BARE[0]), values)
        connection.execute(text(_BARE[1]))
        connection.execute(text(_BARE[2]), {"due_at": due_at})
    return rows, time.perf_counter() - began


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _peak(plan: str, months: int) -> tuple[int, float]:
    """In a process of its own: rows moved by one amendment, and the most memory the process had."""
    now = datetime(ISSUED.year + (7 + months) // 12, (7 + months) % 12 + 1, 14, 8, tzinfo=HANOI)
    with on_sqlite(partial(fill, now=now), Path(plan)) as fresh, fresh() as store:
        done = apply(store.engine, later(store, now))
    return sum(done.prepared.counts.values()), peak_mb()


if __name__ == "__main__":
    main()

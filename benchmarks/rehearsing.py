"""Twelve months of a province rehearsed, against the days as they are then run.

Beside the shipped plan a directive of 100 communes: ten things with a day due, a tenth of the working year between the
first and the last, and reports by month and by quarter. About 1,500 assignments are open when the rehearsal begins, and
what is periodic comes on top. Played once with nobody answering and once as offices have answered so far. Printed in
CPU seconds of this process and those it started: the whole, each played day, and each working day of the baseline, a
follow-up of all priorities that finds nothing to say; then the ratio to so many of them as there are working days.

    python benchmarks/rehearsing.py [--months 12] [--communes 100]
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from communes import written_plan
from sqlalchemy import func, select, update
from sqlmodel import col
from tracking import load_average, opened

from flows.forms import fill_in
from flows.steps import follow_up_all
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, State
from models.work.directives import issue_directive
from rehearsal.acting_out import morning_of
from rehearsal.rehearse import rehearse

ISSUED = date(2023, 8, 17)
ASSIGNED, QUIET, BEGINS = date(2023, 8, 18), date(2023, 8, 20), date(2023, 8, 21)
"""A Friday on which all is assigned, the Sunday after it, and the Monday from which the months are played."""

DAYS_TO_ANSWER = 12
DATED = 10
_ANSWERED = ("a0", "a1", "a2")
"""Steps that every commune has reported on, so that it has a habit."""

_PERIODIC = """
      - {{key: month, title_vi: Báo cáo tháng, title_en: Monthly report, trigger: month, lead: [{few}], each: true,
         due: {{lead: CLOSE+5}}}}
      - {{key: quarter, title_vi: Báo cáo quý, title_en: Quarterly report, trigger: quarter, lead: communes, each: true,
         due: {{lead: CLOSE+8}}}}"""
_STEP = """
      - {{key: {key}, title_vi: Bước {key}, title_en: Step {key}, trigger: issue, lead: communes, each: true,
         due: {{lead: ISSUE+{days}}}}}"""

Result = TypeVar("Result")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--communes", type=int, default=100)
    sizes = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, _filled(Path(folder), sizes.communes) as store:
        with reading(store.engine) as connection:
            open_ = connection.scalar(select(func.count()).where(col(Assignment.state).in_(OPEN))) or 0
        print(f"{open_:,} open assignments, {sizes.months} months from {BEGINS:%d/%m/%Y}; {load_average()}")
        played = {}
        for answering in (False, True):
            taken, found = _taken(lambda: rehearse(store, sizes.months, now=morning_of(BEGINS), answering=answering))  # noqa: B023
            days = (found.last - found.first).days + 1
            who = "offices answering" if answering else "nobody answering"
            print(f"  {who}: {taken:.1f} s of CPU, {taken / days * 1000:.0f} ms a day; {found.letters:,} letters")
            played[who] = taken, sum(map(store.calendar.is_working_day, _days(found.first, found.last)))
        quiet, _ = _taken(lambda: _follow_up(store, QUIET))
        for who, (taken, days) in played.items():
            print(
                f"  {taken / (quiet * days):.2f}x of {days} days with nothing to say, {quiet * 1000:.0f} ms each: {who}"
            )


@contextmanager
def _filled(folder: Path, communes: int) -> Iterator[Store]:
    """A store in which everything was assigned, and every office has answered some of it."""
    plan = written_plan(folder / "plan", communes, _steps(communes))
    with opened(folder / "data", plan=plan) as store:
        for number, directive in enumerate(store.plan.directives):
            with session_scope(store.engine) as session:
                context = store.actor_context(now=morning_of(ISSUED), actor="coordinator")
                issue_directive(
                    session, number=f"{number}-TB/TU", on_date=ISSUED, directive=directive.code, context=context
                )
        _follow_up(store, ASSIGNED)
        with session_scope(store.engine) as session:
            session.execute(update(Assignment).where(col(Assignment.step).in_(_ANSWERED)).values(_answered()))
        yield store


def _answered() -> dict[str, object]:
    at = morning_of(BEGINS)
    assigned = morning_of(BEGINS - timedelta(days=DAYS_TO_ANSWER))
    done = {"state": State.ACCEPTED, "reported_at": at, "completed_at": at, "next_alert_at": None}
    return done | {"assigned_at": assigned}


def _steps(communes: int) -> str:
    days = [(f"a{n}", 20 + n) for n in range(len(_ANSWERED))] + [(f"s{n}", 15 + 22 * n) for n in range(DATED)]
    few = ", ".join(f"XP{n:03}" for n in range(0, communes, 3))
    return _PERIODIC.format(few=few) + "".join(_STEP.format(key=key, days=each) for key, each in days)


def _follow_up(store: Store, day: date) -> None:
    forms = {each.code: fill_in(each.code, {}, store.plan) for each in store.plan.priorities}
    follow_up_all(store, forms, morning_of(day), f"benchmark-{day.isoformat()}")


def _taken(deed: Callable[[], Result]) -> tuple[float, Result]:
    """CPU seconds of this process and of its children, and what came of it."""
    began = sum(os.times()[:4])
    result = deed()
    return sum(os.times()[:4]) - began, result


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


if __name__ == "__main__":
    main()

"""`dondoc demo`: the directive from 17/8 to 31/12/2023, replayed with the real flows on a throw-away store.

Every run of a flow is a Prefect run with ``as_of``; between two of them the offices act by the verbs that people use.
The flows run twice a week at first and later once, not twice a day: alerts come from the state of things, so a later
run says what an earlier one would have said, and the half year fits into a minute.
"""

import os
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import pendulum
from rich.console import Console

from config import clock
from config.settings import Settings, load_settings
from flows.forms import FORMS, fill_in
from hosting.prefect.connection import reach_prefect, run_here
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.directives import issue_directive
from rehearsal.acting_out import act_out, is_anything_to_do, morning_of
from rehearsal.demo_story import Day, Story
from rehearsal.progress import progress
from rehearsal.throwaway import throwaway_settings, unsynced_store

FIRST_DAY = date(2023, 8, 17)
LAST_DAY = date(2023, 12, 31)
NUMBER = "123-TB/TU"

_WEEKLY = (date(2023, 9, 1), date(2023, 12, 25))
"""By September every kind of event has come up: Tuesdays are enough until the last week, which tells the end."""


def play(*, keep: bool, full: bool) -> int:
    """Play the demo to its end; returns the exit code.

    keep  leaves the store for looking around in it
    full  tells every day, and the board at the end; without, one screen a month
    """
    # The story is told here; what each run logs would drown it.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    home = Path(tempfile.mkdtemp(prefix="dondoc-demo-"))
    try:
        _play(throwaway_settings(load_settings(), home), full=full)
    finally:
        if keep:
            print(f"\nKho dữ liệu diễn lại: DONDOC_DATA_DIR={home} dondoc assignment list")
        else:
            shutil.rmtree(home, ignore_errors=True)
    return 0


def _play(settings: Settings, *, full: bool) -> None:
    began, runs, day = time.monotonic(), 0, FIRST_DAY
    console = Console(highlight=False)
    console.print("[bold]Diễn lại: chỉ đạo ngày 17/8/2023, theo dõi đến 31/12/2023[/bold]")
    console.print("Đang mở máy chủ Prefect tạm thời …")
    with (
        clock.set_to(lambda: morning_of(day)),  # letters leave in the hours of that day
        unsynced_store(settings) as store,
        reach_prefect(settings),
        progress("Diễn lại", console) as done,
    ):
        _issue(store)
        console.print(f"Đăng ký văn bản giao việc [bold]{NUMBER}[/bold] ngày {FIRST_DAY:%d/%m/%Y}: mốc ISSUE.")
        story = Story(console, store, by_day=full)
        while day <= LAST_DAY:
            done((day - FIRST_DAY) / (LAST_DAY - FIRST_DAY))
            coming = _next_round(store, day)
            lived = _live(store, day, until=coming - timedelta(days=1))
            runs += len(lived.summaries)
            if lived.summaries or lived.acts:
                story.tell(lived)
            day = coming
        story.end_month()
        story.finish(LAST_DAY)
    console.print(f"\nXong sau {time.monotonic() - began:.0f} giây, {runs} lượt chạy Prefect.")
    if not full:
        console.print("Kể từng ngày: dondoc demo --full. Giữ lại kho để xem: --keep.")


def _issue(store: Store) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=morning_of(FIRST_DAY), actor="coordinator")
        issue_directive(session, number=NUMBER, on_date=FIRST_DAY, context=context)


def _live(store: Store, day: date, *, until: date) -> Day:
    """The flows in the morning of ``day``, then what the offices and the coordinator do through ``until``."""
    now = morning_of(day)
    summaries = {
        priority: run_here(priority, fill_in(priority, {"as_of": now}, store.plan))
        for priority in FORMS
        if is_anything_to_do(store, priority, now)
    }
    return Day(day, summaries, act_out(store, day - timedelta(days=1), min(until, LAST_DAY)))


def _next_round(store: Store, day: date) -> date:
    """The next Tuesday or Friday that is a working day; in the weekly part only Tuesdays."""
    coming = store.calendar.add(day, 1)
    while not _is_round(coming):
        coming = store.calendar.add(coming, 1)
    return coming


def _is_round(day: date) -> bool:
    first, last = _WEEKLY
    return day.weekday() == pendulum.TUESDAY or (day.weekday() == pendulum.FRIDAY and not first <= day <= last)

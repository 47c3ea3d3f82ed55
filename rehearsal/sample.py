"""The sample past of a first start: a marked document issued some weeks ago, and what offices have done since."""

from datetime import date, datetime, timedelta

from config.clock import local_date
from config.settings import Settings
from flows.follow_up import follow_up_once
from flows.forms import FORMS
from models.database import session_scope
from models.directives import issue_directive
from models.store import Store, open_store
from rehearsal.acting_out import act_out
from rehearsal.days import morning_of, next_eventful_day

SAMPLE_NUMBER = "01-MAU/TB"
"""A number no office would use; the document is also marked as a sample wherever it shows."""

WEEKS_AGO = 10


def live_through_the_past(settings: Settings, now: datetime) -> None:
    """Register the sample document of some weeks ago and play every day since, on the store of ``settings``.

    Done in one go before the first run, without Prefect: its history shows what really ran.
    """
    with open_store(settings) as store:
        today = local_date(now)
        issued_on = store.calendar.previous_working_day(
            max(today - timedelta(weeks=WEEKS_AGO), store.plan.directive.date)
        )
        morning = morning_of(issued_on)
        with session_scope(store.engine) as session:
            acting = store.acting(now=morning, actor="coordinator")
            issue_directive(session, number=SAMPLE_NUMBER, on_date=issued_on, acting=acting, is_sample=True)
        live_through(store, issued_on, store.calendar.previous_working_day(today - timedelta(days=1)))


def live_through(store: Store, first: date, last: date) -> None:
    """Play the days ``first`` to ``last``: on each that has anything, the flows in the morning, then the offices."""
    day: date | None = first
    while day is not None and day <= last:
        for priority, form in FORMS.items():
            follow_up_once(store, priority, form(), morning_of(day), run_key=f"sample-{day.isoformat()}")
        act_out(store, day - timedelta(days=1), day)
        day = next_eventful_day(store, day)

"""A regular check of Prefect's runs from outside, which needs neither its events nor a worker (decision 0013)."""

import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from config import clock
from config.errors import Refused
from models.keeping.opening import Store

CHECK_EVERY_S = 600

FIRST_CHECK_AFTER_S = 60
"""By then Prefect has made the runs to come, which get their names before somebody looks at them."""


class RunWatch:
    """Reports runs that failed or never began, and a Prefect that twice gave no answer; names runs that cannot."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._checked_at = time.monotonic() - CHECK_EVERY_S + FIRST_CHECK_AFTER_S
        self._unanswered = 0

    def check_when_due(self, store: Store) -> None:
        """Check, unless the last check was a short while ago. Needs Prefect, so within ``connected_to`` only."""
        if time.monotonic() - self._checked_at > CHECK_EVERY_S:
            self._checked_at = time.monotonic()
            self._check(store)

    def _check(self, store: Store) -> None:
        from flows.runs.trouble import report_new_trouble, report_prefect_down
        from hosting.prefect.corrected_runs import drop_far_runs, name_coming_runs, name_ended_runs

        try:
            report_new_trouble(store, clock.now())
            drop_far_runs(clock.now())
            name_coming_runs(clock.now())
            name_ended_runs(clock.now())
            self._unanswered = 0
        except (Refused, DBAPIError) as fault:  # our own database is away: reported when it is back
            self._say(f"Chưa xem được sự cố: {type(fault).__name__}.")
        except Exception as fault:
            self._unanswered += 1
            self._say(f"Prefect không trả lời ({type(fault).__name__}).")
            if self._unanswered > 1:
                with suppress(Refused, DBAPIError):
                    report_prefect_down(store, clock.now())

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
    """Has the runs looked at when it is time; reports a Prefect that twice gave no answer.

    look  ``look_at_runs``, in whichever process
    """

    def __init__(self, look: Callable[[Store], bool]) -> None:
        self._look = look
        self._checked_at = time.monotonic() - CHECK_EVERY_S + FIRST_CHECK_AFTER_S
        self._unanswered = 0

    def check_when_due(self, store: Store) -> None:
        """Check, unless the last check was a short while ago."""
        if time.monotonic() - self._checked_at <= CHECK_EVERY_S:
            return
        self._checked_at = time.monotonic()
        self._unanswered = 0 if self._look(store) else self._unanswered + 1
        if self._unanswered > 1:
            from flows.runs.trouble import report_prefect_down

            with suppress(Refused, DBAPIError):
                report_prefect_down(store, clock.now())


def look_at_runs(store: Store, say: Callable[[str], None]) -> bool:
    """Report runs that failed or never began, and name those that cannot; returns whether Prefect answered.

    Needs Prefect, so within ``connected_to`` only.
    """
    from flows.runs.trouble import report_new_trouble
    from hosting.prefect.corrected_runs import drop_far_runs, name_coming_runs, name_ended_runs

    try:
        report_new_trouble(store, clock.now())
        drop_far_runs(clock.now())
        name_coming_runs(clock.now())
        name_ended_runs(clock.now())
    except (Refused, DBAPIError) as fault:  # our own database is away: reported when it is back
        say(f"Chưa xem được sự cố: {type(fault).__name__}.")
    except Exception as fault:
        say(f"Prefect không trả lời ({type(fault).__name__}).")
        return False
    return True

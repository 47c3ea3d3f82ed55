"""Trouble looked for from outside Prefect: its own alarms need its events, a worker and our database at that moment."""

import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from config import clock
from config.errors import Refused
from models.keeping.opening import Store

EVERY_S = 600

FIRST_AFTER_S = 60
"""By then Prefect has made the runs to come, which are to have names before somebody looks at them."""


class TroubleWatch:
    """Tells the coordinator of runs that failed or never began, and of a Prefect that twice gave no answer.

    In passing the runs to come get their names.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._looked_at = time.monotonic() - EVERY_S + FIRST_AFTER_S
        self._unanswered = 0

    def look_when_due(self, store: Store) -> None:
        """Look, unless the last look was a short while ago; speaks to Prefect, so within ``speaking_to`` only."""
        if time.monotonic() - self._looked_at > EVERY_S:
            self._looked_at = time.monotonic()
            self._look(store)

    def _look(self, store: Store) -> None:
        from flows.runs.trouble import report_new_trouble, report_prefect_down
        from hosting.prefect.run_names import name_runs

        try:
            report_new_trouble(store, clock.now())
            name_runs(clock.now())
            self._unanswered = 0
        except (Refused, DBAPIError) as fault:  # our own database is away: told when it is back
            self._say(f"Chưa xem được sự cố: {type(fault).__name__}.")
        except Exception as fault:
            self._unanswered += 1
            self._say(f"Prefect không trả lời ({type(fault).__name__}).")
            if self._unanswered > 1:
                with suppress(Refused, DBAPIError):
                    report_prefect_down(store, clock.now())

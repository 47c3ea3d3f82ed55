"""What Prefect was last told to run: told again when the plan is another one, and on each new day.

The forms offer the offices of a day, so an office that begins or ends is offered, or no longer, from that day on.
"""

import time
from collections.abc import Callable
from datetime import date

from config.catalogue.plan import Plan
from config.errors import Refused
from models.keeping.opening import Store

RETRY_AFTER_S = 60.0
"""Between two tries to register with a Prefect that does not take it."""


class Registration:
    """By which plan, and for which day, the deployments were last registered; none at first.

    register  registers the deployments of a store for a day; returns whether Prefect took them
    clock     seconds that only go forward
    """

    def __init__(self, register: Callable[[Store, date], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._register, self._clock = register, clock
        self._registered: tuple[Plan, date] | None = None
        self._retry_at = 0.0

    @property
    def is_made(self) -> bool:
        """Whether Prefect was told at all, if by an earlier plan or on an earlier day."""
        return self._registered is not None

    def is_due(self, store: Store, today: date) -> bool:
        """Whether plan or day are others than registered; not so soon after a try that failed."""
        if self._registered is not None:
            plan, day = self._registered
            if plan is store.plan and day == today:
                return False
        return self._clock() >= self._retry_at

    def renew_when_due(self, store: Store, today: date) -> None:
        """Register where that is due; what fails is tried again, until it is done."""
        if not self.is_due(store, today):
            return
        if self._register(store, today):
            self._registered = store.plan, today
        else:
            self._retry_at = self._clock() + RETRY_AFTER_S


def registering_failed(fault: Exception) -> str:
    """What to say of it, in a line; our own words, or only the kind of the fault."""
    why = fault if isinstance(fault, Refused) else type(fault).__name__
    return f"Chưa đăng ký được với Prefect ({why}); thử lại. / trying to register again"

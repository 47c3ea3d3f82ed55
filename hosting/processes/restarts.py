"""When a part that ended by itself is started again: soon at first, then after growing pauses, and never given up."""

from collections.abc import Callable

PAUSES_S = (0.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""The pause before each start in a row; the last one before every further one."""

CALM_S = 600.0
"""A part that has run so long begins anew with the first pause."""


class Restarts:
    """The deaths of each part; each is counted for itself, so that none keeps another waiting."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started: dict[str, float] = {}
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def started(self, name: str) -> None:
        """Note that a part was started."""
        self._started[name] = self._clock()
        self._due.pop(name, None)

    def died(self, name: str) -> float | None:
        """Note that a part is found dead; returns the pause before its next start, and None once it is noted."""
        if name in self._due:
            return None
        now = self._clock()
        if now - self._started.get(name, now) >= CALM_S:
            self._deaths[name] = 0
        deaths = self._deaths.get(name, 0)
        pause = PAUSES_S[min(deaths, len(PAUSES_S) - 1)]
        self._deaths[name], self._due[name] = deaths + 1, now + pause
        return pause

    def is_due(self, name: str) -> bool:
        """Whether a dead part may be started now."""
        return self._clock() >= self._due.get(name, 0.0)

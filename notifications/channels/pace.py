"""How fast we send: a limit for each provider and for each recipient, and no knocking where nobody opens.

Apprise's own pauses are off: they count by object, and an object of ours sends once.
"""

import threading
import time
from dataclasses import dataclass, field

LONGEST_WAIT_S = 5.0
"""A message that would have to wait longer for its turn goes back to the outbox, before its lease is over."""

BURST_S = 1.0
"""So much of a second's worth may go at once after a rest."""

RECIPIENT_BURST = 5

PUBLISHED_PER_SECOND = {"api.telegram.org": 30.0}
"""What providers themselves say that they take from one sender."""

UNANSWERED = 3
"""After so many failed connections in a row a provider is left alone for the rest of the round."""


class TooFast(Exception):
    """It is not this message's turn for a while."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not before {wait_s:.0f} s")
        self.wait_s = wait_s


class NobodyAnswers(Exception):
    """Others have just tried in vain to reach this provider; waiting for it again would hold up everybody else."""


@dataclass
class Pace:
    """The pace of one courier for as long as it has something to send; safe to use from several threads.

    per_provider   messages a second to one host
    per_recipient  messages a second to one address
    """

    per_provider: float
    per_recipient: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: dict[str, float] = field(default_factory=dict)
    _unanswered: dict[str, int] = field(default_factory=dict)

    def wait_for_provider(self, host: str) -> None:
        """Wait for a turn at ``host``; raises ``TooFast`` or ``NobodyAnswers`` instead of waiting for long."""
        if self._unanswered.get(host, 0) >= UNANSWERED:
            raise NobodyAnswers
        rate = min(self.per_provider, PUBLISHED_PER_SECOND.get(host, self.per_provider))
        self._wait(f"host {host}", rate, burst=max(1.0, rate * BURST_S))

    def wait_for_recipient(self, url: str) -> None:
        """Wait for a turn at one recipient; raises ``TooFast`` instead of waiting for long."""
        self._wait(f"to {url}", self.per_recipient, burst=RECIPIENT_BURST)

    def answered(self, host: str, *, at_all: bool) -> None:
        """Remember whether a connection to ``host`` came about."""
        with self._lock:
            self._unanswered[host] = 0 if at_all else self._unanswered.get(host, 0) + 1

    def forgive(self) -> None:
        """Knock again, in the next round, where nobody opened."""
        with self._lock:
            self._unanswered.clear()

    def _wait(self, name: str, rate: float, *, burst: float) -> None:
        moment = time.monotonic()
        with self._lock:
            # The moment at which this name's turn would come if nothing were allowed at once.
            turn = max(self._next.get(name, 0.0), moment)
            wait_s = turn - moment - (burst - 1) / rate
            if wait_s > LONGEST_WAIT_S:
                raise TooFast(wait_s)
            self._next[name] = turn + 1 / rate
        if wait_s > 0:
            time.sleep(wait_s)

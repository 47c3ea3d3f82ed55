"""How fast we send: a limit for each provider and for each recipient, and a rest for a provider that cannot be reached.

Apprise's own pauses are off: they count by object, and an object of ours sends once.
"""

import threading
import time
from dataclasses import dataclass, field

MAX_WAIT_S = 5.0
"""A message that would have to wait longer for its turn goes back to the outbox, before its lease is over."""

PROVIDER_BURST_S = 1.0
"""After a rest, as many messages may go at once as this many seconds allow."""

RECIPIENT_BURST = 5

PUBLISHED_RATES = {"tgram": 30.0}
"""Messages a second that a provider says it takes from one sender."""

MAX_FAILED_CONNECTIONS = 3
"""After this many failed connections in a row a provider is left alone for the rest of the round."""

UNLIMITED = 1e9


class RateLimited(Exception):
    """The message has to wait longer for its turn than its lease allows."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not before {wait_s:.0f} s")
        self.wait_s = wait_s


class ProviderUnreachable(Exception):
    """The last connections to this provider failed; another try would only hold up other messages."""


@dataclass
class RateLimits:
    """The limits of one courier and what it has sent lately; safe to use from several threads.

    per_provider   messages a second to one provider
    per_recipient  messages a second to one address
    """

    per_provider: float = UNLIMITED
    per_recipient: float = UNLIMITED
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next_turn: dict[str, float] = field(default_factory=dict)
    _failed_connections: dict[str, int] = field(default_factory=dict)

    def wait_for_provider(self, provider: str) -> None:
        """Wait for a turn at a provider; raises ``RateLimited`` or ``ProviderUnreachable`` instead of a long wait."""
        if self._failed_connections.get(provider, 0) >= MAX_FAILED_CONNECTIONS:
            raise ProviderUnreachable
        rate = min(self.per_provider, PUBLISHED_RATES.get(provider, self.per_provider))
        self._wait(f"provider {provider}", rate, burst=max(1.0, rate * PROVIDER_BURST_S))

    def wait_for_recipient(self, url: str) -> None:
        """Wait for a turn at one recipient; raises ``RateLimited`` instead of a long wait."""
        self._wait(f"recipient {url}", self.per_recipient, burst=RECIPIENT_BURST)

    def record_connection(self, provider: str, *, succeeded: bool) -> None:
        """Remember whether a connection to ``provider`` came about."""
        with self._lock:
            self._failed_connections[provider] = 0 if succeeded else self._failed_connections.get(provider, 0) + 1

    def forget_failures(self) -> None:
        """Let the next round try all providers again."""
        with self._lock:
            self._failed_connections.clear()

    def _wait(self, name: str, rate: float, *, burst: float) -> None:
        moment = time.monotonic()
        with self._lock:
            # The moment at which this name's turn would come if nothing were allowed at once.
            turn = max(self._next_turn.get(name, 0.0), moment)
            wait_s = turn - moment - (burst - 1) / rate
            if wait_s > MAX_WAIT_S:
                raise RateLimited(wait_s)
            self._next_turn[name] = turn + 1 / rate
        if wait_s > 0:
            time.sleep(wait_s)

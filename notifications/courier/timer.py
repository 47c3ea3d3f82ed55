"""What time it is in a round of delivery: by the day that it reckons with, and truly."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Timer:
    """When a round began, and what has passed since: what it does later, it does later than its ``now``.

    truly_at  when it truly began; ``began_at`` may be a day that is replayed, or the beginning of a run that took long
    """

    began_at: datetime
    truly_at: datetime
    _ticks: float = field(default_factory=time.monotonic)

    def elapsed_s(self) -> float:
        return time.monotonic() - self._ticks

    def moment(self) -> datetime:
        """``began_at``, and what has passed since."""
        return self.began_at + timedelta(seconds=self.elapsed_s())

    def truly(self) -> datetime:
        """The moment it truly is. Leases are reckoned by it, for other couriers may go by another day."""
        return self.truly_at + timedelta(seconds=self.elapsed_s())

    def begun_anew(self) -> "Timer":
        return Timer(self.moment(), self.truly())

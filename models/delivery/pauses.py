"""How long a message waits after a failed attempt, and after how many attempts it is given up."""

from datetime import timedelta

FULL_MAILBOX_ATTEMPTS = 12
FULL_MAILBOX_PAUSES = (timedelta(hours=1), timedelta(days=1))
"""The first and the longest pause for a full mailbox, each twice the one before: given up after a week."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

LONGEST_ASKED_PAUSE = timedelta(days=1)
"""For so long at the most a service is left alone that asks to be."""


def pause_after(attempt: int, jitter: float) -> timedelta:
    """How long to wait after the ``attempt``-th failure: 1, 2, 4 … 60 minutes, up to a quarter longer."""
    return min(FIRST_PAUSE * 2.0 ** min(attempt - 1, 10), LONGEST_PAUSE) * (1 + jitter / 4)


def full_mailbox_pause(attempt: int) -> timedelta:
    """How long to leave a full mailbox alone after the ``attempt``-th failure."""
    first, longest = FULL_MAILBOX_PAUSES
    return min(first * 2.0 ** min(attempt - 1, 10), longest)

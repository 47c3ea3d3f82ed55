"""Waiting for what another process does, as long as it takes and no longer."""

import threading
import time
from collections.abc import Callable

_POLL_S = 0.2


def eventually(condition: Callable[[], bool], *, within_s: float = 60, told: Callable[[], object] = str) -> None:
    """Look again and again until ``condition`` holds; fails when it does not in time.

    told  what to tell then of how things stand
    """
    give_up_at = time.monotonic() + within_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < give_up_at, f"did not come about within {within_s} s: {told()}"
        pause.wait(_POLL_S)

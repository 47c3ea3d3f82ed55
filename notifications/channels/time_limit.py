"""A time limit for a send that has none of its own.

A socket's time-out begins again with every byte that comes, so a server that answers a little at a time would hold a
sender, and with it the round, for hours. Such a send is given up: its thread is left behind and ends with its server.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from notifications.channels.rate_limits import ProviderUnreachable

SEND_LIMIT_S = 35.0
"""A send is over or given up after this, before its message's lease ends."""

MAX_ABANDONED = 3
"""While this many given-up sends to one provider still run, nothing more is sent to it."""

_T = TypeVar("_T")

_lock = threading.Lock()
_abandoned: defaultdict[str, list[threading.Thread]] = defaultdict(list)


def run_with_limit(send: Callable[[], _T], provider: str, limit_s: float) -> _T:
    """Run ``send`` in a thread of its own and return its result, or raise what it raises.

    Raises ``TimeoutError`` when it is not over after ``limit_s`` seconds; it may still succeed later. Raises
    ``ProviderUnreachable`` while too many earlier sends to ``provider`` hang.
    """
    with _lock:
        hanging = _abandoned[provider] = [thread for thread in _abandoned[provider] if thread.is_alive()]
    if len(hanging) >= MAX_ABANDONED:
        raise ProviderUnreachable
    results: list[_T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            results.append(send())
        except BaseException as fault:
            faults.append(fault)

    # A daemon, so that a send left behind does not keep the process from ending.
    thread = threading.Thread(target=run, name=f"{threading.current_thread().name}-send", daemon=True)
    thread.start()
    thread.join(limit_s)
    if faults:
        raise faults[0]
    if not results:
        with _lock:
            _abandoned[provider].append(thread)
        raise TimeoutError
    return results[0]

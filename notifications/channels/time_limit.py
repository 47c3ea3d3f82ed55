"""A time limit for a send that has none of its own.

A socket's time-out begins again with every byte that comes, so a server that answers a little at a time would hold a
sender, and with it the round, for hours. Such a send is given up: its thread is left behind and ends with its server.
A thread that sends keeps the one that sends for it: a new one for each message would cost a fifth of a millisecond.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from notifications.channels.rate_limits import ProviderUnreachable

SEND_LIMIT_S = 35.0
"""A send is over or given up after this, before its message's lease ends."""

MAX_ABANDONED = 3
"""While this many given-up sends to one provider still run, nothing more is sent to it."""

_T = TypeVar("_T")

_lock = threading.Lock()
_abandoned: defaultdict[str, list[threading.Thread]] = defaultdict(list)
_of_thread = threading.local()


def run_with_limit(send: Callable[[], _T], provider: str, limit_s: float) -> _T:
    """Run ``send`` in another thread and return its result, or raise what it raises.

    Raises ``TimeoutError`` when it is not over after ``limit_s`` seconds; it may still succeed later. Raises
    ``ProviderUnreachable`` while too many earlier sends to ``provider`` hang.
    """
    with _lock:
        hanging = _abandoned[provider] = [thread for thread in _abandoned[provider] if thread.is_alive()]
    if len(hanging) >= MAX_ABANDONED:
        raise ProviderUnreachable
    # Given back only after its answer: what somebody who was interrupted did not wait for is nobody else's.
    runner: _Runner = _of_thread.__dict__.pop("runner", None) or _Runner()
    runner.calls.put(send)
    try:
        result, fault = runner.ended.get(timeout=limit_s)
    except Empty:
        with _lock:
            _abandoned[provider].append(runner.thread)
        raise TimeoutError from None
    _of_thread.runner = runner
    del runner  # a traceback would keep it, and with it its thread
    if fault is not None:
        raise fault
    return result  # type: ignore[no-any-return]


class _Runner:
    """A thread that runs one call after another for the thread that made it, until nobody knows it any more."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self.ended: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        name = f"{threading.current_thread().name}-send"
        # A daemon, so that a send left behind does not keep the process from ending.
        self.thread = threading.Thread(target=_run_calls, args=(self.calls, self.ended), name=name, daemon=True)
        self.thread.start()

    def __del__(self) -> None:
        self.calls.put(None)


def _run_calls(
    calls: "SimpleQueue[Callable[[], Any] | None]", ended: "SimpleQueue[tuple[Any, BaseException | None]]"
) -> None:
    while (call := calls.get()) is not None:
        try:
            ended.put((call(), None))
        except BaseException as fault:
            ended.put((None, fault))
        del call  # what it holds is not needed until the next

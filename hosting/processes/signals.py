"""How a process that runs until it is told to stop hears of it: SIGINT (Ctrl-C), SIGTERM and a closed terminal."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stop_event() -> Iterator[threading.Event]:
    """An event that is set when the process is told to stop: what is under way is finished first."""
    stop = threading.Event()

    def end(_which: int, _frame: FrameType | None) -> None:
        stop.set()

    with _handled_by(end):
        yield stop


@contextmanager
def stop_interrupts() -> Iterator[None]:
    """Every signal to stop raises ``KeyboardInterrupt`` within the block, as Ctrl-C does."""
    with _handled_by(signal.default_int_handler):
        yield


def answer_only(answer: Callable[[], None]) -> None:
    """From now on a signal to stop only calls ``answer``: a second Ctrl-C while ending leaves no children behind."""

    def handle(_which: int, _frame: FrameType | None) -> None:
        answer()

    for which in _STOP:
        signal.signal(which, handle)


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    before = {which: signal.signal(which, handler) for which in _STOP}
    try:
        yield
    finally:
        for which, earlier in before.items():
            signal.signal(which, earlier)

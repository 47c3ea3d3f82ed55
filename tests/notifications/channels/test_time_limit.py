"""The thread that sends for another: kept from one send to the next, left behind with a send that hangs."""

import threading
from collections.abc import Callable

import pytest

from notifications.channels.time_limit import run_with_limit


def _thread() -> threading.Thread:
    return threading.current_thread()


def _in_a_thread(work: Callable[[], object]) -> None:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]


def test_one_thread_sends_for_another_and_ends_with_it() -> None:
    kept: set[threading.Thread] = set()

    def work() -> None:
        kept.update(run_with_limit(_thread, "provider", 5) for _ in range(3))
        with pytest.raises(ZeroDivisionError):
            run_with_limit(lambda: 1 // 0, "provider", 5)
        kept.add(run_with_limit(_thread, "provider", 5))

    _in_a_thread(work)
    (sender,) = kept
    assert sender.daemon
    sender.join(5)
    assert not sender.is_alive()


def test_a_send_that_hangs_keeps_its_thread_and_its_result() -> None:
    over = threading.Event()
    abandoned: list[threading.Thread] = []

    def hang() -> str:
        abandoned.append(_thread())
        over.wait(5)
        return "late"

    def work() -> None:
        with pytest.raises(TimeoutError):
            run_with_limit(hang, "provider", 0.01)
        over.set()
        abandoned[0].join(5)
        assert not abandoned[0].is_alive()
        assert run_with_limit(lambda: "next", "provider", 5) == "next"

    _in_a_thread(work)

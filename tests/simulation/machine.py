"""One simulated machine: a clock that can be set wrong, chance from one seed, a disk that takes nothing, processes.

``installed`` puts it in the place of everything by which a run could differ from its repetition: the clock, the
processor's time, random bits (also SQLite's), sleeping, and the threads of a courier, which become plain calls. Nothing
else of the house is replaced.
"""

import os
import queue
import random
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from config import clock
from models.plans import editions
from models.store import database, turns
from notifications.courier import courier
from notifications.courier import round as courier_round
from notifications.courier.round import RoundClock

Result = TypeVar("Result")

UNLIMITED = resource.RLIM_INFINITY


class Machine:
    """The time and the chance of one simulated life.

    The true time only goes on; what the machine's own clock says is off by ``clock_off``.
    """

    def __init__(self, seed: int, begins: datetime) -> None:
        self.chance = Random(seed)
        self.clock_off = timedelta()
        self._begins, self._gone_us = begins, 0

    @property
    def true_time(self) -> datetime:
        return self._begins + timedelta(microseconds=self._gone_us)

    def now(self) -> datetime:
        """What the machine's clock says."""
        return self.true_time + self.clock_off

    def monotonic(self) -> float:
        return self._gone_us / 1_000_000

    def let_pass(self, gone: timedelta) -> None:
        self._gone_us += gone // timedelta(microseconds=1)

    def spend(self, seconds: float) -> None:
        """What a statement or an answer over the network takes."""
        self._gone_us += int(seconds * 1_000_000)

    def bits(self, size: int) -> bytes:
        return self.chance.randbytes(size)


class SimulatedEvent:
    """``threading.Event`` for one thread: waiting lets the simulated time pass."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._is_set = machine, False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, timeout: float = 0.0) -> bool:
        if not self._is_set:
            self._machine.spend(timeout)
        return self._is_set


class WouldWaitForEver(BaseException):
    """A thread would wait for what nobody is left to bring."""


class SimulatedQueue:
    """``queue.SimpleQueue`` for one thread."""

    def __init__(self) -> None:
        self._waiting: deque[Any] = deque()

    def put(self, each: Any) -> None:
        self._waiting.append(each)

    def get(self, timeout: float | None = None) -> Any:
        if self._waiting:
            return self._waiting.popleft()
        if timeout is None:
            raise WouldWaitForEver
        raise queue.Empty


class SimulatedPool:
    """``ThreadPoolExecutor`` whose only thread is the caller's: what is submitted is done at once."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def submit(self, do: Callable[..., Any], *args: Any) -> None:
        do(*args)

    def shutdown(self, **_: Any) -> None:
        pass


class SimulatedSemaphore:
    """``threading.Semaphore`` whose holders cannot wait for each other."""

    def __init__(self, _: int = 1) -> None:
        pass

    def acquire(self, **_: Any) -> bool:
        return True

    def release(self) -> None:
        pass


@contextmanager
def installed(machine: Machine) -> Iterator[None]:
    """Let this process live on the simulated machine."""
    state = random.getstate()
    random.seed(machine.chance.getrandbits(64))  # the courier's jitter
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "machine_time", machine.now)
        patch.setattr(time, "monotonic", machine.monotonic)
        patch.setattr(time, "sleep", machine.spend)
        patch.setattr(time, "time", lambda: machine.now().timestamp())
        patch.setattr(os, "urandom", machine.bits)
        patch.setattr(random, "_urandom", machine.bits)
        events = SimpleNamespace(Event=lambda: SimulatedEvent(machine), Semaphore=SimulatedSemaphore)
        # Greenlets line up for the lock of SQLite at the scheduler; what stops a thread would stop all of them.
        patch.setattr(turns, "BoundedSemaphore", SimulatedSemaphore)
        patch.setattr(database, "first_in_line", lambda *_, **__: nullcontext())
        patch.setattr(courier, "threading", events)
        patch.setattr(courier_round, "threading", events)
        patch.setattr(courier_round, "queue", SimpleNamespace(SimpleQueue=SimulatedQueue, Empty=queue.Empty))
        patch.setattr(courier_round, "ThreadPoolExecutor", SimulatedPool)

        def round_clock(start: datetime, as_of: datetime | None) -> RoundClock:
            return RoundClock(start, as_of, machine.monotonic())

        for module in (courier, courier_round):
            patch.setattr(module, "RoundClock", round_clock)
        # Held over statements, at which another process may go on, which has a lock of its own.
        patch.setattr(editions, "_parsing", nullcontext())
        patch.setattr(editions, "_parsed", {})
        try:
            yield
        finally:
            random.setstate(state)


@contextmanager
def disk_full(room: int = 0) -> Iterator[None]:
    """No file of this process grows beyond ``room`` bytes: what it writes fails as on a disk that has no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

"""Whatever one part does, the others are started again: none waits for another, and none that cannot begin ends all."""

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hosting import child_process
from hosting.processes import supervisor
from hosting.processes.parts import COURIER, PORTAL
from hosting.processes.registration import Registration
from hosting.processes.supervisor import APART_AT_MOST_S, TELL_AFTER_S, Supervisor
from models.keeping.opening import Store
from portal.serving import workers
from portal.serving.workers import _Workers

pytestmark = pytest.mark.sqlite_only


class Clock:
    """Goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Watched:
    """A supervisor whose children are none, and how often each was begun."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.clock, self.said = Clock(), list[str]()
        self.begun: dict[str, int] = {}
        self.running: dict[str, bool] = {}
        self.cannot: set[str] = set()
        patch.setattr(supervisor, "time", self.clock)
        patch.setattr(child_process, "fork", self._fork)
        self.supervisor = Supervisor(store.settings, store, None, self.said.append)  # type: ignore[arg-type]
        self.supervisor._restarts._clock = self.clock.monotonic

    def _fork(self, name: str, _work: object, *, log: Path) -> Any:
        if name in self.cannot:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        self.begun[name] = self.begun.get(name, 0) + 1
        self.running[name] = True
        ours = self.running

        class Child:
            process = SimpleNamespace(returncode=-9)

            @property
            def running(self) -> bool:
                return ours[name]

        Child.log = log  # type: ignore[attr-defined]
        return Child()


@pytest.fixture
def watched(store: Store, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(store, monkeypatch)


@pytest.mark.parametrize("first", [True, False])
def test_a_part_that_the_system_has_no_room_for_is_tried_again(watched: Watched, first: bool) -> None:
    watched.supervisor._start(COURIER)
    if not first:
        watched.supervisor._start(PORTAL)
        watched.running[PORTAL] = False
    watched.cannot = {PORTAL}
    if first:
        watched.supervisor._start(PORTAL)
    for _ in range(10):
        watched.supervisor._start_ended()
        watched.clock.sleep(1)
    assert any("Chưa khởi động được «portal» (Cannot allocate memory)" in each for each in watched.said)
    assert watched.begun.get(PORTAL, 0) == (0 if first else 1)
    watched.cannot = set()
    watched.running[COURIER] = False
    for _ in range(600):
        watched.supervisor._start_ended()
        watched.clock.sleep(1)
    assert watched.begun == {COURIER: 2, PORTAL: 1 if first else 2}


def test_a_part_that_ends_while_prefect_hangs_is_started_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.supervisor._start(PORTAL)
    ended: list[str] = []

    class Hangs:
        def __init__(self, *_: object) -> None: ...

        def poll(self) -> None:
            watched.running[PORTAL] = watched.begun[PORTAL] > 1

        def kill(self) -> None:
            ended.append("killed")

        def wait(self) -> int:
            return -9

    monkeypatch.setattr(supervisor, "Forked", Hangs)
    began = watched.clock.now
    assert watched.supervisor._apart("watch", lambda: None) is False
    assert (watched.begun[PORTAL], ended) == (2, ["killed"])
    assert watched.clock.now - began == pytest.approx(APART_AT_MOST_S, abs=1)


def test_a_prefect_that_answers_and_takes_no_registration_is_told_of(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, takes = list[float](), [False]
    monkeypatch.setattr(supervisor, "answers", lambda _api: True)
    watched.supervisor._registration = Registration(lambda store, today: takes[0], watched.clock.monotonic)
    monkeypatch.setattr(Supervisor, "_report_prefect_down", lambda _: told.append(watched.clock.now))
    began = watched.clock.now
    while watched.clock.now < began + 600:
        watched.supervisor._follow_prefect()
        watched.clock.sleep(0.5)
    assert len(told) == 1 and told[0] - began == pytest.approx(TELL_AFTER_S, abs=1)
    assert watched.supervisor._prefect_is_late()
    takes[0] = True
    for _ in range(200):
        watched.supervisor._follow_prefect()
        watched.clock.sleep(0.5)
    assert not watched.supervisor._prefect_is_late()


def test_the_courier_follows_what_its_parent_last_read(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[Any] = []
    monkeypatch.setattr("notifications.courier.courier.run_forever", lambda current, stop: followed.append(current))
    watched.supervisor._deliver()
    assert followed == [watched.supervisor._store_of_today.current]


def test_nothing_is_started_again_while_all_are_being_stopped(watched: Watched) -> None:
    watched.supervisor._start(PORTAL)
    watched.supervisor._children.clear()
    watched.supervisor._stop_all()
    watched.supervisor._start_ended()
    assert watched.begun == {PORTAL: 1}


class Forks:
    """Processes of the portal that only this test has."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.clock, self.begun = Clock(), list[tuple[int, float]]()
        self.ended: list[int] = []
        self.cannot, self.until = 0, 2000.0
        patch.setattr(workers, "time", self.clock)
        patch.setattr(workers.parent_process, "fork", self._fork)
        patch.setattr(workers.os, "waitpid", self._waitpid)
        patch.setattr(workers.os, "kill", lambda *_: None)
        patch.setattr(workers.signal, "signal", lambda *_: None)

    def _fork(self, _work: object) -> int:
        if self.cannot:
            self.cannot -= 1
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        self.begun.append((100 + len(self.begun), self.clock.now))
        return self.begun[-1][0]

    def _waitpid(self, _pid: int, how: int) -> tuple[int, int]:
        if self.ended:
            return self.ended.pop(0), 9
        if how == 0 or self.clock.now > self.until:  # nobody is to begin, and nobody ends
            raise workers._Stopped
        return 0, 0


def test_a_worker_that_cannot_be_forked_ends_neither_the_portal_nor_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    forks = Forks(monkeypatch)
    forks.cannot = 3
    monkeypatch.setattr(_Workers, "_end", lambda _: None)
    _Workers(lambda: None, 2).run()
    assert len(forks.begun) == 2


def test_a_worker_s_pause_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    forks = Forks(monkeypatch)
    monkeypatch.setattr(_Workers, "_end", lambda _: None)
    # The first dies again and again, so that its pauses grow; then the second dies for the first time.
    dying = {100, 102, 103, 104, 105}
    waitpid = forks._waitpid

    def next_one(pid: int, how: int) -> tuple[int, int]:
        alive = [number for number, _ in forks.begun]
        if found := sorted(dying & set(alive)):
            dying.discard(found[0])
            if not dying:
                forks.ended.append(101)
            return found[0], 9
        return waitpid(pid, how)

    monkeypatch.setattr(workers.os, "waitpid", next_one)
    forks.clock.now = 1000.0
    _Workers(lambda: None, 2).run()
    second_died_at = forks.begun[5][1]
    again = [at for _, at in forks.begun[6:]]
    assert len(again) == 2
    assert min(again) - second_died_at <= 0.1 < max(again) - second_died_at

"""What Prefect is told when the plan changes or a day begins, and how often while it does not listen."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from cli.operation import parts
from config import clock
from config.catalogue.plan import Plan
from config.clock import local_date
from hosting.prefect.server_lock import ServerLock
from hosting.processes import registration, supervisor
from hosting.processes.registration import RETRY_AFTER_S, Registration
from hosting.processes.run_watch import RunWatch
from models.keeping.opening import Store

pytestmark = pytest.mark.sqlite_only

NOW = datetime.fromisoformat("2023-09-05T23:59:00+07:00")
TODAY, TOMORROW = date(2023, 9, 5), date(2023, 9, 6)


class Prefect:
    """Takes what it is told unless it is away; remembers every try."""

    def __init__(self) -> None:
        self.is_away = False
        self.tries: list[tuple[Plan, date]] = []

    def deploy(self, plan: Plan, today: date) -> list[str]:
        self.tries.append((plan, today))
        if self.is_away:
            raise httpx.ConnectError("away")
        return []

    def register(self, store: Store, today: date) -> bool:
        try:
            self.deploy(store.plan, today)
        except httpx.ConnectError:
            return False
        return True


class Moment:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def newer(store: Store) -> Store:
    return replace(store, plan=store.plan.model_copy())


def test_each_plan_and_each_day_is_registered_once(store: Store) -> None:
    prefect = Prefect()
    ours, later = Registration(prefect.register), newer(store)
    assert not ours.is_made
    for known, today in ((store, TODAY), (store, TODAY), (later, TODAY), (later, TODAY), (later, TOMORROW)):
        ours.renew_when_due(known, today)
    assert prefect.tries == [(store.plan, TODAY), (later.plan, TODAY), (later.plan, TOMORROW)]
    assert prefect.tries[1][0] is later.plan
    assert ours.is_made


def test_what_failed_is_tried_until_it_is_done_and_after_a_pause(store: Store) -> None:
    prefect, moment = Prefect(), Moment()
    ours = Registration(prefect.register, moment)
    prefect.is_away = True
    for _ in range(3):
        ours.renew_when_due(store, TODAY)
        ours.renew_when_due(store, TODAY)
        moment.seconds += RETRY_AFTER_S
    assert len(prefect.tries) == 3 and not ours.is_made
    prefect.is_away = False
    ours.renew_when_due(store, TODAY)
    ours.renew_when_due(store, TODAY)
    assert len(prefect.tries) == 4 and ours.is_made
    prefect.is_away = True
    ours.renew_when_due(store, TOMORROW)
    assert ours.is_made, "by what it was told yesterday"


class Looks(threading.Event):
    """So many looks of a loop, with something done before each of some."""

    def __init__(self, looks: int, before: dict[int, Callable[[], None]]) -> None:
        super().__init__()
        self._looks, self._before, self._done = looks, before, 0

    def wait(self, timeout: float | None = None) -> bool:
        self._done += 1
        self._before.get(self._done, lambda: None)()
        return self._done > self._looks


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Prefect:
    """In place of the real one, for whoever registers with it."""
    from flows.deployments import register
    from hosting.prefect import dead_runs

    prefect = Prefect()
    monkeypatch.setattr(register, "deploy", prefect.deploy)
    monkeypatch.setattr(dead_runs.DeadRuns, "check", lambda ours, now: dead_runs.DeadRunCounts(0, 0))
    monkeypatch.setattr(RunWatch, "check_when_due", lambda ours, store: None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return prefect


def test_the_watch_registers_at_its_start_a_changed_plan_and_a_new_day_also_after_prefect_was_away(
    store: Store, prefect: Prefect, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed, later = [store], newer(store)
    monkeypatch.setattr(Store, "of_today", lambda ours: followed[-1])
    monkeypatch.setattr(registration, "RETRY_AFTER_S", 0.0)

    def goes_away() -> None:
        prefect.is_away = True
        followed.append(later)

    def comes_back() -> None:
        prefect.is_away = False

    def next_day() -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))

    looks = Looks(9, {3: goes_away, 5: comes_back, 7: next_day})
    parts._watch(store, looks, timedelta(seconds=1))
    assert [(plan is later.plan, today) for plan, today in prefect.tries] == [
        (False, TODAY),
        (True, TODAY),
        (True, TODAY),
        (True, TODAY),
        (True, TOMORROW),
    ]


def test_one_machine_registers_a_changed_plan_and_a_new_day(
    store: Store, prefect: Prefect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "answers", lambda api: True)
    ours = supervisor.Supervisor(store.settings, store, ServerLock(tmp_path, permanent=True), print)
    # Not in a process of its own, from which the test would not hear.
    monkeypatch.setattr(ours, "_apart", lambda name, work, store, today, *_, **__: prefect.register(store, today))
    monkeypatch.setattr(ours, "_start", lambda name: ours._children.setdefault(name, None))  # type: ignore[arg-type]
    for look in range(6):
        if look == 2:
            ours._store = newer(store)
        if look == 4:
            monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
        ours._follow_prefect()
    assert [(plan is ours._store.plan, today) for plan, today in prefect.tries] == [
        (False, TODAY),
        (True, TODAY),
        (True, local_date(clock.now())),
    ]

"""Runs whose process is gone are told from those at work by the lock, ended, and begun once more; once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, text

from config.catalogue.loader import load_plan
from config.settings import PLAN_0_1_DIR, Settings
from models.store import run_lock
from models.store.run_lock import hold_run_lock, try_run_lock
from tests.support.prefect_api import client
from tests.support.servers import prefect
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

PATIENCE = timedelta(seconds=30)
FORM = {"form": {"as_of": "2023-09-12T08:00:00+07:00"}}

HOLD = """
import sys
from models.store.run_lock import hold_run_lock
with hold_run_lock(sys.argv[1], sys.argv[2]):
    print("at work", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A Prefect server with our deployments and no worker; this process speaks to it."""
    unscheduled = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}
    with prefect(tmp_path_factory.mktemp("dead"), **unscheduled) as settings:
        from flows.deployments.register import deploy

        deploy(load_plan(PLAN_0_1_DIR))
        yield settings


@pytest.fixture
def database(postgresql_server: str) -> Iterator[Engine]:
    """Where the locks are; nothing else of a store is needed."""
    engine = create_engine(postgresql_server)
    yield engine
    engine.dispose()


@pytest.fixture
def quiet(server: Settings) -> Iterator[None]:
    """No runs of the test before."""
    yield
    with client() as api:
        for run in api.read_flow_runs():
            api.delete_flow_run(run.id)


def run_of(code: str, *states: Any, tags: tuple[str, ...] = ()) -> Any:
    """A run of the priority's deployment that went through these states."""
    from flows.names import DEPLOYMENT_NAMES
    from flows.priorities import PRIORITY_FLOWS

    with client() as api:
        deployment = api.read_deployment_by_name(f"{PRIORITY_FLOWS[code].name}/{DEPLOYMENT_NAMES[code]}")
        run = api.create_flow_run_from_deployment(deployment.id, parameters=FORM, tags=list(tags))
        for state in states:
            api.set_flow_run_state(run.id, state, force=True)
        return api.read_flow_run(run.id)


def now_of(run: Any) -> Any:
    with client() as api:
        return api.read_flow_run(run.id)


def made_for(run: Any) -> list[Any]:
    """The runs that make up for it."""
    with client() as api:
        return [each for each in api.read_flow_runs() if each.idempotency_key and str(run.id) in each.idempotency_key]


def held(run: Any, database: Engine) -> Any:
    return hold_run_lock(str(run.id), database.url.render_as_string(hide_password=False))


def test_only_the_run_without_a_process_is_ended_and_begun_once_more(database: Engine, quiet: None) -> None:
    from prefect.states import Pending, Running

    from flows.names import CATCHING_UP, RUN_AGAIN
    from hosting.prefect.dead_runs import SECOND_RUN, DeadRunCounts, DeadRuns

    lost, run_locked = run_of("p1", Running()), run_of("p2", Running())
    starting = run_of("p3", Pending())
    now = datetime.now(UTC)
    with held(run_locked, database):
        watch = DeadRuns(database, PATIENCE)
        assert watch.check(now) == DeadRunCounts(0, 0)
        assert watch.check(now + PATIENCE / 2) == DeadRunCounts(0, 0)
        assert watch.check(now + PATIENCE) == DeadRunCounts(1, 1)
        assert watch.check(now + PATIENCE * 2) == DeadRunCounts(0, 0)
        assert (now_of(run_locked).state.name, now_of(starting).state.name) == ("Running", "Pending")
        ended = now_of(lost)
        assert (ended.state.name, ended.state.message) == ("Crashed", RUN_AGAIN)
        assert ended.name == "p1 · máy dừng, đã chạy lại"
        (second,) = made_for(lost)
        assert (second.parameters, second.deployment_id) == (lost.parameters, lost.deployment_id)
        assert {"p1", CATCHING_UP, SECOND_RUN} <= set(second.tags)
        # One that a worker took and never began is missed later.
        assert watch.check(now + PATIENCE * 6) == DeadRunCounts(1, 1)
        assert now_of(starting).state.name == "Crashed" and len(made_for(starting)) == 1


def test_a_run_that_has_just_begun_gets_its_patience_anew(database: Engine, quiet: None) -> None:
    from prefect.states import Pending, Running

    from hosting.prefect.dead_runs import DeadRunCounts, DeadRuns

    run, now = run_of("p1", Pending()), datetime.now(UTC)
    watch = DeadRuns(database, PATIENCE)
    watch.check(now)
    with client() as api:
        api.set_flow_run_state(run.id, Running(), force=True)
    assert watch.check(now + PATIENCE) == DeadRunCounts(0, 0)
    assert watch.check(now + PATIENCE * 2) == DeadRunCounts(1, 1)


def test_two_who_look_and_one_who_fell_between_the_steps_make_one(database: Engine, quiet: None) -> None:
    from prefect.states import Crashed, Running

    from flows.names import RUN_AGAIN
    from hosting.prefect.dead_runs import DeadRunCounts, DeadRuns

    lost, half_done = run_of("p1", Running()), run_of("p2", Running(), Crashed(message=RUN_AGAIN))
    now = datetime.now(UTC)
    one, other = DeadRuns(database, PATIENCE), DeadRuns(database, PATIENCE)
    # What somebody left half done.
    assert (one.check(now), other.check(now)) == (DeadRunCounts(0, 1), DeadRunCounts(0, 0))
    assert (one.check(now + PATIENCE), other.check(now + PATIENCE)) == (DeadRunCounts(1, 1), DeadRunCounts(0, 0))
    assert len(made_for(lost)) == len(made_for(half_done)) == 1


def test_a_run_that_sigterm_stopped_for_maintenance_is_begun_once_more(database: Engine, quiet: None) -> None:
    from prefect.exceptions import TerminationSignal
    from prefect.states import Crashed, Running, exception_to_crashed_state

    from hosting.prefect.dead_runs import SECOND_RUN, DeadRuns, begin_stopped_runs_again

    stopped = asyncio.run(exception_to_crashed_state(TerminationSignal(signal.SIGTERM)))
    first = run_of("p1", Running(), stopped)
    run_of("p2", Running(), Crashed(message="it failed"))
    run_of("p3", Running(), stopped.fresh_copy(), tags=(SECOND_RUN,))
    now = datetime.now(UTC)
    assert begin_stopped_runs_again(now) == 1 and begin_stopped_runs_again(now) == 0
    assert DeadRuns(database, PATIENCE).check(now).restarted == 0, "whoever looks first"
    (second,) = made_for(first)
    assert (second.parameters, second.deployment_id) == (first.parameters, first.deployment_id)


def test_what_is_begun_no_more(database: Engine, quiet: None) -> None:
    from prefect.states import Cancelling, Running

    from flows.names import BROKEN_OFF
    from hosting.prefect.dead_runs import SECOND_RUN, DeadRunCounts, DeadRuns

    died_again, to_be_cancelled = run_of("p1", Running(), tags=(SECOND_RUN,)), run_of("p2", Running(), Cancelling())
    watch, now = DeadRuns(database, PATIENCE), datetime.now(UTC)
    watch.check(now)
    assert watch.check(now + PATIENCE) == DeadRunCounts(2, 0)
    assert (now_of(died_again).state.name, now_of(died_again).state.message) == ("Crashed", BROKEN_OFF)
    assert now_of(to_be_cancelled).state.name == "Cancelled"
    assert made_for(died_again) == made_for(to_be_cancelled) == []


def test_one_that_cannot_be_begun_again_holds_up_no_other(database: Engine, quiet: None) -> None:
    """An upgrade took its deployment away."""
    from prefect.states import Crashed, Running

    from flows.deployments.register import deploy
    from flows.names import BROKEN_OFF, RUN_AGAIN
    from hosting.prefect.dead_runs import DeadRunCounts, DeadRuns

    gone, other = (run_of(code, Running(), Crashed(message=RUN_AGAIN)) for code in ("p5", "p4"))
    with client() as api:
        api.delete_deployment(gone.deployment_id)
    try:
        assert DeadRuns(database, PATIENCE).check(datetime.now(UTC)) == DeadRunCounts(0, 1)
    finally:
        deploy(load_plan(PLAN_0_1_DIR))
    assert now_of(gone).state.message == BROKEN_OFF
    assert len(made_for(other)) == 1
    assert DeadRuns(database, PATIENCE).check(datetime.now(UTC)) == DeadRunCounts(0, 0)


def test_of_a_lost_run_that_was_begun_again_nobody_is_alarmed(database: Engine, quiet: None) -> None:
    from prefect.states import Crashed, Running

    from config.catalogue.holidays import load_calendar
    from flows.names import CATCHING_UP, RUN_AGAIN
    from flows.runs.trouble import find_trouble

    again = run_of("p1", Running(), Crashed(message=RUN_AGAIN), tags=(CATCHING_UP,))
    for_good = run_of("p2", Running(), Crashed(message="Exit code 137"), tags=(CATCHING_UP,))
    with client() as api:
        found = find_trouble(api, load_plan(PLAN_0_1_DIR), load_calendar(), datetime.now(UTC) + timedelta(seconds=1))
    at = (again.expected_start_time, for_good.expected_start_time)
    told = {trouble.flow for trouble in found if trouble.at in at}
    assert told == {"p2"}


def test_the_lock_falls_with_the_process_and_outlives_the_connection(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock, "CHECK_INTERVAL_S", 0.05)
    url, run = database.url.render_as_string(hide_password=False), uuid4()

    def alone(which: UUID = run) -> bool:
        with try_run_lock(database, which) as is_alone:
            return is_alone

    def holders() -> set[int]:
        with database.connect() as connection:
            return set(connection.scalars(text("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")))

    assert alone()
    with hold_run_lock(str(run), url):
        assert not alone() and alone(uuid4())
        before = holders()
        with database.connect() as connection:  # as a restart of the database would
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": max(before)})
        eventually(lambda: len(holders() - before) == 1)
        assert not alone()
    eventually(alone)
    with ExitStack() as opened:
        process = opened.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", HOLD, str(run), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        assert process.stdout is not None and process.stdout.readline() == "at work\n"
        assert not alone()
        os.kill(process.pid, signal.SIGKILL)
    eventually(alone)


def test_on_sqlite_nothing_is_locked() -> None:
    with hold_run_lock(str(uuid4()), "sqlite:///nowhere/at/all.sqlite"):
        pass

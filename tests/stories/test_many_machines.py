"""Five priorities over 100,000 assignments on a Prefect spread over machines, one of which loses its power meanwhile.

PostgreSQL, Redis, two API replicas, the background services, two workers and the watch are processes of their own, as
`deploy/` starts them; letters go to a mail server of the test. Run with ``-s`` to see what took how long.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select
from sqlmodel import col

from config.clock import now
from flows.names import CATCHING_UP, DEPLOYMENT_NAMES, RUN_AGAIN, UNDER_WAY, WORK_POOL
from hosting.prefect.connection import HOST, free_port
from hosting.prefect.dead_runs import SECOND_RUN
from models.delivery.leases import LEASE
from models.keeping.opening import Store, open_store
from models.store.audit import verify
from models.store.database import reading
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from notifications.courier.round import UNRECORDED_PER_SENDER
from tests.support.cast import issue
from tests.support.much_work import NOW, RUNG, lay_in, wide_plan
from tests.support.servers import postgresql, redis
from tests.support.spread_out import SpreadOut, spread_out
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

ASSIGNMENTS, DUE, UNITS = 100_000, 20_000, 100
BEGUN = 30
"""So many letters are out when the worker is lost: its runs are in the middle."""

PATIENCE_S = 8
WORKERS = ("worker-0", "worker-1")


class Letters:
    """A mail server's handler that keeps every letter as it came."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def letters() -> Iterator[tuple[Letters, int]]:
    """Where all letters arrive, and the port of their server."""
    handler, port = Letters(), free_port()
    controller = Controller(handler, hostname=HOST, port=port)
    controller.start()
    yield handler, port
    controller.stop()


def test_a_worker_is_lost_and_every_notice_is_planned_once_and_delivered(
    tmp_path: Path, letters: tuple[Letters, int]
) -> None:
    mail, mail_port = letters
    told = _Stopwatch()
    with postgresql("dondoc", "prefect") as urls, redis() as redis_url:
        environ = _environ(tmp_path, urls, redis_url, mail_port)
        with spread_out(tmp_path, environ) as machines, open_store(machines.settings(0)) as store:
            with ThreadPoolExecutor(1) as meanwhile:
                laid_in = meanwhile.submit(_lay_in, store)
                machines.do("upgrade")
                laid_in.result()
            told("upgraded, 100,000 assignments laid in")
            _start(machines)
            told("started and deployed")
            asked = _run_all(machines)
            eventually(lambda: len(mail.taken) >= BEGUN, within_s=120)
            dead = _lose_a_worker(machines)
            told(f"{len(mail.taken)} letters out; lost the worker of {sorted(dead.values())}")
            runs = _await_the_end(machines, asked, dead)
            told("every priority has come to its end")
            _run_once_more(machines, store)
            told("what the lost courier had in its hands is sent")
            _check_runs(runs, dead)
            _check_notices(store)
            _check_letters(store, mail, senders=machines.settings(0).senders * len(dead))


def _environ(home: Path, urls: dict[str, str], redis_url: str, mail_port: int) -> dict[str, str]:
    key = home / "key"
    key.write_text("the-same-key-on-every-machine-of-the-test")
    address = f"mailto://{HOST}:{mail_port}?from=dondoc@tinh.example&to="
    contacts = "".join(f'  DV{n:04}: {{focal: "{address}dv{n:04}@tinh.example"}}\n' for n in range(UNITS))
    (home / "contacts.yaml").write_text(f"offices:\n{contacts}")
    return {
        "DONDOC_DATABASE_URL": urls["dondoc"],
        "DONDOC_PREFECT_DATABASE_URL": urls["prefect"],
        "DONDOC_REDIS_URL": redis_url,
        "DONDOC_SECRET_KEY_FILE": str(key),
        "DONDOC_PLAN_DIR": str(wide_plan(home / "plan", offices=UNITS)),
        "DONDOC_CONTACTS": str(home / "contacts.yaml"),
        "DONDOC_QUIET_HOURS": "never",
        "DONDOC_RECIPIENT_RATE": "1000",
    }


def _lay_in(store: Store) -> None:
    lay_in(store, size=ASSIGNMENTS, due=DUE)
    issue(store)


def _start(machines: SpreadOut) -> None:
    for machine in (0, 1):  # both at the same time
        machines.start_api(machine)
    machines.start("services", 2, "services")
    machines.await_apis()
    machines.do("deploy")
    for machine, name in enumerate(WORKERS):
        machines.start(name, machine, "worker", "--name", name, "--limit", "2")
    machines.start("watch", 2, "watch", "--patience", str(PATIENCE_S))
    # A run of the schedule that came in between would do today's work, not that of the test's day.
    for deployment in machines.ask("/deployments/filter", {}):
        machines.ask(f"/deployments/{deployment['id']}/pause_deployment", {})
    ready = {"status": {"any_": ["ONLINE"]}}
    eventually(lambda: len(machines.ask(f"/work_pools/{WORK_POOL}/workers/filter", {"workers": ready})) == 2)


def _run_all(machines: SpreadOut) -> dict[str, str]:
    """Ask for a run of every priority, through both replicas in turn, and at once for a second of p1; gives all ids."""
    ids = {each["name"]: each["id"] for each in machines.ask("/deployments/filter", {}, machine=1)}
    asked = {}
    for number, code in enumerate(("p1", *DEPLOYMENT_NAMES)):
        run = _ask_for_a_run(machines, ids[DEPLOYMENT_NAMES[code]], NOW, machine=number % 2)
        asked[run["id"]] = code
    return asked


def _ask_for_a_run(machines: SpreadOut, deployment: str, moment: datetime, *, machine: int) -> dict[str, Any]:
    form = {"form": {"as_of": moment.isoformat()}}
    return dict(machines.ask(f"/deployments/{deployment}/create_flow_run", {"parameters": form}, machine=machine))


def _run_once_more(machines: SpreadOut, store: Store) -> None:
    """The run that follows a quarter of an hour later; truly, as soon as the lost courier's leases are over."""
    eventually(lambda: not _in_hand(store), within_s=LEASE.total_seconds() + 10)
    (deployment,) = (
        each["id"] for each in machines.ask("/deployments/filter", {}) if each["name"] == DEPLOYMENT_NAMES["p1"]
    )
    run = _ask_for_a_run(machines, deployment, NOW + timedelta(minutes=15), machine=0)
    eventually(lambda: machines.ask(f"/flow_runs/{run['id']}")["state_type"] == "COMPLETED", within_s=60)


def _in_hand(store: Store) -> int:
    """Messages that a courier still has a lease on."""
    leased = select(func.count()).where(col(Message.state) == MessageState.SENDING, col(Message.lease_until) > now())
    with reading(store.engine) as connection:
        return int(connection.scalar(leased) or 0)


def _runs(machines: SpreadOut) -> list[dict[str, Any]]:
    """All but those to come: a schedule paused while Prefect makes its runs leaves some that nobody will begin."""
    runs = machines.ask("/flow_runs/filter", {"limit": 200}, machine=1)
    return [run for run in runs if not run["auto_scheduled"]]


def _lose_a_worker(machines: SpreadOut) -> dict[str, str]:
    """Pull the plug of a worker in the middle of its runs; gives their priorities by their ids."""
    lost: dict[str, str] = {}

    def run_locked() -> bool:
        runs = _runs(machines)
        if any(map(_is_starting, runs)):
            return False  # it is missed later (test_dead_runs.py), or ends by itself where another has its priority
        for name in WORKERS:
            processes = machines.processes(name)
            lost.update({run["id"]: _code(run) for run in runs if _is_carried_by(run, processes)})
            if lost:
                machines.lose(name)
                return True
        return False

    eventually(run_locked)
    return lost


def _is_starting(run: dict[str, Any]) -> bool:
    return run["state_type"] == "PENDING" or (run["state_type"] == "RUNNING" and not run["name"].endswith(UNDER_WAY))


def _is_carried_by(run: dict[str, Any], processes: set[int]) -> bool:
    return run["state_type"] == "RUNNING" and int((run["infrastructure_pid"] or "0").split(":")[-1]) in processes


def _code(run: dict[str, Any]) -> str:
    return next(tag for tag in run["tags"] if tag in DEPLOYMENT_NAMES)


def _await_the_end(machines: SpreadOut, asked: dict[str, str], dead: dict[str, str]) -> list[dict[str, Any]]:
    """All runs, once each that was asked for has ended, and each lost one and the one that makes up for it as well."""
    runs: list[dict[str, Any]] = []

    def ended() -> bool:
        runs[:] = _runs(machines)
        second = [run for run in runs if SECOND_RUN in run["tags"]]
        over = all(run["state_type"] in ("COMPLETED", "CANCELLED", "CRASHED", "FAILED") for run in runs)
        return over and len(second) >= len(dead)

    def standing() -> list[str]:
        return [
            f"{run['name']} {run['state_type']} {run['state_name']} {run['start_time']} {run['id']}" for run in runs
        ]

    eventually(ended, within_s=180, told=standing)
    assert {run["id"] for run in runs} >= set(asked)
    return runs


def _check_runs(runs: list[dict[str, Any]], dead: dict[str, str]) -> None:
    by_state = {
        state: [run for run in runs if run["state_type"] == state] for state in {run["state_type"] for run in runs}
    }
    assert not by_state.get("FAILED")
    assert {run["id"] for run in by_state["CRASHED"]} == set(dead)
    assert {run["state"]["message"] for run in by_state["CRASHED"]} == {RUN_AGAIN}
    # Of each lost run there is exactly one more, of the same priority and for the same day.
    second = [run for run in runs if SECOND_RUN in run["tags"]]
    assert Counter(_code(run) for run in second) == Counter(dead.values())
    assert all(CATCHING_UP in run["tags"] and run["state_type"] == "COMPLETED" for run in second)
    assert {datetime.fromisoformat(run["parameters"]["form"]["as_of"]) for run in second} == {NOW}
    assert {_code(run) for run in by_state["COMPLETED"]} == set(DEPLOYMENT_NAMES)
    # No priority ran twice at the same time.
    for code in DEPLOYMENT_NAMES:
        times = sorted((run["start_time"], run["end_time"]) for run in runs if _code(run) == code and run["start_time"])
        for (_, ended), (began, _) in pairwise(times):
            assert datetime.fromisoformat(ended) <= datetime.fromisoformat(began), (code, times)


def _check_notices(store: Store) -> None:
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Assignment)) >= ASSIGNMENTS  # type: ignore[operator]
        said = select(func.count(), func.count(col(Notice.assignment_id).distinct())).where(col(Notice.rung) == RUNG)
        planned, of = connection.execute(said).one()
        assert (planned, of) == (DUE, DUE)
        # What waits for offices that have ended since that day is told to their successors by the letters of today.
        told = col(Notice.state), col(Notice.kind), col(Notice.reason)
        of_units = select(*told, func.count()).where(col(Notice.office).like("DV%")).group_by(*told)
        states = connection.execute(of_units).all()
        assert {state for state, *_ in states} <= {NoticeState.SENT, NoticeState.SUPERSEDED}, states
        assert verify(connection).broken_at is None


def _check_letters(store: Store, mail: Letters, *, senders: int) -> None:
    """Every notice arrived; twice came only what was being sent when the power went, and under the same name."""
    parsed = [message_from_bytes(each, policy=default) for each in mail.taken]
    by_name = {letter["Message-ID"]: letter for letter in parsed}
    with reading(store.engine) as connection:
        sent = select(func.count()).where(col(Message.state) == MessageState.SENT, col(Message.office).like("DV%"))
        assert connection.scalar(sent) == len(by_name)
    assert sum(_due_soon(letter) for letter in by_name.values()) == DUE
    assert len(parsed) - len(by_name) <= senders * (1 + UNRECORDED_PER_SENDER)


def _due_soon(letter: Any) -> int:
    """How many works a letter says are due soon."""
    text = letter.get_body(("plain",)).get_content()
    return sum(map(int, re.findall(r"^VIỆC SẮP ĐẾN HẠN \((\d+)\)$", text, re.MULTILINE)))


class _Stopwatch:
    """Tells on the output what has come to pass after how many seconds."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str) -> None:
        os.write(1, f"  {time.monotonic() - self._began:5.1f} s  {what}\n".encode())

"""PostgreSQL stops in the middle, as when its machine fails, and comes back: portal, courier and a flow go on."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import httpx
import pytest

from config import clock
from config.settings import Settings
from flows.forms import fill_in
from hosting.prefect.connection import run_here
from models.access.accounts import make_token
from models.keeping.opening import Store, open_store
from models.store.database import session_scope
from tests.support.cast import issue
from tests.support.crash.new_databases import PostgresqlServer
from tests.support.crash.people_working import PeopleAtWork
from tests.support.crash.used_house import (
    OFFICES,
    SUBTASKS,
    ended,
    keep_delivering,
    settings_for,
    start,
    start_portal,
)
from tests.support.crash.what_stands import Tally, bytes_named, bytes_there, compare, deliver_to_the_end, send_again
from tests.support.servers import prefect
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

RESTARTS = 2
ANSWERS = 12


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = PostgresqlServer(folder)
    yield server
    server.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_everything_goes_on_and_nothing_is_lost(
    server: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, tally = settings_for(tmp_path, server.new_database("restarted")), Tally()
    with prefect(tmp_path / "prefect"), open_store(settings) as store:
        for name in ("data_dir", "database_url", "plan_dir"):
            monkeypatch.setenv(f"DONDOC_{name.upper()}", str(getattr(settings, name)))
        issue(store, number="45/KH-UBND", on_date=date(2025, 1, 6))
        portal, courier = start_portal(settings), start("courier", settings, keep_delivering)
        with ended(portal, courier):
            token = _token(store)
            with _stopped(server):
                began = threading.Timer(3, server.start)
                began.start()
                made = run_here("p1", fill_in("p1", {}, store.plan))
                began.join()
            assert made.assigned == SUBTASKS * len(OFFICES), "the flow waited for the database and went on"
            people = PeopleAtWork(store, Random(20230817))
            seen = 0
            for _ in range(RESTARTS):
                until = threading.Event()
                threads = people.go_on(until)
                _await_answers(people, ANSWERS)
                people.has_been_away.clear()
                with _stopped(server):
                    _check_that_the_portal_says_so(settings, token)
                    assert people.has_been_away.wait(30)
                    server.start()
                _await_answers(people, ANSWERS)
                until.set()
                for thread in threads:
                    thread.join()
                compare(store, people.asked[seen:], tally)
                send_again(store, people.asked[seen:], tally)
                seen = len(people.asked)
            people.close()
            assert (portal.is_running, courier.is_running) == (True, True), portal.said() + courier.said()
        deliver_to_the_end(store, tally)
        assert bytes_there(store) >= bytes_named(store)
    assert (tally.broken, people.strange) == ([], [])
    assert tally.taken > 2 * RESTARTS * ANSWERS - 2 and "Traceback" not in portal.said() + courier.said()


class _stopped:  # noqa: N801 (reads as what it is in a with statement)
    """The server is away when the block begins and there when it ends, however it ends."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server

    def __enter__(self) -> None:
        self._server.stop_at_once()

    def __exit__(self, *_: object) -> None:
        self._server.start()


def _token(store: Store) -> str:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=clock.now(), actor="command")
        return make_token(session, name="Phần mềm", office="SYT", role=None, days=1, context=context)


def _check_that_the_portal_says_so(settings: Settings, token: str) -> None:
    """In words, to people and to programs, and never as a failure of its own."""
    with httpx.Client(base_url=settings.portal_url, trust_env=False, verify=False, timeout=60) as web:
        web.cookies.set("dondoc_session", "x" * 43)
        for path in ("/desk", "/sign-in", "/healthz", "/assignments/1", "/board"):
            answer = web.get(path)
            assert answer.status_code in (200, 303, 503), (path, answer.status_code)
            if answer.status_code == 503:
                assert "Cơ sở dữ liệu chưa trả lời" in answer.text and answer.headers["Retry-After"]
        answer = web.get("/api/v1/assignments", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.json()["detail"] == "Cơ sở dữ liệu chưa trả lời; thử lại sau ít phút."


def _await_answers(people: PeopleAtWork, more: int) -> None:
    enough = sum(each.was_taken for each in people.asked) + more
    eventually(
        lambda: sum(each.was_taken for each in people.asked) >= enough, within_s=120, told=lambda: people.strange
    )

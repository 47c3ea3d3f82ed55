"""A portal on a free port of the loopback for one test, over the store of that test."""

import threading
from collections.abc import Iterator

import pytest
import uvicorn

from models.keeping.opening import Store
from portal.app import make_app
from portal.background_tasks import BackgroundTasks
from tests.support.cast import at, begin
from tests.support.people import Clock, House
from tests.support.routes_once import share_built_routes
from tests.support.waiting import eventually

share_built_routes()


@pytest.fixture(autouse=True)
def _background_tasks_end_before_the_store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """One still at work would give its connection back to a pool that nobody holds any more."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine")  # begun before this fixture, it is disposed of after it
    left: list[BackgroundTasks] = []

    class Remembered(BackgroundTasks):
        def __init__(self) -> None:
            super().__init__()
            left.append(self)

    monkeypatch.setattr("portal.app.BackgroundTasks", Remembered)
    yield
    for background_tasks in left:
        background_tasks.finish()


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    """The portal on 18/8/2023, the day after the document: SYT has its first work."""
    begin(store, "p1", at("2023-08-18"), offices=())
    clock = Clock(at("2023-08-18", 9))
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(store, now=clock), host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, name="portal")
    thread.start()
    eventually(lambda: server.started, within_s=30)
    port = server.servers[0].sockets[0].getsockname()[1]
    house = House(store, clock, f"http://127.0.0.1:{port}")
    try:
        yield house
    finally:
        house.close()
        server.should_exit = True
        thread.join(30)

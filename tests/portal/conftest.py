"""A portal on a free port of the loopback for one test, over the store of that test."""

import threading
from collections.abc import Iterator

import pytest
import uvicorn

from models.store import Store
from portal.app import make_app
from tests.cast import at, issue, run
from tests.portal.people import Clock, House
from tests.waiting import eventually


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    """The portal on 18/8/2023, the day after the document: SYT has its first work."""
    issue(store)
    run(store, "p1", at("2023-08-18"), offices=())
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

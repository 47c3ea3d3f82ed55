"""A portal on a free port of the loopback for one test, over the store of that test."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.rules.working_time import WorkingCalendar
from config.settings import load_settings
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import open_database
from portal.app import make_app
from portal.background_tasks import BackgroundTasks
from tests.support.cast import at, issue, run
from tests.support.people import Clock, House
from tests.support.waiting import eventually


@pytest.fixture(scope="session")
def lived_in(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, plan: Plan, calendar: WorkingCalendar
) -> Path:
    """The data directory of a store in which the first work has been assigned, lived in once for all that begin so."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copyfile(sqlite_template, folder / "dondoc.sqlite")
    settings = load_settings({"DONDOC_DATA_DIR": str(folder), "DONDOC_SAMPLE": "0"})
    engine = open_database(settings.database_url)
    mirror_configuration(engine, plan, Contacts())
    _begin(Store(settings, plan, calendar, Contacts(), engine))
    engine.dispose()
    return folder


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


def _begin(store: Store) -> None:
    issue(store)
    run(store, "p1", at("2023-08-18"), offices=())


@pytest.fixture
def house(store: Store, request: pytest.FixtureRequest) -> Iterator[House]:
    """The portal on 18/8/2023, the day after the document: SYT has its first work."""
    if store.engine.dialect.name == "sqlite":
        store.engine.dispose()
        shutil.copytree(request.getfixturevalue("lived_in"), store.settings.data_dir, dirs_exist_ok=True)
    else:
        _begin(store)
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

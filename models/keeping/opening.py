"""What a unit of work needs, opened once: settings, plan, calendar, contacts and the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.contacts.loading import load_contacts
from config.rules.working_time import WorkingCalendar
from config.settings import Settings
from models.keeping.forgotten_assignments import refuse_forgotten_assignments
from models.keeping.mirror import mirror_configuration
from models.store.actor import ActorContext
from models.store.database import open_database


@dataclass(frozen=True)
class Store:
    """The opened store together with the plan and calendar it is read by."""

    settings: Settings
    plan: Plan
    calendar: WorkingCalendar
    contacts: Contacts
    engine: Engine

    def actor_context(self, *, now: datetime, actor: str, run_key: str = "") -> ActorContext:
        """Who acts now and by which plan: what every unit of work is given."""
        return ActorContext(plan=self.plan, calendar=self.calendar, now=now, actor=actor, run_key=run_key)


_kept: dict[Settings, Store] = {}


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Open the store for one unit of work or one process; raises ``Refused`` when plan or database are at fault."""
    if (kept := _kept.get(settings)) is not None:
        yield kept
        return
    plan = load_plan(settings.plan_dir)
    calendar = load_calendar(settings.plan_dir / "calendar.yaml")
    contacts = _contacts(settings, plan)
    engine = open_database(settings.database_url)
    try:
        refuse_forgotten_assignments(engine, plan)
        mirror_configuration(engine, plan, contacts)
        yield Store(settings, plan, calendar, contacts, engine)
    finally:
        engine.dispose()


def with_contacts_of_today(store: Store) -> Store:
    """The same store after somebody edited the contacts; raises ``Refused`` when the file is at fault."""
    contacts = _contacts(store.settings, store.plan)
    mirror_configuration(store.engine, store.plan, contacts)
    return replace(store, contacts=contacts)


def _contacts(settings: Settings, plan: Plan) -> Contacts:
    return load_contacts(
        settings.contacts_file,
        known_offices={office.code for office in plan.offices},
        language=settings.language,
        quiet=settings.quiet_hours,
        may_be_missing=settings.contacts_file == settings.default_contacts_file,
    )


@contextmanager
def keep_open(settings: Settings) -> Iterator[Store]:
    """Open the store once for everything that this process opens within the block.

    For many units of work in one process whose plan does not change meanwhile: reading the plan, and compiling every
    SQL statement anew, cost more than a small unit of work itself.
    """
    with open_store(settings) as store:
        _kept[settings] = store
        try:
            yield store
        finally:
            _kept.pop(settings, None)

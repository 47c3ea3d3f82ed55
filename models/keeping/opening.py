"""What a unit of work needs, opened once: settings, plan, calendar, contacts and the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlmodel import col

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.contacts.contacts import Contacts
from config.contacts.loading import load_contacts
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.settings import Settings
from models.keeping.mirror import mirror_configuration
from models.store.actor import ActorContext
from models.store.database import open_database, reading
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment


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


def refuse_forgotten_assignments(engine: Engine, plan: Plan) -> None:
    """Raise ``Refused`` naming each subtask, step or directive that the store needs and the plan has lost.

    Titles, quotes and report forms come from the plan: without them no list, letter or report could be made.
    """
    known = {(subtask.code, step.key) for subtask in plan.subtasks() for step in subtask.steps}
    known |= {(subtask.code, AD_HOC) for subtask in plan.subtasks()}
    parts = (col(Assignment.subtask), col(Assignment.step))
    codes = {directive.code for directive in plan.directives}
    with reading(engine) as connection:
        anchored = connection.execute(select(col(Anchor.directive), func.count()).group_by(col(Anchor.directive))).all()
        assigned = connection.execute(select(*parts, func.count()).group_by(*parts)).all()
    lost = [
        f"{subtask}, bước {step}: {count} việc" for subtask, step, count in assigned if (subtask, step) not in known
    ]
    lost += [
        f"chỉ đạo {directive} (code trong directive.yaml): {count} văn bản, sự kiện đã đăng ký"
        for directive, count in anchored
        if directive not in codes
    ]
    if lost:
        raise Refused(
            "Kế hoạch không còn những phần mà kho dữ liệu đã giao việc theo đó. Đưa các phần này trở lại kế hoạch (muốn"
            " thôi giao thì đặt valid_to), hoặc dùng bản kế hoạch trước:",
            "The plan has lost parts by which work was assigned. Put them back (valid_to ends assigning), or use the"
            " earlier plan.",
            details=lost,
        )

"""What a unit of work needs, opened once: settings, plan, calendar, contacts and the database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from sqlalchemy import Connection, Engine, exists, func, select
from sqlmodel import col

import models.tables.all  # noqa: F401  (what an event is about may be of any table)
from config import clock
from config.audit_keys import audit_keys
from config.catalogue.folders import CALENDAR
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.contacts.contacts import Contacts
from config.contacts.entries import OfficeContacts, contacts_of
from config.contacts.loading import ContactsFile, read_contacts_file
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.settings import PLAN_0_1_DIR, PLAN_DIR, Settings
from models.contacts.book import last_revision, read_contacts
from models.contacts.taking_in import are_taken_in, take_in
from models.keeping.mirror import mirror_configuration
from models.plans.documents import PlanInForce
from models.plans.editions import Provenance, heads, import_plan, is_known_source, plan_in_force
from models.plans.part_of_plan import limited_to
from models.plans.reading import source_digest
from models.store.actor import ActorContext, Context
from models.store.audit import lock_audit_chain
from models.store.database import open_database, reading, session_scope
from models.store.first_write import forget, put_off
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment


@dataclass(frozen=True)
class Store:
    """The opened store together with the plan and calendar it is read by.

    editions  by which editions the plan stands: numbers by series
    """

    settings: Settings
    plan: Plan
    calendar: WorkingCalendar
    contacts: Contacts
    engine: Engine
    editions: Mapping[str, int] = field(default_factory=dict)

    def actor_context(self, *, now: datetime, actor: str, run_key: str = "") -> ActorContext:
        """Who acts now and by which plan: what every unit of work is given."""
        return ActorContext(
            plan=self.plan, calendar=self.calendar, editions=self.editions, now=now, actor=actor, run_key=run_key
        )

    def of_today(self, connection: Connection | None = None) -> "Store":
        """This store by the plan in force and the contacts that are set; itself while nobody has changed either.

        connection  looked through where a transaction is under way already
        """
        if connection is None:
            with reading(self.engine) as own:
                return self.of_today(own)
        store = self
        if last_revision(connection) != self.contacts.revision:
            store = replace(store, contacts=_set_in(connection, self.contacts))
        in_force = plan_in_force(connection)
        if in_force is None or in_force.numbers == self.editions:
            return store
        return replace(store, plan=in_force.plan, calendar=in_force.calendar, editions=in_force.numbers)

    def limited_to(self, directives: frozenset[str]) -> "Store":
        """This store as an account sees it that has to do with these directives alone."""
        return replace(self, plan=limited_to(self.plan, directives))

    def has_files_not_imported(self) -> bool:
        """Whether the plan folder holds files that were never taken in: they are pointed out, and never read."""
        digest = source_digest(self.settings.plan_dir)
        with reading(self.engine) as connection:
            return bool(digest) and not is_known_source(connection, digest)


_kept: dict[Settings, Store] = {}


@contextmanager
def open_store(settings: Settings, *, serves: bool = False) -> Iterator[Store]:
    """Open the store for one unit of work or one process; raises ``Refused`` when plan or database are at fault.

    serves  whether others rely on this process: offices and channels are mirrored by its plan and contacts at once

    Any other only reads, unless the store is new: what this shell knows of the contacts is mirrored before it first
    writes, if it writes at all.
    """
    if (kept := _kept.get(settings)) is not None:
        yield kept
        return
    engine = open_database(settings.database_url, keys=partial(audit_keys, settings))
    try:
        with reading(engine) as connection:
            found = plan_in_force(connection)
        in_force = found or _first_plan(engine, settings)
        store = Store(settings, in_force.plan, in_force.calendar, Contacts(), engine, in_force.numbers)
        if serves or found is None:
            store = with_contacts_of_today(store)
        else:
            store = replace(store, contacts=_contacts(store))
            put_off(engine, lambda: with_contacts_of_today(store.of_today()))
        yield store
    finally:
        forget(engine)
        engine.dispose()


def _first_plan(engine: Engine, settings: Settings) -> PlanInForce:
    """Make the files of the plan folder the first editions of a store that has none yet."""
    with reading(engine) as connection:
        # A store of version 0.1 holds work by what its files meant then.
        lived_in = connection.scalar(select(exists().where(col(Assignment.id).is_not(None)))) or False
    # The shipped plan has changed since: what is new in it comes to such a store as an amendment that is looked at.
    folder = PLAN_0_1_DIR if lived_in and settings.plan_dir == PLAN_DIR else settings.plan_dir
    plan = load_plan(folder, version_0_1=lived_in, today=clock.local_date(clock.now()))
    calendar = load_calendar(folder / CALENDAR)
    refuse_forgotten_assignments(engine, plan)
    provenance = Provenance(source_digest=source_digest(folder))
    with session_scope(engine) as session:
        lock_audit_chain(session)
        # Of two that open an empty store at once the second follows the first, whatever its own files say.
        if not heads(session.connection()):
            import_plan(session, plan, calendar, provenance=provenance, actor="system", now=clock.now())
        in_force = plan_in_force(session.connection())
    assert in_force is not None
    return in_force


def with_contacts_of_today(store: Store) -> Store:
    """The same store by the senders of the file as it is now, mirrored; a file of version 0.1 is taken in first.

    Raises ``Refused`` when the file is at fault.
    """
    file = _file(store)
    if file.offices:
        with session_scope(store.engine) as session:
            take_in(session, file.offices, Context(plan=store.plan, now=clock.now(), actor="system"))
    with reading(store.engine) as connection:
        contacts = _set_in(connection, file.contacts)
    mirror_configuration(store.engine, store.plan, contacts)
    return replace(store, contacts=contacts)


def _contacts(store: Store) -> Contacts:
    """What ``with_contacts_of_today`` will find; only reads."""
    file = _file(store)
    with reading(store.engine) as connection:
        return _set_in(connection, file.contacts, to_come=file.offices)


def _set_in(
    connection: Connection, by_file: Contacts, *, to_come: Mapping[str, OfficeContacts] = MappingProxyType({})
) -> Contacts:
    """The contacts as they are set in the store, by the senders and common hours of those of the file.

    to_come  those that were not taken in yet
    """
    # Before them: of a change in between, the revision of before is kept, and they are read again.
    revision = last_revision(connection)
    return contacts_of(
        {**to_come, **read_contacts(connection)},
        by_file.senders,
        accounts_url=by_file.accounts_url,
        language=by_file.language,
        quiet=by_file.quiet,
        revision=revision,
    )


def _file(store: Store) -> ContactsFile:
    """What the file says; of its offices only what was not taken in yet."""
    with reading(store.engine) as connection:
        is_taken_in = are_taken_in(connection)
    settings = store.settings
    file = read_contacts_file(
        settings.contacts_file,
        known_offices={office.code for office in store.plan.offices},
        language=settings.language,
        quiet=settings.quiet_hours,
        may_be_missing=settings.contacts_file == settings.default_contacts_file,
        is_taken_in=is_taken_in,
    )
    return replace(file, offices={}) if is_taken_in else file


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
            "The plan no longer has parts by which work in the store was assigned. Put them back (to stop assigning, "
            "set valid_to), or use the earlier plan:",
            details=lost,
        )

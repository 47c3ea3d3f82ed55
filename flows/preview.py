"""Looking ahead: what a run would assign and say, worked out by the same steps and then rolled back.

On SQLite by a copy of the file, since a transaction that writes keeps out everybody else who would; on PostgreSQL by a
transaction that leaves the audit trail to others, so that only who changes the same assignments waits for its end.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url
from sqlmodel import Session, col

from config.contacts.desks import Desk
from config.rules.due_words import dated, dated_at
from config.rules.kinds import Timing
from config.settings import Settings
from flows.forms import FollowUpForm
from flows.steps import Summary, assign_within, summarise, track_within
from models.delivery.grouping import WAITING
from models.keeping.copy import copy_pages
from models.keeping.mirror import mirror_within
from models.keeping.opening import Store, open_store
from models.store.audit import LOOKS_AHEAD
from models.store.database import open_database
from models.store.upsert import table_of
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, Role
from models.tables.outbox import Notice
from notifications.courier.courier import DeliveryCounts


class PreviewedAssignment(NamedTuple):
    """An assignment the run would make."""

    subtask: str
    step: str
    variant: str
    period: str
    office: str
    role: Role
    due_date: date
    due_at: datetime
    timing: Timing
    rule: str


class PreviewedNotice(NamedTuple):
    """A notice that would wait to be sent after the run, whether new or left from before."""

    kind: NoticeKind
    subtask: str
    period: str
    office: str
    desk: Desk
    channel: str
    due_date: date
    due_at: datetime
    timing: Timing
    rule: str


@dataclass(frozen=True)
class Preview:
    """What a run would do; nothing of it is stored. ``late_at_once`` of the assignments would be overdue when made."""

    summary: Summary
    late_at_once: int
    assignments: tuple[PreviewedAssignment, ...]
    notices: tuple[PreviewedNotice, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.summary.as_json(),
            "dry_run": True,
            "late_at_once": self.late_at_once,
            "would_assign": [_json(each) for each in self.assignments],
            "would_send": [_json(each) for each in self.notices],
        }


def _json(each: PreviewedAssignment | PreviewedNotice) -> dict[str, Any]:
    return each._asdict() | {"due_date": dated(each.due_date), "due_at": dated_at(each.due_at)}


def preview(settings: Settings, priority: str, form: FollowUpForm, now: datetime) -> Preview:
    """Look ahead from ``now``, or from the form's ``as_of`` when it has one; nothing is stored or sent.

    Raises what the run would raise.
    """
    moment = form.model_copy(update={"dry_run": True}).moment(now)
    with (
        _existing_database(settings) as looked_at,
        open_store(looked_at) as store,
        _own_copy(store.engine) as engine,
        _rolled_back(engine) as session,
    ):
        return _look_ahead(session, store, priority, form, moment)


def _look_ahead(session: Session, store: Store, priority: str, form: FollowUpForm, now: datetime) -> Preview:
    last_before = session.scalar(select(func.max(col(Assignment.id)))) or 0
    mirror_within(session, store.plan, store.contacts)  # as the run begins
    context = store.actor_context(now=now, actor=f"flow:{priority}", run_key="xem-truoc")
    assigned = assign_within(session, priority, form, context)
    tracked = track_within(session, priority, context)
    session.flush()
    return Preview(
        summary=summarise(assigned, tracked, DeliveryCounts()),
        late_at_once=_late_at_once(session, last_before, now),
        assignments=_assignments(session, last_before),
        notices=_notices(session, priority),
    )


def _late_at_once(session: Session, last_before: int, now: datetime) -> int:
    query = select(func.count()).where(col(Assignment.id) > last_before, col(Assignment.due_at) <= now)
    return session.scalar(query) or 0


def _assignments(session: Session, last_before: int) -> tuple[PreviewedAssignment, ...]:
    columns = (getattr(Assignment, name) for name in PreviewedAssignment._fields)
    query = select(*columns).where(col(Assignment.id) > last_before)
    return tuple(
        map(PreviewedAssignment._make, session.execute(query.order_by(col(Assignment.due_at), col(Assignment.id))))
    )


def _notices(session: Session, priority: str) -> tuple[PreviewedNotice, ...]:
    own = table_of(Notice).c
    columns = (own[name] if name in own else getattr(Assignment, name) for name in PreviewedNotice._fields)
    query = (
        select(*columns)
        .join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        .where(WAITING, col(Assignment.priority) == priority)
        .order_by(col(Notice.office), col(Notice.id))
    )
    return tuple(map(PreviewedNotice._make, session.execute(query)))


@contextmanager
def _rolled_back(engine: Engine) -> Iterator[Session]:
    """A transaction that is always rolled back."""
    with Session(engine, expire_on_commit=False, info=dict(LOOKS_AHEAD)) as session:
        transaction = session.begin()
        try:
            yield session
        finally:
            transaction.rollback()


@contextmanager
def _own_copy(engine: Engine) -> Iterator[Engine]:
    """A copy of a SQLite database, beside its file; any other as it is."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield engine
        return
    with tempfile.TemporaryDirectory(prefix=".dondoc-preview-", dir=Path(engine.url.database).parent) as folder:
        file = Path(folder) / "dondoc.sqlite"
        copy_pages(engine, file)
        copied = open_database(f"sqlite:///{file}")
        try:
            yield copied
        finally:
            copied.dispose()


@contextmanager
def _existing_database(settings: Settings) -> Iterator[Settings]:
    """The settings; where there is no database file yet, those of an empty one elsewhere, so that none is made."""
    address = make_url(settings.database_url)
    if address.get_backend_name() != "sqlite" or (address.database and Path(address.database).exists()):
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        yield replace(settings, database_url=f"sqlite:///{folder}/dondoc.sqlite")

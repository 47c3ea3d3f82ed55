"""Mirrors in the store of what is configured: offices from the plan, channels from the contacts.

Not facts of their own: they are there so that bulk statements can join on them. What serves, runs or sends brings them
up to date when it begins, any other process before it first writes: who only reads takes them as they are.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from config.contacts.web_addresses import WEBHOOK
from models.store.audit import lock_audit_chain
from models.store.database import reading, session_scope
from models.store.upsert import table_of
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.office import Contact, Office
from models.tables.outbox import Message, Notice

Row = dict[str, Any]

_NOT_ASKED = "language"
"""Written with a channel and read by nobody: a shell in another language is no reason to write."""


def mirror_configuration(engine: Engine, plan: Plan, contacts: Contacts) -> None:
    """Make the tables ``office`` and ``contact`` say what plan and contacts say; writes only when they differ."""
    with reading(engine) as connection:
        if not any(_out_of_date(connection, plan, contacts)):
            return
    with session_scope(engine, by_clock=False) as session:
        lock_audit_chain(session)
        mirror_within(session, plan, contacts)


def mirror_within(session: Session, plan: Plan, contacts: Contacts) -> None:
    """The same within a unit of work."""
    # Of two processes that found it out of date at once, the second finds it mended.
    for table, rows in _out_of_date(session.connection(), plan, contacts):
        session.exec(delete(table))
        session.exec(insert(table), params=rows)
        if table is table_of(Contact):
            _take_up_channels(session)


def _out_of_date(connection: Connection, plan: Plan, contacts: Contacts) -> Iterator[tuple[Table, list[Row]]]:
    """The mirrors that say something else, each with the rows that it should have."""
    offices = [office.model_dump(include=set(Office.model_fields)) for office in plan.offices]
    if _said(connection, Office) != _sorted(offices):
        yield table_of(Office), offices
    desks = [(office.code, desk, contacts.address(office.code, desk)) for office in plan.offices for desk in Desk]
    channels: list[Row] = [
        {"office": office, "desk": desk, "channel": address.channel, "language": address.language}
        for office, desk, address in desks
    ]
    if _said(connection, Contact) != _sorted(channels):
        yield table_of(Contact), channels


def _take_up_channels(session: Session) -> None:
    """Let what waits and has not been tried go over the first channel that its desk has now; what is there over another
    channel too is a fallback and stays."""
    twin, contact = aliased(Notice), table_of(Contact)
    same = ("assignment_id", "kind", "rung", "office", "desk")
    is_fallback = exists().where(
        *(col(getattr(twin, name)) == col(getattr(Notice, name)) for name in same),
        col(twin.channel) != col(Notice.channel),
    )
    of_desk = and_(contact.c.office == col(Notice.office), contact.c.desk == col(Notice.desk))
    first = select(contact.c.channel).where(of_desk).scalar_subquery()
    holds_fallback = exists().where(col(Notice.message_id) == col(Message.id), is_fallback)
    is_untried = (col(Message.state) == MessageState.QUEUED, col(Message.attempts) == 0, col(Message.error) == "")
    untried = select(col(Message.id)).where(*is_untried, ~holds_fallback)
    waits = or_(col(Notice.message_id).is_(None), col(Notice.message_id).in_(untried))
    changed = exists().where(of_desk, contact.c.channel != col(Notice.channel))
    moving = update(Notice).where(col(Notice.state) == NoticeState.PENDING, waits, changed, ~is_fallback)
    session.exec(moving.values(channel=first).execution_options(synchronize_session=False))
    its = select(func.min(col(Notice.channel))).where(col(Notice.message_id) == col(Message.id)).scalar_subquery()
    of_reader = and_(contact.c.office == col(Message.office), contact.c.desk == col(Message.desk))
    channel = func.coalesce(its, select(contact.c.channel).where(of_reader).scalar_subquery())
    following = update(Message).where(*is_untried, col(Message.channel) != WEBHOOK, channel != col(Message.channel))
    session.exec(following.values(channel=channel).execution_options(synchronize_session=False))


def _said(connection: Connection, model: type[SQLModel]) -> list[tuple[str, ...]]:
    return _sorted(dict(row) for row in connection.execute(select(table_of(model))).mappings())


def _sorted(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[key]) for key in sorted(row) if key != _NOT_ASKED) for row in rows)

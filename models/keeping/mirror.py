"""Mirrors in the store of what is configured: offices from the plan, channels from the contacts.

Not facts of their own: they are there so that bulk statements can join on them, and are brought up to date
whenever the store is opened.
"""

from collections.abc import Callable, Iterable
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


def mirror_configuration(engine: Engine, plan: Plan, contacts: Contacts) -> None:
    """Make the tables ``office`` and ``contact`` say what plan and contacts say; writes only when they differ."""
    _mirror(engine, Office, [office.model_dump(include=set(Office.model_fields)) for office in plan.offices])
    desks = [(office.code, desk, contacts.address(office.code, desk)) for office in plan.offices for desk in Desk]
    _mirror(
        engine,
        Contact,
        [
            {"office": office, "desk": desk, "channel": address.channel, "language": address.language}
            for office, desk, address in desks
        ],
        and_then=_take_up_channels,
    )


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


def _mirror(
    engine: Engine,
    model: type[SQLModel],
    rows: list[dict[str, Any]],
    and_then: Callable[[Session], None] = lambda _: None,
) -> None:
    table = table_of(model)
    with reading(engine) as connection:
        if _says(connection, table, rows):
            return
    with session_scope(engine, by_clock=False) as session:
        lock_audit_chain(session)
        # Of two processes that found it out of date at once, the second finds it mended.
        if not _says(session.connection(), table, rows):
            session.exec(delete(table))
            session.exec(insert(table), params=rows)
            and_then(session)


def _says(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> bool:
    return _sorted(dict(row) for row in connection.execute(select(table)).mappings()) == _sorted(rows)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[key]) for key in sorted(row)) for row in rows)

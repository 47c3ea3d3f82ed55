"""Mirrors in the store of what is configured: offices from the plan, channels from the contacts.

Not facts of their own: they are there so that bulk statements can join on them, and are brought up to date
whenever the store is opened.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select
from sqlmodel import SQLModel

from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from models.store.audit import lock_audit_chain
from models.store.database import reading, session_scope
from models.store.upsert import table_of
from models.tables.office import Contact, Office


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
    )


def _mirror(engine: Engine, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
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


def _says(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> bool:
    return _sorted(dict(row) for row in connection.execute(select(table)).mappings()) == _sorted(rows)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[key]) for key in sorted(row)) for row in rows)

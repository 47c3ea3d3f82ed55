"""Mirrors in the store of what is configured: offices from the plan, channels from the contacts.

Not facts of their own: they are there so that bulk statements can join on them, and are brought up to date
whenever the store is opened.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, delete, exists, insert, select, update
from sqlmodel import SQLModel, col

from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from models.store.database import reading, session_scope
from models.store.upsert import table_of
from models.tables.anchor import Anchor
from models.tables.office import Contact, Office


def mirror_configuration(engine: Engine, plan: Plan, contacts: Contacts) -> None:
    """Make the tables ``office`` and ``contact`` say what plan and contacts say; writes only when they differ."""
    offices = [
        {
            "code": office.code,
            "name_vi": office.name_vi,
            "name_en": office.name_en,
            "valid_from": office.valid_from,
            "valid_to": office.valid_to,
            "successor": office.successor,
            "assumed": office.assumed,
        }
        for office in plan.offices
    ]
    channels = [
        {
            "office": office.code,
            "desk": desk,
            "channel": contacts.address(office.code, desk).channel,
            "language": contacts.address(office.code, desk).language,
        }
        for office in plan.offices
        for desk in Desk
    ]
    _set_missing_directive(engine, plan)
    _mirror(engine, Office, offices)
    _mirror(engine, Contact, channels)


def _set_missing_directive(engine: Engine, plan: Plan) -> None:
    """Give anchors of a store of one directive its code; a migration does not know the plan."""
    missing = col(Anchor.directive) == ""
    with reading(engine) as connection:
        if not connection.scalar(select(exists().where(missing))):
            return
    with session_scope(engine) as session:
        session.exec(update(Anchor).where(missing).values(directive=plan.main_directive.code))


def _mirror(engine: Engine, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    table = table_of(model)
    with reading(engine) as connection:
        known = [dict(row) for row in connection.execute(select(table)).mappings()]
    if _sorted(known) != _sorted(rows):
        with session_scope(engine) as session:
            session.exec(delete(table))
            session.exec(insert(table), params=rows)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(row[key]) for key in sorted(row)) for row in rows)

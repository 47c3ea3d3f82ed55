"""INSERT … ON CONFLICT: DO NOTHING, the statement behind every "running twice does it once", and DO UPDATE."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

Insert = postgresql.Insert | sqlite.Insert


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model, for statements that bypass the ORM."""
    table = model.__dict__["__table__"]
    assert isinstance(table, Table)
    return table


def insert_new(session: Session, model: type[SQLModel]) -> Insert:
    """An insert into ``model``'s table that passes over rows whose unique key is already there."""
    return _insert(session, model).on_conflict_do_nothing()


def put(session: Session, model: type[SQLModel], **values: Any) -> None:
    """Write one row, in the place of the one with the same primary key, also while another deletes that one."""
    keys = [column.name for column in table_of(model).primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    insert = _insert(session, model).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_=rest))


def _insert(session: Session, model: type[SQLModel]) -> Insert:
    dialect = session.get_bind().dialect.name
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(model))

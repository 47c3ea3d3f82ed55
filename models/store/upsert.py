"""INSERT … ON CONFLICT DO NOTHING, the statement behind every "running twice does it once"."""

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
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table_of(model)).on_conflict_do_nothing()

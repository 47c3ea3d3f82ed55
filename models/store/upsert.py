"""INSERT … ON CONFLICT: DO NOTHING, the statement behind every "running twice does it once", and DO UPDATE."""

from collections.abc import Sequence
from functools import cache
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
    return inserting_new(session.get_bind().dialect.name, model)


@cache
def inserting_new(dialect: str, model: type[SQLModel]) -> Insert:
    """``insert_new`` for a statement that is made once for each database."""
    return _insert(dialect, model).on_conflict_do_nothing()


def put(session: Session, model: type[SQLModel], **values: Any) -> None:
    """Write one row, in the place of the one with the same primary key, also while another deletes that one."""
    session.execute(_putting(session.get_bind().dialect.name, model, tuple(values)), values)


@cache
def _putting(dialect: str, model: type[SQLModel], names: Sequence[str]) -> Insert:
    keys, insert = [column.name for column in table_of(model).primary_key], _insert(dialect, model)
    rest = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)


def _insert(dialect: str, model: type[SQLModel]) -> Insert:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table_of(model))

"""Migrations on a store in which something has happened: back and forth, and nothing of what both know is lost."""

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, select

import models.tables.all  # noqa: F401  (registers every table)
from config.errors import Refused
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.columns import metadata
from models.store.database import alembic_config
from tests.support.cast import at, issue, run

REVISIONS = [each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def migrate(engine: Engine, to: str) -> None:
    """As ``open_database`` does it, in either direction."""
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        if REVISIONS.index(to) > REVISIONS.index(MigrationContext.configure(connection).get_current_revision() or ""):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
        connection.commit()


def tables(connection: Connection) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection)
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def rows(connection: Connection, shape: dict[str, Table]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for name, table in shape.items()
    }


@pytest.mark.parametrize("back_to", REVISIONS[1:])
def test_a_store_goes_back_and_forth(store: Store, back_to: str) -> None:
    issue(store)
    for priority in ("p1", "p3"):
        run(store, priority, at("2023-09-12"), offices=("SYT", "CAT"))
    with store.engine.connect() as connection:
        newest = tables(connection)
    migrate(store.engine, back_to)
    with store.engine.connect() as connection:
        older = tables(connection)
        before = rows(connection, older)
    assert before["assignment"]
    assert before["notice"]
    migrate(store.engine, REVISIONS[0])
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        assert rows(connection, older) == before
        assert {name: set(each.columns.keys()) for name, each in tables(connection).items()} == {
            name: set(each.columns.keys()) for name, each in newest.items()
        }


def test_several_directives_do_not_go_back_to_where_only_one_was_known(store: Store) -> None:
    issue(store)
    with store.engine.begin() as connection:
        anchor = tables(connection)["anchor"]
        (house,) = connection.execute(select(anchor)).mappings()
        connection.execute(anchor.insert().values({**house, "id": 99, "directive": "CCHC-MAU"}))
    with pytest.raises(Refused, match="nhiều chỉ đạo"):
        migrate(store.engine, "0002")
    with store.engine.connect() as connection:
        assert {row.directive for row in connection.execute(select(tables(connection)["anchor"]))} == {
            store.plan.main_directive.code,
            "CCHC-MAU",
        }


def test_what_was_registered_before_is_the_houses_once_its_plan_is_opened(store: Store) -> None:
    """A store of the time when one followed one directive: its anchors bear no code, and get the house's."""
    issue(store)
    run(store, "p1", at("2023-08-18"))
    migrate(store.engine, "0002")
    migrate(store.engine, REVISIONS[0])
    with store.engine.connect() as connection:
        assert [row.directive for row in connection.execute(select(tables(connection)["anchor"]))] == [""]
    mirror_configuration(store.engine, store.plan, store.contacts)
    with store.engine.connect() as connection:
        assert [row.directive for row in connection.execute(select(tables(connection)["anchor"]))] == [
            store.plan.main_directive.code
        ]
    again = run(store, "p1", at("2023-08-18", 13, 30))
    assert (again.assigned, again.notices) == (0, 0)

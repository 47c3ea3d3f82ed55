"""Offices and channels are mirrored once, however many processes find the mirror out of date at once."""

from typing import Any

from sqlalchemy import delete, event, select

from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import open_database, reading, session_scope
from models.store.upsert import table_of
from models.tables.office import Contact, Office


def test_who_comes_second_finds_it_mended_and_writes_nothing(store: Store, database_url: str) -> None:
    with session_scope(store.engine, by_clock=False) as session:
        for model in (Contact, Office):
            session.exec(delete(table_of(model)))
    other, compared, written = open_database(database_url), list[bool](), list[str]()

    def the_other_mirrors(*_: Any) -> None:
        if not compared:
            compared.append(True)
            mirror_configuration(other, store.plan, store.contacts)

    event.listen(store.engine, "before_cursor_execute", lambda *given: written.append(given[2].split()[0]))
    event.listen(store.engine, "checkin", the_other_mirrors)
    mirror_configuration(store.engine, store.plan, store.contacts)
    other.dispose()
    with reading(store.engine) as connection:
        for model in (Contact, Office):
            assert connection.execute(select(table_of(model))).first()
    assert compared and not {"DELETE", "INSERT"} & set(written)

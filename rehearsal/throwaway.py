"""A store that is deleted after the rehearsal, and need not survive a power cut."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import delete

from config.settings import Settings
from models.keeping.copy import copy_pages, copy_store
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, keep_open
from models.store.database import open_database, session_scope
from models.tables.machine_clock import MachineClock

FILE = "dondoc.sqlite"


def throwaway_settings(settings: Settings, home: Path) -> Settings:
    """The same plan and language, with everything stored below ``home`` and without contacts."""
    return replace(
        settings,
        data_dir=home,
        database_url=f"sqlite:///{home / FILE}",
        contacts_file=home / "contacts.yaml",
        backup_dir=home / "backups",
        # With a Prefect of its own: its runs do not belong among the real ones.
        prefect_url="",
        prefect_database_url="",
        redis_url="",
    )


@contextmanager
def unsynced_store(settings: Settings) -> Iterator[Store]:
    """A store of ``throwaway_settings``, open for the whole block, whose commits do not wait for the disk."""
    with keep_open(settings) as store:
        event.listen(store.engine, "connect", _do_not_wait)
        store.engine.dispose()  # open connections would still wait
        yield store


@contextmanager
def copied_store(store: Store, settings: Settings) -> Iterator[Store]:
    """A copy of the store as it is now, by ``throwaway_settings``, whose commits do not wait and whose trail is not
    sealed."""
    if store.engine.dialect.name == "sqlite":
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        copy_pages(store.engine, settings.data_dir / FILE)
    engine = open_database(settings.database_url)
    try:
        event.listen(engine, "connect", _do_not_wait)
        engine.dispose()  # open connections would still wait
        if store.engine.dialect.name != "sqlite":
            copy_store(store.engine, engine)
        with session_scope(engine, by_clock=False) as session:
            # The days ahead are played whatever this machine's clock says of them.
            session.exec(delete(MachineClock))
        mirror_configuration(engine, store.plan, store.contacts)
        yield replace(store, settings=settings, engine=engine)
    finally:
        engine.dispose()


def _do_not_wait(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")

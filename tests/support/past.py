"""A past that many tests begin with: lived by the first of them in a process, copied by the others."""

import os
import shutil
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import NullPool, create_engine, func, select
from sqlmodel import col

from config.catalogue.plan import Plan
from config.contacts.contacts import Contacts
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.anchor import Anchor

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Lived:
    plan: Plan
    files: Path
    database: str
    result: object


_lived: dict[tuple[Hashable, ...], _Lived] = {}


def live(store: Store, past: Callable[[Store], Result], *key: Hashable) -> Result:
    """Bring a store in which nothing has happened to where ``past`` leads; return what that returned.

    past  what happens, told apart by its name and ``key``; what it returns must not be changed
    """
    assert store.contacts == Contacts(), "messages of the past went elsewhere"
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Anchor).where(col(Anchor.id) > 0)) == 0
    settings = repr(replace(store.settings, database_url="")).replace(str(store.settings.data_dir), "")
    whole = (past.__module__, past.__qualname__, key, store.engine.dialect.name, id(store.plan), settings)
    if (lived := _lived.get(whole)) is None:
        _lived[whole] = _keep(store, past(store), f"past_{os.getpid()}_{len(_lived)}")
    else:
        _take(store, lived)
    return cast(Result, _lived[whole].result)


def _keep(store: Store, result: object, name: str) -> _Lived:
    store.engine.dispose()
    # Beside the directory of this test, which may be gone before the next test comes.
    files = store.settings.data_dir.parent / name
    shutil.copytree(store.settings.data_dir, files)
    if store.engine.dialect.name == "postgresql":
        _on_server(store, f"CREATE DATABASE {name} TEMPLATE {store.engine.url.database} STRATEGY file_copy")
    return _Lived(store.plan, files, name, result)


def _take(store: Store, lived: _Lived) -> None:
    # Closing the last connection moves SQLite's log into the file, so that nothing of it is taken for the copy's.
    store.engine.dispose()
    shutil.copytree(lived.files, store.settings.data_dir, dirs_exist_ok=True)
    if store.engine.dialect.name == "postgresql":
        name = store.engine.url.database
        _on_server(
            store,
            f"DROP DATABASE {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {lived.database} STRATEGY file_copy",
        )


def _on_server(store: Store, *statements: str) -> None:
    engine = create_engine(store.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

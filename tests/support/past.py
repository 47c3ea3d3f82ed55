"""A past that many tests begin with: lived by the first of them in a process, copied by the others."""

import os
import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import NullPool, create_engine, func, select
from sqlalchemy.engine import make_url
from sqlmodel import col

from config.settings import Settings
from models.keeping.opening import Store, open_store
from models.plans.reading import source_digest
from models.store.database import reading
from models.tables.anchor import Anchor

Result = TypeVar("Result")


@dataclass(frozen=True)
class _Lived:
    files: Path
    database: str
    result: object


_lived: dict[tuple[Hashable, ...], _Lived] = {}


def live(store: Store, past: Callable[[Store], Result], *key: Hashable) -> Result:
    """Bring a store in which nothing has happened to where ``past`` leads; return what that returned.

    past  what happens, told apart by its name and ``key``; what it returns must not be changed
    """
    assert not store.contacts.addresses, "messages of the past went elsewhere"
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Anchor).where(col(Anchor.id) > 0)) == 0
    # By what plan and calendar say: each test may have read its own.
    by = (store.plan.version, store.calendar.version, *sorted(store.editions.items()))
    whole = (past.__module__, past.__qualname__, key, by, _alike(store.settings))
    if (lived := _lived.get(whole)) is None:
        _lived[whole] = _keep(store, past(store))
    else:
        # Closing the last connection moves SQLite's log into the file, so that nothing of it is taken for the copy's.
        store.engine.dispose()
        _take(store.settings, lived)
    return cast(Result, _lived[whole].result)


@contextmanager
def after(settings: Settings, past: Callable[..., None], *key: Hashable) -> Iterator[Store]:
    """Open a store by editions, in which nothing has happened but ``past``, called with the store and ``key``."""
    by = source_digest(settings.plan_dir)
    whole = (past.__module__, past.__qualname__, key, by, _alike(settings))
    lived = _lived.get(whole)
    if lived is not None:
        _take(settings, lived)
    with open_store(settings) as opened:
        assert not opened.contacts.addresses, "messages of the past went elsewhere"
        if lived is None:
            past(opened, *key)
            _lived[whole] = _keep(opened, None)
        yield opened


def _alike(settings: Settings) -> tuple[str, str]:
    """Which database settings name, and what they say besides where the store of one test lies."""
    said = repr(replace(settings, database_url="")).replace(str(settings.data_dir), "")
    return make_url(settings.database_url).get_backend_name(), said


def _keep(store: Store, result: object) -> _Lived:
    name = f"past_{os.getpid()}_{len(_lived)}"
    store.engine.dispose()
    # Beside the directory of this test, which may be gone before the next test comes.
    files = store.settings.data_dir.parent / name
    shutil.copytree(store.settings.data_dir, files)
    if store.engine.dialect.name == "postgresql":
        database = store.engine.url.database
        _on_server(store.settings, f"CREATE DATABASE {name} TEMPLATE {database} STRATEGY file_copy")
    return _Lived(files, name, result)


def _take(settings: Settings, lived: _Lived) -> None:
    shutil.copytree(lived.files, settings.data_dir, dirs_exist_ok=True)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        name = url.database
        _on_server(
            settings,
            f"DROP DATABASE {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {lived.database} STRATEGY file_copy",
        )


def _on_server(settings: Settings, *statements: str) -> None:
    server = make_url(settings.database_url).set(database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

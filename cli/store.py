"""Opening the store for a command, and the moment the command works at."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from config.clock import now, parse_instant, require_past
from config.settings import Settings, load_settings
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store, open_store
from models.store.database import reading


@contextmanager
def open_configured_store(*, serves: bool = False) -> Iterator[Store]:
    """The store that the environment names; raises ``Refused`` when settings, plan or database are at fault.

    serves  see ``open_store``
    """
    with open_store(load_settings(), serves=serves) as store:
        yield store


def store_is_there(settings: Settings) -> bool:
    """Whether there is a store to open; opening makes one where there is none."""
    address = make_url(settings.database_url)
    return address.get_backend_name() != "sqlite" or bool(address.database and Path(address.database).exists())


@contextmanager
def read_as_of(store: Store, as_of: str | None) -> Iterator[Connection]:
    """A reading connection that shows what was known at ``as_of``, an ISO date and time; what is known now if None."""
    with reading_as_it_was(store.engine, effective_time(as_of)) if as_of else reading(store.engine) as connection:
        yield connection


def effective_time(as_of: str | None) -> datetime:
    """The moment a command that only reads looks at: ``as_of`` when given, else the clock."""
    return parse_instant(as_of) if as_of else now()


def acting_time(as_of: str | None) -> datetime:
    """The moment a command writes at, likewise; raises ``Refused`` for one that has not come yet."""
    return require_past(parse_instant(as_of), now()) if as_of else now()

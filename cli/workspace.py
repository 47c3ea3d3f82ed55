"""Opening the store for a command, and the options many commands share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer
from sqlalchemy import Connection

from config.clock import now, parse_instant
from config.settings import load_settings
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store, open_store
from models.store.database import reading

AsOf = typer.Option(
    None,
    "--as-of",
    metavar="ISO",
    help="Xem hoặc làm như vào thời điểm này, ví dụ 2023-08-18T07:30. Replay this instant.",
)

DirectiveOption = typer.Option(
    None,
    "--directive",
    metavar="CODE",
    help="Mã chỉ đạo (code trong directive.yaml); để trống: chỉ đạo của kho. Which directive; the main one without.",
)


@contextmanager
def opened() -> Iterator[Store]:
    """The store that the environment names."""
    with open_store(load_settings()) as store:
        yield store


@contextmanager
def looking(store: Store, as_of: str | None) -> Iterator[Connection]:
    """A connection for looking: by what was known at ``--as-of`` when given, else at what there is."""
    with reading_as_it_was(store.engine, instant(as_of)) if as_of else reading(store.engine) as connection:
        yield connection


def instant(as_of: str | None) -> datetime:
    """The moment a command works by: ``--as-of`` when given, else the clock."""
    return parse_instant(as_of) if as_of else now()

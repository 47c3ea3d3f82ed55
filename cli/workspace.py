"""Opening the store for a command, and the options many commands share."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer

from config.clock import now, parse_instant
from config.settings import load_settings
from models.store import Store, open_store

AsOf = typer.Option(
    None,
    "--as-of",
    metavar="ISO",
    help="Xem hoặc làm như vào thời điểm này, ví dụ 2023-08-18T07:30. Replay this instant.",
)


@contextmanager
def opened() -> Iterator[Store]:
    """The store that the environment names."""
    with open_store(load_settings()) as store:
        yield store


def instant(as_of: str | None) -> datetime:
    """The moment a command works by: ``--as-of`` when given, else the clock."""
    return parse_instant(as_of) if as_of else now()

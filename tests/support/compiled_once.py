"""SQL compiled once for a whole process: half of what a small unit of work costs on a fresh engine goes into that."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import CompiledCacheType, Dialect

from models.store import database

_STATEMENTS = 10_000
_shared: dict[str, tuple[Dialect, CompiledCacheType | None]] = {}


def share_compiled_statements() -> None:
    """Let engines of the same kind that this process opens from now on share what they compile."""
    database.create_engine = _sharing_engine


def _sharing_engine(address: URL, **options: Any) -> Engine:
    kind = address.drivername
    # What a dialect asks its database as it first meets it is known by the second engine.
    engine = create_engine(address, query_cache_size=_STATEMENTS, _initialize=kind not in _shared, **options)
    if kind in _shared:
        # Compiled statements are looked up by their dialect, so it is shared with them.
        engine.dialect, engine._compiled_cache = _shared[kind]
        if prepare := engine.dialect.on_connect_url(address):
            event.listen(engine, "connect", lambda connection, _: prepare(connection))
        return engine

    @event.listens_for(engine, "connect")
    def keep(*_: object) -> None:
        """A dialect is complete once it has spoken to its database."""
        _shared.setdefault(kind, (engine.dialect, engine._compiled_cache))

    return engine

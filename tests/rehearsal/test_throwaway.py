"""A rehearsal's store waits for no disk; the real one does."""

from pathlib import Path

from sqlalchemy import Engine

from config.settings import Settings
from models.keeping.opening import open_store
from rehearsal.throwaway import throwaway_settings, unsynced_store


def test_only_a_store_to_be_thrown_away_is_hasty(settings: Settings, tmp_path: Path) -> None:
    with unsynced_store(throwaway_settings(settings, tmp_path / "aside")) as store:
        assert _synchronous(store.engine) == 0
    with open_store(throwaway_settings(settings, tmp_path / "aside")) as store:
        assert _synchronous(store.engine) == 2


def _synchronous(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

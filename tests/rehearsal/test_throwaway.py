"""A rehearsal's store waits for no disk; the real one does."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import Settings, load_settings
from hosting.prefect.environment import applied
from models.keeping.opening import open_store
from rehearsal.throwaway import throwaway_settings, unsynced_store


def test_only_a_store_to_be_thrown_away_is_hasty(settings: Settings, tmp_path: Path) -> None:
    with unsynced_store(throwaway_settings(settings, tmp_path / "aside")) as store:
        assert _synchronous(store.engine) == 0
    with open_store(throwaway_settings(settings, tmp_path / "aside")) as store:
        assert _synchronous(store.engine) == 2


@pytest.mark.parametrize("backups", [None, "/srv/backups"])
def test_runs_of_prefect_use_the_store_that_is_kept_open(backups: str | None, tmp_path: Path) -> None:
    """Read from the environment they run in, its settings are the same; else each run would open the store anew."""
    own = {"DONDOC_DATA_DIR": str(tmp_path), **({"DONDOC_BACKUP_DIR": backups} if backups else {})}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        aside = throwaway_settings(load_settings(), tmp_path / "aside")
        assert aside.backup_dir.is_relative_to(tmp_path / "aside"), "its backups are thrown away with it"
        with applied(aside, api_url="http://127.0.0.1:9/api"):
            assert load_settings() == aside


def _synchronous(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

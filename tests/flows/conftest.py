"""A real Prefect server for the flows, and an empty store that they find by the environment."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from flows.prefect_api import HOST, await_server, free_port, speaking_to, start_server
from models.store import Store, open_store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A Prefect server as `dondoc up` starts it, without pages; this process speaks to it."""
    settings = load_settings({"DONDOC_DATA_DIR": str(tmp_path_factory.mktemp("prefect")), "DONDOC_SAMPLE": "0"})
    port = free_port()
    url = f"http://{HOST}:{port}/api"
    child = start_server(
        settings, port, mark=str(settings.data_dir), environment={"PREFECT_SERVER_UI_ENABLED": "false"}
    )
    try:
        await_server(child, url)
        with speaking_to(settings, url):
            yield settings
    finally:
        child.stop(patience_s=10)


@pytest.fixture
def store(server: Settings, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store of this test alone, which the flows find by the environment."""
    file = tmp_path / "dondoc.sqlite"
    shutil.copyfile(sqlite_template, file)
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"sqlite:///{file}")
    with open_store(load_settings()) as opened:
        yield opened

"""One Prefect server for a data directory; the lock falls with its holder, however that ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from hosting.prefect.server_lock import holder, try_lock
from tests.support.plan_0_1 import BY_PLAN_0_1


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({**BY_PLAN_0_1, "DONDOC_DATA_DIR": str(tmp_path)})


def test_the_second_to_ask_does_not_get_it_and_learns_where_the_server_is(settings: Settings) -> None:
    with try_lock(settings, permanent=True) as lock:
        assert lock is not None
        lock.announce("http://127.0.0.1:4200/api")
        with try_lock(settings, permanent=False) as second:
            assert second is None
        held = holder(settings)
    assert held is not None
    assert (held.pid, held.permanent, held.api_url) == (os.getpid(), True, "http://127.0.0.1:4200/api")


def test_taking_it_wipes_the_address_of_the_holder_before(settings: Settings) -> None:
    with try_lock(settings, permanent=True) as lock:
        assert lock is not None
        lock.announce("http://127.0.0.1:4200/api")
    with try_lock(settings, permanent=False):
        held = holder(settings)
    assert held is not None
    assert held.api_url == ""


def test_it_falls_with_a_holder_that_is_killed(settings: Settings, tmp_path: Path) -> None:
    program = (
        "from config.settings import load_settings; from hosting.prefect.server_lock import try_lock\n"
        f"settings = load_settings({{'DONDOC_DATA_DIR': {str(tmp_path)!r}}})\n"
        "with try_lock(settings, permanent=True): print('held', flush=True); input()"
    )
    other = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with try_lock(settings, permanent=True) as lock:
        assert lock is None
    other.kill()
    other.communicate()
    with try_lock(settings, permanent=True) as lock:
        assert lock is not None


def test_a_damaged_note_is_no_holder(settings: Settings) -> None:
    with try_lock(settings, permanent=True):
        (settings.data_dir / "run" / "prefect-server.json").write_text("{", encoding="utf-8")
        assert holder(settings) is None

"""The key: from the environment, or made once with owner-only rights, whoever comes first."""

import logging
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings, load_settings


def settings(tmp_path: Path, **environ: str) -> Settings:
    return load_settings({"DONDOC_DATA_DIR": str(tmp_path / "data"), **environ})


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_environment_s_key_leaves_no_file(tmp_path: Path) -> None:
    key = "0123456789abcdef" * 4
    assert signing_key(settings(tmp_path, DONDOC_SECRET_KEY=key)) == key.encode()
    assert not (tmp_path / "data").exists()


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = signing_key(settings(tmp_path))
    assert len(first) >= 32
    assert rights(tmp_path / "data" / "portal.key") == 0o600
    assert signing_key(settings(tmp_path)) == first
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["portal.key"]
    assert signing_key(load_settings({"DONDOC_DATA_DIR": str(tmp_path / "other")})) != first


def test_many_who_come_first_at_once_get_one_key(tmp_path: Path) -> None:
    here = settings(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: signing_key(here), range(64)))
    assert len(keys) == 1


def test_two_processes_get_one_key(tmp_path: Path) -> None:
    code = "from config.keys import *; from config.settings import *; print(signing_key(load_settings()).decode())"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={"DONDOC_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    first, second = (process.communicate(timeout=60)[0].strip() for process in running)
    assert first == second == signing_key(settings(tmp_path)).decode()


def test_rights_that_let_others_read_are_put_right_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = signing_key(settings(tmp_path))
    path = tmp_path / "data" / "portal.key"
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING, "dondoc.keys"):
        assert signing_key(settings(tmp_path)) == key
    assert rights(path) == 0o600
    assert "could be read by others" in caplog.text
    assert key.decode() not in caplog.text


@pytest.mark.parametrize("content", [b"", b"short", b"  \n" * 40])
def test_a_damaged_key_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data" / "portal.key"
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Refused, match=r"portal\.key bị hỏng") as refused:
        signing_key(settings(tmp_path))
    assert "short" not in str(refused.value)


def test_a_link_or_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data" / "portal.key"
    path.parent.mkdir()
    (tmp_path / "planted").write_text("x" * 64)
    path.symlink_to(tmp_path / "planted")
    with pytest.raises(Refused, match=r"portal\.key"):
        signing_key(settings(tmp_path))
    path.unlink()
    path.mkdir()
    with pytest.raises(Refused, match=r"portal\.key"):
        signing_key(settings(tmp_path))


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Refused, match="DONDOC_SECRET_KEY"):
        signing_key(settings(tmp_path))

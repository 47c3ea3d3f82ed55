"""A run killed with ``kill -9`` between every two steps, and started again: no notice lost, none doubled."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlmodel import col

from config.settings import Settings
from models.store.audit import verify
from models.store.database import open_database, reading
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message, Notice
from notifications.channels.mailbox import letters
from tests.support.cast import LEAD
from tests.support.plan_0_1 import BY_PLAN_0_1

ROOT = Path(__file__).parents[2]
ANYWHERE = ROOT / "tests/support/crash/killed_anywhere.py"
AT_RANDOM = Path(__file__).with_name("killed_at_random.py")
DRIVER = ROOT / "tests/support/crash/killed_run.py"
AFTER_THE_LEASE = "2023-09-15T08:10"

pytestmark = pytest.mark.slow


def test_a_run_killed_again_and_again_on_one_store_comes_to_its_end_with_nothing_lost(
    settings: Settings, tmp_path: Path
) -> None:
    whole = _environment(settings, tmp_path / "whole", f"{settings.database_url}")
    assert _runs_killed(whole | {"DONDOC_DATABASE_URL": f"sqlite:///{tmp_path}/whole.sqlite"}) == 0
    expected = _notices(f"sqlite:///{tmp_path}/whole.sqlite")
    assert len(expected) > 20

    environment = _environment(settings, tmp_path / "crashed", settings.database_url)
    assert _runs_killed(environment | {"KILL_EVERY": "8"}) >= 10
    # What was in a dead courier's hands is taken again after its lease.
    assert _runs_killed(environment | {"AS_OF": AFTER_THE_LEASE}) == 0

    found = _notices(settings.database_url)
    assert sorted(found) == sorted(set(found)), "a notice was doubled"
    assert set(found) == set(expected), "a notice was lost"
    engine = open_database(settings.database_url)
    with reading(engine) as connection:
        assert verify(connection).broken_at is None
        unsent = select(func.count()).select_from(Message)
        unsent = unsent.where(col(Message.state).not_in([MessageState.SENT, MessageState.EMPTY]))
        assert connection.scalar(unsent) == 0
        keys = set(connection.scalars(select(col(Message.message_key)).where(col(Message.state) == MessageState.SENT)))
    engine.dispose()
    written = {Path(letter.file).stem.partition("-")[2] for letter in letters(tmp_path / "crashed" / "mailbox")}
    assert written >= keys


@pytest.mark.parametrize(("database", "every"), [("sqlite", 1), ("postgresql", 6)])
def test_a_run_killed_between_any_two_statements_gives_what_a_whole_run_gives(
    database: str, every: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Killed at every statement, commit and sending in turn, each time on a fresh store, then run to its end."""
    if database == "sqlite":
        template = f"sqlite:///{request.getfixturevalue('sqlite_template')}"
    else:
        name = request.getfixturevalue("postgresql_template")
        url = make_url(request.getfixturevalue("postgresql_server")).set(database=name)
        template = url.render_as_string(hide_password=False)
    finished = subprocess.run(
        [sys.executable, str(ANYWHERE), template, str(tmp_path), str(every)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    whole, *killed = (json.loads(line) for line in finished.stdout.splitlines())
    assert (len(whole["notices"]) > 10, len(whole["letters"])) == (True, 3)
    assert len(killed) > 100 // every
    for found in killed:
        where = f"killed at step {found['kill_at']} on {found['on']}"
        assert found["notices"] == whole["notices"], where
        assert found["unsent"] == [], where
        assert found["letters"] == found["sent"], where
        assert found["broken_at"] is None, where


def test_runs_killed_at_random_lose_nothing_and_double_only_what_was_being_sent() -> None:
    """Some of what `make crash` does a hundred times; the server that took the letters counts them."""
    finished = subprocess.run(
        [sys.executable, str(AT_RANDOM), "--kills", "8"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr[-2000:]
    assert finished.stdout.count("8 kills") == finished.stdout.count("lost 0, too many 0") == 2


def _environment(settings: Settings, data_dir: Path, url: str) -> dict[str, str]:
    return {**os.environ, **BY_PLAN_0_1, "DONDOC_DATA_DIR": str(data_dir), "DONDOC_DATABASE_URL": url, "OFFICE": LEAD}


def _runs_killed(environment: dict[str, str]) -> int:
    """How many runs were killed before one came to its end."""
    finished = subprocess.run(
        [sys.executable, str(DRIVER)],
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return int(finished.stdout)


def _notices(url: str) -> list[tuple[object, ...]]:
    """The unique keys of the outbox, without the numbers that two stores may give differently."""
    from models.tables.assignment import Assignment

    engine = open_database(url)
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                col(Assignment.subtask),
                col(Assignment.step),
                col(Assignment.period),
                col(Assignment.lead_office),
                col(Assignment.role),
                col(Notice.kind),
                col(Notice.rung),
                col(Notice.office),
                col(Notice.desk),
                col(Notice.channel),
            ).join(Assignment, col(Assignment.id) == col(Notice.assignment_id))
        ).all()
    engine.dispose()
    return [tuple(str(value) for value in row) for row in rows]

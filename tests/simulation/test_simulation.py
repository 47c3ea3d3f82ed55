"""Lives on the simulated machine: the same seed lives the same life, and lives that were telling once hold."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from models.delivery import leases
from models.tables.assignment import Assignment
from models.work.verbs import coordinator, office
from notifications.courier import composing
from tests.simulation import house, processes
from tests.simulation.simulate import live

TELLING = {
    7009: "a date moves between a reminder to acknowledge and the sweep, which took the reminder with it",
    7017: "26 deaths, and an older store put back",
    7021: "a clock believed 20 days ahead, confirmed when it is right again, and mended",
    20134: "the disk fails for longer than a run waits to write down what it has sent",
}
"""Seeds, and what their lives were told by. A change of the code makes them other lives: what one of them has shown
to be wrong has a test of its own."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("simulation")
    house.build(folder / "template")
    yield folder / "template"
    shutil.rmtree(folder)


pytestmark = pytest.mark.later


def test_a_seed_is_lived_again_exactly(template: Path) -> None:
    first, other, again = (live(template, seed) for seed in (7, 8, 7))
    assert first.violations == other.violations == []
    assert (first.digest, first.steps, first.tally) == (again.digest, again.steps, again.tally)
    assert first.digest != other.digest


@pytest.mark.parametrize("seed", TELLING)
def test_a_telling_life_holds(template: Path, seed: int) -> None:
    lived = live(template, seed)
    assert lived.violations == [], "\n".join(lived.steps)


def _urge_all_the_same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(composing, "no_longer_applies", lambda *_, **__: None)


def _forget_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leases, "record_sent", lambda *_, **__: None)


def _forget_ladders(patch: pytest.MonkeyPatch) -> None:
    def forgets(session: Session, assignment: Assignment) -> None:
        assignment.next_alert_at = None

    for module in (office, coordinator):
        patch.setattr(module, "recompute_next_alert", forgets)


def _keep_what_was_begun(patch: pytest.MonkeyPatch) -> None:
    def rollback(connection: processes.SimulatedConnection) -> None:
        sqlite3.Connection.commit(connection)
        connection.scheduler.has_written(connection)

    patch.setattr(processes.SimulatedConnection, "rollback", rollback)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (_urge_all_the_same, "which"),
        (_forget_what_was_sent, "came twice"),
        (_forget_ladders, "was never told"),
        (_keep_what_was_begun, ""),
    ],
)
def test_a_spoilt_house_is_found_out(
    template: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[pytest.MonkeyPatch], None], found: str
) -> None:
    spoil(monkeypatch)
    assert any(found in each for seed in range(1, 31) for each in live(template, seed).violations)

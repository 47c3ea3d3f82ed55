"""Lives on the simulated machine: the same seed lives the same life, and lives that were telling once hold."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import house
from tests.simulation.simulate import live

TELLING: dict[int, str] = {}
"""Seeds and what they were the first to show."""


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

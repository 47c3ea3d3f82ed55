"""A store by editions with open work in it."""

from collections.abc import Iterator

import pytest

from config.settings import Settings
from models.keeping.opening import Store
from tests.support.deeds import assign
from tests.support.past import after


@pytest.fixture
def running(settings: Settings) -> Iterator[Store]:
    """What p1 and p3 have assigned by 19/9/2023."""
    with after(settings, assign, "p1", "p3") as opened:
        yield opened

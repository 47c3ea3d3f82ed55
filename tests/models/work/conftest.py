"""A store by editions with open work in it."""

from collections.abc import Iterator

import pytest

from config.settings import Settings
from flows.forms import fill_in
from flows.steps import follow_up_once
from models.keeping.opening import Store, open_store
from tests.support.cast import at, issue


@pytest.fixture
def running(settings: Settings) -> Iterator[Store]:
    """What p1 and p3 have assigned by 19/9/2023."""
    with open_store(settings) as opened:
        issue(opened)
        for priority in ("p1", "p3"):
            follow_up_once(opened, priority, fill_in(priority, {}), at("2023-09-19"))
        yield opened

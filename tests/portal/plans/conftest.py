"""A portal over a store whose plan stands in editions, so that it can be amended."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from models.keeping.opening import Store
from tests.support.past import after


def untouched(_store: Store) -> None:
    """Nothing but the plan has come in."""


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with after(settings, untouched) as opened:
        yield opened


@pytest.fixture
def engine(store: Store) -> Engine:
    return store.engine

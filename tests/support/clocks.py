"""The machine's own clock, set wrong and right."""

from datetime import datetime, timedelta

import pytest

from config import clock
from models.keeping.clock_confirmation import confirm_clock
from models.keeping.opening import Store
from models.store.database import session_scope

TEN_YEARS = timedelta(days=3653)


def set_clock(patch: pytest.MonkeyPatch, at: datetime) -> None:
    """What this machine's clock says from now on, in this process."""
    patch.setattr(clock, "machine_time", lambda: at)


def begin_at(patch: pytest.MonkeyPatch, store: Store, at: datetime) -> None:
    """The machine's clock says ``at``, rightly, and something has been written by it."""
    set_clock(patch, at)
    confirm_clock(store.engine, actor="command")  # on PostgreSQL the server's own clock says otherwise
    with session_scope(store.engine):
        pass

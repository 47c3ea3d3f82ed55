"""However much there is to do, a transaction writes a bounded number of rows: nobody who writes waits long for one.

By counting and not by the clock: each share is made small, and a transaction may write a few rows for each of what it
takes and no more.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event, func, select
from sqlmodel import col

from flows.steps import notify, track
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.outbox import Notice
from tests.support.cast import at, issue
from tests.support.outbox import plan_only

SHARE, RUNGS = 5, 150
MORNING, LATER = at("2023-08-18"), at("2023-09-06")


@contextmanager
def rows_written(engine: Engine) -> Iterator[list[int]]:
    """The number of rows that each transaction within the block writes."""
    counted, before = [], dict[int, int]()

    def changes(connection: Connection) -> int:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver.total_changes

    def begun(connection: Connection) -> None:
        before[id(connection)] = changes(connection)

    def committed(connection: Connection) -> None:
        counted.append(changes(connection) - before[id(connection)])

    event.listen(engine, "begin", begun)
    event.listen(engine, "commit", committed)
    try:
        yield counted
    finally:
        event.remove(engine, "begin", begun)
        event.remove(engine, "commit", committed)


@pytest.fixture
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("models.work.assigning.SHARE", "models.alerts.due_alerts.BATCH", "models.delivery.recorded.BATCH"):
        monkeypatch.setattr(name, SHARE)
    monkeypatch.setattr("notifications.courier.courier.OFFICES", SHARE)
    monkeypatch.setattr("models.delivery.grouping.NOTICES", SHARE)


@pytest.mark.later
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("small_shares")
def test_assigning_sweeping_grouping_and_recording_go_in_shares(store: Store) -> None:
    issue(store)
    with rows_written(store.engine) as assigned:
        plan_only(store, MORNING, "p1")
    with rows_written(store.engine) as swept:
        track(store, "p1", store.actor_context(now=LATER, actor="flow:p1", run_key="later"))
    with rows_written(store.engine) as sent:
        notify(store, LATER)
    for written in (assigned, swept, sent):
        assert sum(written) > 50 * SHARE, written
    with reading(store.engine) as connection:
        of_message = select(func.count()).where(col(Notice.message_id).is_not(None)).group_by(col(Notice.message_id))
        longest = sum(sorted(connection.scalars(of_message))[-20:])
    # Of one: its row, parties, tally, marks, notices, event; its notices at every desk; its message and attempt. The
    # rungs of timetables come on top, of which a few dozen are made; and results are written down for
    # twenty messages at once.
    assert max(assigned) <= 20 * SHARE + RUNGS
    assert max(swept) <= 20 * SHARE + RUNGS
    assert max(sent) <= 20 * SHARE + longest

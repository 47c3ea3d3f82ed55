"""However much there is to do, a transaction writes a bounded number of rows: nobody who writes waits long for one.

By counting and not by the clock: each share is made small, and a transaction may write a few rows for each of what it
takes and no more.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, event, func, select
from sqlmodel import col

from flows.steps import notify, track
from intake.sheets.ad_hoc import assign_rows
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.outbox import Notice
from models.work.ad_hoc import AdHoc
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
    for name in (
        *(
            "models.work.register.succession.SHARE",
            "models.work.verbs.succession.MONITORED",
            "models.work.ad_hoc.SHARE",
        ),
        *("models.work.assigning.SHARE", "models.alerts.due_alerts.BATCH", "models.delivery.recorded.BATCH"),
    ):
        monkeypatch.setattr(name, SHARE)
    monkeypatch.setattr("models.delivery.grouping.OFFICES", SHARE)
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


@pytest.mark.later
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("small_shares")
def test_what_ended_offices_hand_over_goes_in_shares(store: Store) -> None:
    issue(store)
    plan_only(store, at("2025-02-20"), "p1")
    with rows_written(store.engine) as handed_over:
        plan_only(store, at("2025-03-03"), "p1")
    assert sum(handed_over) > 50 * SHARE, handed_over
    assert max(handed_over) <= 20 * SHARE + RUNGS


@pytest.mark.later
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("small_shares")
def test_a_sheet_of_ad_hoc_work_goes_in_shares(store: Store) -> None:
    issue(store)
    context = store.actor_context(now=MORNING, actor="coordinator")
    rows = [AdHoc("T3.4", f"Báo cáo số {n}", "SYT", date(2023, 9, 20), ("CAT", "SNV")) for n in range(60)]
    with rows_written(store.engine) as written:
        assert len(assign_rows(store.engine, rows, context)) == len(rows)
    assert sum(written) > 50 * SHARE, written
    assert max(written) <= 20 * SHARE + RUNGS

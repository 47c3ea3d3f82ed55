"""The last months on the board: what fell due in each, and how much of it was on time."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from flows.steps import boards
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from reports.board.board_markdown import trend, trend_rows
from tests.support.cast import at, begin


def test_each_month_tells_what_fell_due_and_what_was_on_time(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    now = at("2023-10-20", 9)
    with session_scope(store.engine) as session:
        due_before_october = col(Assignment.due_at) < at("2023-10-01", 0)
        rows = session.scalars(select(Assignment).where(due_before_october).order_by(col(Assignment.id))).all()
        for row in rows[::2]:
            row.state, row.reported_at = State.ACCEPTED, row.due_at - timedelta(hours=1)
        expected = len(rows), len(rows[::2])
    with reading(store.engine) as connection:
        months = trend(connection, now=now, calendar=store.calendar, priority="p1")
        assert trend(connection, now=now, calendar=store.calendar, priority="p5") == ()
    assert f"{months[-1].first:%m/%Y}" == "10/2023" and months[0].tally.total > 0
    past = [month.tally for month in months[:-1]]
    assert (sum(each.total for each in past), sum(each.done_on_time for each in past)) == expected
    markdown = boards(store, "p1", now)["board-p1"]
    assert "## Diễn biến các tháng gần đây" in markdown
    for name, due, on_time, late, owed, share in trend_rows(months):
        assert f"| {name} | {due} | {on_time} | {late} | {owed} | {share} |" in markdown
        assert due == on_time + late + owed


def test_before_anything_fell_due_there_is_no_trend(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    assert "Diễn biến" not in boards(store, "p1", at("2023-08-18", 9))["board"]

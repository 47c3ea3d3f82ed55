"""The situation in few questions: the same counts as the status words give one by one, however they are grouped."""

from collections import Counter

from sqlalchemy import select
from sqlmodel import col

from models.alerts.status import not_withdrawn
from models.keeping.opening import Store
from models.store.database import reading
from models.tables.assignment import Assignment
from reports.board.situation import due_trend, situation, situation_lanes
from reports.figures import sum_tallies, tally
from reports.spans import Span, span_of
from tests.support.cast import at, begin

NOW = at("2023-10-20")


def test_pictures_agree_with_the_tally(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2023-10-16"), offices=())
    calendar = store.calendar
    with reading(store.engine) as connection:
        whole = tally(connection, now=NOW, calendar=calendar)[()]
        by_priority = situation(connection, now=NOW, calendar=calendar)
        by_subtask = situation(connection, now=NOW, calendar=calendar, by_subtask=True)
        assert by_priority.whole == by_subtask.whole == whole
        assert by_priority.by(lambda _, office: office) == by_subtask.by(lambda _, office: office)
        assert set(by_priority.by(lambda work, _: work)) == {"p1"}

        months = due_trend(connection, grain="month", count=3, now=NOW, calendar=calendar)
        quarters = due_trend(connection, grain="quarter", count=2, now=NOW, calendar=calendar)
        assert list(months) == ["2023-08", "2023-09", "2023-10"] and list(quarters) == ["2023-Q3", "2023-Q4"]
        for key, each in {**months, **quarters}.items():
            assert each == tally(connection, now=NOW, calendar=calendar, due_in=span_of(key))[()], key

        span = Span(span_of("2023-08").first, span_of("2024-06").last)
        found, count = situation_lanes(
            connection, due_in=span, now=NOW, calendar=calendar, named=lambda subtask, period, _: (subtask, period)
        )
        assert count == len(found)
        due = tally(connection, now=NOW, calendar=calendar, due_in=span)[()]
        assert sum_tallies(each.lane.tally for each in found) == due
        rows = connection.execute(
            select(col(Assignment.subtask), col(Assignment.period), col(Assignment.due_date)).where(not_withdrawn)
        ).all()
    latest = Counter({(row.subtask, row.period): row.due_date.toordinal() for row in rows if row.due_date <= span.last})
    for row in rows:
        if row.due_date <= span.last:
            latest[row.subtask, row.period] = max(latest[row.subtask, row.period], row.due_date.toordinal())
    assert {(each.subtask, each.period): each.lane.due.toordinal() for each in found} == latest

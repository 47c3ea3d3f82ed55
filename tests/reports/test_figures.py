"""The figures every picture and document draws on: they agree with the status words, one by one."""

from collections import Counter
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from models.alerts.status import not_withdrawn, status_of
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Status
from models.work.verbs import withdraw
from reports.figures import Tally, sum_tallies, tally
from reports.ranking import assured_rate, ranked
from reports.spans import Span
from tests.support.cast import at, begin, number_of

NOW = at("2023-10-20")


def lived(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2023-10-16"), offices=())


def test_a_tally_counts_as_the_status_words_do(store: Store) -> None:
    lived(store)
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        withdraw(session, number, "Trùng việc.", store.actor_context(now=NOW, actor="coordinator"))
    with reading(store.engine) as connection:
        by_office = tally(connection, col(Assignment.office), now=NOW, calendar=store.calendar)
        query = select(col(Assignment.office), status_of(NOW)).where(not_withdrawn)
        expected = Counter(tuple(row) for row in connection.execute(query))
    words = [word.value for word in Status]
    counts = {(office, word): getattr(each, word) for (office,), each in by_office.items() for word in words}
    assert {key: number for key, number in counts.items() if number} == expected
    assert sum_tallies(by_office.values()).total == expected.total()
    assert sum(each.open_overdue for each in by_office.values()) > 0


def test_a_span_of_due_dates_holds_both_its_ends(store: Store) -> None:
    lived(store)
    with reading(store.engine) as connection:
        dates = Counter(connection.scalars(select(col(Assignment.due_date)).where(not_withdrawn)))
        for first, last in pairwise(sorted(dates)):
            found = tally(connection, now=NOW, calendar=store.calendar, due_in=Span(first, last))
            assert found[()].total == dates[first] + dates[last]
        outside = Span(date(2020, 1, 1), date(2020, 12, 31))
        assert tally(connection, now=NOW, calendar=store.calendar, due_in=outside)[()] == Tally()


counts = st.integers(0, 50)
tallies = st.builds(Tally, done_on_time=counts, done_late=counts, open_within_term=counts, open_overdue=counts)


@given(st.dictionaries(st.tuples(st.text("ABC", min_size=1)), tallies))
def test_places_follow_the_share_that_is_assured(given: dict[tuple[str], Tally]) -> None:
    places = ranked(given)
    assert {key for _, key, _ in places} == {key for (key,), each in given.items() if each.due}
    for (place, _, better), (after, _, worse) in pairwise(places):
        assert (assured_rate(better) or 0) >= (assured_rate(worse) or 0)
        assert (place == after) == (assured_rate(better) == assured_rate(worse))
    for count, (place, _, _) in enumerate(places, start=1):
        assert place <= count


def test_three_of_three_do_not_stand_above_eighty_of_eighty_two() -> None:
    few, many = Tally(done_on_time=3), Tally(done_on_time=80, done_late=2)
    assert [key for _, key, _ in ranked({("few",): few, ("many",): many})] == ["many", "few"]
    assert [round(assured_rate(each) or 0, 3) for each in (few, many)] == [0.438, 0.915]


@given(st.integers(0, 200), st.integers(0, 200))
def test_what_is_assured_is_never_more_than_what_was_and_grows_with_work(on_time: int, late: int) -> None:
    one, twice = Tally(done_on_time=on_time, done_late=late), Tally(done_on_time=2 * on_time, done_late=2 * late)
    assured = assured_rate(one)
    assert (assured is None) == (one.due == 0)
    if assured is not None:
        assert -1e-9 <= assured <= (one.on_time_rate or 0) + 1e-9
        assert (assured_rate(twice) or 0) >= assured - 1e-9

"""Who will be late: counts that are drawn together, and shown only where they have beaten a naive guess."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.work import verbs
from models.work.looking_back.lateness import LEAST, Cell, Count, Lateness, brier, forecast, tried
from tests.support.cast import at, begin, number_of, t0_report

GOOD, BAD = Cell("SYT", "p1", True), Cell("SGDDT", "p1", False)

counts = st.builds(lambda late, rest: Count(late + rest, late), st.integers(0, 60), st.integers(0, 60))
cells = st.builds(Cell, st.sampled_from(["SYT", "SGDDT", "STC"]), st.sampled_from(["p1", "p2"]), st.booleans())


@given(st.dictionaries(cells, counts, min_size=1), cells)
def test_a_share_is_a_share_and_unknown_work_is_taken_like_all(known: dict[Cell, Count], cell: Cell) -> None:
    lateness = Lateness(known)
    assert 0 <= lateness.share(cell) <= 1
    assert lateness.share(Cell("UBND", "p9", None)) == pytest.approx(lateness.whole.share)
    assert lateness.whole.due == sum(each.due for each in known.values())


@given(st.dictionaries(cells, counts, min_size=1))
def test_brier_is_least_where_the_share_itself_is_foretold(known: dict[Cell, Count]) -> None:
    whole = sum(known.values(), Count())
    best = brier([(whole.share, whole)])
    assert 0 <= best <= 0.25 + 1e-9
    assert all(best <= brier([(share, whole)]) + 1e-9 for share in (0, 0.3, 0.5, 1))


def test_offices_that_stay_alike_are_foretold_and_chance_is_not() -> None:
    stays = tried({GOOD: Count(100, 5), BAD: Count(100, 80)}, {GOOD: Count(60, 3), BAD: Count(60, 50)})
    assert stays.is_better and stays.score < stays.naive / 2
    turned = tried({GOOD: Count(100, 5), BAD: Count(100, 80)}, {GOOD: Count(60, 50), BAD: Count(60, 3)})
    assert turned.is_enough and not turned.is_better
    same = tried({GOOD: Count(100, 30), BAD: Count(100, 30)}, {GOOD: Count(60, 18), BAD: Count(60, 18)})
    assert not same.is_better, "what says no more than the naive guess is not shown"
    few = tried({GOOD: Count(LEAST - 1, 0)}, {GOOD: Count(200, 0)})
    assert not few.is_enough and not few.is_better


def test_few_cases_say_little() -> None:
    known = Lateness({GOOD: Count(1, 1), BAD: Count(199, 20)})
    assert known.share(GOOD) < 0.4
    assert Lateness({GOOD: Count(100, 90), BAD: Count(100, 10)}).share(GOOD) > 0.8
    assert known.share(replace(GOOD, prompt=None)) < known.share(GOOD)


def test_what_came_due_is_counted_on_either_database_and_little_is_not_foretold(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=("SYT", "SGDDT"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        office = store.actor_context(now=at("2023-08-19", 9), actor="office:SYT")
        verbs.acknowledge(session, number, office)
        verbs.report(session, number, t0_report(), replace(office, now=at("2023-09-05", 9)))
    with reading(store.engine) as connection:
        found = forecast(connection, now=at("2023-09-20"))
    assert found.trial.before == Count() and not found.trial.is_better and found.offices == ()
    assert found.whole.due > found.whole.late > 0, "one came in time, the other did not"

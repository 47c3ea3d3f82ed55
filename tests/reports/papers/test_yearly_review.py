"""A year against the year before: the board's figures, by whatever a reader looks for."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from config.errors import Refused
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.work.verbs import grant_extension, request_extension
from reports.board.board import board
from reports.papers.yearly_review import YearlyReview, review_markdown, review_title, yearly_review
from tests.support.cast import at, begin, number_of
from tests.support.past import live

NOW = at("2024-12-20")


@pytest.fixture
def lived(store: Store) -> Store:
    """Two years of p1 for two offices; one was always late in the first and always on time in the second."""
    live(store, _past)
    return store


def _past(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2024-12-16"), offices=("SYT", "STC"))
    with session_scope(store.engine) as session:
        number = number_of(store, "T0.1")
        office = store.actor_context(now=at("2023-08-21"), actor="office:SYT")
        request_extension(session, number, date(2023, 10, 2), "Chờ số liệu.", office)
        grant_extension(session, number, None, store.actor_context(now=at("2023-08-22"), actor="coordinator"))
        due = col(Assignment.due_at)
        for year, shift in ((2023, 1), (2024, -1)):
            done = at(date(year, 12, 31)) if shift > 0 else at(date(year, 1, 2))
            session.execute(
                update(Assignment)
                .where(col(Assignment.office) == "SYT", due > at(date(year, 1, 1)), due < at(date(year + 1, 1, 1)))
                .values(state=State.ACCEPTED, reported_at=done, completed_at=done)
            )


def reviewed(store: Store, year: int = 2024) -> YearlyReview:
    with reading(store.engine) as connection:
        return yearly_review(connection, store, year, now=NOW)


def test_every_breakdown_adds_up_to_the_whole(lived: Store) -> None:
    review = reviewed(lived)
    for part in (review.priorities, review.subtasks, review.offices):
        assert sum(each.now.total for each in part) == review.whole.now.total > 0
        assert sum(each.before.total for each in part) == review.whole.before.total > 0
    with reading(lived.engine) as connection:
        everything = board(connection, now=NOW, calendar=lived.calendar).total
    later = reviewed(lived, 2025).whole.now.total
    assert review.whole.now.total + review.whole.before.total + later == everything


def test_an_office_is_held_against_its_own_year_before(lived: Store) -> None:
    offices = {each.code: each for each in reviewed(lived).offices}
    assert offices["SYT"].before.on_time_rate == 0
    assert offices["SYT"].now.on_time_rate == 1
    assert offices["SYT"].points == 100
    written = review_markdown(reviewed(lived), lived.plan)
    assert "- Tiến bộ nhất: Sở Y tế (+100 điểm)." in written


def test_regulations_gather_the_subtasks_that_rest_on_them(lived: Store) -> None:
    review = reviewed(lived)
    subtasks = {each.code: each for each in review.subtasks}
    for each in review.regulations:
        resting = [code for code in subtasks if each.code in lived.plan.subtask(code).documents]
        assert each.now.total == sum(subtasks[code].now.total for code in resting)
    assert review.regulations


def test_extensions_and_returns_are_those_of_the_year(lived: Store) -> None:
    assert (reviewed(lived, 2023).extended, reviewed(lived, 2024).extended) == (1, 0)


def test_the_review_reads_as_it_did(lived: Store) -> None:
    golden = Path(__file__).parents[2] / "golden" / "review-2024.md"
    review = reviewed(lived)
    assert review_markdown(review, lived.plan) == golden.read_text(encoding="utf-8").rstrip("\n")
    assert json.loads(json.dumps(review.as_json()))["whole"]["points"] == review.whole.points


def test_a_year_without_work_says_so(lived: Store) -> None:
    review = reviewed(lived, 2021)
    assert review_title(review) == "Sơ kết 2021 · đúng hạn –"
    assert "Không có." in review_markdown(review, lived.plan)
    with pytest.raises(Refused, match="Hạn trong kỳ"):
        reviewed(lived, 99)

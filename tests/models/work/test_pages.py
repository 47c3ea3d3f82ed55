"""Lists page by page: the same as the whole list, counted right, and found in an index alone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, func, select, update
from sqlmodel import col

from models.alerts.status import not_withdrawn, status_expr, status_of
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State, Status
from models.work.lists.office_list import work_list
from models.work.queries import AssignmentFilter, assignments, page_of_assignments
from models.work.search import search_for
from reports.board.board import board
from reports.figures import tally
from tests.support.cast import LEAD, at, issue, run
from tests.support.past import live

NOW = at("2023-09-12")


@pytest.fixture
def mixed(store: Store) -> Store:
    """Work of every status word, and some that is withdrawn or suspended."""
    live(store, _past)
    return store


def _past(store: Store) -> None:
    issue(store)
    for priority in ("p1", "p2", "p3"):
        run(store, priority, at("2023-08-18"), offices=())
    with session_scope(store.engine) as session:
        early, late = at("2023-09-01"), at("2023-10-30")
        for remainder, values in (
            (1, {"state": State.ACCEPTED, "reported_at": early}),
            (2, {"state": State.ACCEPTED, "reported_at": late, "due_at": early}),
            (3, {"state": State.REPORTED, "reported_at": late, "due_at": early}),
            (4, {"state": State.REPORTED, "reported_at": early}),
            (5, {"state": State.SUSPENDED}),
            (6, {"state": State.WITHDRAWN}),
            (7, {"due_at": early}),
        ):
            session.execute(update(Assignment).where(col(Assignment.id) % 11 == remainder).values(values))


@pytest.fixture
def connection(mixed: Store) -> Iterator[Connection]:
    with reading(mixed.engine) as connection:
        yield connection


def test_a_status_word_asked_for_is_the_word_that_is_shown(connection: Connection) -> None:
    shown = status_of(NOW)
    for word in Status:
        asked = select(func.count()).select_from(Assignment).where(not_withdrawn, status_expr(word, NOW))
        told = select(func.count()).select_from(Assignment).where(not_withdrawn, shown == word.value)
        assert connection.scalar(asked) == connection.scalar(told) != 0


def test_the_board_counts_what_the_list_lists(mixed: Store, connection: Connection) -> None:
    shown = board(connection, now=NOW, calendar=mixed.calendar)
    for word in Status:
        rows = assignments(connection, AssignmentFilter(status=word), now=NOW)
        assert shown.by_status[word.value] == len(rows)
        assert shown.by_office[LEAD][word.value] == sum(row.office == LEAD for row in rows)
        assert shown.by_priority["p3"][word.value] == sum(row.priority == "p3" for row in rows)
    assert shown.total == len(assignments(connection, AssignmentFilter(), now=NOW))
    assert shown.suspended == len(assignments(connection, AssignmentFilter(state=State.SUSPENDED), now=NOW)) > 0


@pytest.mark.parametrize("size", [7, 10, 1000])
def test_the_pages_together_are_the_whole_list(mixed: Store, connection: Connection, size: int) -> None:
    for wanted in (
        AssignmentFilter(),
        AssignmentFilter(office=LEAD),
        AssignmentFilter(search=search_for(mixed.plan, "so y te")),
    ):
        whole = assignments(connection, wanted, now=NOW)
        found = []
        for offset in range(0, len(whole) + size, size):
            rows, total = page_of_assignments(connection, wanted, now=NOW, limit=size, offset=offset)
            assert total == len(whole), "also on a page beyond the end"
            found += rows
        assert found == whole != []


def test_nothing_found_is_counted_as_nothing(mixed: Store, connection: Connection) -> None:
    wanted = AssignmentFilter(search=search_for(mixed.plan, "không có việc nào như vậy"))
    assert page_of_assignments(connection, wanted, now=NOW, limit=10) == ([], 0)


def test_counting_and_finding_a_page_open_no_row_that_is_not_shown(mixed: Store) -> None:
    """Slow with 100,000 assignments otherwise; ``benchmarks/portal_pages.py`` measures it."""
    if mixed.engine.dialect.name != "sqlite":
        pytest.skip(
            "PostgreSQL goes through a table this small at once; the benchmark shows how it goes through 100,000"
        )
    statements = []
    with reading(mixed.engine) as connection:
        monitor = connection.scalars(select(col(Assignment.monitor_office))).first() or ""
        event.listen(
            connection, "before_cursor_execute", lambda _c, _u, text, values, *_: statements.append((text, values))
        )
        board(connection, now=NOW, calendar=mixed.calendar)
        tally(connection, now=NOW, calendar=mixed.calendar)
        for office in (LEAD, monitor):
            work_list(connection, office, now=NOW, calendar=mixed.calendar, page_size=20)
        for wanted in (
            AssignmentFilter(),
            AssignmentFilter(priority="p3"),
            AssignmentFilter(search=search_for(mixed.plan, "so y te")),
        ):
            page_of_assignments(connection, wanted, now=NOW, limit=1)
    with reading(mixed.engine) as connection:
        for text, values in statements:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values):
                whole = row.detail.startswith(("SCAN assignment ", "SEARCH assignment "))
                assert not whole or "COVERING INDEX" in row.detail or "PRIMARY KEY" in row.detail, (row.detail, text)

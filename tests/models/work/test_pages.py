"""Lists page by page: the same as the whole list, counted right, and found in an index alone."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from sqlalchemy import Connection, event, func, select, update
from sqlmodel import col

from models.alerts.status import not_withdrawn, status_expr, status_of
from models.keeping.opening import Store
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State, Status
from models.work.lists.office_list import work_list
from models.work.lists.ordered_list import Column, in_parts, open_first, sorted_page
from models.work.lists.search_list import found_page
from models.work.queries import AssignmentFilter, assignments, conditions
from models.work.report_form import earlier_report
from models.work.rows import AssignmentRow
from models.work.search import search_for
from reports.board.board import board
from reports.figures import tally
from reports.subtask_count import count_with
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
            found += assignments(connection, wanted, now=NOW, limit=size, offset=offset)
        assert found == whole != []


@pytest.mark.parametrize("size", [1, 7])
def test_pages_far_from_the_beginning_are_read_from_the_end(
    mixed: Store, connection: Connection, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    def pages(read: Callable[..., Sequence[AssignmentRow]]) -> list[AssignmentRow]:
        return [row for offset in range(0, len(whole) + size, size) for row in read(limit=size, offset=offset)]

    everything = connection, AssignmentFilter()
    whole = open_first(*everything, now=NOW, limit=10_000)
    by_office = partial(sorted_page, *everything, Column.OFFICE, descending=True, now=NOW)
    in_order = list(by_office(limit=10_000))
    monkeypatch.setattr("models.work.queries._FAR", 1)
    assert pages(partial(open_first, *everything, now=NOW)) == whole
    assert pages(by_office) == in_order


@pytest.mark.parametrize(("typed", "is_there"), [("so y te", True), ("không có việc nào như vậy", False)])
def test_what_is_found_is_counted_with_its_subtasks(
    mixed: Store, connection: Connection, typed: str, is_there: bool
) -> None:
    wanted = AssignmentFilter(search=search_for(mixed.plan, typed))
    rows = assignments(connection, wanted, now=NOW)
    counted = count_with(connection, *conditions(connection, wanted, NOW))
    assert counted == (len({(row.subtask, row.period) for row in rows}), len(rows))
    assert bool(rows) is is_there


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
            assignments(connection, wanted, now=NOW, limit=1)
            if wanted.search is not None:
                parts = in_parts(wanted, None, descending=False, now=NOW)
                found_page(connection, wanted.search, parts, now=NOW, limit=1)
            count_with(connection, *conditions(connection, wanted, NOW))
    with reading(mixed.engine) as connection:
        for text, values in statements:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values):
                whole = row.detail.startswith(("SCAN assignment ", "SEARCH assignment "))
                assert not whole or "COVERING INDEX" in row.detail or "PRIMARY KEY" in row.detail, (row.detail, text)


def test_an_earlier_report_is_looked_for_among_the_work_of_its_office(mixed: Store) -> None:
    """Of a subtask there may be more than half of all work, each of another office or event."""
    if mixed.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL knows by its statistics which is less")
    with reading_session(mixed.engine) as session:
        statements = []
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda _c, _u, *asked: statements.append(asked[:2]),
        )
        assignment = session.exec(select(Assignment)).scalars().first()
        assert assignment is not None
        statements.clear()
        earlier_report(session, assignment)
        ((text, given),) = statements
        steps = [row.detail for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)]
        assert "SEARCH assignment USING INDEX ix_assignment_office_work (office=?)" in steps

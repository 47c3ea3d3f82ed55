"""A year of a span that was accepted stands in all figures of the span of dates it was due in, and in their lists."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.catalogue.loader import load_plan
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.tables.report import ReportContent
from models.work import verbs
from models.work.looking_back.touched import Touched
from models.work.queries import AssignmentFilter
from reports.board.counts import BoardScope, count_board, recount_board
from reports.figures import Tally
from reports.settled_years import settled_rows, spanning
from reports.spans import span_of
from tests.support.cast import at, issue, run
from tests.support.doorstep import Portal, words
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Số hóa hồ sơ
      steps: [{key: scan, due: {lead: "giai đoạn 2025-2027"}, lead: [SYT, STC]}]
    - code: T1.2
      title_vi: Kiên cố hóa
      steps: [{key: build, due: {lead: "giai đoạn 2025-2027"}, lead: SYT}]
    - code: T1.3
      title_vi: Báo cáo một lần
      steps: [{key: once, due: {lead: "BY:31/12/2025"}, lead: STC}]
"""
NOW = at("2026-02-10")


@pytest.fixture
def begun(store: Store, tmp_path: Path) -> Iterator[Store]:
    """Of three that were due at the end of 2025 one settled its year in time and one late; the third is overdue."""
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    mirror_configuration(store.engine, plan, store.contacts)
    begun = replace(store, plan=plan)
    issue(begun, on_date=date(2025, 3, 3))
    run(begun, "p1", at("2025-03-03", 9), offices=())
    for subtask, when in (("T1.1", at("2025-12-20")), ("T1.2", at("2026-01-15"))):
        with session_scope(begun.engine) as session:
            number = session.scalars(select(Assignment.id).where(col(Assignment.subtask) == subtask)).one() or 0
            by_office = begun.actor_context(now=when, actor="office:SYT")
            verbs.report(session, number, ReportContent(text="Đã làm một phần."), by_office)
            verbs.accept(session, number, begun.actor_context(now=when, actor="coordinator"))
    yield begun


@pytest.mark.parametrize("by_subtask", [False, True])
def test_the_board_of_a_span_counts_what_its_trend_counts(begun: Store, *, by_subtask: bool) -> None:
    settled = Tally(done_on_time=1, done_late=1)
    scope = BoardScope(begun.calendar, ("2025-Q4",), None, by_subtask=by_subtask, spanning=spanning(begun.plan))
    scope = replace(scope, due_in=span_of("2025-Q4"))
    with reading(begun.engine) as connection:
        counted = count_board(connection, scope, now=NOW)
        whole = counted.situation.whole
        assert whole == counted.trend["2025-Q4"] == replace(settled, open_overdue=1)
        assert counted.situation.by_office(lambda _, office: office) == {
            "SYT": settled,
            "STC": Tally(done_on_time=1, open_overdue=1),
        }
        subtasks = counted.subtasks
        assert (subtasks.total, subtasks.done, subtasks.overdue, subtasks.assignments) == (3, 2, 1, 3)
        touched = Touched(frozenset({"SYT", "STC"}), frozenset({"T1.1", "T1.2"}))
        assert recount_board(connection, counted, touched, now=NOW) == counted
        of_next_year = count_board(connection, replace(scope, due_in=span_of("2026-Q4")), now=NOW)
        assert of_next_year.situation.whole == Tally(open_within_term=2)


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({}, ["T1.1", "T1.2"]),
        ({"office": "STC"}, ["T1.1"]),
        ({"subtask": "T1.2"}, ["T1.2"]),
        ({"state": State.ACCEPTED}, []),
        ({"is_open": False}, []),
        ({"due_in": None}, []),
    ],
)
def test_settled_years_are_listed_by_what_is_asked_for(
    begun: Store, others: dict[str, object], found: list[str]
) -> None:
    span = span_of("2025-Q4")
    wanted = replace(AssignmentFilter(due_in=(span.first, span.last)), **others)
    with reading(begun.engine) as connection:
        rows = settled_rows(connection, wanted, now=NOW, among=spanning(begun.plan))
    assert [each.subtask for each in rows] == found
    assert {(each.was_due, each.due_date) for each in rows} <= {(date(2025, 12, 31), date(2026, 12, 31))}


@pytest.mark.sqlite_only
def test_the_list_behind_each_figure_of_a_span_has_as_many(begun: Store) -> None:
    portal = Portal(begun)
    portal.now = NOW
    browser = portal.signed_in(portal.account())
    board = browser.get("/board?due=2025-Q4").text
    assert dict(re.findall(r'class="tile (\w+)" href="[^"]*"><strong>(\d+)', board))["done_on_time"] == "1"
    lists = {(unescape(link), int(count)) for link, count in re.findall(r'href="(/assignments\?[^"]*)">(\d+)<', board)}
    lists |= {
        (unescape(link), int(count))
        for link, count in re.findall(r'href="(/assignments\?[^"]*)"><span class="phone">[^<]*</span>(\d+)<', board)
    }
    assert len(lists) > 8
    for link, count in lists:
        page = browser.get(link)
        rows = len(re.findall('class="no-column"', page.text))
        more = re.search(r"(\d+) năm đã ghi nhận", page.text)
        assert rows + int(more[1] if more else 0) == count, link
    none_but_settled = words(browser.get("/assignments?due=2025-Q4&status=done_on_time"))
    assert "1 năm đã ghi nhận, việc nay đến hạn sau: T1.1 (31/12/2026)" in none_but_settled
    assert "Không có việc nào phù hợp" not in none_but_settled

"""What offices lead jointly: every paper, list, letter and feed says with whom, and counts it once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from config.rules.periods import parse_period
from config.settings import Settings
from flows.steps import notify
from models.keeping.opening import Store
from models.store.database import reading, reading_session, session_scope
from models.tables.outbox import Message
from models.tables.report import ReportContent
from models.work import verbs
from models.work.queries import AssignmentFilter, assignments
from reports.board.board import board
from reports.board.board_markdown import board_markdown
from reports.calendar_feed import FeedRequest, calendar_feed
from reports.papers.document import report_document, slip_document
from reports.papers.office_letters import office_assignments
from reports.papers.period_report import period_report
from reports.papers.yearly_review import review_markdown, yearly_review
from tests.support.cast import DAY, at, one_step_assigned
from tests.support.word_files import text_of

LATE = at("2025-07-15")
BOTH = "Sở Y tế, Sở Nội vụ"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """One subtask that SYT and SNV lead jointly and of which UBND is told."""
    step = "lead: [SYT, SNV]\nnamed: [UBND]\ndue: {lead: BY:30/06/2025}"
    with one_step_assigned(settings, tmp_path, step) as opened:
        yield opened


def test_lists_boards_and_reviews_name_both_and_count_once(store: Store) -> None:
    with reading(store.engine) as connection:
        (row,) = assignments(connection, AssignmentFilter(), now=LATE)
        assert row.leads == ("SYT", "SNV")
        shown = board(connection, now=LATE, calendar=store.calendar)
        assert shown.total == 1 and BOTH in board_markdown(shown, store.plan)
        assert shown.subtasks.in_words("vi") == "1 nhiệm vụ: 0 hoàn thành, 1 quá hạn · 1 phần việc"
        assert set(shown.by_office) == {"SYT", "SNV"}
        review = review_markdown(yearly_review(connection, store, 2025, now=LATE), store.plan)
        assert "Tổng số 1 nhiệm vụ: 0 hoàn thành, 1 quá hạn · 1 phần việc." in review and BOTH in review


@pytest.mark.parametrize(("office", "with_whom"), [("SYT", "Sở Nội vụ"), ("SNV", "Sở Y tế")])
def test_the_slip_says_with_whom(store: Store, office: str, with_whom: str) -> None:
    with reading(store.engine) as connection:
        slip = text_of(slip_document(office_assignments(connection, store, office, now=DAY), store))
    assert "được giao 1 nhiệm vụ (1 phần việc) sau:" in slip
    assert f"Cùng chủ trì với {with_whom}" in slip


def test_the_report_of_the_period_names_both_once(store: Store) -> None:
    with session_scope(store.engine) as session:
        content = ReportContent(document_number="1/BC", document_date=DAY.date(), text="Đã trình đề án.")
        verbs.report(session, 1, content, store.actor_context(now=DAY, actor="office:SNV"))
        verbs.accept(session, 1, store.actor_context(now=DAY, actor="coordinator"))
    with reading(store.engine) as connection:
        written = text_of(report_document(period_report(connection, store, parse_period("2025"), now=LATE), store))
    assert written.count("Đã trình đề án.") == 1
    assert f"{BOTH}: Đã trình đề án." in written


def test_the_feed_of_each_lead_has_it_and_that_of_a_named_office_does_not(store: Store) -> None:
    for office, has in (("SYT", True), ("SNV", True), ("UBND", False)):
        with reading(store.engine) as connection:
            request = FeedRequest(office=office, language="vi", portal_url="https://x.example")
            feed = calendar_feed(connection, request, plan=store.plan, calendar=store.calendar, now=DAY).decode()
        unfolded = feed.replace("\r\n ", "")
        assert ("BEGIN:VEVENT" in unfolded) is has
        assert not has or "Sở Y tế\\, Sở Nội vụ (chủ trì)" in unfolded


def test_the_coordinators_letter_names_both(store: Store) -> None:
    with session_scope(store.engine) as session:
        content = ReportContent(document_number="1/BC", document_date=DAY.date(), text="Đã trình đề án.")
        verbs.report(session, 1, content, store.actor_context(now=DAY, actor="office:SNV"))
    notify(store, at("2025-01-08", 10))
    with reading_session(store.engine) as session:
        bodies = [each.body_text for each in session.exec(select(Message).where(Message.desk == "coordinator"))]
    assert any("Sở Y tế (chủ trì, cùng Sở Nội vụ)" in body for body in bodies)

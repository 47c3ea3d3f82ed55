"""Standing and undated work in the report of a period: there while it goes on, counted apart, never late."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.rules.periods import parse_period
from config.settings import Settings
from models.keeping.opening import open_store
from models.store.database import reading, session_scope
from models.work.assigning import assign
from models.work.directives import anchors, issue_directive
from models.work.planning import planned_assignments
from reports.papers.document import report_document
from reports.papers.period_report import period_report
from tests.support.cast import at
from tests.support.plans import one_step
from tests.support.word_files import text_of


@pytest.mark.parametrize(("rule", "words"), [("thường xuyên", "1 thường xuyên"), ("UNDATED", "1 chưa định hạn")])
def test_it_stands_in_every_report_while_it_goes_on(settings: Settings, tmp_path: Path, rule: str, words: str) -> None:
    plan = one_step(tmp_path / "plan.yaml", f"lead: SYT\ndue: {{lead: {rule}}}")
    with open_store(replace(settings, plan_dir=plan)) as store:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2025-01-06"), actor="coordinator")
            issue_directive(session, number="45/KH-UBND", on_date=date(2025, 1, 6), context=context)
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2025-01-08"), actor="flow:p1")
            of_priority = context.for_priority("p1")
            assign(session, list(planned_assignments(of_priority, anchors(session))), of_priority)
        with reading(store.engine) as connection:
            for period, is_there in (("2024-Q4", False), ("2025-Q1", True), ("2025-Q3", True), ("2025", True)):
                found = period_report(connection, store, parse_period(period), now=at("2025-10-20"))
                written = text_of(report_document(found, store))
                assert (f"T1.1 Xây dựng kế hoạch: {words}." in written) is is_there, period
                assert found.figures.open_overdue == 0 and "Không có nhiệm vụ nào quá hạn." in written

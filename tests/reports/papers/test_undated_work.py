"""Standing and undated work in the report of a period: there while it goes on, counted apart, never late."""

from pathlib import Path

import pytest

from config.rules.periods import parse_period
from config.settings import Settings
from models.store.database import reading
from reports.papers.document import report_document
from reports.papers.period_report import period_report
from tests.support.cast import at, one_step_assigned
from tests.support.word_files import text_of


@pytest.mark.parametrize(("rule", "words"), [("thường xuyên", "1 thường xuyên"), ("UNDATED", "1 chưa định hạn")])
def test_it_stands_in_every_report_while_it_goes_on(settings: Settings, tmp_path: Path, rule: str, words: str) -> None:
    step = f"lead: SYT\ndue: {{lead: {rule}}}"
    with one_step_assigned(settings, tmp_path, step) as store, reading(store.engine) as connection:
        for period, is_there in (("2024-Q4", False), ("2025-Q1", True), ("2025-Q3", True), ("2025", True)):
            found = period_report(connection, store, parse_period(period), now=at("2025-10-20"))
            written = text_of(report_document(found, store))
            assert (f"T1.1 Xây dựng kế hoạch: {words}." in written) is is_there, period
            assert found.figures.open_overdue == 0 and "Không có việc nào đang quá hạn." in written

"""Targets: what is written in as people write it, compared, and shown in report, board, paper and Excel."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from config.rules.periods import parse_period
from config.settings import Settings
from flows.steps import boards
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.errors import InvalidReport
from models.tables.report import ReportContent
from models.work import verbs
from models.work.assigning import assign
from models.work.directives import anchors
from models.work.planning import planned_assignments
from models.work.queries import AssignmentFilter
from reports.papers.document import report_document
from reports.papers.period_report import period_report
from reports.sheets.workbook import gather, write_workbook
from reports.targets import TargetLine, target_lines
from tests.support.cast import DAY, at, one_step_assigned
from tests.support.word_files import text_of

LATE = at("2025-07-15")
SUBTASK = """
targets:
  - {indicator_vi: Số nhà, key: so_nha, unit: nhà, value: 2.305, words: "trong năm 2025"}
  - {indicator_vi: Tỷ lệ, key: ty_le, unit: "%", value: "12,5"}
  - {indicator_vi: Hộ nghèo, key: ho_ngheo, unit: "%", value: 2, at_most: true}
"""


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """One subtask with three targets; every department has a copy of its own."""
    step = "lead: departments\ndue: {lead: BY:30/06/2025}"
    with one_step_assigned(settings, tmp_path, step, subtask=SUBTASK) as opened:
        yield opened


def report(store: Store, office: str, *, accepted: bool = True, **counts: float) -> None:
    with session_scope(store.engine) as session:
        number = session.exec(select(Assignment.id).where(Assignment.office == office)).one() or 0
        context = store.actor_context(now=DAY, actor=f"office:{office}")
        content = ReportContent(counts=counts, document_number="1/BC", document_date=DAY.date(), text="Xong.")
        verbs.report(session, number, content, context)
        if accepted:
            verbs.accept(session, number, replace(context, actor="coordinator"))


def lines(store: Store) -> list[TargetLine]:
    with reading(store.engine) as connection:
        return target_lines(connection, store.plan, now=LATE)


def test_numbers_are_added_up_and_percentages_averaged_of_accepted_reports_alone(store: Store) -> None:
    assert [(each.actual, each.is_met) for each in lines(store)] == [(None, None)] * 3
    report(store, "SYT", so_nha=1250, ty_le=12.75, ho_ngheo=1.5)
    report(store, "SNV", so_nha=0.1, ty_le=0.2, ho_ngheo=2.1)
    report(store, "STC", accepted=False, so_nha=9999, ty_le=99, ho_ngheo=99)
    found = lines(store)
    assert [each.actual for each in found] == [Decimal("1250.1"), Decimal("6.48"), Decimal("1.8")]
    assert [each.is_met for each in found] == [False, False, True]


def test_a_figure_of_a_target_may_be_any_and_a_plain_count_is_whole(store: Store) -> None:
    report(store, "SYT", so_nha=2305, ty_le=130.5, ho_ngheo=-0.5)
    assert [each.is_met for each in lines(store)] == [True, True, True]
    with pytest.raises(InvalidReport) as refused:
        report(store, "SNV", so_nha=1)
    assert len(refused.value.details) == 2 and "ty_le (Tỷ lệ): chưa điền" in refused.value.details[0]


def test_the_report_of_the_period_compares(store: Store) -> None:
    report(store, "SYT", so_nha=1250, ty_le=12.75, ho_ngheo=1.5)
    with reading(store.engine) as connection:
        written = text_of(report_document(period_report(connection, store, parse_period("2025"), now=LATE), store))
    assert "- Số nhà: 1.250 nhà; chỉ tiêu 2.305 nhà, trong năm 2025: chưa đạt." in written
    assert "- Tỷ lệ: 12,75%; chỉ tiêu 12,5%: đạt." in written
    assert "- Hộ nghèo: 1,5%; chỉ tiêu không quá 2%: đạt." in written


def test_excel_has_numbers(store: Store) -> None:
    report(store, "SYT", so_nha=1250, ty_le=12.75, ho_ngheo=1.5)
    with TemporaryFile() as spool, TemporaryFile() as file:
        with reading(store.engine) as connection:
            found = gather(connection, store.plan, store.calendar, AssignmentFilter(), now=LATE, spool=spool)
        write_workbook(found, file)
        sheet = load_workbook(file)["Chỉ tiêu"]
        rows = list(sheet.iter_rows(min_row=2, max_col=7, values_only=True))
    assert rows[0][1:] == ("Số nhà", "nhà", 2305, "từ mức này", 1250, "chưa đạt")
    assert rows[1][1:] == ("Tỷ lệ", "%", 12.5, "từ mức này", 12.75, "đạt")


def test_work_led_jointly_counts_once_on_the_board_and_for_programs(settings: Settings, tmp_path: Path) -> None:
    step = "lead: [SYT, STC]\ndue: {lead: BY:30/06/2025}"
    with one_step_assigned(settings, tmp_path, step, subtask=SUBTASK) as store:
        report(store, "SYT", so_nha=2000, ty_le=12.5, ho_ngheo=2.1)
        found = {each["key"]: each for each in (line.as_json() for line in lines(store))}
        assert {key: (each["actual"], each["met"], each["reports"]) for key, each in found.items()} == {
            "so_nha": (2000, False, 1),
            "ty_le": (12.5, True, 1),
            "ho_ngheo": (2.1, False, 1),
        }
        assert (found["so_nha"]["value"], found["ty_le"]["value"], found["ho_ngheo"]["at_most"]) == (2305, 12.5, True)
        board = boards(store, "p1", LATE)
    for markdown in board.values():
        assert "| T1.1 Số nhà | 2.305 nhà | 2.000 nhà | chưa đạt |" in markdown
        assert "| T1.1 Hộ nghèo | không quá 2% | 2,1% | chưa đạt |" in markdown


def test_the_latest_period_counts_whatever_was_accepted_last(settings: Settings, tmp_path: Path) -> None:
    step = "lead: SYT\ndue: {lead: MONTHLY:BY:20}"
    with one_step_assigned(settings, tmp_path, step, subtask=SUBTASK) as store:
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at("2025-04-01"), actor="flow:p1").for_priority("p1")
            assign(session, list(planned_assignments(context, anchors(session))), context)
            numbers = [*session.exec(select(Assignment.id).order_by(col(Assignment.due_date)))]
            first, last = numbers[0] or 0, numbers[-1] or 0
            office = store.actor_context(now=at("2025-04-02"), actor="office:SYT")
            desk = replace(office, actor="coordinator")
            for number, amount in ((first, 10), (last, 3000)):
                content = ReportContent(
                    counts={"so_nha": amount, "ty_le": 1, "ho_ngheo": 1},
                    document_number="1/BC",
                    document_date=DAY.date(),
                    text="Xong.",
                )
                verbs.report(session, number, content, office)
            verbs.accept(session, last, desk)
            verbs.accept(session, first, replace(desk, now=at("2025-04-04")))
        assert [each.actual for each in lines(store)][:1] == [Decimal(3000)]

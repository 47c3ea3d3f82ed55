"""Who has answered: of copies that each office has of its own, of joint leads, of those asked, of standing work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import Role
from models.tables.report import ReportContent
from models.work import verbs
from reports.answers import AnswerCount, Answers, answers
from reports.sheets.answers_workbook import write_answers
from tests.support.cast import DAY, at, one_step_assigned

LATE = at("2025-07-15")
REPORTED = ReportContent(document_number="12/BC-SNV", document_date=date(2025, 1, 8), text="Đã xong.")
Opened = Callable[[str], AbstractContextManager[Store]]


@pytest.fixture
def opened(settings: Settings, tmp_path: Path) -> Opened:
    """A store with one subtask of one step, assigned."""
    return partial(one_step_assigned, settings, tmp_path)


def reported(store: Store, number: int, office: str, *, returned: bool = False, accepted: bool = False) -> None:
    with session_scope(store.engine) as session:
        verbs.report(session, number, REPORTED, store.actor_context(now=DAY, actor=f"office:{office}"))
        if returned:
            verbs.return_(session, number, "Thiếu.", store.actor_context(now=DAY, actor="coordinator"))
        if accepted:
            verbs.accept(session, number, store.actor_context(now=DAY, actor="coordinator"))


def found(store: Store, period: str = "", now: object = LATE) -> Answers:
    with reading(store.engine) as connection:
        return answers(connection, store.plan, "T1.1", now=now, period=period)  # type: ignore[arg-type]


def test_each_copy_is_a_row_and_what_is_missing_comes_first(opened: Opened) -> None:
    with opened("lead: departments\ndue: {lead: BY:30/06/2025}") as store:
        offices = {each.offices[0]: each.assignment for each in found(store).tables[0].answers}
        assert len(offices) == 3
        done, returned, missing = offices
        reported(store, offices[done], done)
        reported(store, offices[returned], returned, returned=True)
        (table,) = found(store).tables
        assert [each.offices for each in table.answers] == [(returned,), (missing,), (done,)]
        assert [each.answered_at for each in table.answers] == [None, None, DAY]
        assert table.count == AnswerCount(asked=3, answered=1, overdue=2)
        assert table.count.in_words("vi") == "Đã gửi 1/3 · chưa gửi 2, trong đó 2 quá hạn"
        assert table.count.in_words("en") == "1 of 3 have answered · 2 have not, 2 of them overdue"
        assert found(store, now=DAY).tables[0].count.overdue == 0


def test_joint_leads_are_one_row(opened: Opened) -> None:
    with opened("lead: [SYT, SNV]\ndue: {lead: BY:30/06/2025}") as store:
        reported(store, 1, "SNV", accepted=True)
        (table,) = found(store).tables
        assert [(each.offices, each.answered_at) for each in table.answers] == [(("SYT", "SNV"), DAY)]
        assert table.count.in_words("vi") == "Đã gửi 1/1"


def test_those_asked_stand_in_the_same_kind_of_table(opened: Opened) -> None:
    step = "lead: SYT\ncoordinating: [SNV, STC]\ndue: {lead: BY:30/06/2025, coordinating: BY:31/03/2025}"
    with opened(step) as store:
        lead, asked = found(store).tables
        assert (lead.role, asked.role) == (Role.LEAD, Role.COORDINATING)
        assert [each.offices for each in asked.answers] == [("STC",), ("SNV",)]
        assert {each.lead for each in asked.answers} == {"SYT"}
        reported(store, asked.answers[0].assignment, "STC")
        assert found(store).tables[1].count == AnswerCount(2, 1, 1)
        with session_scope(store.engine) as session:
            context = store.actor_context(now=DAY, actor="coordinator")
            verbs.withdraw(session, asked.answers[1].assignment, "Không cần.", context)
        assert found(store).tables[1].count == AnswerCount(1, 1, 0)


def test_standing_work_has_answered_by_its_last_report_and_is_never_overdue(opened: Opened) -> None:
    with opened("lead: [SYT]\ndue: {lead: thường xuyên}") as store:
        assert found(store).tables[0].count == AnswerCount(1, 0, 0)
        reported(store, 1, "SYT", accepted=True)
        assert found(store).tables[0].answers[0].answered_at == DAY
        file = BytesIO()
        write_answers(found(store), store.plan, file, now=LATE)
        assert load_workbook(file)["Ai đã gửi"]["G5"].value == "thường xuyên"


def test_nothing_assigned_has_no_table_and_an_unknown_subtask_is_refused(opened: Opened) -> None:
    with opened("lead: SYT\ndue: {lead: BY:30/06/2025}") as store:
        assert found(store, "2030").tables == []
        with reading(store.engine) as connection, pytest.raises(Refused):
            answers(connection, store.plan, "T9.9", now=DAY)


def test_excel_has_a_row_for_each_with_moments_as_moments(opened: Opened) -> None:
    with opened("lead: departments\ndue: {lead: BY:30/06/2025}") as store:
        reported(store, found(store).tables[0].answers[0].assignment, "SYT")
        file = BytesIO()
        write_answers(found(store), store.plan, file, now=LATE)
        book = load_workbook(file)
        rows = list(book["Ai đã gửi"].iter_rows(min_row=5, values_only=True))
        assert len(rows) == 3 and rows[0][6] == at("2025-06-30").replace(tzinfo=None, hour=0)
        assert rows[-1][9].isoformat() == "2025-01-08T08:00:00"
        tally = list(book["Tổng hợp"].iter_rows(min_row=5, values_only=True))
        assert tally == [(tally[0][0], 3, 1, 2, 2)]


def test_numbers_and_days_stand_apart_from_the_words_beside_them(opened: Opened) -> None:
    """At the right edge of a cell «61» ran into the name of the office."""
    with opened("lead: departments\ndue: {lead: BY:30/06/2025}") as store:
        file = BytesIO()
        write_answers(found(store), store.plan, file, now=LATE)
    book = load_workbook(file)
    cells = [cell for sheet in book for cell in sheet[5] if cell.value is not None]
    assert {cell.alignment.horizontal for cell in cells if not isinstance(cell.value, str)} == {"center"}
    assert "center" not in {cell.alignment.horizontal for cell in cells if isinstance(cell.value, str)}

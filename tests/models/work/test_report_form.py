"""The closed report form: every fault of a report is named, and no field is a place for a person or a secret."""

from datetime import date

import pytest

from config.catalogue.plan import Plan
from models.tables.errors import InvalidReport
from models.tables.lifecycle import Role
from models.tables.report import ReportContent
from models.work.report_form import check_report
from tests.support.cast import t0_report

TODAY = date(2023, 9, 8)


def faults(plan: Plan, content: ReportContent, role: Role = Role.LEAD) -> list[str]:
    try:
        check_report(plan.subtask("T0.1"), "report", role, content, today=TODAY)
    except InvalidReport as refusal:
        return list(refusal.details)
    return []


def test_a_right_report_has_no_faults(plan: Plan) -> None:
    assert faults(plan, t0_report()) == []


def test_an_empty_report_of_a_lead_names_every_missing_part(plan: Plan) -> None:
    said = "\n".join(faults(plan, ReportContent()))
    assert "so_ton_tai" in said
    assert "so_nguyen_nhan_chu_quan" in said


def test_every_fault_is_told_in_english_too(plan: Plan) -> None:
    wrong = ReportContent(
        counts={"so_ton_tai": -1, "so_vu": 3}, document_date=date(2023, 9, 9), text="x" * 3001 + " ông Nguyễn Văn Nam"
    )
    with pytest.raises(InvalidReport) as refusal:
        check_report(plan.subtask("T0.1"), "report", Role.LEAD, wrong, today=TODAY)
    assert len(refusal.value.details_en) == len(refusal.value.details) == 8
    for line in refusal.value.details_en:
        # What stands before the colon names the field as every form does; the sentence after it is English.
        assert line.partition(":")[2].isascii(), line


def test_a_helper_gives_what_it_has(plan: Plan) -> None:
    assert faults(plan, ReportContent(counts={"so_ton_tai": 1}), Role.COORDINATING) == []
    assert len(faults(plan, ReportContent(counts={"so_ton_tai": -1}), Role.COORDINATING)) == 1


@pytest.mark.parametrize("wrong", ["001234567890", "0912 345 678", "ông Nguyễn Văn Nam", "12/BC độ mật"])
@pytest.mark.parametrize("place", ["text", "document_number"])
def test_no_free_text_takes_a_person_or_a_secret(plan: Plan, place: str, wrong: str) -> None:
    said = faults(plan, t0_report(**{place: wrong}))
    assert len(said) == 1
    assert wrong not in said[0]


@pytest.mark.parametrize("number", ["45/BC-SYT", "123-TB/TU", "1234/QĐ-UBND", "12729/VPCP-KGVX", "01/2023/KH-BCĐ"])
def test_ordinary_document_numbers_are_taken(plan: Plan, number: str) -> None:
    assert faults(plan, t0_report(document_number=number)) == []


def test_what_is_too_long_is_named_with_its_limit(plan: Plan) -> None:
    said = faults(plan, t0_report(text="a" * 3001, document_number="4" + "-B" * 40))
    assert [("3000" in line, "64" in line) for line in said] in ([(False, True), (True, False)],)


def test_a_document_of_a_day_to_come_is_refused(plan: Plan) -> None:
    assert faults(plan, t0_report(document_date=TODAY)) == []
    assert faults(plan, t0_report(document_date=date(2023, 9, 9))) == [
        "Ngày văn bản: 09/09/2023 ở tương lai; ghi ngày đã ký, không sau 08/09/2023."
    ]

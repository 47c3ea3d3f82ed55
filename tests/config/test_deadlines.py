"""Deadline rules: exact days and exact explanations, one for every form."""

from datetime import date

import pytest

from config.clock import HANOI
from config.deadlines import due
from config.errors import Refused
from config.periods import parse_period
from config.rules import FORMS, parse_rule
from config.working_time import WorkingCalendar

GOLDEN = [
    # rule, from, due, explanation
    ("ISSUE+5", "2023-08-17", "2023-08-24", "+5 ngày làm việc từ 17/8/2023 → 24:00 ngày 24/8/2023"),
    ("ISSUE+10", "2023-08-17", "2023-08-31", "+10 ngày làm việc từ 17/8/2023 → 24:00 ngày 31/8/2023"),
    (
        "ISSUE+15",
        "2023-08-17",
        "2023-09-11",
        "+15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
    ),
    (
        "ISSUE+20",
        "2023-08-17",
        "2023-09-18",
        "+20 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 18/9/2023",
    ),
    (
        "DOC+30",
        "2023-08-17",
        "2023-10-02",
        "+30 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 2/10/2023",
    ),
    (
        "ISSUE+5",
        "2025-12-29",
        "2026-01-07",
        "+5 ngày làm việc từ 29/12/2025; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ hoán đổi với ngày 10/01/2026)"
        " → 24:00 ngày 7/1/2026",
    ),
    (
        "EVENT-10",
        "2024-02-20",
        "2024-01-30",
        "−10 ngày làm việc từ 20/2/2024; bỏ qua 8–14/2 (Tết Nguyên đán) → 24:00 ngày 30/1/2024",
    ),
    (
        "ND09-Q",
        "2023-08-17",
        "2023-09-21",
        "kỳ 2023-Q3 chốt số liệu 14/9/2023, +5 ngày làm việc → 24:00 ngày 21/9/2023",
    ),
    (
        "ND09-M:coordinating",
        "2023-08-17",
        "2023-09-15",
        "kỳ 2023-09 chốt số liệu 14/9/2023, +1 ngày làm việc → 24:00 ngày 15/9/2023",
    ),
    ("ND09-H:compiled", "2023-08-17", "2023-12-25", "chậm nhất ngày 25/12/2023 → 24:00 ngày 25/12/2023"),
    (
        "BEFORE:31/01",
        "2023-12-01",
        "2024-01-30",
        "trước ngày 31/1/2024, hiểu là ngày làm việc liền trước → 24:00 ngày 30/1/2024",
    ),
    ("BY:31/10", "2023-08-17", "2023-10-31", "chậm nhất ngày 31/10/2023 → 24:00 ngày 31/10/2023"),
    (
        "UNTIL:02/09",
        "2023-08-17",
        "2023-09-05",
        "đến hết ngày 2/9/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo; bỏ qua 2–4/9"
        " (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
    ),
    (
        "DATE:19/08+10",
        "2023-08-17",
        "2023-09-05",
        "+10 ngày làm việc từ 19/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
    ),
    (
        "Q510-Y",
        "2023-08-17",
        "2023-12-14",
        "trước ngày 15/12/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 14/12/2023",
    ),
    (
        "BEFORE:28/02",
        "2027-01-01",
        "2027-02-26",
        "trước ngày 28/2/2027, hiểu là ngày làm việc liền trước → 24:00 ngày 26/2/2027"
        " (lịch nghỉ năm 2027 là tạm tính)",
    ),
]


@pytest.mark.parametrize(("rule", "start", "day", "explanation"), GOLDEN, ids=[f"{r}@{s}" for r, s, *_ in GOLDEN])
def test_each_form_gives_its_day_and_says_how(
    calendar: WorkingCalendar, rule: str, start: str, day: str, explanation: str
) -> None:
    term = due(rule, calendar=calendar, anchor=date.fromisoformat(start))
    assert (term.due_date.isoformat(), term.explanation_vi) == (day, explanation)


def test_a_term_is_over_at_midnight_after_its_last_day(calendar: WorkingCalendar) -> None:
    term = due("ISSUE+15", calendar=calendar, anchor=date(2023, 8, 17))
    assert term.due_at.astimezone(HANOI).isoformat() == "2023-09-12T00:00:00+07:00"
    assert term.explanation_en == (
        "+15 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 11/9/2023"
    )


def test_the_grading_chain_ends_with_the_communes_once_districts_are_gone(calendar: WorkingCalendar) -> None:
    assert due("Q510-Y", calendar=calendar, anchor=date(2024, 8, 1)).due_date == date(2024, 12, 13)
    assert due("Q510-Y", calendar=calendar, anchor=date(2026, 8, 1)).due_date == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("trước ngày 31/01", "BEFORE:31/01"),
        ("  Chậm  nhất ngày 31/10 ", "BY:31/10"),
        ("ĐẾN HẾT NGÀY 25/12/2023", "UNTIL:25/12/2023"),
        ("tru\u031bo\u031b\u0301c nga\u0300y 31/01", "BEFORE:31/01"),
    ],
)
def test_the_words_of_documents_are_understood(wording: str, rule: str) -> None:
    assert str(parse_rule(wording)) == rule


@pytest.mark.parametrize(
    "text", ["", "ISSUE", "ISSUE-3", "ISSUE+", "ISSUE+999", "ND09-X", "BEFORE:31/02", "BY:1/13", "DATE:19/08", "+5"]
)
def test_a_rule_that_cannot_be_read_is_refused_with_the_forms_that_work(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(text)
    assert f"«{text}»" in str(refusal.value)
    assert all(form in str(refusal.value) for form, *_ in FORMS)


def test_before_a_date_can_be_read_the_other_way_and_says_so(calendar: WorkingCalendar) -> None:
    term = due("BEFORE:31/01", calendar=calendar, anchor=date(2023, 12, 1), before="inclusive")
    assert term.due_date == date(2024, 1, 31)
    assert "hiểu là đến hết ngày đó" in term.explanation_vi


def test_a_yearly_day_falls_in_the_year_of_its_period(calendar: WorkingCalendar) -> None:
    assert due("BEFORE:31/01", calendar=calendar, period=parse_period("2024")).due_date == date(2024, 1, 30)
    assert due("DATE:19/08-30", calendar=calendar, period=parse_period("2026")).due_date.year == 2026


def test_the_close_of_a_period_needs_a_period(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="kỳ báo cáo"):
        due("CLOSE+3", calendar=calendar, anchor=date(2023, 8, 17))


def test_a_date_outside_the_calendar_is_refused(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        due("ISSUE+5", calendar=calendar, anchor=date(1850, 1, 1))

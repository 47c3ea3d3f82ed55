"""Deadline rules: exact days and exact explanations, one for every form."""

from datetime import date

import pytest

from config.clock import HANOI
from config.errors import Refused
from config.rules.deadlines import NoLongerInForce, due
from config.rules.grammar import FORMS, parse_rule
from config.rules.periods import Cadence, parse_period, periods_between
from config.rules.working_time import WorkingCalendar

GOLDEN = [
    # rule, from, due day, explanation in Vietnamese and English
    (
        "ISSUE+5",
        "2023-08-17",
        "2023-08-24",
        "+5 ngày làm việc từ 17/8/2023 → 24:00 ngày 24/8/2023",
        "+5 working days from 17/8/2023 → 24:00 on 24/8/2023",
    ),
    (
        "ISSUE+10",
        "2023-08-17",
        "2023-08-31",
        "+10 ngày làm việc từ 17/8/2023 → 24:00 ngày 31/8/2023",
        "+10 working days from 17/8/2023 → 24:00 on 31/8/2023",
    ),
    (
        "ISSUE+15",
        "2023-08-17",
        "2023-09-11",
        "+15 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 11/9/2023",
        "+15 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 11/9/2023",
    ),
    (
        "ISSUE+20",
        "2023-08-17",
        "2023-09-18",
        "+20 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 18/9/2023",
        "+20 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 18/9/2023",
    ),
    (
        "DOC+30",
        "2023-08-17",
        "2023-10-02",
        "+30 ngày làm việc từ 17/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 2/10/2023",
        "+30 working days from 17/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 2/10/2023",
    ),
    (
        "ISSUE+5",
        "2025-12-29",
        "2026-01-07",
        "+5 ngày làm việc từ 29/12/2025; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ hoán đổi với ngày 10/01/2026)"
        " → 24:00 ngày 7/1/2026",
        "+5 working days from 29/12/2025; skips 1–2/1 (New Year, day off exchanged with 10/01/2026)"
        " → 24:00 on 7/1/2026",
    ),
    (
        "ISSUE+1",
        "2024-05-03",  # the Saturday after it was worked in exchange for 29/4
        "2024-05-04",
        "+1 ngày làm việc từ 3/5/2024; tính cả 4/5/2024 (làm bù) → 24:00 ngày 4/5/2024",
        "+1 working day from 3/5/2024; counts 4/5/2024 (worked in exchange) → 24:00 on 4/5/2024",
    ),
    (
        "ISSUE+10",
        "2025-12-29",
        "2026-01-13",
        "+10 ngày làm việc từ 29/12/2025; bỏ qua 1–2/1 (Tết Dương lịch, nghỉ hoán đổi với ngày 10/01/2026)"
        "; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 13/1/2026",
        "+10 working days from 29/12/2025; skips 1–2/1 (New Year, day off exchanged with 10/01/2026)"
        "; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 13/1/2026",
    ),
    (
        "EVENT-2",
        "2026-01-12",  # backwards as well
        "2026-01-09",
        "−2 ngày làm việc từ 12/1/2026; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 9/1/2026",
        "−2 working days from 12/1/2026; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 9/1/2026",
    ),
    (
        "BY:10/01",
        "2026-01-05",  # a Saturday, and not moved on
        "2026-01-10",
        "chậm nhất ngày 10/1/2026; tính cả 10/1/2026 (làm bù cho ngày 02/01/2026) → 24:00 ngày 10/1/2026",
        "by 10/1/2026; counts 10/1/2026 (working in exchange for 02/01/2026) → 24:00 on 10/1/2026",
    ),
    (
        "EVENT+2",
        "2023-08-31",
        "2023-09-06",
        "+2 ngày làm việc từ 31/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 6/9/2023",
        "+2 working days from 31/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 6/9/2023",
    ),
    (
        "EVENT+0",
        "2023-09-02",
        "2023-09-05",
        "ngay trong ngày 2/9/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo; bỏ qua 2–4/9"
        " (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "on 2/9/2023, a day off, so the next working day; skips 2–4/9 (National Day, day in lieu) → 24:00 on 5/9/2023",
    ),
    (
        "EVENT-10",
        "2024-02-20",
        "2024-01-30",
        "−10 ngày làm việc từ 20/2/2024; bỏ qua 8–14/2 (Tết Nguyên đán) → 24:00 ngày 30/1/2024",
        "−10 working days from 20/2/2024; skips 8–14/2 (Lunar New Year) → 24:00 on 30/1/2024",
    ),
    (
        "EVENT-5",
        "2023-09-02",  # a day off itself; it is not counted, and so not skipped either
        "2023-08-25",
        "−5 ngày làm việc từ 2/9/2023; bỏ qua 1/9 (Quốc khánh) → 24:00 ngày 25/8/2023",
        "−5 working days from 2/9/2023; skips 1/9 (National Day) → 24:00 on 25/8/2023",
    ),
    (
        "ND09-M",
        "2023-08-17",
        "2023-09-19",
        "kỳ 2023-09 chốt số liệu 14/9/2023, +3 ngày làm việc → 24:00 ngày 19/9/2023",
        "period 2023-09 closes on 14/9/2023, +3 working days → 24:00 on 19/9/2023",
    ),
    (
        "ND09-M:coordinating",
        "2023-08-17",
        "2023-09-15",
        "kỳ 2023-09 chốt số liệu 14/9/2023, +1 ngày làm việc → 24:00 ngày 15/9/2023",
        "period 2023-09 closes on 14/9/2023, +1 working day → 24:00 on 15/9/2023",
    ),
    (
        "ND09-M:compiled",
        "2023-10-17",
        "2023-11-27",
        "chậm nhất ngày 25/11/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo → 24:00 ngày 27/11/2023",
        "by 25/11/2023, a day off, so the next working day → 24:00 on 27/11/2023",
    ),
    (
        "ND09-Q",
        "2023-08-17",
        "2023-09-21",
        "kỳ 2023-Q3 chốt số liệu 14/9/2023, +5 ngày làm việc → 24:00 ngày 21/9/2023",
        "period 2023-Q3 closes on 14/9/2023, +5 working days → 24:00 on 21/9/2023",
    ),
    (
        "ND09-H:coordinating",
        "2023-08-17",
        "2023-12-19",
        "kỳ 2023-H2 chốt số liệu 14/12/2023, +3 ngày làm việc → 24:00 ngày 19/12/2023",
        "period 2023-H2 closes on 14/12/2023, +3 working days → 24:00 on 19/12/2023",
    ),
    (
        "ND09-H:compiled",
        "2023-08-17",
        "2023-12-25",
        "chậm nhất ngày 25/12/2023 → 24:00 ngày 25/12/2023",
        "by 25/12/2023 → 24:00 on 25/12/2023",
    ),
    (
        "ND09-Y",
        "2023-12-15",
        "2024-12-20",
        "kỳ 2024 chốt số liệu 14/12/2024, +5 ngày làm việc → 24:00 ngày 20/12/2024",
        "period 2024 closes on 14/12/2024, +5 working days → 24:00 on 20/12/2024",
    ),
    (
        "BEFORE:31/01",
        "2023-12-01",
        "2024-01-30",
        "trước ngày 31/1/2024, hiểu là ngày làm việc liền trước → 24:00 ngày 30/1/2024",
        "before 31/1/2024, read as the last working day before it → 24:00 on 30/1/2024",
    ),
    (
        "BEFORE:01/01/2025",
        "2024-12-01",  # nothing is skipped: the day before the holiday was worked
        "2024-12-31",
        "trước ngày 1/1/2025, hiểu là ngày làm việc liền trước → 24:00 ngày 31/12/2024",
        "before 1/1/2025, read as the last working day before it → 24:00 on 31/12/2024",
    ),
    (
        "BEFORE:05/09",
        "2023-08-17",
        "2023-08-31",
        "trước ngày 5/9/2023, hiểu là ngày làm việc liền trước; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù)"
        " → 24:00 ngày 31/8/2023",
        "before 5/9/2023, read as the last working day before it; skips 1–4/9 (National Day, day in lieu)"
        " → 24:00 on 31/8/2023",
    ),
    (
        "BY:31/10",
        "2023-08-17",
        "2023-10-31",
        "chậm nhất ngày 31/10/2023 → 24:00 ngày 31/10/2023",
        "by 31/10/2023 → 24:00 on 31/10/2023",
    ),
    (
        "BY:29/02",
        "2023-01-05",  # a month without that day ends on its last one
        "2023-02-28",
        "chậm nhất ngày 28/2/2023 → 24:00 ngày 28/2/2023",
        "by 28/2/2023 → 24:00 on 28/2/2023",
    ),
    (
        "UNTIL:02/09",
        "2023-08-17",
        "2023-09-05",
        "đến hết ngày 2/9/2023, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo; bỏ qua 2–4/9"
        " (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "until 2/9/2023, a day off, so the next working day; skips 2–4/9 (National Day, day in lieu)"
        " → 24:00 on 5/9/2023",
    ),
    (
        "DATE:19/08+10",
        "2023-08-17",
        "2023-09-05",
        "+10 ngày làm việc từ 19/8/2023; bỏ qua 1–4/9 (Quốc khánh, nghỉ bù) → 24:00 ngày 5/9/2023",
        "+10 working days from 19/8/2023; skips 1–4/9 (National Day, day in lieu) → 24:00 on 5/9/2023",
    ),
    (
        "DATE:19/08-30",
        "2023-08-17",  # this year's term was over on 7/7
        "2024-07-08",
        "−30 ngày làm việc từ 19/8/2024 → 24:00 ngày 8/7/2024",
        "−30 working days from 19/8/2024 → 24:00 on 8/7/2024",
    ),
    (
        "Q510-Y:residential",
        "2023-08-17",
        "2023-11-17",
        "trước ngày 20/11/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 17/11/2023",
        "before 20/11/2023, read as the last working day before it → 24:00 on 17/11/2023",
    ),
    (
        "Q510-Y:unit",
        "2023-08-17",
        "2023-11-29",
        "trước ngày 30/11/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 29/11/2023",
        "before 30/11/2023, read as the last working day before it → 24:00 on 29/11/2023",
    ),
    (
        "Q510-Y",
        "2023-08-17",
        "2023-12-14",
        "trước ngày 15/12/2023, hiểu là ngày làm việc liền trước → 24:00 ngày 14/12/2023",
        "before 15/12/2023, read as the last working day before it → 24:00 on 14/12/2023",
    ),
    (
        "BEFORE:28/02",
        "2027-01-01",
        "2027-02-26",
        "trước ngày 28/2/2027, hiểu là ngày làm việc liền trước → 24:00 ngày 26/2/2027"
        " (lịch nghỉ năm 2027 là tạm tính)",
        "before 28/2/2027, read as the last working day before it → 24:00 on 26/2/2027"
        " (the holidays of 2027 are provisional)",
    ),
    (
        "EVENT-5",
        "2027-01-05",  # due in a certain year, counted through one that is not
        "2026-12-28",
        "−5 ngày làm việc từ 5/1/2027; bỏ qua 1/1 (Tết Dương lịch) → 24:00 ngày 28/12/2026"
        " (lịch nghỉ năm 2027 là tạm tính)",
        "−5 working days from 5/1/2027; skips 1/1 (New Year) → 24:00 on 28/12/2026"
        " (the holidays of 2027 are provisional)",
    ),
]
GOLDEN_OF_PERIODS = [
    (
        "CLOSE",
        "2023-Q3",
        "2023-09-14",
        "kỳ 2023-Q3 chốt số liệu 14/9/2023 → 24:00 ngày 14/9/2023",
        "period 2023-Q3 closes on 14/9/2023 → 24:00 on 14/9/2023",
    ),
    (
        "CLOSE",
        "2024-09",
        "2024-09-16",
        "kỳ 2024-09 chốt số liệu 14/9/2024, rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
        " → 24:00 ngày 16/9/2024",
        "period 2024-09 closes on 14/9/2024, a day off, so the next working day → 24:00 on 16/9/2024",
    ),
    (
        "CLOSE+3",
        "2024-02",
        "2024-02-19",
        "kỳ 2024-02 chốt số liệu 14/2/2024, +3 ngày làm việc → 24:00 ngày 19/2/2024",
        "period 2024-02 closes on 14/2/2024, +3 working days → 24:00 on 19/2/2024",
    ),
]


@pytest.mark.parametrize(("rule", "start", "day", "vi", "en"), GOLDEN, ids=[f"{r}@{s}" for r, s, *_ in GOLDEN])
def test_each_form_gives_its_day_and_says_how(
    calendar: WorkingCalendar, rule: str, start: str, day: str, vi: str, en: str
) -> None:
    term = due(rule, calendar=calendar, anchor=date.fromisoformat(start))
    assert (term.due_date.isoformat(), term.explanation_vi, term.explanation_en) == (day, vi, en)
    assert term.provisional == ("tạm tính" in vi)


@pytest.mark.parametrize(("rule", "period", "day", "vi", "en"), GOLDEN_OF_PERIODS)
def test_the_close_of_a_period_is_counted_from(
    calendar: WorkingCalendar, rule: str, period: str, day: str, vi: str, en: str
) -> None:
    term = due(rule, calendar=calendar, period=parse_period(period))
    assert (term.due_date.isoformat(), term.explanation_vi, term.explanation_en) == (day, vi, en)


def test_every_form_has_an_exact_example() -> None:
    heads = {form.split("+")[0].split(":")[0].split("-M")[0].split("[")[0] for form, *_ in FORMS}
    tried = " ".join(rule for rule, *_ in (*GOLDEN, *GOLDEN_OF_PERIODS))
    assert {head for head in heads if head not in tried} == set()


@pytest.mark.parametrize(("cadence", "letter"), [("month", "M"), ("quarter", "Q"), ("half", "H"), ("year", "Y")])
def test_in_every_period_input_comes_before_the_report_and_both_before_the_compilation(
    calendar: WorkingCalendar, cadence: Cadence, letter: str
) -> None:
    for period in periods_between(cadence, date(2020, 1, 1), date(2030, 12, 14)):
        given, reported, compiled = (
            due(f"ND09-{letter}:{stage}", calendar=calendar, period=period).due_date
            for stage in ("coordinating", "report", "compiled")
        )
        assert period.closes < given < reported <= compiled, period.key


def test_a_term_is_over_at_midnight_after_its_last_day(calendar: WorkingCalendar) -> None:
    term = due("ISSUE+15", calendar=calendar, anchor=date(2023, 8, 17))
    assert term.due_at.astimezone(HANOI).isoformat() == "2023-09-12T00:00:00+07:00"


def test_the_grading_chain_ends_with_the_communes_once_districts_are_gone(calendar: WorkingCalendar) -> None:
    assert due("Q510-Y", calendar=calendar, anchor=date(2024, 8, 1)).due_date == date(2024, 12, 13)
    assert due("Q510-Y", calendar=calendar, anchor=date(2026, 8, 1)).due_date == date(2026, 11, 27)


def test_the_district_link_has_no_day_once_districts_are_gone(calendar: WorkingCalendar) -> None:
    assert due("Q510-Y:district", calendar=calendar, anchor=date(2024, 12, 13)).due_date == date(2024, 12, 13)
    for asked in ({"anchor": date(2024, 12, 14)}, {"anchor": date(2026, 8, 1)}, {"period": parse_period("2025")}):
        with pytest.raises(NoLongerInForce, match="từ ngày 1/7/2025 không còn cấp huyện") as refusal:
            due("Q510-Y:district", calendar=calendar, **asked)  # type: ignore[arg-type]
        assert "Q510-Y:unit" in refusal.value.en


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        ("trước ngày 31/01", "BEFORE:31/01"),
        ("  Chậm  nhất ngày 31/10 ", "BY:31/10"),
        ("ĐẾN HẾT NGÀY 25/12/2023", "UNTIL:25/12/2023"),
        ("tru\u031bo\u031b\u0301c nga\u0300y 31/01", "BEFORE:31/01"),
        ("\u00d0ến hết\u00a0ngày 5/9", "UNTIL:05/09"),  # eth, and a space that does not break
        ("event \u2212 10", "EVENT-10"),  # the minus sign of an explanation
    ],
)
def test_the_words_of_documents_are_understood(wording: str, rule: str) -> None:
    assert str(parse_rule(wording)) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISSUE",
        "ISSUE-3",
        "ISSUE+",
        "ISSUE+999",
        "ND09-X",
        "BEFORE:31/02",
        "BY:1/13",
        "DATE:19/08",
        "+5",
        "DOC-1",
        "EVENT-0",
        "EVENT-401",
        "CLOSE-1",
        "ND09-M:later",
        "BY:29/02/2023",
        "BY:01/01/1989",
        "UNTIL:1/1/2101",
        "Q510-M",
        "Q510-Y:province",
        "ISSUE+5 DOC+5",
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_with_the_nearest_right_form(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rule(text)
    assert f"«{text}»" in str(refusal.value)
    assert len(str(refusal.value)) < 200  # one sentence, not a list of forms


def test_before_a_date_can_be_read_the_other_way_and_says_so(calendar: WorkingCalendar) -> None:
    term = due("BEFORE:31/01", calendar=calendar, anchor=date(2023, 12, 1), before="inclusive")
    assert term.due_date == date(2024, 1, 31)
    assert "hiểu là đến hết ngày đó" in term.explanation_vi
    rolled = due("BEFORE:28/04/2024", calendar=calendar, before="inclusive")
    assert rolled.due_date == date(2024, 5, 2)
    assert "rơi vào ngày nghỉ" in rolled.explanation_vi


def test_a_yearly_day_falls_in_the_year_of_its_period(calendar: WorkingCalendar) -> None:
    assert due("BEFORE:31/01", calendar=calendar, period=parse_period("2024")).due_date == date(2024, 1, 30)
    assert due("DATE:19/08-30", calendar=calendar, period=parse_period("2026")).due_date.year == 2026


def test_a_yearly_day_counted_back_further_than_a_year_is_still_ahead(calendar: WorkingCalendar) -> None:
    assert due("DATE:19/08-400", calendar=calendar, anchor=date(2023, 8, 17)).due_date == date(2024, 1, 10)


def test_a_term_that_ends_on_the_day_it_is_asked_for_is_not_over(calendar: WorkingCalendar) -> None:
    assert due("BY:31/10", calendar=calendar, anchor=date(2023, 10, 31)).due_date == date(2023, 10, 31)
    assert due("BY:31/10", calendar=calendar, anchor=date(2023, 11, 1)).due_date == date(2024, 10, 31)


def test_the_close_of_a_period_needs_a_period(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="kỳ báo cáo"):
        due("CLOSE+3", calendar=calendar, anchor=date(2023, 8, 17))


@pytest.mark.parametrize("rule", ["ISSUE+5", "ND09-Y", "BEFORE:01/01", "DATE:19/08-30", "Q510-Y"])
@pytest.mark.parametrize("day", [date.min, date(1850, 1, 1), date(2101, 1, 1), date.max])
def test_a_date_outside_the_calendar_is_refused(calendar: WorkingCalendar, rule: str, day: date) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        due(rule, calendar=calendar, anchor=day)


def test_counting_out_of_the_calendar_is_refused(calendar: WorkingCalendar) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        due("ISSUE+5", calendar=calendar, anchor=date(2100, 12, 29))
    with pytest.raises(Refused, match="1990 đến 2100"):
        due("EVENT-5", calendar=calendar, anchor=date(1990, 1, 3))

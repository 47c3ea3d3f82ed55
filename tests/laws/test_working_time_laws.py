"""Laws of counting backwards, of explanations, and of what is never met: an error that is not a refusal."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.clock import FIRST_YEAR
from config.errors import Refused
from config.rules.deadlines import NoLongerInForce, due
from config.rules.grammar import parse_rule
from config.rules.periods import Cadence, parse_period, period_of

CALENDAR = load_calendar()

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
counts = st.integers(1, 120)
cadences = st.sampled_from(["month", "quarter", "half", "year"])

_day_month = st.builds("{:02}/{:02}".format, st.integers(1, 28), st.integers(1, 12))
_year = st.sampled_from(["", "/1990", "/2026", "/2100"])
rules = st.one_of(
    st.builds("{}+{}".format, st.sampled_from(["ISSUE", "DOC", "EVENT"]), st.integers(0, 400)),
    st.builds("EVENT-{}".format, st.integers(1, 400)),
    st.just("CLOSE"),
    st.builds("CLOSE+{}".format, st.integers(1, 400)),
    st.builds("ND09-{}{}".format, st.sampled_from("MQHY"), st.sampled_from(["", ":coordinating", ":compiled"])),
    st.builds("{}:{}{}".format, st.sampled_from(["BEFORE", "BY", "UNTIL"]), _day_month, _year),
    st.builds("DATE:{}{:+}".format, _day_month, st.integers(-400, 400)),
    st.builds("Q510-Y{}".format, st.sampled_from(["", ":residential", ":unit", ":district"])),
)


@given(days, counts)
def test_going_back_n_working_days_passes_n_of_them(day: date, n: int) -> None:
    reached = CALENDAR.add(day, -n)
    assert CALENDAR.is_working_day(reached)
    # From the eve of both: the day reached counts, the day gone back from does not.
    assert CALENDAR.count(reached - timedelta(days=1), day - timedelta(days=1)) == n


@given(days, counts, counts)
def test_going_back_in_two_steps_is_going_back_at_once(day: date, a: int, b: int) -> None:
    assert CALENDAR.add(CALENDAR.add(day, -a), -b) == CALENDAR.add(day, -a - b)


@given(days, days, days)
def test_counts_of_adjoining_spans_add_up(a: date, b: date, c: date) -> None:
    assert CALENDAR.count(a, b) + CALENDAR.count(b, c) == CALENDAR.count(a, c)


@given(days)
def test_between_the_working_days_around_a_day_there_is_no_other(day: date) -> None:
    before, after = CALENDAR.previous_working_day(day), CALENDAR.next_working_day(day)
    assert before <= day <= after
    assert CALENDAR.count(before, after) == (0 if before == after else 1)


@given(days, days)
def test_days_off_are_no_working_days_and_lie_in_the_span(a: date, b: date) -> None:
    start, end = sorted((a, b))
    off = [each.date for each in CALENDAR.days_off(start, end)]
    assert off == sorted(set(off))
    assert all(start < day <= end and not CALENDAR.is_working_day(day) for day in off)
    weekdays = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert {day for day in weekdays if day.weekday() < 5 and not CALENDAR.is_working_day(day)} <= set(off)


@given(rules)
def test_every_rule_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_rule(text)) == text


@given(
    st.sampled_from(["trước ngày 31/01", "chậm nhất ngày 31/10/2026", "đến hết ngày 25/12", "issue+5", "Q510-Y:unit"]),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.text(" \t\n\u00a0", min_size=1, max_size=3),
)
def test_case_spaces_and_the_way_accents_are_stored_do_not_matter(text: str, form: str, case: object, gap: str) -> None:
    assert callable(case)
    written = gap + gap.join(unicodedata.normalize(form, case(text)).split()) + gap  # type: ignore[arg-type]
    assert parse_rule(written) == parse_rule(text)


@given(st.text(max_size=30))
@example("BY:٣١/١٠")
@example("DATE:00/00+1")
def test_any_text_is_a_rule_and_a_key_or_is_refused(text: str) -> None:
    for read in (parse_rule, parse_period):
        try:
            read(text)
        except Refused as refusal:
            assert f"«{text}»" in str(refusal)


@given(rules, st.dates(), cadences, st.booleans())
def test_any_rule_from_any_day_is_worked_out_or_refused(text: str, day: date, cadence: Cadence, named: bool) -> None:
    try:
        term = due(text, calendar=CALENDAR, anchor=day, period=period_of(cadence, day) if named else None)
    except Refused:
        return
    assert CALENDAR.is_working_day(term.due_date)
    assert term.rule == text


@given(rules, days)
def test_an_explanation_ends_with_the_day_and_owns_up_to_what_is_provisional(text: str, day: date) -> None:
    try:
        term = due(text, calendar=CALENDAR, anchor=day, period=period_of("year", day))
    except Refused as refused:
        before_the_calendar = f"Ngày {FIRST_YEAR - 1}-12-" in str(refused)
        assert text == "Q510-Y:district" if isinstance(refused, NoLongerInForce) else before_the_calendar
        return
    reached = f"{term.due_date.day}/{term.due_date.month}/{term.due_date.year}"
    assert f"→ 24:00 ngày {reached}" in term.explanation_vi
    assert f"→ 24:00 on {reached}" in term.explanation_en
    assert term.provisional == ("tạm tính" in term.explanation_vi) == ("provisional" in term.explanation_en)
    if CALENDAR.is_provisional(term.due_date.year):
        assert term.provisional


@pytest.mark.parametrize("year", range(1990, 2101))
def test_every_year_has_a_plausible_number_of_working_days(year: int) -> None:
    assert 245 <= CALENDAR.count(date(year, 1, 1), date(year, 12, 31)) <= 258

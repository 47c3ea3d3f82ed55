"""Laws of deadlines in words: every rule reads back, more days are never earlier, nothing is silently misread."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.clock import HANOI, end_of_day
from config.errors import Refused
from config.rules import kinds
from config.rules.deadlines import Due, due, occasions, reading, reporting_period
from config.rules.grammar import parse_rule
from config.rules.kinds import Rule, Timing
from config.rules.ladder import timetable_in_hours, timetable_standing
from config.rules.periods import Basis, Cadence, Changeover, parse_period, period_of, periods_between
from config.settings import PLAN_0_1_DIR

CALENDAR = load_calendar()
LADDERS = load_plan(PLAN_0_1_DIR).ladders

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
years = st.integers(1990, 2098)
counts = st.integers(1, 400)
cadences: st.SearchStrategy[Cadence] = st.sampled_from(["month", "quarter", "half", "year"])
bases: st.SearchStrategy[Basis] = st.sampled_from(["nd09", "calendar"])
anchors: st.SearchStrategy[kinds.AnchorName] = st.sampled_from(["ISSUE", "DOC", "EVENT"])
phrases: st.SearchStrategy[kinds.Phrase] = st.sampled_from(["BEFORE", "BY", "UNTIL"])
units: st.SearchStrategy[kinds.Unit] = st.sampled_from(["working", "calendar"])
subtasks = st.builds("T{}.{}".format, st.integers(0, 99), st.integers(1, 999))
steps = st.just("") | st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
_numbers: dict[Cadence, int] = {"month": 12, "quarter": 4, "half": 2}


@st.composite
def ends(draw: st.DrawFn) -> Rule:
    cadence: Cadence = draw(st.sampled_from(["month", "quarter", "half"]))
    return kinds.EndOf(cadence, draw(st.none() | st.integers(1, _numbers[cadence])), None)


@st.composite
def ends_of_a_year(draw: st.DrawFn) -> kinds.EndOf:
    cadence = draw(cadences)
    number = None if cadence == "year" else draw(st.integers(1, _numbers[cadence]))
    return kinds.EndOf(cadence, number, draw(years))


@st.composite
def recurring(draw: st.DrawFn) -> kinds.Recurring:
    cadence: Cadence = draw(st.sampled_from(["month", "quarter", "year"]))
    longest = {"month": 2, "quarter": 4, "year": 12}[cadence]
    day = st.tuples(st.none() | st.integers(1, 28), st.integers(1, longest))
    found = draw(st.lists(day, min_size=1, max_size=8 if cadence == "year" else 1, unique=True))
    phrase = draw(phrases if all(day for day, _ in found) else st.sampled_from(["BY", "UNTIL"]))
    return kinds.Recurring(cadence, phrase, tuple(sorted(found, key=lambda each: (each[1], each[0] or 32))))  # type: ignore[arg-type]


@st.composite
def spans(draw: st.DrawFn) -> Rule:
    first = draw(years)
    last = draw(st.none() | st.integers(first + 1, 2100))
    return draw(st.sampled_from([kinds.Span(first, last), kinds.TargetYear(first, last)]))


_day, _month = st.integers(1, 28), st.integers(1, 12)
rules: st.SearchStrategy[Rule] = st.one_of(
    st.builds(kinds.Within, anchors, counts, st.sampled_from(["calendar", "hour", "month"])),
    st.builds(kinds.Within, st.just("EVENT"), st.integers(-400, -1), st.just("calendar")),
    st.builds(kinds.PeriodicReport, cadences, st.sampled_from(["coordinating", "report", "compiled"]), st.booleans()),
    st.builds(kinds.ByMoment, st.times().map(lambda t: time(t.hour, t.minute)), _day, _month, st.none() | years),
    st.builds(kinds.FromDay, _day, _month, st.integers(-400, 400), st.none() | years, units),
    ends(),
    ends_of_a_year(),
    spans(),
    st.builds(kinds.SeasonEnd, st.sampled_from(["spring", "summer", "autumn", "winter"]), years),
    st.builds(kinds.FiscalEnd, years, st.none() | st.integers(1, 4)),
    recurring(),
    st.builds(kinds.AfterSubtask, subtasks, steps),
    st.builds(kinds.AfterSubtask, subtasks, steps, counts, st.sampled_from(["working", "calendar", "hour", "month"])),
    st.builds(kinds.OnOccasion, st.sampled_from(["EVENT", "DOC"])),
    st.builds(kinds.StandingDuty, cadences),
    st.builds(kinds.Undated, st.sampled_from(["", "urgent", "reference"])),
)


@given(rules)
def test_every_rule_reads_back_as_it_is_written(rule: Rule) -> None:
    assert parse_rule(str(rule)) == rule
    assert parse_rule(str(rule).lower()) == rule
    assert len(str(rule)) <= 64


@given(rules, days, st.text(max_size=40))
def test_a_rule_has_a_day_exactly_when_its_timing_says_so(rule: Rule, day: date, words: str) -> None:
    try:
        answer = reading(rule, calendar=CALENDAR, anchor=None if rule.timing is Timing.AFTER else day, words=words)
    except Refused:
        return  # out of the calendar
    assert isinstance(answer, Due) == (rule.timing is Timing.DATED)
    assert answer.rule == str(rule)
    assert answer.timing is rule.timing
    assert 0 < len(answer.explanation_vi) < 1000 and 0 < len(answer.explanation_en) < 1000
    if isinstance(answer, Due):
        assert answer.due_at <= end_of_day(answer.due_date)


@given(days, st.integers(0, 399), st.sampled_from(["", "cal", "h", "mo"]), anchors)
def test_more_is_never_earlier(day: date, n: int, unit: str, anchor: str) -> None:
    n = max(n, 0 if unit in ("", "cal") else 1)
    less, more = (due(f"{anchor}+{each}{unit}", calendar=CALENDAR, anchor=day) for each in (n, n + 1))
    assert less.due_at <= more.due_at


@given(days, days, st.integers(1, 400), st.sampled_from(["", "cal", "h", "mo"]))
def test_a_later_start_is_never_due_earlier(first: date, second: date, n: int, unit: str) -> None:
    first, second = sorted((first, second))
    terms = [due(f"ISSUE+{n}{unit}", calendar=CALENDAR, anchor=each) for each in (first, second)]
    assert terms[0].due_at <= terms[1].due_at


@given(days, counts)
def test_calendar_days_end_where_the_wall_calendar_says_or_on_the_next_working_day(day: date, n: int) -> None:
    term = due(f"ISSUE+{n}cal", calendar=CALENDAR, anchor=day)
    assert term.named_on == day + timedelta(days=n)
    assert term.due_date == CALENDAR.next_working_day(term.named_on)


@given(ends_of_a_year(), bases)
def test_the_end_of_a_period_is_its_last_day_or_the_next_working_day_and_stands_in_its_report(
    rule: kinds.EndOf, basis: Basis
) -> None:
    term = due(rule, calendar=CALENDAR)
    period = period_of(rule.cadence, term.named_on, "calendar")
    assert term.named_on == period.closes
    assert (term.named_on + timedelta(days=1)).day == 1
    assert term.due_date == CALENDAR.next_working_day(term.named_on)
    assert period.key == term.names
    assert reporting_period(term, rule.cadence, basis) == parse_period(term.names, basis)


@given(ends(), days)
def test_without_a_year_it_is_the_next_one_on_or_after_the_day_counted_from(rule: kinds.EndOf, day: date) -> None:
    term = due(rule, calendar=CALENDAR, anchor=day)
    assert term.due_date >= day
    if rule.number is not None:
        before = due(kinds.EndOf(rule.cadence, rule.number, term.named_on.year - 1), calendar=CALENDAR)
        assert before.named_on < day  # by the day it names; moved off a day off it may fall on the next year's first


@given(years, days)
def test_a_target_year_is_not_moved_to_a_working_day(year: int, day: date) -> None:
    assert due(f"đến năm {year}", calendar=CALENDAR, anchor=day).due_date == date(year, 12, 31)


@given(recurring(), days, st.integers(0, 900))
def test_what_comes_back_has_one_day_in_each_of_its_periods_in_order(
    rule: kinds.Recurring, first: date, length: int
) -> None:
    found = occasions(rule, first, first + timedelta(days=length))
    terms = [due(rule, calendar=CALENDAR, period=period) for period in found]
    assert all(one.named_on <= other.named_on for one, other in pairwise(terms))
    assert [term.names for term in terms] == [period.key for period in found]
    following = due(rule, calendar=CALENDAR, anchor=first)
    assert following.due_date >= first


@given(cadences, st.builds(Changeover, bases, st.integers(2021, 2029), bases), days, days)
def test_a_changeover_leaves_no_day_in_two_periods_or_in_none(
    cadence: Cadence, change: Changeover, first: date, last: date
) -> None:
    first, last = sorted((first, last))
    found = periods_between(cadence, first, last, change)
    assert found[0].opens <= first and found[-1].closes >= last
    assert all(other.opens == one.closes + timedelta(days=1) for one, other in pairwise(found))
    assert len({period.key for period in found}) == len(found)
    for period in found:
        assert parse_period(period.key, change) == period
        assert period_of(cadence, period.opens, change) == period_of(cadence, period.closes, change) == period
        assert period.basis == (change.before if int(period.key[:4]) < change.year else change.after)


WORDS = [
    ("trước ngày 30/6/2025", "BEFORE:30/06/2025"),
    ("chậm nhất ngày 30/6/2025", "BY:30/06/2025"),
    ("hoàn thành trước ngày 30/6", "BEFORE:30/06"),
    ("đến hết ngày 25/12", "UNTIL:25/12"),
    ("trong quý II/2025", "QUARTER:2/2025"),
    ("đến hết tháng 6/2025", "MONTH:06/2025"),
    ("cuối năm 2025", "YEAR:2025"),
    ("đến năm 2030", "TARGET:2030"),
    ("trong thời hạn 07 ngày làm việc", "ISSUE+7"),
    ("trong vòng 10 ngày kể từ ngày ban hành", "ISSUE+10cal"),
    ("trong 24 giờ", "ISSUE+24h"),
    ("định kỳ 6 tháng một lần", "EVERY-H"),
    ("trước ngày 20 hằng tháng", "MONTHLY:BEFORE:20"),
    ("trước ngày 20 tháng cuối quý", "QUARTERLY:BEFORE:20/3"),
    ("tháng 01 và tháng 6 hằng năm", "YEARLY:BY:END/01,END/06"),
    ("2025 và những năm tiếp theo", "SPAN:2025-"),
    ("thường xuyên, báo cáo hằng tháng", "STANDING-M"),
    ("khẩn trương, hoàn thành trước 30/6/2025", "BEFORE:30/06/2025"),
    ("within 7 working days", "ISSUE+7"),
    ("by the end of June 2025", "MONTH:06/2025"),
]


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A phrase with one letter left out, doubled or taken for another; figures and numerals stay."""
    written, rule = draw(st.sampled_from(WORDS))
    places = [place for place, letter in enumerate(written) if letter.isalpha() and letter not in "IVX"]
    place = draw(st.sampled_from(places))
    letter = draw(st.sampled_from(["", written[place] * 2, *"aeiouthngbcd"]))
    return written[:place] + letter + written[place + 1 :], rule


@given(slips())
@example(("hoàn thành trước ngày 3o/6", "BEFORE:30/06"))
@example(("thường xuyên, báo cáo hằng thág", "STANDING-M"))
@example(("khẩn trương, hoàn thành trưc 30/6/2025", "BEFORE:30/06/2025"))
def test_a_slip_of_the_pen_is_read_as_it_was_meant_or_refused(slip: tuple[str, str]) -> None:
    written, meant = slip
    try:
        assert str(parse_rule(written)) == meant
    except Refused as refusal:
        assert f"«{written}»" in str(refusal)


@given(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from([" và ", ", ", "; ", " rồi "]))
def test_two_deadlines_are_never_read_as_one(one: tuple[str, str], other: tuple[str, str], joined: str) -> None:
    """One of them silently lost would be a duty nobody is reminded of."""
    assume(one[1] != "EVERY-H")  # «định kỳ 6 tháng một lần, tháng 01 và tháng 6 hằng năm» says one thing twice
    written = f"{one[0]}{joined}{other[0]}"
    try:
        rule = parse_rule(written)
    except Refused:
        return
    pytest.fail(f"{written} was read as {rule}")


@given(st.sampled_from(LADDERS), days, st.integers(0, 24 * 60), st.integers(1, 400), st.integers(0, 300))
def test_a_ladder_in_hours_stands_in_order_and_reaches_beyond_its_end(
    ladder: object, day: date, minutes: int, hours: int, further: int
) -> None:
    assigned = datetime.combine(day, time(), tzinfo=HANOI) + timedelta(minutes=minutes)
    ends = assigned + timedelta(hours=hours)
    until = ends + timedelta(hours=further)
    rungs = timetable_in_hours(ladder, assigned_at=assigned, due_at=ends, until=until, calendar=CALENDAR)  # type: ignore[arg-type]
    assert [rung.fire_at for rung in rungs] == sorted(rung.fire_at for rung in rungs)
    assert all(rung.fire_at > assigned and rung.express for rung in rungs)
    assert all((rung.fire_at >= ends) == (rung.kind == "overdue") for rung in rungs)
    assert rungs[-1].fire_at > until
    assert len({rung.name for rung in rungs}) == len(rungs)
    nearer = timetable_in_hours(ladder, assigned_at=assigned, due_at=ends, until=ends, calendar=CALENDAR)  # type: ignore[arg-type]
    assert rungs[: len(nearer)] == nearer


@given(st.sampled_from(LADDERS), days, cadences, st.integers(0, 800), bases)
def test_standing_work_always_has_a_next_prompt_and_none_is_overdue(
    ladder: object, day: date, rhythm: Cadence, length: int, basis: Basis
) -> None:
    until = day + timedelta(days=length)
    rungs = timetable_standing(ladder, assigned_on=day, rhythm=rhythm, until=until, calendar=CALENDAR, basis=basis)  # type: ignore[arg-type]
    assert {rung.kind for rung in rungs} <= {"not_acknowledged", "progress"}
    assert rungs[-1].fire_at.date() > until or rungs[-1].kind == "not_acknowledged"
    assert len({rung.name for rung in rungs}) == len(rungs)

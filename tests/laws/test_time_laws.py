"""Laws of working time, periods and deadlines that hold for every date."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.clock import HANOI
from config.rules.deadlines import BeforeDate, due, occasions
from config.rules.grammar import parse_rule
from config.rules.kinds import Recurring
from config.rules.ladder import timetable
from config.rules.periods import Basis, Cadence, parse_period, period_of, periods_between
from config.settings import PLAN_0_1_DIR

CALENDAR = load_calendar()
LADDER = load_plan(PLAN_0_1_DIR).ladder("standard")

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
counts = st.integers(1, 120)
cadences = st.sampled_from(["month", "quarter", "half", "year"])


@given(days, counts)
def test_adding_n_working_days_passes_n_of_them(day: date, n: int) -> None:
    reached = CALENDAR.add(day, n)
    assert CALENDAR.is_working_day(reached)
    assert CALENDAR.count(day, reached) == n


@given(days, counts, counts)
def test_adding_in_two_steps_is_adding_at_once(day: date, a: int, b: int) -> None:
    assert CALENDAR.add(CALENDAR.add(day, a), b) == CALENDAR.add(day, a + b)


@given(days, counts)
def test_going_back_undoes_going_forward_from_a_working_day(day: date, n: int) -> None:
    start = CALENDAR.next_working_day(day)
    assert CALENDAR.add(CALENDAR.add(start, n), -n) == start


@given(days, days, counts)
def test_a_later_start_is_never_due_earlier(first: date, second: date, n: int) -> None:
    first, second = sorted((first, second))
    assert CALENDAR.add(first, n) <= CALENDAR.add(second, n)


@given(days, st.integers(0, 400))
def test_a_term_ends_at_midnight_after_a_working_day(day: date, n: int) -> None:
    term = due(f"ISSUE+{n}", calendar=CALENDAR, anchor=day)
    assert CALENDAR.is_working_day(term.due_date)
    local = term.due_at.astimezone(HANOI)
    assert (local.date(), local.hour, local.minute) == (term.due_date + timedelta(days=1), 0, 0)


@given(days, cadences)
def test_coordinating_input_comes_before_the_report_and_the_report_by_the_compilation(
    day: date, cadence: Cadence
) -> None:
    letter = {"month": "M", "quarter": "Q", "half": "H", "year": "Y"}[cadence]
    period = period_of(cadence, day)
    dates = [
        due(f"ND09-{letter}:{stage}", calendar=CALENDAR, period=period).due_date
        for stage in ("coordinating", "report", "compiled")
    ]
    assert period.closes < dates[0] < dates[1] <= dates[2]


_DAY_OF_A_YEAR = st.tuples(st.one_of(st.sampled_from([1, 2]), st.integers(1, 28)), st.integers(1, 12))
_DAYS_OF_A_YEAR = st.lists(_DAY_OF_A_YEAR, min_size=2, max_size=4, unique_by=lambda day: day[1])


def _before_days_of_a_year(days: list[tuple[int, int]]) -> str:
    return "YEARLY:BEFORE:" + ",".join(f"{day:02}/{month:02}" for day, month in days)


@given(
    days,
    st.one_of(
        st.builds("MONTHLY:BEFORE:{:02}".format, st.integers(1, 31)),
        st.builds("QUARTERLY:BEFORE:{:02}/{}".format, st.integers(1, 28), st.integers(1, 4)),
        st.lists(_DAY_OF_A_YEAR, min_size=1, max_size=1).map(_before_days_of_a_year),
        _DAYS_OF_A_YEAR.map(_before_days_of_a_year),
    ),
)
def test_nothing_periodic_is_late_when_assigned_as_its_period_opens(day: date, text: str) -> None:
    rule = parse_rule(text)
    assert isinstance(rule, Recurring)
    periods = occasions(rule, day - timedelta(days=400), day + timedelta(days=740))
    dates = [due(rule, calendar=CALENDAR, period=period).due_date for period in periods]
    assert all(period.opens <= on and CALENDAR.is_working_day(on) for period, on in zip(periods, dates, strict=True))
    assert sorted(set(dates)) == dates
    assert due(rule, calendar=CALENDAR, anchor=day).due_date == next(on for on in dates if on >= day)


@given(days, _DAYS_OF_A_YEAR)
def test_a_day_of_the_year_is_kept_before_it_comes_and_none_is_left_out(
    day: date, named: list[tuple[int, int]]
) -> None:
    """Where no working day lies between the day the work is given and the named one, it is the next."""
    rule = parse_rule(_before_days_of_a_year(named))
    assert isinstance(rule, Recurring)
    until = day + timedelta(days=740)
    periods = {each.key: each for each in occasions(rule, day, until)}
    for year in range(day.year, until.year + 1):
        for on in (date(year, month, number) for number, month in named):
            before, after = CALENDAR.previous_working_day(on - timedelta(days=1)), CALENDAR.next_working_day(on)
            if day <= before and on <= until:
                period = periods[f"{on:%Y-%m}"]
                term = due(rule, calendar=CALENDAR, period=period).due_date
                assert term == (before if period.opens <= before else after)


_CLOSE_DAYS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([1, 2, 28, 29]), st.integers(1, 28)), st.sampled_from([1, 2, 6, 12])
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(days, _CLOSE_DAYS, st.sampled_from(["BEFORE", "BY", "UNTIL"]), st.sampled_from(["strict", "inclusive"]))
def test_no_two_days_of_a_rule_share_a_key_and_the_last_of_a_month_has_its_name(
    day: date, named: list[tuple[int | None, int]], phrase: str, before: BeforeDate
) -> None:
    """What stores held before times in one month were numbered is the last of them, under the name of the month."""
    named = [(number or (15 if phrase == "BEFORE" else None), month) for number, month in named]
    written = ",".join(f"END/{month:02}" if number is None else f"{number:02}/{month:02}" for number, month in named)
    rule = parse_rule(f"YEARLY:{phrase}:{written}")
    assert isinstance(rule, Recurring)
    found = occasions(rule, date(day.year - 1, 1, 1), date(day.year + 1, 12, 31), before)
    keys = [each.key for each in found]
    assert len(set(keys)) == len(keys)
    terms = {each.key: due(rule, calendar=CALENDAR, period=each, before=before) for each in found}
    back = int(phrase == "BEFORE" and before == "strict")
    if len(set(named)) == 1:
        assert keys == [f"{day.year + later}" for later in (-1, 0, 1)]
        return
    wanted = {
        date(day.year, month, min(number or 31, monthrange(day.year, month)[1])): f"{day.year}-{month:02}"
        for number, month in named
    }
    for on, key in wanted.items():
        of_month = sorted(each for each in wanted if each.month == on.month)
        key += "" if on == of_month[-1] else f"-D{of_month.index(on) + 1}"
        assert parse_period(key, "calendar").key == key
        assert terms[key].due_date == due(rule, calendar=CALENDAR, period=parse_period(key), before=before).due_date
        kept = CALENDAR.previous_working_day(on - timedelta(days=1)) if back else CALENDAR.next_working_day(on)
        opens = next(each.opens for each in found if each.key == key)
        assert terms[key].due_date == (kept if kept >= opens else CALENDAR.next_working_day(opens))


@given(
    days,
    st.one_of(
        st.builds("BEFORE:{:02}/01".format, st.integers(1, 12)),
        st.builds("DATE:{:02}/01-{}cal".format, st.integers(1, 12), st.integers(1, 15)),
        st.builds("DATE:{:02}/{:02}-{}".format, st.integers(1, 12), st.sampled_from([1, 5, 12]), st.integers(1, 15)),
    ),
    st.sampled_from(["strict", "inclusive"]),
    st.sampled_from(["calendar", "nd09"]),
)
def test_nor_by_a_day_of_every_year(day: date, text: str, convention: BeforeDate, basis: Basis) -> None:
    period = period_of("year", day, basis)
    term = due(text, calendar=CALENDAR, period=period, before=convention, basis=basis)
    assert period.opens <= term.due_date


@given(days, cadences)
def test_periods_tile_the_calendar(day: date, cadence: Cadence) -> None:
    period = period_of(cadence, day)
    assert period.opens <= day <= period.closes
    assert period.next().opens == period.closes + timedelta(days=1)
    assert parse_period(period.key) == period


@given(days, days, cadences)
def test_periods_between_two_days_cover_both(first: date, last: date, cadence: Cadence) -> None:
    first, last = sorted((first, last))
    found = periods_between(cadence, first, last)
    assert found[0].opens <= first and found[-1].closes >= last
    assert all(one.next() == other for one, other in pairwise(found))


@given(
    st.one_of(
        st.builds("ISSUE+{}".format, st.integers(0, 400)),
        st.builds("EVENT-{}".format, st.integers(1, 400)),
        st.builds("CLOSE+{}".format, st.integers(1, 400)),
        st.builds("ND09-{}:{}".format, st.sampled_from("MQHY"), st.sampled_from(["coordinating", "compiled"])),
        st.builds(
            "{}:{:02}/{:02}".format, st.sampled_from(["BEFORE", "BY", "UNTIL"]), st.integers(1, 28), st.integers(1, 12)
        ),
        st.builds("DATE:{:02}/{:02}{:+}".format, st.integers(1, 28), st.integers(1, 12), st.integers(1, 99)),
    )
)
def test_a_rule_reads_back_as_it_is_written(text: str) -> None:
    assert str(parse_rule(text)) == text


@given(days, st.integers(-30, 120), st.integers(0, 200), st.integers(0, 200))
def test_a_ladder_worked_out_further_keeps_what_it_had(assigned: date, term: int, a: int, b: int) -> None:
    due_on = CALENDAR.add(assigned, term)
    near, far = sorted((due_on + timedelta(days=92 + a), due_on + timedelta(days=92 + b)))
    near, far = max(near, assigned + timedelta(days=92)), max(far, assigned + timedelta(days=92))
    shorter = timetable(LADDER, assigned_on=assigned, due_on=due_on, until=near, calendar=CALENDAR)
    longer = timetable(LADDER, assigned_on=assigned, due_on=due_on, until=far, calendar=CALENDAR)
    assert longer[: len(shorter)] == shorter
    assert [r.fire_at for r in longer] == sorted(r.fire_at for r in longer)
    assert all(r.kind == "overdue" or r.fire_at.date() > assigned for r in longer)

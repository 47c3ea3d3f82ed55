"""Laws of the ladder that hold for any ladder, any two days and any horizon."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.clock import local_date, start_of_day
from config.rules.ladder import Ladder, Rung, RungSpec, timetable
from config.settings import PLAN_0_1_DIR

CALENDAR = load_calendar()

days = st.dates(date(2020, 1, 1), date(2029, 12, 31))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """Any ladder the plan would take: names differ, only the last rung repeats."""
    kinds = draw(st.lists(st.sampled_from(["not_acknowledged", "due_soon", "due_today", "overdue"]), max_size=5))
    offsets = {"due_soon": st.integers(-60, -1), "due_today": st.just(0)}
    rungs = [
        RungSpec(
            name=f"r{number}",
            kind=kind,
            anchor="assigned" if kind == "not_acknowledged" else "due",
            offset=draw(offsets.get(kind, st.integers(1, 20))),
            audiences=("focal",),
            severity=draw(st.integers(0, 40)),
        )
        for number, kind in enumerate(kinds)
    ]
    last = RungSpec(
        name="last",
        kind="overdue",
        anchor="due",
        offset=draw(st.integers(1, 60)),
        audiences=("focal", "head"),
        severity=50,
        repeat_every=draw(st.none() | st.integers(1, 60)),
    )
    return Ladder(code="any", rungs=(*rungs, last))


FAR = RungSpec(name="far", kind="not_acknowledged", anchor="assigned", offset=4, audiences=("focal",), severity=0)
EVERY_DAY = RungSpec(
    name="last", kind="overdue", anchor="due", offset=1, audiences=("focal",), severity=50, repeat_every=1
)

shipped = st.sampled_from(load_plan(PLAN_0_1_DIR).ladders)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Ladder, date, date, date]:
    """A ladder, the day of assigning, the due day (before or after it) and how far to work it out."""
    assigned = draw(days)
    due_on = CALENDAR.add(assigned, draw(st.integers(-250, 120)))
    until = max(assigned, due_on) + timedelta(days=draw(st.integers(0, 300)))
    return draw(shipped | ladders()), assigned, due_on, until


def made(case: tuple[Ladder, date, date, date]) -> list[Rung]:
    ladder, assigned, due_on, until = case
    return timetable(ladder, assigned_on=assigned, due_on=due_on, until=until, calendar=CALENDAR)


@given(cases())
def test_rungs_stand_in_order_of_time_and_of_severity_within_a_day(case: tuple[Ladder, date, date, date]) -> None:
    keys = [(rung.fire_at, rung.severity) for rung in made(case)]
    assert keys == sorted(keys)


@given(cases())
def test_no_rung_stands_there_twice_under_one_name(case: tuple[Ladder, date, date, date]) -> None:
    named = [(rung.name, rung.fire_at) for rung in made(case)]
    assert len(set(named)) == len(named)


@given(cases())
def test_nothing_but_one_overdue_rung_lies_on_or_before_the_day_of_assigning(
    case: tuple[Ladder, date, date, date],
) -> None:
    behind = [rung for rung in made(case) if local_date(rung.fire_at) <= case[1]]
    assert len(behind) <= 1
    assert all(rung.kind == "overdue" for rung in behind)


@given(cases())
def test_work_assigned_after_it_was_due_is_called_overdue_at_once(case: tuple[Ladder, date, date, date]) -> None:
    ladder, assigned, due_on, _ = case
    first_overdue = min(CALENDAR.add(due_on, r.offset) for r in ladder.rungs if r.kind == "overdue")
    if first_overdue <= assigned:
        assert made(case)[0].kind == "overdue"
        assert made(case)[0].fire_at <= start_of_day(assigned)


@given(cases())
def test_of_what_lies_behind_the_most_severe_is_kept(case: tuple[Ladder, date, date, date]) -> None:
    ladder, assigned, due_on, _ = case
    reached = [
        rung.severity
        for rung in ladder.rungs
        if rung.kind == "overdue" and CALENDAR.add(due_on, rung.offset) <= assigned
    ]
    behind = [rung for rung in made(case) if local_date(rung.fire_at) <= assigned]
    assert not reached or behind[0].severity >= max(reached)


@given(cases())
def test_repeats_are_evenly_spaced_in_working_days_and_grow_more_severe(
    case: tuple[Ladder, date, date, date],
) -> None:
    ladder, assigned, due_on, _ = case
    last = ladder.rungs[-1]
    repeats = [r for r in made(case) if r.audiences == last.audiences and r.kind == "overdue"]
    repeats = [r for r in repeats if r.severity >= last.severity]
    for one, other in pairwise(repeats):
        assert CALENDAR.count(local_date(one.fire_at), local_date(other.fire_at)) == last.repeat_every
        assert other.severity == one.severity + 1
    for repeat in repeats:
        offset = CALENDAR.count(due_on, local_date(repeat.fire_at))
        assert (offset - last.offset) % (last.repeat_every or offset) == 0
        assert repeat.name == (last.name if offset == last.offset else f"overdue+{offset}")
    assert assigned  # every case has one


@given(cases(), st.integers(0, 200))
@example(
    # A rung far behind the day that is worked out to, and repeats that come before it.
    (Ladder(code="any", rungs=(FAR, EVERY_DAY)), date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 2)),
    1,
)
def test_working_it_out_further_keeps_what_was_there_and_adds_later_rungs(
    case: tuple[Ladder, date, date, date], more: int
) -> None:
    ladder, assigned, due_on, until = case
    near = made(case)
    far = made((ladder, assigned, due_on, until + timedelta(days=more)))
    assert far[: len(near)] == near
    assert all(rung.fire_at > start_of_day(until) for rung in far[len(near) :])


@given(cases())
def test_a_ladder_that_repeats_always_has_a_next_rung_beyond_the_horizon(
    case: tuple[Ladder, date, date, date],
) -> None:
    ladder, _, _, until = case
    if ladder.rungs[-1].repeat_every is not None:
        assert made(case)[-1].fire_at > start_of_day(until)


@given(cases())
def test_reminders_of_a_due_day_come_before_it_and_the_overdue_ones_after(
    case: tuple[Ladder, date, date, date],
) -> None:
    due_on = case[2]
    on_days: dict[str, list[date]] = defaultdict(list)
    for rung in made(case):
        on_days[rung.kind].append(local_date(rung.fire_at))
    assert all(day < due_on for day in on_days["due_soon"])
    assert all(day == due_on for day in on_days["due_today"])
    assert all(day > due_on for day in on_days["overdue"])
    assert all(CALENDAR.is_working_day(day) for kind in ("due_soon", "overdue") for day in on_days[kind])

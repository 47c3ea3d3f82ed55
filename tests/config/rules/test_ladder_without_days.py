"""The ladder of a term in hours, and of work without a due day."""

from datetime import date, datetime

import pytest

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.rules.ladder import Ladder, Rung, RungSpec, timetable_in_hours, timetable_standing, timetable_undated
from config.rules.periods import Changeover
from config.rules.working_time import WorkingCalendar


@pytest.fixture
def standard(plan: Plan) -> Ladder:
    return plan.ladder("standard")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


def told(rungs: list[Rung]) -> list[tuple[str, str]]:
    return [(rung.name, f"{rung.fire_at.astimezone(HANOI):%Y-%m-%dT%H:%M}") for rung in rungs]


def test_a_day_and_a_night_keep_the_shape_of_the_ladder(standard: Ladder, calendar: WorkingCalendar) -> None:
    """From Friday afternoon to Saturday afternoon; the repeats wait for Monday morning."""
    rungs = timetable_in_hours(
        standard,
        assigned_at=at("2025-03-14T14:00"),
        due_at=at("2025-03-15T14:00"),
        until=at("2025-03-17T09:00"),
        calendar=calendar,
    )
    assert told(rungs) == [
        ("not_acknowledged", "2025-03-14T20:00"),
        ("due_in_5", "2025-03-15T02:00"),
        ("due_in_1", "2025-03-15T08:00"),
        ("due_today", "2025-03-15T13:00"),
        ("overdue+1", "2025-03-15T14:00"),
        ("overdue+3", "2025-03-15T16:00"),
        ("overdue+5", "2025-03-15T18:00"),
        ("overdue+5+1", "2025-03-17T08:00"),
        ("overdue+5+2", "2025-03-18T08:00"),
    ]
    assert all(rung.express for rung in rungs)
    assert [rung.severity for rung in rungs] == [10, 20, 30, 40, 50, 60, 70, 71, 72]
    assert [rung.name for rung in rungs if rung.unless_acknowledged] == ["not_acknowledged"]


def test_two_hours_have_their_rungs_within_them(standard: Ladder, calendar: WorkingCalendar) -> None:
    rungs = timetable_in_hours(
        standard,
        assigned_at=at("2025-03-14T14:00"),
        due_at=at("2025-03-14T16:00"),
        until=at("2025-03-14T16:00"),
        calendar=calendar,
    )
    assert told(rungs)[:5] == [
        ("not_acknowledged", "2025-03-14T14:30"),
        ("due_in_5", "2025-03-14T15:00"),
        ("due_in_1", "2025-03-14T15:30"),
        ("due_today", "2025-03-14T15:45"),
        ("overdue+1", "2025-03-14T16:00"),
    ]


def test_assigned_after_the_deadline_only_the_most_severe_rung_lies_behind(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    rungs = timetable_in_hours(
        standard,
        assigned_at=at("2025-03-15T17:00"),
        due_at=at("2025-03-15T14:00"),
        until=at("2025-03-15T17:00"),
        calendar=calendar,
    )
    assert told(rungs)[:2] == [("overdue+3", "2025-03-15T16:00"), ("overdue+5", "2025-03-15T18:00")]
    assert rungs[0].audiences == ("focal",)


def test_undated_work_is_only_asked_to_be_acknowledged(standard: Ladder, calendar: WorkingCalendar) -> None:
    rungs = timetable_undated(standard, assigned_on=date(2025, 3, 14), calendar=calendar)
    assert [(rung.name, local_date(rung.fire_at)) for rung in rungs] == [("not_acknowledged", date(2025, 3, 18))]
    assert rungs[0].unless_acknowledged and not rungs[0].express
    silent = Ladder(
        code="silent",
        rungs=(RungSpec(name="o", kind="overdue", anchor="due", offset=1, audiences=("focal",), severity=1),),
    )
    assert timetable_undated(silent, assigned_on=date(2025, 3, 14), calendar=calendar) == []


def test_standing_work_is_asked_for_progress_when_each_period_closes(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    rungs = timetable_standing(
        standard, assigned_on=date(2025, 3, 14), rhythm="quarter", until=date(2025, 12, 1), calendar=calendar
    )
    assert [(rung.name, rung.kind, local_date(rung.fire_at)) for rung in rungs] == [
        ("not_acknowledged", "not_acknowledged", date(2025, 3, 18)),
        ("progress_2025-Q2", "progress", date(2025, 6, 16)),  # closes on a Saturday
        ("progress_2025-Q3", "progress", date(2025, 9, 15)),
        ("progress_2025-Q4", "progress", date(2025, 12, 15)),
    ]


def test_the_prompts_follow_the_periods_of_the_directive(standard: Ladder, calendar: WorkingCalendar) -> None:
    rungs = timetable_standing(
        standard,
        assigned_on=date(2025, 11, 20),
        rhythm="month",
        until=date(2026, 1, 20),
        calendar=calendar,
        basis=Changeover("nd09", 2026, "calendar"),
    )
    assert [(rung.name, local_date(rung.fire_at)) for rung in rungs if rung.kind == "progress"] == [
        ("progress_2025-12", date(2025, 12, 15)),
        ("progress_2026-01", date(2026, 2, 2)),
    ]

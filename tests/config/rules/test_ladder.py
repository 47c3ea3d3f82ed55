"""The ladder of alerts from two dates: which rungs, on which days, for whom."""

from datetime import date

import pytest
from pydantic import ValidationError

from config.catalogue.plan import Plan
from config.clock import local_date, start_of_day
from config.rules.ladder import Ladder, RungSpec, timetable
from config.rules.working_time import WorkingCalendar

ISSUED, DUE = date(2023, 8, 17), date(2023, 9, 11)


def days(
    ladder: Ladder, calendar: WorkingCalendar, assigned: date, due: date, until: date | None = None
) -> list[tuple[str, str]]:
    rungs = timetable(ladder, assigned_on=assigned, due_on=due, until=until or due, calendar=calendar)
    return [(rung.name, local_date(rung.fire_at).isoformat()) for rung in rungs]


@pytest.fixture
def standard(plan: Plan) -> Ladder:
    return plan.ladder("standard")


def test_the_ladder_as_shipped_is_that_of_the_design(standard: Ladder) -> None:
    said = [(r.kind, r.anchor, r.offset, r.audiences, r.repeat_every) for r in standard.rungs]
    focal, head, all_ = ("focal",), ("focal", "head"), ("focal", "head", "coordinator", "monitor")
    assert said == [
        ("assigned", "assigned", 0, focal, None),
        ("not_acknowledged", "assigned", 2, focal, None),
        ("due_soon", "due", -5, focal, None),
        ("due_soon", "due", -1, focal, None),
        ("due_today", "due", 0, focal, None),
        ("overdue", "due", 1, focal, None),
        ("overdue", "due", 3, head, None),
        ("overdue", "due", 5, all_, 5),
    ]
    assert [r.unless_acknowledged for r in standard.rungs].index(True) == 1
    severities = [r.severity for r in standard.rungs]
    assert severities == sorted(set(severities))


def test_the_days_of_a_term_of_fifteen_working_days(standard: Ladder, calendar: WorkingCalendar) -> None:
    assert days(standard, calendar, ISSUED, DUE, date(2023, 10, 2)) == [
        ("not_acknowledged", "2023-08-21"),
        ("due_in_5", "2023-08-31"),
        ("due_in_1", "2023-09-08"),
        ("due_today", "2023-09-11"),
        ("overdue+1", "2023-09-12"),
        ("overdue+3", "2023-09-14"),
        ("overdue+5", "2023-09-18"),
        ("overdue+10", "2023-09-25"),
        ("overdue+15", "2023-10-02"),
        ("overdue+20", "2023-10-09"),
    ]


def test_every_rung_is_due_from_midnight_in_hanoi(standard: Ladder, calendar: WorkingCalendar) -> None:
    for rung in timetable(standard, assigned_on=ISSUED, due_on=DUE, until=DUE, calendar=calendar):
        assert rung.fire_at == start_of_day(local_date(rung.fire_at))


def test_each_repeat_is_more_severe_than_the_one_before_and_keeps_its_audience(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    until = date(2024, 3, 1)
    rungs = timetable(standard, assigned_on=ISSUED, due_on=DUE, until=until, calendar=calendar)
    repeats = [rung for rung in rungs if rung.audiences == ("focal", "head", "coordinator", "monitor")]
    assert [r.severity for r in repeats] == list(range(70, 70 + len(repeats)))
    assert len({r.name for r in rungs}) == len(rungs)


def test_a_short_term_leaves_out_reminders_that_would_not_come_after_the_assignment(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    """Due in three working days: «in five days» would lie before the assignment."""
    assert [name for name, _ in days(standard, calendar, ISSUED, date(2023, 8, 22))][:3] == [
        "not_acknowledged",
        "due_in_1",
        "due_today",
    ]


def test_assigned_on_the_day_it_is_due_is_not_also_reminded_that_day(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    names = [name for name, _ in days(standard, calendar, ISSUED, ISSUED)]
    assert "due_today" not in names
    assert names[0] == "overdue+1"


def test_assigned_long_after_it_was_due_only_the_most_severe_overdue_rung_lies_behind(
    standard: Ladder, calendar: WorkingCalendar
) -> None:
    assigned = date(2026, 8, 17)
    rungs = timetable(standard, assigned_on=assigned, due_on=DUE, until=assigned, calendar=calendar)
    behind = [rung for rung in rungs if rung.fire_at <= start_of_day(assigned)]
    assert len(behind) == 1
    assert behind[0].severity == max(r.severity for r in behind)
    assert behind[0].kind == "overdue"
    assert rungs[0] == behind[0]
    assert rungs[1].name == "not_acknowledged" or rungs[1].fire_at > start_of_day(assigned)


@pytest.mark.parametrize("assigned", [date(2023, 9, 18), date(2023, 9, 22), date(2026, 8, 17)])
def test_assigned_late_the_office_alone_is_told_first_and_the_others_from_the_next_rung_on(
    standard: Ladder, calendar: WorkingCalendar, assigned: date
) -> None:
    rungs = timetable(standard, assigned_on=assigned, due_on=DUE, until=assigned, calendar=calendar)
    behind, *coming = [rung for rung in rungs if rung.kind == "overdue"]
    assert behind.fire_at <= start_of_day(assigned)
    assert behind.audiences == ("focal",)
    assert {rung.audiences for rung in coming} == {("focal", "head", "coordinator", "monitor")}


@pytest.mark.parametrize(("repeat_every", "until"), [(60, date(2023, 9, 12)), (1, date(2023, 9, 12))])
def test_there_is_always_a_next_instant_beyond_the_last_day_worked_out(
    calendar: WorkingCalendar, repeat_every: int, until: date
) -> None:
    rung = RungSpec(
        name="overdue+1", kind="overdue", anchor="due", offset=1, audiences=("focal",), severity=1,
        repeat_every=repeat_every,
    )  # fmt: skip
    rungs = timetable(Ladder(code="own", rungs=(rung,)), assigned_on=ISSUED, due_on=DUE, until=until, calendar=calendar)
    assert rungs[-1].fire_at > start_of_day(until)


def test_rungs_of_one_day_stand_from_mild_to_severe(standard: Ladder, calendar: WorkingCalendar) -> None:
    """A term of two working days: «not acknowledged» and «due today» fall on one day."""
    found = days(standard, calendar, ISSUED, date(2023, 8, 21))
    assert found[1:3] == [("not_acknowledged", "2023-08-21"), ("due_today", "2023-08-21")]


def test_the_same_rungs_under_another_name_are_the_same_ladder(standard: Ladder) -> None:
    renamed = Ladder(code="other", rungs=standard.rungs)
    changed = Ladder(code="standard", rungs=standard.rungs[:-1])
    assert renamed.content_hash == standard.content_hash != changed.content_hash


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Quá hạn"},
        {"kind": "shout"},
        {"anchor": "report"},
        {"offset": 251},
        {"offset": 1.5},
        {"audiences": []},
        {"audiences": ["citizen"]},
        {"severity": 101},
        {"repeat_every": 0},
        {"colour": "red"},
    ],
)
def test_a_rung_has_no_room_for_anything_else(wrong: dict[str, object]) -> None:
    good = {"name": "r1", "kind": "overdue", "anchor": "due", "offset": 1, "audiences": ["focal"], "severity": 1}
    assert RungSpec.model_validate(good)
    with pytest.raises(ValidationError):
        RungSpec.model_validate({**good, **wrong})


def test_a_ladder_without_rungs_is_none() -> None:
    with pytest.raises(ValidationError):
        Ladder(code="empty", rungs=())

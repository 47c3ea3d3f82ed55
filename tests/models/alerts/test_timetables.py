"""Timetables: shared by what has the same dates, frozen when made, and never running out while work is undone."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from config.catalogue.plan import Plan
from config.rules.ladder import Ladder, RungSpec
from config.rules.working_time import Override, WorkingCalendar
from models.alerts.timetables import timetable_id
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment, Timetable, TimetableRung
from models.tables.lifecycle import NoticeKind, NoticeState
from models.work import verbs
from tests.support.cast import LEAD, at, begin, issue, number_of, run, t0_report, told


def with_ladder(store: Store, *rungs: RungSpec) -> Store:
    """The store, read by a plan whose standard ladder has been edited."""
    plan: Plan = store.plan.model_copy(update={"ladders": (Ladder(code="standard", rungs=rungs),)})
    return replace(store, plan=plan)


def _asking_only(store: Store, code: str) -> Store:
    """The store by a plan of one subtask: what else there is takes its share of every run of two years."""
    priority = store.plan.priority(store.plan.priority_of(code))
    alone = priority.model_copy(update={"subtasks": (store.plan.subtask(code),)})
    return replace(store, plan=store.plan.model_copy(update={"priorities": (alone,)}))


def overdue_rung(offset: int = 1, repeat_every: int | None = None) -> RungSpec:
    return RungSpec(
        name=f"overdue+{offset}",
        kind="overdue",
        anchor="due",
        offset=offset,
        audiences=("focal",),
        severity=50,
        repeat_every=repeat_every,
    )


def test_assignments_with_the_same_dates_share_one_timetable(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), offices=())
    with reading(store.engine) as connection:
        assignments = connection.scalar(select(func.count()).select_from(Assignment))
        timetables = connection.scalar(select(func.count()).select_from(Timetable))
        dates = connection.scalar(select(func.count(col(Assignment.due_date).distinct())))
    assert assignments > 10 * timetables
    assert timetables == dates


def test_an_edited_ladder_changes_new_assignments_only(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    edited = with_ladder(store, overdue_rung(2))
    run(edited, "p1", at("2023-08-18", 13, 30), offices=(LEAD, "STC"))
    old, new = number_of(store, "T0.1"), number_of(store, "T0.1", office="STC")
    for day in range(12, 15):
        run(edited, "p1", at(date(2023, 9, day)), offices=(LEAD, "STC"))
    focal = [rung for kind, rung, who in told(store, old) if kind is NoticeKind.OVERDUE and who == f"{LEAD}/focal"]
    assert focal == ["overdue+1", "overdue+3"]
    assert [rung for kind, rung, _ in told(store, new) if kind is not NoticeKind.ASSIGNED] == ["overdue+2"]


def test_an_extension_goes_by_the_ladder_of_the_day_of_assigning(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    edited = with_ladder(store, overdue_rung(2))
    with session_scope(store.engine) as session:
        context = edited.actor_context(now=at("2023-09-08"), actor="x")
        verbs.request_extension(session, number, date(2023, 9, 18), "Chờ số liệu.", context)
        verbs.grant_extension(session, number, None, context)
    run(edited, "p1", at("2023-09-19"))
    assert [rung for kind, rung, _ in told(store, number) if kind is NoticeKind.OVERDUE] == ["overdue+1"]


@pytest.mark.parametrize("every", [1, 5, 30, 60])
@pytest.mark.later
def test_repeats_never_run_out_however_rare(store: Store, every: int) -> None:
    issue(store)
    rare = with_ladder(_asking_only(store, "T0.1"), overdue_rung(5, repeat_every=every))
    run(rare, "p1", at("2023-08-18"))
    number, day = number_of(store, "T0.1"), date(2023, 9, 11)
    while day < date(2025, 6, 1):
        day += timedelta(days=21)
        run(rare, "p1", at(day))
        with reading(store.engine) as connection:
            coming = connection.scalar(select(col(Assignment.next_alert_at)).where(col(Assignment.id) == number))
        assert coming is not None, f"silent from {day}"
        assert coming > at(day)
        last = store.calendar.add(date(2023, 9, 11), 5)
        while last <= day:
            last = store.calendar.add(last, every)
        assert coming == at(last, 0), f"the repeat after {day}"


def test_work_returned_after_a_year_is_urged_again(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        verbs.report(session, number, t0_report(), store.actor_context(now=at("2023-09-08"), actor="x"))
    run(store, "p1", at("2024-09-09"))
    with session_scope(store.engine) as session:
        verbs.return_(session, number, "Thiếu phụ lục.", store.actor_context(now=at("2024-09-09", 10), actor="x"))
    run(store, "p1", at("2024-09-10"))
    highest = [rung for kind, rung, _ in told(store, number) if kind is NoticeKind.OVERDUE]
    assert len(set(highest)) == 1
    late = store.calendar.count(date(2023, 9, 11), date(2024, 9, 10))
    assert set(highest) == {f"overdue+{late // 5 * 5}"}
    run(store, "p1", at("2024-09-20"))
    assert len({rung for kind, rung, _ in told(store, number) if kind is NoticeKind.OVERDUE}) == 2


def test_an_old_timetable_taken_up_again_is_worked_out_to_the_present(store: Store) -> None:
    """Its first users were done long ago, so it was let run out; who takes it up must not fall silent by it."""

    def taken_up(session: Session, today: date) -> int:
        dates = {"assigned_on": date(2023, 8, 18), "due_on": date(2023, 9, 13)}
        ladder, calendar = store.plan.ladder("standard"), store.calendar
        return timetable_id(session, ladder, **dates, today=today, calendar=calendar)

    with session_scope(store.engine) as session:
        old = taken_up(session, date(2023, 8, 18))
    with session_scope(store.engine) as session:
        assert taken_up(session, date(2024, 9, 9)) == old
        rungs = select(func.max(col(TimetableRung.fire_at))).where(col(TimetableRung.timetable_id) == old)
        assert session.scalars(rungs).one() > at("2024-11-01")


def test_working_out_further_repeats_leaves_what_is_there_alone(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    with reading(store.engine) as connection:
        query = select(
            col(TimetableRung.timetable_id),
            col(TimetableRung.rank),
            col(TimetableRung.audience),
            col(TimetableRung.rung),
            col(TimetableRung.fire_at),
        )
        before = {tuple(row) for row in connection.execute(query)}
    run(store, "p1", at("2024-02-20"))
    with reading(store.engine) as connection:
        after = [tuple(row) for row in connection.execute(query)]
    assert before < set(after)
    names = [(timetable, rung, audience) for timetable, _, audience, rung, _ in after]
    assert len(names) == len(set(names))


def test_work_assigned_years_late_is_told_once_and_does_not_fill_the_outbox(store: Store) -> None:
    begin(store, "p1", at("2026-11-20"))
    number = number_of(store, "T0.1")
    overdue = {rung for kind, rung, _ in told(store, number) if kind is NoticeKind.OVERDUE}
    late = store.calendar.count(date(2023, 9, 11), date(2026, 11, 20))
    assert overdue == {f"overdue+{late // 5 * 5}"}
    assert {kind for kind, _, _ in told(store, number)} == {NoticeKind.ASSIGNED, NoticeKind.OVERDUE}
    assert told(store, number, NoticeState.SUPERSEDED) == []
    run(store, "p1", at("2026-12-01"))
    assert len({rung for kind, rung, _ in told(store, number) if kind is NoticeKind.OVERDUE}) == 2


def test_a_corrected_calendar_moves_only_what_was_not_yet_worked_out(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    holidays = tuple(
        Override(date=date(2023, 9, day), kind="day_off", document="1/TB", note_vi="", note_en="") for day in (12, 13)
    )
    corrected = replace(store, calendar=WorkingCalendar(overrides=holidays, provisional_from=2027))
    with reading(store.engine) as connection:
        query = select(col(TimetableRung.rung), col(TimetableRung.audience), col(TimetableRung.rank))
        before = {tuple(row) for row in connection.execute(query.where(col(TimetableRung.timetable_id) == 1))}
    for day in ("2023-12-20", "2024-02-20", "2024-05-20"):
        run(corrected, "p1", at(day))
    with reading(store.engine) as connection:
        rungs = [tuple(row) for row in connection.execute(query.where(col(TimetableRung.timetable_id) == 1))]
    assert before < set(rungs)
    assert len({rung for rung, *_ in rungs}) == len({rank for *_, rank in rungs})
    offsets = sorted({int(rung.partition(":")[0].partition("+")[2]) for rung, *_ in rungs if "+" in rung})
    assert offsets == [1, 3, *range(5, offsets[-1] + 1, 5)]


def rung_names(session: Session, timetable: int) -> set[str]:
    return set(session.scalars(select(col(TimetableRung.rung)).where(col(TimetableRung.timetable_id) == timetable)))


def in_hours(store: Store, session: Session, ends_at: datetime, today: date) -> int:
    return timetable_id(
        session,
        store.plan.ladder("standard"),
        assigned_on=date(2023, 8, 18),
        due_on=ends_at.date(),
        today=today,
        calendar=store.calendar,
        begins_at=at("2023-08-18"),
        ends_at=ends_at,
    )


def test_two_deadlines_in_hours_on_one_day_share_no_names(store: Store) -> None:
    day = date(2023, 8, 18)
    with session_scope(store.engine) as session:
        names = [rung_names(session, in_hours(store, session, at("2023-08-19", hour), day)) for hour in (9, 15)]
    asked = {"not_acknowledged:2023-08-18T080000"}  # once for each beginning, whatever the deadline
    assert asked < names[0] and asked == names[0] & names[1]
    assert max(map(len, names[0] | names[1])) <= 48


def test_a_timetable_made_when_names_ended_otherwise_is_not_worked_out_twice(store: Store) -> None:
    ends_at = at("2023-08-19", 9)
    with session_scope(store.engine) as session:
        number = in_hours(store, session, ends_at, date(2023, 8, 18))
        for rung in session.scalars(select(TimetableRung).where(col(TimetableRung.timetable_id) == number)):
            rung.rung = f"{rung.rung.partition(':')[0]}:2023-08-19"
        session.flush()
        before = rung_names(session, number)
        assert in_hours(store, session, ends_at, date(2024, 9, 9)) == number
        after = rung_names(session, number)
    assert before < after
    assert len({name.partition(":")[0] for name in after}) == len(after)

"""The auditor finds what fell through, and nothing where all went well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, update
from sqlmodel import col

from config.rules.working_time import Override
from config.settings import Settings
from flows.steps import track
from models.alerts.stages import done_until
from models.delivery.auditor import LOOKBACK, SWEEP_GRACE, Findings, audit_follow_up
from models.delivery.leases import LEASE
from models.keeping.opening import Store
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind
from models.tables.outbox import Message, Notice
from models.tables.tally import Stage, StageMark
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.direct import move_dates, withdraw_all
from models.work.deeds.grounds import grounds
from models.work.deeds.holidays import holiday_notice, recalculated_by
from models.work.deeds.undo import undoing
from tests.support.cast import LEAD, assignment_of, at, begin, number_of, one_step_assigned, run, t0_report
from tests.support.deeds import WHY, acting, done, report_on

LATE, AFTER_LATE = at("2023-09-12"), at("2023-09-13")


@pytest.fixture
def late(store: Store) -> Store:
    """T0.1 of SYT is overdue since this morning, and that was said."""
    begin(store, "p1", *map(at, ("2023-08-18", "2023-09-08", "2023-09-11", "2023-09-12")))
    return store


def look(store: Store, now: datetime = LATE, **bounds: Any) -> Findings:
    with reading(store.engine) as connection:
        return audit_follow_up(connection, now=now, calendar=store.calendar, **bounds)


def change(store: Store, *statements: Any) -> None:
    with session_scope(store.engine) as session:
        for statement in statements:
            session.execute(statement)


def test_where_all_went_well_nothing_is_found(late: Store) -> None:
    assert not look(late)
    assert look(late).in_words() == ""
    assert set(look(late).counts().values()) == {0}


def test_work_overdue_that_nobody_was_told_of(late: Store) -> None:
    number = number_of(late, "T0.1")
    change(late, delete(Notice).where(col(Notice.assignment_id) == number))
    found = look(late)
    assert found.never_told == (number,)
    assert {each.assignment_id for each in found.skipped} == {number}
    assert "1 việc quá hạn chưa từng được nhắc" in found.in_words()


@pytest.mark.parametrize("again", [None, LATE + timedelta(days=30)])
def test_work_overdue_that_no_sweep_will_look_at(store: Store, again: datetime | None) -> None:
    """It was assigned, and that was told; its next look is lost."""
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    change(store, update(Assignment).values(next_alert_at=again).where(col(Assignment.id) == number))
    run(store, "p1", LATE)
    assert look(store).never_told == (number,)
    assert look(store, priority="p1", since=LATE - LOOKBACK).never_told == (number,)
    assert not look(store, now=at("2023-09-08")).never_told, "not overdue yet"


def test_a_rung_passed_over(late: Store) -> None:
    number = number_of(late, "T0.1")
    of_this = (col(Notice.assignment_id) == number, col(Notice.kind) == NoticeKind.OVERDUE)
    change(late, delete(Notice).where(*of_this))
    (skipped,) = look(late).skipped
    assert (skipped.assignment_id, skipped.rung, skipped.desk) == (number, "overdue+1:2023-09-11", "focal")
    assert not look(late).never_told
    assert look(late, priority="p1", since=LATE - LOOKBACK).skipped == (skipped,)
    assert not look(late, priority="p2")
    assert not look(late, now=LATE + LOOKBACK + timedelta(days=1), since=LATE + timedelta(days=1)).skipped


def test_a_ladder_nobody_has_looked_at(late: Store) -> None:
    number = number_of(late, "T0.1")
    change(
        late,
        update(Assignment).values(next_alert_at=LATE + timedelta(days=30)).where(col(Assignment.id) != number),
        update(Assignment).values(next_alert_at=LATE).where(col(Assignment.id) == number),
    )
    assert not look(late, now=LATE + SWEEP_GRACE - timedelta(seconds=1)).unswept
    assert look(late, now=LATE + SWEEP_GRACE).unswept == (number,)


def test_a_message_left_for_longer_than_another_lease(late: Store) -> None:
    taken = {"state": MessageState.SENDING, "lease_until": LATE + LEASE}
    change(late, update(Message).values(**taken).where(col(Message.id) == 1))
    assert not look(late, now=LATE + LEASE * 2)
    assert look(late, now=LATE + LEASE * 2 + timedelta(seconds=1)).stuck == (1,)


def test_a_message_held_back_for_quiet_hours_is_not_stuck(late: Store) -> None:
    morning = LATE + timedelta(hours=14)
    taken = {"state": MessageState.SENDING, "lease_until": LATE + LEASE, "next_attempt_at": morning}
    change(late, update(Message).values(**taken).where(col(Message.id) == 1))
    assert not look(late, now=morning).stuck
    assert look(late, now=morning + LEASE * 2).stuck == (1,)


def test_what_stays_unsaid_for_a_reason_is_no_gap(store: Store) -> None:
    """Acknowledged, reported, given more time, suspended, returned, asleep for months."""
    offices = (LEAD, "STC", "SXD", "SNV", "SCT")
    begin(store, "p1", at("2023-08-18"), offices=offices)
    number = {office: number_of(store, "T0.1", office=office) for office in offices}

    def do(when: str, office: str, verb: Any, *given: Any) -> None:
        with session_scope(store.engine) as session:
            verb(session, number[office], *given, store.actor_context(now=at(when, 15), actor="cast"))

    do("2023-08-18", LEAD, verbs.acknowledge)
    do("2023-08-21", "STC", verbs.suspend, "Chờ hướng dẫn.")
    do("2023-09-06", "SXD", verbs.request_extension, date(2023, 9, 18), "Chờ số liệu.")
    do("2023-09-11", "SXD", verbs.grant_extension, None)
    do("2023-09-07", "SNV", verbs.report, t0_report())
    # What was done later is done already, so each of these days is a replayed one.
    for day in ("2023-08-25", "2023-09-08", "2023-09-12"):
        run(store, "p1", at(day), offices=offices)
        assert not look(store, at(day), at=at("2023-09-12")), day
    do("2023-09-14", "SNV", verbs.return_, "Thiếu phụ lục.")
    do("2023-09-14", "STC", verbs.resume, None)
    for day in ("2023-09-15", "2023-09-25", "2023-12-20"):
        run(store, "p1", at(day), offices=offices)
        assert not look(store, at(day)), day


def _moved(store: Store, number: int) -> Change:
    return move_dates([number], date(2023, 9, 12), provenance=WHY, context=acting(store, at("2023-09-07", 10)))


def _moved_by_a_holiday(store: Store, number: int) -> Change:
    context, off = acting(store, at("2023-09-06", 10)), Override(date(2023, 9, 8), "day_off", "12/TB", "nghỉ", "off")
    paper = grounds(paper_number="12/TB", paper_date=context.today, needs_reason=False)
    done(store, holiday_notice([off], provenance=paper, context=context))
    with reading_session(store.engine) as session:
        return recalculated_by(session, acting(store, at("2023-09-07", 10)))


def _withdrawn_by_mistake(store: Store, number: int) -> Change:
    withdrawn = done(store, withdraw_all([number], provenance=WHY, context=acting(store, at("2023-08-30"))))
    with reading_session(store.engine) as session:
        return undoing(session, withdrawn.deed, "Thu hồi nhầm.", acting(store, at("2023-09-07", 10)))


def _moved_by_mistake(store: Store, number: int) -> Change:
    moved = move_dates([number], date(2023, 12, 20), provenance=WHY, context=acting(store, at("2023-08-30")))
    moved_by = done(store, moved).deed
    with reading_session(store.engine) as session:
        return undoing(session, moved_by, "Ghi nhầm.", acting(store, at("2023-09-07", 10)))


@pytest.mark.parametrize("deed", [_moved, _moved_by_a_holiday, _withdrawn_by_mistake, _moved_by_mistake])
def test_what_was_past_when_a_deed_gave_a_date_is_no_gap(store: Store, deed: Callable[[Store, int], Change]) -> None:
    """Neither at once nor after the next sweep; what becomes due from then on and is not said still is one."""
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        verbs.acknowledge(session, number, acting(store, at("2023-08-18", 15)))
    done(store, deed(store, number))
    store = store.of_today()
    assert not look(store, at("2023-09-07", 11)).skipped
    for day in (at("2023-09-07", 13), AFTER_LATE):
        run(store, "p1", day)
        assert not look(store, day)
    change(store, delete(Notice).where(col(Notice.kind) == NoticeKind.OVERDUE))
    assert look(store, AFTER_LATE).skipped


def test_what_was_past_when_a_year_was_accepted_as_progress_is_no_gap(settings: Settings, tmp_path: Path) -> None:
    with one_step_assigned(settings, tmp_path, "lead: SYT\ndue: {lead: SPAN:2025-2027/Q}") as store:
        number, answered = number_of(store, "T1.1"), at("2026-03-20", 9)
        for day in ("2025-12-23", "2026-01-06", "2026-03-20"):
            run(store, "p1", at(day), offices=())
        with session_scope(store.engine) as session:
            content = report_on(store.plan, assignment_of(session, "T1.1"))
            office = replace(acting(store, answered), actor="office:SYT")
            verbs.report(session, number, replace(content, document_date=None, document_number=None), office)
            assert verbs.accept(session, number, acting(store, answered), interim=True).due_date.year == 2026
        assert not look(store, at("2026-03-20", 10))


def test_every_sweep_is_looked_over(late: Store) -> None:
    context = late.actor_context(now=LATE, actor="flow:p1", run_key="r")
    assert not track(late, "p1", context).findings
    change(late, delete(Notice).where(col(Notice.kind) == NoticeKind.OVERDUE))
    assert track(late, "p1", context).findings.skipped


@pytest.mark.parametrize("is_marked", [False, True])
def test_what_changes_during_an_audit_is_looked_at_by_the_next(
    late: Store, monkeypatch: pytest.MonkeyPatch, is_marked: bool
) -> None:
    """Whether it is the first look of the day or a later one."""
    first, later = (late.actor_context(now=LATE + timedelta(minutes=m), actor="flow:p1", run_key="r") for m in (0, 1))
    change(late, delete(StageMark))
    if is_marked:
        assert not track(late, "p1", first).findings

    def look_while_it_changes(*given: Any, **how: Any) -> Findings:
        found = audit_follow_up(*given, **how)
        change(late, delete(Notice).where(col(Notice.kind) == NoticeKind.OVERDUE))
        return found

    with monkeypatch.context() as patch:
        patch.setattr("flows.steps.audit_follow_up", look_while_it_changes)
        assert not track(late, "p1", later).findings
    with reading(late.engine) as connection:
        assert done_until(connection, "p1", Stage.AUDITED, str(later.today)) is None
    assert track(late, "p1", later).findings.skipped


def test_the_tally_is_added_up_also_where_the_audit_finds_something(
    late: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    added_up = list[Any]()
    monkeypatch.setattr("flows.steps.compact_tally", added_up.append)
    change(late, delete(Notice).where(col(Notice.kind) == NoticeKind.OVERDUE))
    assert track(late, "p1", late.actor_context(now=LATE, actor="flow:p1", run_key="r")).findings
    assert added_up


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        heard.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(store.engine, "before_cursor_execute", hear)


def test_each_look_goes_by_an_index(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("a planner with statistics reads small tables whole")
    with statements(store) as heard:
        look(store, priority="p1", since=LATE - LOOKBACK)
    asked = [each for each in heard if each[0].startswith("SELECT")]
    with store.engine.connect() as connection:
        steps = [
            row[-1] for sql, given in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        ]
    assert len(asked) == 7
    assert not [step for step in steps if step.startswith("SCAN") and step != "SCAN coming"], "but for what was found"
    for index in ("by_due", "next_alert_at", "rungs_passed"):
        assert [step for step in steps if f"ix_assignment_{index}" in step], index
    assert [step for step in steps if "ix_message_waiting" in step]

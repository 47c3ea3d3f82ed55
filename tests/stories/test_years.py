"""Work that spans years: progress is asked for at its rhythm, and reports on it leave the work open until the last."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from config.catalogue.loader import load_plan
from config.errors import Refused
from config.rules.periods import parse_period
from models.alerts.status import status_of
from models.keeping.as_of import reading_as_it_was
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import NoticeKind, State, Status
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.deeds.direct import move_dates
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from reports.board.situation import due_month_tallies, due_month_tallies_by_office, due_trends
from reports.papers.period_report import period_report
from reports.papers.yearly_review import yearly_review
from reports.settled_years import spanning
from tests.support.cast import at, issue, run
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Số hóa hồ sơ
      steps: [{key: scan, due: {lead: "giai đoạn 2025-2027"}, lead: SYT}]
    - code: T1.2
      title_vi: Giảm hộ nghèo
      steps: [{key: target, due: {lead: "đến năm 2026, báo cáo tiến độ hằng quý"}, lead: SYT}]
    - code: T1.3
      title_vi: Báo cáo một lần
      steps: [{key: once, due: {lead: "BY:30/06/2025"}, lead: SYT}]
    - code: T1.4
      title_vi: Kiên cố hóa
      steps: [{key: build, due: {lead: "2025 và những năm tiếp theo"}, lead: SYT}]
    - code: T1.5
      title_vi: Đào tạo
      steps: [{key: train, due: {lead: "đến năm 2026"}, lead: SYT}]
    - code: T1.6
      title_vi: Rà soát
      steps: [{key: review, due: {lead: "TARGET:2025/Q"}, lead: SYT}]
    - code: T1.7
      title_vi: Khảo sát
      steps: [{key: survey, due: {lead: "SPAN:2025-2027/Q"}, lead: SYT}]
"""
ISSUED = date(2025, 3, 3)


@pytest.fixture
def begun(store: Store, tmp_path: Path) -> Iterator[Store]:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    mirror_configuration(store.engine, plan, store.contacts)
    begun = replace(store, plan=plan)
    issue(begun, on_date=ISSUED)
    run(begun, "p1", at(ISSUED, 9), offices=())
    yield begun


def row_of(store: Store, subtask: str) -> Assignment:
    with reading_session(store.engine) as session:
        return session.scalars(select(Assignment).where(col(Assignment.subtask) == subtask)).one()


def decided(store: Store, subtask: str, when: datetime, *, interim: bool | None = None) -> Assignment:
    number = row_of(store, subtask).id or 0
    with session_scope(store.engine) as session:
        context = store.actor_context(now=when, actor="office:SYT")
        verbs.report(session, number, ReportContent(text="Đã làm một phần."), context)
        verbs.accept(session, number, store.actor_context(now=when, actor="coordinator"), interim=interim)
    return row_of(store, subtask)


def moved_to(store: Store, subtask: str, day: date, when: datetime) -> None:
    reason, number = Provenance(reason="Chốt hạn tại giao ban."), row_of(store, subtask).id or 0
    context = store.actor_context(now=when, actor="coordinator")
    apply(store.engine, move_dates([number], day, provenance=reason, context=context))


def told_on(store: Store, when: datetime) -> str:
    """What the letters of a day say to the office."""
    deliver(store, now=when)
    sent = [each for each in letters(store.settings.mailbox_dir) if each.at.date() == when.date()]
    return "\n".join(each.text for each in sent if each.recipient.startswith("Sở Y tế"))


def prompted(store: Store, subtask: str) -> list[str]:
    number = row_of(store, subtask).id
    with reading_session(store.engine) as session:
        asked = select(Notice.rung).where(Notice.assignment_id == number, Notice.kind == NoticeKind.PROGRESS)
        return [rung.partition(":")[0] for rung in session.exec(asked.order_by(col(Notice.id))).all()]


def test_a_span_is_due_year_by_year_and_done_with_the_last(begun: Store) -> None:
    first = row_of(begun, "T1.1")
    assert (first.rule, first.due_date) == ("SPAN:2025-2027", date(2025, 12, 31))
    after_first = decided(begun, "T1.1", at("2025-12-20"))
    assert (after_first.state, after_first.due_date) == (State.ACKNOWLEDGED, date(2026, 12, 31))
    assert (after_first.original_due_date, after_first.completed_at) == (first.due_date, None)
    assert "ghi nhận tiến độ ngày 20/12/2025" in after_first.explanation_vi
    late = decided(begun, "T1.1", at("2027-01-15"))
    assert (late.state, late.due_date) == (State.ACKNOWLEDGED, date(2027, 12, 31)), "a report that came late counts"
    done = decided(begun, "T1.1", at("2027-12-10"))
    assert (done.state, done.due_date) == (State.ACCEPTED, date(2027, 12, 31))
    with reading_session(begun.engine) as session:
        mine = select(status_of(at("2027-12-11"))).where(Assignment.id == done.id)
        assert session.scalar(mine) == Status.DONE_ON_TIME


def test_a_target_year_keeps_its_date_and_is_prompted_each_quarter(begun: Store) -> None:
    first = row_of(begun, "T1.2")
    assert (first.rule, first.due_date) == ("TARGET:2026/Q", date(2026, 12, 31))
    assert "hỏi tiến độ hằng quý" in first.explanation_vi
    days = ("2025-03-17", "2025-06-17", "2025-09-17")
    for day in days:
        run(begun, "p1", at(day), offices=())
    assert prompted(begun, "T1.2") == ["progress_2025-Q1", "progress_2025-Q2", "progress_2025-Q3"]
    after_first = decided(begun, "T1.2", at("2025-09-18"))
    assert (after_first.state, after_first.due_date) == (State.ACKNOWLEDGED, first.due_date)
    assert after_first.next_alert_at is not None and after_first.reported_at is None
    run(begun, "p1", at("2025-12-17"), offices=())
    assert prompted(begun, "T1.2")[-1] == "progress_2025-Q4"
    assert decided(begun, "T1.2", at("2026-11-20")).state is State.ACCEPTED, "of its last quarter"


def test_an_answer_to_a_prompt_that_comes_in_the_next_period_leaves_the_work_open(begun: Store) -> None:
    run(begun, "p1", at("2025-12-15"), offices=())
    assert prompted(begun, "T1.5") == ["progress_2025"]
    answered = decided(begun, "T1.5", at("2026-01-06"))
    assert (answered.state, answered.due_date) == (State.ACKNOWLEDGED, date(2026, 12, 31)), "of 2025, and not the last"
    assert decided(begun, "T1.5", at("2026-12-10")).state is State.ACCEPTED


@pytest.mark.parametrize("sweeps", [True, False], ids=["swept", "not-swept"])
def test_the_answer_to_the_last_prompt_of_a_year_does_not_end_it(begun: Store, *, sweeps: bool) -> None:
    if sweeps:
        run(begun, "p1", at("2025-09-15"), offices=())
    for subtask in ("T1.6", "T1.7"):
        row = decided(begun, subtask, at("2025-10-03"))
        assert (row.state, row.due_date) == (State.ACKNOWLEDGED, date(2025, 12, 31)), subtask
    assert decided(begun, "T1.6", at("2025-12-18")).state is State.ACCEPTED
    assert decided(begun, "T1.7", at("2025-12-18")).due_date == date(2026, 12, 31)


def test_a_prompt_that_was_said_before_the_date_moved_is_still_answered(begun: Store) -> None:
    run(begun, "p1", at("2025-12-15"), offices=())
    moved_to(begun, "T1.5", date(2027, 1, 8), at("2025-12-20"))
    assert decided(begun, "T1.5", at("2026-01-06")).state is State.ACKNOWLEDGED


def test_a_year_whose_date_was_moved_is_followed_by_the_next_one(begun: Store) -> None:
    moved_to(begun, "T1.1", date(2026, 2, 27), at("2025-12-20"))
    assert decided(begun, "T1.1", at("2026-02-11")).due_date == date(2026, 12, 31)
    number = row_of(begun, "T1.1").id or 0
    with session_scope(begun.engine) as session:
        office = begun.actor_context(now=at("2026-12-20"), actor="office:SYT")
        verbs.request_extension(session, number, date(2027, 2, 15), "Tổng hợp số liệu.", office)
    with session_scope(begun.engine) as session:
        coordinator = begun.actor_context(now=at("2026-12-21"), actor="coordinator")
        verbs.grant_extension(session, number, None, coordinator)
    assert decided(begun, "T1.1", at("2027-02-11")).due_date == date(2027, 12, 31)
    assert decided(begun, "T1.1", at("2027-12-10")).state is State.ACCEPTED


def test_a_year_moved_to_the_end_of_the_next_one_is_not_asked_for_again(begun: Store) -> None:
    moved_to(begun, "T1.1", date(2026, 12, 31), at("2025-12-20"))
    assert decided(begun, "T1.1", at("2026-12-20")).due_date == date(2027, 12, 31)


def test_the_coordinator_says_otherwise(begun: Store) -> None:
    assert decided(begun, "T1.2", at("2025-06-01"), interim=False).state is State.ACCEPTED
    with pytest.raises(Refused, match="chỉ có một báo cáo"):
        decided(begun, "T1.3", at("2025-06-01"), interim=True)
    assert decided(begun, "T1.3", at("2025-06-01")).state is State.ACCEPTED
    goes_on = decided(begun, "T1.4", at("2025-12-01"))
    assert (goes_on.state, goes_on.due_date) == (State.ACKNOWLEDGED, date(2026, 12, 31))
    assert decided(begun, "T1.4", at("2026-12-01"), interim=False).state is State.ACCEPTED


def test_letters_say_that_the_work_goes_on_and_not_that_its_date_was_extended(begun: Store) -> None:
    told_on(begun, at(ISSUED, 10))
    decided(begun, "T1.1", at("2025-12-22"))
    accepted = told_on(begun, at("2025-12-22", 10))
    assert "ghi nhận tiến độ, việc còn tiếp tục, hạn tiếp theo 31/12/2026" in accepted
    run(begun, "p1", at("2026-12-24"), offices=())
    reminded = told_on(begun, at("2026-12-24", 10))
    assert "31/12/2026" in reminded
    assert "đã gia hạn" not in accepted + reminded


def test_a_date_is_called_extended_where_it_was_granted_alone(begun: Store) -> None:
    number = row_of(begun, "T1.3").id or 0
    told_on(begun, at(ISSUED, 10))
    with session_scope(begun.engine) as session:
        office = begun.actor_context(now=at("2025-05-05"), actor="office:SYT")
        verbs.request_extension(session, number, date(2025, 7, 31), "Chờ số liệu.", office)
    with session_scope(begun.engine) as session:
        coordinator = begun.actor_context(now=at("2025-05-06"), actor="coordinator")
        verbs.grant_extension(session, number, None, coordinator)
    assert "đã gia hạn, hạn gốc 30/06/2025" in told_on(begun, at("2025-05-06", 10))
    moved_to(begun, "T1.3", date(2025, 8, 29), at("2025-05-07"))
    assert "hạn từ 31/07/2025 thành 29/08/2025" in (moved := told_on(begun, at("2025-05-07", 10)))
    assert "đã gia hạn" not in moved


def test_nobody_is_urged_for_a_year_that_was_reported(begun: Store) -> None:
    decided(begun, "T1.1", at("2025-12-20"))
    for day in ("2025-12-30", "2026-01-05", "2026-01-12"):
        run(begun, "p1", at(day), offices=())
    number = row_of(begun, "T1.1").id
    urging = (NoticeKind.DUE_SOON, NoticeKind.DUE_TODAY, NoticeKind.OVERDUE, NoticeKind.PROGRESS)
    with reading_session(begun.engine) as session:
        told = session.exec(select(Notice.kind).where(Notice.assignment_id == number, col(Notice.kind).in_(urging)))
        assert not told.all()


@pytest.mark.parametrize(
    ("reported", "figures"), [("2025-12-20", (1, 0)), ("2026-03-20", (0, 1))], ids=["in-time", "late"]
)
def test_a_year_that_was_accepted_as_progress_counts_in_its_year(
    begun: Store, reported: str, figures: tuple[int, int]
) -> None:
    row = decided(begun, "T1.1", at(reported))
    assert row.due_date == date(2026, 12, 31)
    with reading(begun.engine) as connection:
        now = at(reported, 9)
        reviews = {year: yearly_review(connection, begun, year, now=now) for year in (2025, 2026)}
        papers = {key: period_report(connection, begun, parse_period(key), now=now) for key in ("2025", "2026")}
        chosen: dict[str, Any] = {"calendar": begun.calendar, "only": col(Assignment.subtask) == "T1.1"}
        chosen["spanning"] = spanning(begun.plan)
        trends = [
            due_trends(connection, ("2025", "2026"), now=now, offices=offices, **chosen)["SYT"]
            for offices in (None, ("SYT",))
        ]
        compared, of_all = due_month_tallies_by_office(
            connection, keys=("2025-12", "2026-12"), grain="month", now=now, **chosen
        )
        by_priority = due_month_tallies(
            connection, col(Assignment.priority), keys=("2025-12", "2026-12"), grain="month", now=now, **chosen
        )
    line, next_line = (
        next(each.now for each in reviews[year].subtasks if each.code == "T1.1") for year in (2025, 2026)
    )
    assert (line.done_on_time, line.done_late, line.total) == (*figures, 1)
    assert (next_line.open_within_term, next_line.total) == (1, 1), "the year under way"
    assert reviews[2025].whole.now.total == sum(each.now.total for each in reviews[2025].subtasks)
    assert reviews[2025].offices[0].now == reviews[2025].whole.now == reviews[2026].whole.before
    assert reviews[2025].counted.total == len(reviews[2025].subtasks)
    part = next(each for each in papers["2025"].priorities[0].subtasks if each.code == "T1.1")
    assert (part.figures.done_on_time, part.figures.done_late) == figures
    assert papers["2025"].figures.total == sum(each.figures.total for each in papers["2025"].priorities[0].subtasks)
    assert papers["2026"].before == papers["2025"].figures
    for found in (*trends, compared["SYT"], of_all, by_priority["p1"]):
        (_, year), (_, next_year) = sorted(found.items())
        assert (year.done_on_time, year.done_late, year.total) == (*figures, 1)
        assert (next_year.open_within_term, next_year.total) == (1, 1)


def test_looking_back_shows_each_year_as_it_was(begun: Store) -> None:
    album = {}
    for when in (at("2025-12-20"), at("2026-12-15"), at("2027-12-15")):
        row = decided(begun, "T1.1", when)
        album[when] = (row.state, row.due_date, row.reported_at, row.completed_at)
    for when, seen in album.items():
        with reading_as_it_was(begun.engine, when) as connection, Session(connection) as session:
            row = session.get_one(Assignment, row.id)
            assert (row.state, row.due_date, row.reported_at, row.completed_at) == seen

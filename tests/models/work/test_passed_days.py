"""Days that a plan names and that are over when it comes in: told, and assigned for the coordinator to set a date."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.checks.passed_days import passed_days
from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store, open_store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session
from models.work.deeds.apply import apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.prepared import prepared_items
from models.work.lists.desk_list import undated_subtasks, undated_work
from models.work.queries import AssignmentFilter, assignments
from models.work.rows import AssignmentRow
from tests.support.cast import at, issue
from tests.support.following_up import follow_up_once
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Rà soát
      steps: [{key: review, due: {lead: "BY:28/02/2025", words: trước tháng 3}, lead: SYT}]
    - code: T1.2
      title_vi: Báo cáo
      steps: [{key: report, due: {lead: "BY:30/06/2025"}, lead: SYT}]
    - code: T1.3
      title_vi: Báo cáo quý
      steps: [{key: quarterly, due: {lead: ND09-Q}, lead: SYT}]
"""
LATER = """
    - code: T1.4
      title_vi: Thêm về sau
      steps: [{key: added, due: {lead: "BY:31/03/2025"}, lead: SYT}]
"""
ISSUED = date(2025, 4, 1)


@pytest.fixture
def begun(settings: Settings, tmp_path: Path) -> Store:
    folder = tmp_path / "its-plan"
    folder.mkdir()
    one_file(folder / "plan.yaml", PLAN)
    with open_store(replace(settings, plan_dir=folder)) as opened:
        issue(opened, on_date=ISSUED)
        follow_up_once(opened, "p1", fill_in("p1", {}, opened.plan), at("2025-04-02"))
        yield opened


def found(store: Store) -> dict[str, AssignmentRow]:
    with reading(store.engine) as connection:
        return {row.subtask: row for row in assignments(connection, AssignmentFilter(), now=at("2025-04-02"))}


def test_a_day_before_the_assigning_document_waits_at_the_desk_and_makes_nobody_late(begun: Store) -> None:
    row = found(begun)["T1.1"]
    assert (row.timing, row.due_date) == (Timing.UNDATED, NO_DATE)
    assert "trước tháng 3" in row.explanation_vi and "28/2/2025" in row.explanation_vi
    assert "đã qua khi giao (01/04/2025)" in row.explanation_vi
    with reading(begun.engine) as connection:
        listed, count = undated_work(connection, limit=10)
        assert ([each.subtask for each in listed], count, undated_subtasks(connection)) == (["T1.1"], 1, ["T1.1"])


def test_periods_that_were_over_before_are_still_not_owed(begun: Store) -> None:
    with reading(begun.engine) as connection:
        periods = {
            row.period for row in assignments(connection, AssignmentFilter(subtask="T1.3"), now=at("2025-04-02"))
        }
    assert periods == {"2025-Q2"}


def test_a_step_that_comes_later_with_a_day_that_is_over_is_shown_and_waits(begun: Store, tmp_path: Path) -> None:
    plan = load_plan(one_file(tmp_path / "amended.yaml", PLAN.rstrip() + LATER))
    with reading_session(begun.engine) as session:
        change = amendment(
            session,
            plan,
            begun.calendar,
            provenance=Provenance(reason="Bổ sung."),
            context=begun.actor_context(now=at("2025-05-05"), actor="coordinator"),
        )
    with previewing(begun.engine, change) as (connection, prepared):
        shown = [(each.subtask, each.to_timing, each.is_late_now) for each in prepared_items(connection)]
    assert shown == [("T1.4", Timing.UNDATED, False)]
    apply(begun.engine, change, confirmed=prepared.digest)
    later = begun.of_today()
    follow_up_once(later, "p1", fill_in("p1", {}, later.plan), at("2025-05-06"))
    assert found(later)["T1.4"].timing is Timing.UNDATED


def test_the_days_that_are_over_are_listed(tmp_path: Path) -> None:
    plan = load_plan(one_file(tmp_path / "plan.yaml", PLAN))
    told = [str(each) for each in passed_days(plan, load_calendar(), date(2025, 5, 5))]
    assert told == ["T1.1 (review): trước tháng 3, hết hạn 28/02/2025"]
    assert not list(passed_days(plan, load_calendar(), date(2025, 2, 28)))

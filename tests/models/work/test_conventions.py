"""A directive whose periods are the calendar's: its periodic work, the report it stands in, and a change to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.catalogue.conventions import Conventions
from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.plan import Plan
from config.errors import Refused
from config.rules.periods import Changeover, parse_period
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store, open_store
from models.plans.editions import Provenance
from models.store.database import reading, reading_session
from models.tables.assignment import Assignment, TimetableRung
from models.work.deeds.apply import apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.prepared import prepared_items
from reports.papers.period_report import period_report
from tests.support.cast import at, issue
from tests.support.following_up import follow_up_once
from tests.support.plans import one_file

PLAN = """
- title_vi: Nhiệm vụ
  subtasks:
    - code: T1.1
      title_vi: Báo cáo quý
      steps: [{key: quarterly, due: {lead: EVERY-Q}, lead: SYT}]
    - code: T1.2
      title_vi: Báo cáo quý theo NĐ 09
      steps: [{key: quarterly, due: {lead: ND09-Q}, lead: SYT}]
    - code: T1.3
      title_vi: Hoàn thành đề án
      steps: [{key: project, due: {lead: "BY:30/06/2025"}, lead: SYT}]
    - code: T1.4
      title_vi: Tuyên truyền
      steps: [{key: tell, due: {lead: STANDING-Q}, lead: SYT}]
    - code: T1.5
      title_vi: Tổng kết năm mục tiêu
      steps: [{key: target, due: {lead: "TARGET:2025"}, lead: SYT}]
    - code: T1.6
      title_vi: Báo cáo sau kỳ
      steps: [{key: after, trigger: quarter, due: {lead: CLOSE+2}, lead: SYT}]
"""
ISSUED = date(2025, 4, 1)


def plan_by(tmp_path: Path, periods: str = "") -> Plan:
    return load_plan(one_file(tmp_path / "plan.yaml", PLAN, directive=periods and f"conventions: {{{periods}}}"))


@contextmanager
def stored(settings: Settings, periods: str = "", day: str = "2025-07-02") -> Iterator[Store]:
    """A store by that plan alone, on a day."""
    folder = settings.data_dir / "its-plan"
    folder.mkdir(parents=True)
    one_file(folder / "plan.yaml", PLAN, directive=periods and f"conventions: {{{periods}}}")
    with open_store(replace(settings, plan_dir=folder)) as opened:
        issue(opened, on_date=ISSUED)
        follow_up_once(opened, "p1", fill_in("p1", {}, opened.plan), at(day))
        yield opened


def due_dates(store: Store, subtask: str) -> dict[str, date]:
    with reading_session(store.engine) as session:
        query = select(col(Assignment.period), col(Assignment.due_date)).where(Assignment.subtask == subtask)
        return dict(session.exec(query.order_by(col(Assignment.period))).all())


def reported(store: Store, key: str) -> set[str]:
    with reading(store.engine) as connection:
        found = period_report(connection, store, parse_period(key), now=at("2025-07-02"))
    return {subtask.code for part in found.priorities for subtask in part.subtasks}


def test_periodic_work_falls_due_after_the_calendar_quarter(settings: Settings) -> None:
    with stored(settings, "periods: calendar") as store:
        assert due_dates(store, "T1.1") == {"2025-Q2": date(2025, 7, 7), "2025-Q3": date(2025, 10, 7)}
        assert due_dates(store, "T1.6")["2025-Q2"] == date(2025, 7, 2)
        # What names NĐ 09 stays by NĐ 09.
        assert due_dates(store, "T1.2")["2025-Q2"] == date(2025, 6, 20)


def test_without_a_word_periods_are_those_of_nd09(settings: Settings) -> None:
    with stored(settings) as store:
        assert due_dates(store, "T1.1")["2025-Q2"] == due_dates(store, "T1.2")["2025-Q2"] == date(2025, 6, 20)


def test_a_day_stands_in_the_report_of_its_calendar_quarter(settings: Settings) -> None:
    with stored(settings, "periods: calendar") as store:
        assert "T1.3" in reported(store, "2025-Q2")
        assert "T1.3" not in reported(store, "2025-Q3")
        assert {"T1.1", "T1.2"} <= reported(store, "2025-Q2")


def test_by_nd09_that_day_stands_in_the_next_report_and_a_named_year_in_its_own(settings: Settings) -> None:
    with stored(settings) as store:
        assert "T1.3" not in reported(store, "2025-Q2")
        assert "T1.3" in reported(store, "2025-Q3")
        assert "T1.5" in reported(store, "2025")
        assert "T1.5" not in reported(store, "2026")


@pytest.mark.parametrize(("periods", "asked"), [("", "2025-06-16"), ("periods: calendar", "2025-06-30")])
def test_standing_work_is_asked_for_progress_when_such_a_period_closes(
    settings: Settings, periods: str, asked: str
) -> None:
    with stored(settings, periods, day="2025-04-02") as store, reading_session(store.engine) as session:
        query = select(col(TimetableRung.fire_at)).where(col(TimetableRung.kind) == "progress")
        assert min(session.exec(query).all()).astimezone(at(ISSUED).tzinfo).date() == date.fromisoformat(asked)


Moved = list[tuple[str, str, date | None, date]]


def amended(store: Store, plan: Plan, now: str) -> Moved:
    """What a plan that takes the place of the one in force moves, shown and then done."""
    with reading_session(store.engine) as session:
        change = amendment(
            session,
            plan,
            store.calendar,
            provenance=Provenance(reason="Theo kỳ của lịch."),
            context=store.actor_context(now=at(now), actor="coordinator"),
        )
    with previewing(store.engine, change) as (connection, prepared):
        shown = list(prepared_items(connection))
    apply(store.engine, change, confirmed=prepared.digest)
    return [(each.subtask, each.period, each.from_due_date, each.to_due_date) for each in shown]


def test_a_changed_kind_of_period_moves_what_is_open_in_it(settings: Settings, tmp_path: Path) -> None:
    with stored(settings, day="2025-12-18") as store:
        moved = amended(store, plan_by(tmp_path, "periods: calendar"), "2025-12-18")
        assert moved == [
            ("T1.1", "2026-Q1", date(2026, 3, 20), date(2026, 4, 7)),
            ("T1.6", "2026-Q1", date(2026, 3, 17), date(2026, 4, 2)),
        ]
        assert due_dates(store, "T1.1")["2026-Q1"] == date(2026, 4, 7)
        later = store.of_today()
        assert later.plan.main_directive.conventions.periods_from == 2026
        follow_up_once(later, "p1", fill_in("p1", {}, later.plan), at("2026-04-02"))
        found = due_dates(store, "T1.1")
        assert found["2025-Q4"] == date(2025, 12, 19)
        assert found["2026-Q2"] == date(2026, 7, 7)


def test_in_the_middle_of_a_year_nothing_moves_until_it_ends(settings: Settings, tmp_path: Path) -> None:
    with stored(settings, day="2025-06-20") as store:
        before = due_dates(store, "T1.1")
        assert amended(store, plan_by(tmp_path, "periods: calendar"), "2025-06-20") == []
        later = store.of_today()
        follow_up_once(later, "p1", fill_in("p1", {}, later.plan), at("2026-01-05"))
        found = due_dates(store, "T1.1")
        assert before.items() <= found.items()
        assert found["2025-Q4"] == date(2025, 12, 19)
        assert found["2026-Q1"] == date(2026, 4, 7)


def in_place(before: str, after: str, on: str, **years: int | None) -> Conventions:
    was = Conventions(periods=before, periods_from=years.get("was"))  # type: ignore[arg-type]
    new = Conventions(periods=after, periods_from=years.get("new"))  # type: ignore[arg-type]
    return new.in_place_of(was, date.fromisoformat(on))


def test_another_kind_begins_with_a_year_that_has_not_begun() -> None:
    assert in_place("nd09", "calendar", "2025-01-14").bases == Changeover("nd09", 2025, "calendar")
    assert in_place("nd09", "calendar", "2025-01-15").bases == Changeover("nd09", 2026, "calendar")
    assert in_place("nd09", "calendar", "2025-03-01", new=2027).bases == Changeover("nd09", 2027, "calendar")
    assert in_place("calendar", "calendar", "2026-03-01", was=2026).bases == Changeover("nd09", 2026, "calendar")
    # What was to change may be changed back before it does, or keeps its year.
    assert in_place("calendar", "nd09", "2025-03-01", was=2026).bases == "nd09"
    assert in_place("calendar", "calendar", "2025-03-01", was=2027).bases == Changeover("nd09", 2027, "calendar")
    with pytest.raises(Refused, match="2025 đã bắt đầu"):
        in_place("nd09", "calendar", "2025-03-01", new=2025)
    with pytest.raises(Refused, match="chỉ chuyển được một lần"):
        in_place("calendar", "nd09", "2026-03-01", was=2026)


def test_the_order_of_dates_is_checked_by_the_directives_own_periods(tmp_path: Path) -> None:
    step = PLAN.replace("{lead: EVERY-Q}", "{lead: EVERY-Q, coordinating: QUARTERLY:BY:25/3}")
    step = step.replace("lead: SYT}]", "lead: SYT, coordinating: [STC]}]", 1)
    load_plan(one_file(tmp_path / "one.yaml", step, directive="conventions: {periods: calendar}"))
    with pytest.raises(PlanErrors) as refused:
        load_plan(one_file(tmp_path / "two.yaml", step))
    assert "coordinating" in str(refused.value.errors[0])

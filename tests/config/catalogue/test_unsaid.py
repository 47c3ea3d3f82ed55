"""What a directive need not say, and what stands in its place."""

from datetime import date
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import PlanErrors, load_plan
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from
from tests.support.plans import OFFICES

PRIORITIES = """
priorities:
  - code: p%n
    title_vi: Nhiệm vụ
    subtasks:
      - {code: T%n.1, title_vi: Rà soát, steps: [{key: plan, lead: SYT, due: {lead: khẩn trương}}]}
"""
TODAY = date(2025, 3, 10)


def written(path: Path, code: str, directive: str = "", number: int = 1, offices: str = OFFICES) -> Path:
    said = f"directive: {{code: {code}, title_vi: Chỉ đạo{directive}}}"
    priorities = PRIORITIES.replace("%n", str(number))
    path.write_text(f"{said}\n{offices}{priorities}", encoding="utf-8")
    return path


def test_a_directive_without_a_date_has_the_day_it_comes_in_and_says_so(tmp_path: Path) -> None:
    directive = load_plan(written(tmp_path / "plan.yaml", "KH-1"), today=TODAY).main_directive
    assert directive.date == TODAY
    assert directive.note_vi == "Chỉ đạo không ghi ngày; lấy ngày đưa vào kho (2025-03-10)."
    own = load_plan(written(tmp_path / "own.yaml", "KH-1", ", date: 2025-01-02, note_vi: Có ngày"), today=TODAY)
    assert (own.main_directive.date, own.main_directive.note_vi) == (date(2025, 1, 2), "Có ngày")


def test_without_a_day_to_go_by_the_date_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(PlanErrors) as refused:
        load_plan(written(tmp_path / "plan.yaml", "KH-1"))
    assert [error.key for error in refused.value.errors] == ["directive.date"]


def test_the_coordinator_is_that_of_the_house_and_else_the_first_office(tmp_path: Path) -> None:
    alone = load_plan(written(tmp_path / "plan.yaml", "KH-1"), today=TODAY)
    assert alone.main_directive.coordinator == alone.main_directive.default_monitor == "UBND"
    house = load_plan(written(tmp_path / "house.yaml", "KH-1", ", coordinator: Sở Nội vụ"), today=TODAY)
    in_force = PlanInForce(house, load_calendar(), {})
    further, _ = plan_from(written(tmp_path / "kh-2.yaml", "KH-2", number=2, offices=""), in_force, date(2025, 4, 1))
    assert (further.directive("KH-2").coordinator, further.directive("KH-2").date) == ("SNV", date(2025, 4, 1))


def test_a_directive_that_is_amended_keeps_the_date_it_came_in_with(tmp_path: Path) -> None:
    house = load_plan(written(tmp_path / "house.yaml", "KH-1"), today=TODAY)
    in_force = PlanInForce(house, load_calendar(), {})
    again, _ = plan_from(written(tmp_path / "again.yaml", "KH-1"), in_force, date(2025, 9, 9))
    assert again == house

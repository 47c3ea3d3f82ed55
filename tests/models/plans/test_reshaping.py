"""Subtasks split, merged and dropped: whatever the plan, what comes out is a plan, and nothing of it is lost."""

from itertools import pairwise
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.errors import Refused
from models.plans.reading import with_contents
from models.plans.reshaping import (
    Changed,
    brought_back,
    free_code,
    merge_subtasks,
    split_subtask,
    subtask_content,
    with_new_subtask,
    with_subtask,
    without_subtask,
)
from tests.support.corpus import CORPUS
from tests.support.plans import one_file

PRIORITIES = """
- title_vi: Y tế
  subtasks:
    - code: T1.1
      title_vi: Xây dựng kế hoạch
      quote: xây dựng kế hoạch
      steps:
        - key: plan
          lead: [SYT, STC]
          coordinating: [SNV]
          due: {lead: BY:30/06/2025, coordinating: BY:15/06/2025}
    - code: T1.2
      title_vi: Báo cáo
      steps: [{key: plan, lead: SNV, due: {lead: BY:30/09/2025}}]
    - code: T1.3
      title_vi: Tổng kết
      depends_on: [T1.1, T1.2]
      steps: [{key: plan, lead: SYT, depends_on: [T1.2.plan], due: {lead: BY:30/11/2025}}]
- title_vi: Tài chính
  subtasks:
    - code: T2.1
      title_vi: Bố trí kinh phí
      depends_on: [T1.2]
      steps: [{key: funds, lead: STC, due: {lead: UNDATED}}]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return load_plan(one_file(tmp_path / "plan.yaml", PRIORITIES))


def read(plan: Plan, changed: Changed) -> Plan:
    return with_contents(plan, load_calendar(), changed)[0]


def test_a_split_takes_leads_or_steps_over_and_keeps_the_rest(plan: Plan) -> None:
    second = {"code": free_code(plan, "p1"), "title_vi": "Phần tài chính"}
    after = read(plan, split_subtask(plan, "T1.1", second, ["STC"], []))
    assert [each.code for each in after.priority("p1").subtasks] == ["T1.1", "T1.4", "T1.2", "T1.3"]
    assert [[str(lead) for lead in after.step(code, "plan").lead] for code in ("T1.1", "T1.4")] == [["SYT"], ["STC"]]
    assert after.subtask("T1.4").quotes == plan.subtask("T1.1").quotes
    assert after.step("T1.4", "plan").due == plan.step("T1.1", "plan").due


def test_merged_into_one_report_or_beside_each_other(plan: Plan) -> None:
    together = read(plan, merge_subtasks(plan, "T1.1", "T1.2", "together"))
    assert [str(lead) for lead in together.step("T1.1", "plan").lead] == ["SYT", "STC", "SNV"]
    # Who coordinated leads now, and nobody is left of whom input was asked.
    assert together.step("T1.1", "plan").due.coordinating is None
    beside = read(plan, merge_subtasks(plan, "T1.1", "T1.2", "side_by_side"))
    assert [(each.key, each.title_vi) for each in beside.subtask("T1.1").steps] == [
        ("plan", "Xây dựng kế hoạch"),
        ("plan_2", "Báo cáo"),
    ]
    for after in (together, beside):
        assert after.subtask("T1.3").depends_on == ("T1.1",)
        assert after.subtask("T2.1").depends_on == ("T1.1",), "also in another priority"
        assert after.step("T1.3", "plan").depends_on == ("T1.1",)


def test_what_is_dropped_is_waited_for_no_more_and_its_number_is_not_used_again(plan: Plan) -> None:
    after = read(plan, without_subtask(plan, "T1.2"))
    assert after.subtask("T1.3").depends_on == ("T1.1",)
    assert (after.subtask("T2.1").depends_on, after.step("T1.3", "plan").depends_on) == ((), ())
    without_p2 = read(plan, without_subtask(plan, "T2.1"))
    assert [each.code for each in without_p2.priorities] == ["p1"]
    left = without_p2
    for code in ("T1.3", "T1.2"):
        left = read(left, without_subtask(left, code))
    with pytest.raises(Refused, match="nhiệm vụ cuối cùng"):
        without_subtask(left, "T1.1")
    assert free_code(plan, "p1", ["T1.9"]) == "T1.10"


def waiting(plan: Plan, code: str, due: dict[str, str]) -> Plan:
    content = subtask_content(plan, code)
    content["steps"][0] |= {"coordinating": ["SNV"], "due": due}
    return read(plan, with_subtask(plan, code, content))


def due_of(plan: Plan, code: str) -> tuple[str, str | None]:
    due = plan.subtask(code).steps[0].due
    return due.lead, due.coordinating


def test_a_date_that_waits_for_what_is_dropped_waits_for_the_rest_or_has_none(plan: Plan) -> None:
    after = waiting(plan, "T2.1", {"lead": "AFTER:T1.1:plan,T1.3+5", "coordinating": "AFTER:T1.1+2"})
    assert due_of(read(after, without_subtask(after, "T1.1")), "T2.1") == ("AFTER:T1.3+5", "UNDATED")
    assert due_of(read(after, without_subtask(after, "T1.3")), "T2.1") == ("AFTER:T1.1:plan+5", "AFTER:T1.1+2")


def test_a_date_that_waits_for_what_is_merged_waits_for_the_whole_and_never_for_itself(plan: Plan) -> None:
    after = waiting(plan, "T2.1", {"lead": "AFTER:T1.3:plan+5", "coordinating": "AFTER:T1.1,T1.3"})
    assert due_of(read(after, merge_subtasks(after, "T1.1", "T1.3", "together")), "T2.1") == (
        "AFTER:T1.1+5",
        "AFTER:T1.1",
    )
    for code, other in (("T2.1", "T1.3"), ("T1.3", "T2.1")):
        merged = read(after, merge_subtasks(after, code, other, "side_by_side")).subtask(code)
        assert "AFTER:T1.1" in {str(each.due.coordinating) for each in merged.steps}
        assert not any("T1.3" in f"{each.due.lead} {each.due.coordinating}" for each in merged.steps)


def test_added_behind_another_and_changed(plan: Plan) -> None:
    new = subtask_content(plan, "T1.2") | {"code": "T1.4", "title_vi": "Sơ kết"}
    after = read(plan, with_new_subtask(plan, "p1", new, behind="T1.1"))
    assert [each.code for each in after.priority("p1").subtasks] == ["T1.1", "T1.4", "T1.2", "T1.3"]
    renamed = subtask_content(after, "T1.4") | {"title_vi": "Sơ kết quý"}
    assert read(after, with_subtask(after, "T1.4", renamed)).subtask("T1.4").title_vi == "Sơ kết quý"


@pytest.mark.later
@pytest.mark.parametrize("source", [None, *sorted(CORPUS.iterdir())], ids=lambda each: each.name if each else "shipped")
def test_any_two_of_any_plan_may_be_merged_and_any_one_split_or_dropped(source: Path | None) -> None:
    plan = load_plan(source)
    codes = [each.code for each in plan.subtasks()][:12]
    for one, other in pairwise(codes):
        try:
            read(plan, merge_subtasks(plan, one, other, "together"))
        except Refused as refused:
            assert "cơ quan tổ chức sự kiện" in str(refused)
        read(plan, merge_subtasks(plan, one, other, "side_by_side"))
    for code in codes:
        read(plan, without_subtask(plan, code))
        second = {"code": free_code(plan, plan.priority_of(code)), "title_vi": "Nhiệm vụ tách ra"}
        after = read(plan, split_subtask(plan, code, second, [], []))
        keys = [step.key for step in plan.subtask(code).steps]
        assert [step.key for step in after.subtask(code).steps] == keys
        assert [step.key for step in after.subtask(second["code"]).steps] == keys


def test_the_last_of_a_priority_comes_back_with_its_priority(plan: Plan) -> None:
    gone = plan
    last = plan.priorities[-1]
    for each in last.subtasks:
        gone = read(gone, without_subtask(gone, each.code))
    assert last.code not in gone.priority_codes
    for each in last.subtasks:
        gone = read(gone, brought_back(gone, plan, each.code))
    assert gone.priority(last.code) == last

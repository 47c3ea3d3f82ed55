"""What would wait for ever is refused where it is written; what has an occasion of its own is not."""

from pathlib import Path

import pytest

from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.plan import Plan
from tests.support.plans import one_file

MONTHLY = '{code: T1.1, title_vi: Báo cáo tháng, steps: [{key: monthly, due: {lead: "MONTHLY:BY:20"}, lead: SYT}]}'
BOTH = """{code: T1.1, title_vi: Kế hoạch, steps: [{key: plan, due: {lead: ISSUE+20}, lead: SYT},
        {key: monthly, due: {lead: "MONTHLY:BY:20"}, lead: SYT}]}"""
MEETING = "{code: T1.1, title_vi: Họp, steps: [{key: meeting, due: {lead: EVENT+2}, lead: SYT}]}"
PRINCIPLE = "{code: T1.1, title_vi: Nguyên tắc, kind: principle}"
AFTER = '{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.1+5"}, lead: STC}]}'
STEP = '{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.1:monthly+5"}, lead: STC}]}'
UNDATED = "{code: T1.2, title_vi: Tổng hợp, depends_on: [T1.1], steps: [{key: sum, due: {lead: UNDATED}, lead: STC}]}"
DATED = (
    '{code: T1.2, title_vi: Tổng hợp, depends_on: [T1.1], steps: [{key: sum, due: {lead: "BY:30/06/2025"}, lead: STC}]}'
)
INPUT = """{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: UNDATED, coordinating: "AFTER:T1.1+5"},
        lead: STC, coordinating: [SYT]}]}"""
STANDING = "{code: T1.1, title_vi: Thường xuyên, steps: [{key: duty, due: {lead: STANDING-Q}, lead: SYT}]}"
PARTLY = """{code: T1.1, title_vi: Kế hoạch, steps: [{key: plan, due: {lead: ISSUE+20}, lead: SYT},
        {key: duty, due: {lead: STANDING-Q}, lead: SYT}]}"""
OPEN_SPAN = '{code: T1.1, title_vi: Nhiều năm, steps: [{key: years, due: {lead: "SPAN:2025-"}, lead: SYT}]}'
SPAN = '{code: T1.1, title_vi: Nhiều năm, steps: [{key: years, due: {lead: "SPAN:2025-2027"}, lead: SYT}]}'
OUT_OF_FORCE = """{code: T1.1, title_vi: Hết hiệu lực,
        steps: [{key: past, due: {lead: "BY:30/06/2025"}, valid_to: 2025-05-01, lead: SYT}]}"""
IN_FORCE = OUT_OF_FORCE.replace("2025-05-01", "2025-06-30")
IN_TURN = '{code: T1.1, title_vi: Việc một, steps: [{key: first, due: {lead: "AFTER:T1.2+5"}, lead: SYT}]}'
NEEDS_IT = (
    "{code: T1.1, title_vi: Việc một, depends_on: [T1.2], steps: [{key: first, due: {lead: UNDATED}, lead: SYT}]}"
)
ITSELF = '{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.2:sum+5"}, lead: STC}]}'
OWN_SUBTASK = """{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.2+5"}, lead: STC},
        {key: plan, due: {lead: ISSUE+20}, lead: STC}]}"""
STEPS = """{code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.2:plan+5"}, lead: STC},
        {key: plan, due: {lead: "BY:30/06/2025"}, lead: STC}]}"""
STEPS_IN_TURN = STEPS.replace("BY:30/06/2025", "AFTER:T1.2:sum+5")


def plan_of(folder: Path, *subtasks: str, standing: Plan | None = None) -> Plan:
    listed = "\n".join(f"    - {subtask}" for subtask in subtasks)
    file = one_file(folder / "plan.yaml", f"- title_vi: Nhiệm vụ\n  subtasks:\n{listed}\n")
    return load_plan(file, standing=standing)


@pytest.mark.parametrize(
    ("awaited", "waiting", "place"),
    [
        (MONTHLY, AFTER, "T1.2.steps[0].due.lead"),
        (MONTHLY, UNDATED, "T1.2.depends_on[0]"),
        (MONTHLY, INPUT, "T1.2.steps[0].due.coordinating"),
        (BOTH, STEP, "T1.2.steps[0].due.lead"),
        (PRINCIPLE, AFTER, "T1.2.steps[0].due.lead"),
        (STANDING, AFTER, "T1.2.steps[0].due.lead"),
        (PARTLY, AFTER, "T1.2.steps[0].due.lead"),
        (STANDING, UNDATED, "T1.2.depends_on[0]"),
        (OUT_OF_FORCE, AFTER, "T1.2.steps[0].due.lead"),
        (NEEDS_IT, AFTER, "T1.2.steps[0].due.lead"),
        (MONTHLY, ITSELF, "T1.2.steps[0].due.lead"),
        (MONTHLY, OWN_SUBTASK, "T1.2.steps[0].due.lead"),
    ],
)
def test_a_wait_that_would_never_end_is_refused_at_its_date(
    tmp_path: Path, awaited: str, waiting: str, place: str
) -> None:
    with pytest.raises(PlanErrors) as refused:
        plan_of(tmp_path, awaited, waiting)
    (error,) = refused.value.errors
    assert error.key == place
    assert "chờ" in error.problem_vi and "ghi ngày" in error.problem_vi and "name a date" in error.problem_en


@pytest.mark.parametrize(
    ("subtasks", "places"),
    [
        ((IN_TURN, AFTER), ["T1.1.steps[0].due.lead", "T1.2.steps[0].due.lead"]),
        ((STEPS_IN_TURN,), ["T1.2.steps[0].due.lead", "T1.2.steps[1].due.lead"]),
    ],
)
def test_what_waits_for_each_other_is_refused_at_each_date(
    tmp_path: Path, subtasks: tuple[str, ...], places: list[str]
) -> None:
    with pytest.raises(PlanErrors) as refused:
        plan_of(tmp_path, *subtasks)
    assert [error.key for error in refused.value.errors] == places
    assert all("T1.2.sum → " in error.problem_vi for error in refused.value.errors)


@pytest.mark.parametrize(
    ("awaited", "waiting"),
    [
        (BOTH, AFTER),
        (MEETING, AFTER),
        (MONTHLY, DATED),
        (BOTH, UNDATED),
        (PARTLY, AFTER.replace("T1.1", "T1.1:plan")),
        (SPAN, AFTER),
        (OPEN_SPAN, AFTER),
        (IN_FORCE, AFTER),
        (STANDING, STEPS),
    ],
)
def test_what_has_an_occasion_of_its_own_or_comes_once_may_be_waited_for(
    tmp_path: Path, awaited: str, waiting: str
) -> None:
    assert plan_of(tmp_path, awaited, waiting).subtask("T1.2").steps


def test_what_stands_already_does_not_keep_the_rest_from_being_changed(tmp_path: Path) -> None:
    """Two that wait for ever can be mended one after the other."""
    once = MONTHLY.replace("MONTHLY:BY:20", "BY:20/06/2025")
    also = AFTER.replace("T1.2", "T1.3")
    plan = plan_of(tmp_path, once, AFTER, also)
    monthly = plan_of(tmp_path, MONTHLY).subtask("T1.1")
    (priority,) = plan.priorities
    standing = plan.model_copy(
        update={
            "priorities": (priority.model_copy(update={"subtasks": (monthly, *priority.subtasks[1:])}),),
        }
    )
    mended = DATED.replace("depends_on: [T1.1], ", "")
    assert plan_of(tmp_path, MONTHLY, mended, also, standing=standing).subtask("T1.3").steps
    with pytest.raises(PlanErrors) as refused:
        plan_of(tmp_path, MONTHLY, AFTER, also, AFTER.replace("T1.2", "T1.4"), standing=standing)
    assert [error.key for error in refused.value.errors] == ["T1.4.steps[0].due.lead"]

"""Who does a step: one lead, joint leads, each its own copy; offices asked for input, and named ones."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue.assignees import assignees
from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.offices import Selector
from config.catalogue.plan import Plan
from tests.support.plans import one_step, plan_of

DAY, LATER = date(2025, 2, 1), date(2025, 4, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.yaml"


def rows(plan: Plan, day: date = DAY) -> list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]:
    return [
        (each.role, each.lead_office, each.office, each.joint, each.named)
        for each in assignees(plan, plan.step("T1.1", "plan"), day)
    ]


class TestLeads:
    def test_a_lead_alone_is_normal(self, path: Path) -> None:
        assert rows(plan_of(path, "lead: SYT\ndue: {lead: BY:30/06/2025}")) == [("lead", "SYT", "SYT", (), ())]

    def test_several_lead_one_report_together(self, path: Path) -> None:
        plan = plan_of(path, "lead: [SYT, STC, SNV]\ndue: {lead: BY:30/06/2025}")
        assert rows(plan) == [("lead", "SYT", "SYT", ("STC", "SNV"), ())]

    def test_several_lead_a_copy_each_where_the_plan_says_so(self, path: Path) -> None:
        plan = plan_of(path, "lead: [SYT, STC]\neach: true\ndue: {lead: BY:30/06/2025}")
        assert rows(plan) == [("lead", "SYT", "SYT", (), ()), ("lead", "STC", "STC", (), ())]

    def test_each_of_a_group_leads_a_copy_unless_the_plan_says_otherwise(self, path: Path) -> None:
        plan = plan_of(path, "lead: departments\ndue: {lead: BY:30/06/2025}")
        assert [row[2] for row in rows(plan)] == ["SYT", "STC", "SNV"]
        plan = plan_of(path, "lead: departments\neach: false\ndue: {lead: BY:30/06/2025}")
        assert rows(plan) == [("lead", "SYT", "SYT", ("STC", "SNV"), ())]

    def test_two_joint_leads_that_become_one_hold_it_once(self, path: Path) -> None:
        plan = plan_of(path, "lead: [SKHDT, STC]\ndue: {lead: BY:30/06/2025}")
        assert rows(plan) == [("lead", "SKHDT", "SKHDT", ("STC",), ())]
        assert rows(plan, LATER) == [("lead", "STC", "STC", (), ())]

    def test_the_same_lead_twice_is_a_slip(self, path: Path) -> None:
        with pytest.raises(PlanErrors, match="lỗi") as refused:
            plan_of(path, "lead: [SYT, Sở Y tế]\ndue: {lead: BY:30/06/2025}")
        assert "SYT hai lần" in str(refused.value.details)


class TestCoordinating:
    def test_without_a_date_they_are_named_and_owe_nothing(self, path: Path) -> None:
        plan = plan_of(path, "lead: SYT\ncoordinating: [STC, SNV]\ndue: {lead: BY:30/06/2025}")
        assert rows(plan) == [("lead", "SYT", "SYT", (), ("STC", "SNV"))]

    def test_asked_with_the_leads_date(self, path: Path) -> None:
        plan = plan_of(
            path, "lead: SYT\ncoordinating: [STC]\nnamed: [SNV, STC]\ndue: {lead: BY:30/06/2025, coordinating: lead}"
        )
        assert rows(plan) == [("lead", "SYT", "SYT", (), ("SNV",)), ("coordinating", "SYT", "STC", (), ())]
        assert plan.step("T1.1", "plan").due.helpers_rule == "BY:30/06/2025"

    @pytest.mark.parametrize(("rule", "right"), [("BY:20/06/2025", True), ("BY:30/06/2025", False)])
    def test_a_date_of_their_own_is_before_the_leads(self, path: Path, rule: str, right: bool) -> None:
        file = one_step(path, f"lead: SYT\ncoordinating: [STC]\ndue: {{lead: BY:30/06/2025, coordinating: {rule}}}")
        if right:
            assert load_plan(file).step("T1.1", "plan").due.helpers_rule == rule
            return
        with pytest.raises(PlanErrors) as refused:
            load_plan(file)
        assert [error.key for error in refused.value.errors] == ["T1.1.steps[0].due.coordinating"]

    def test_beside_copies_the_duty_is_one_for_all(self, path: Path) -> None:
        step = "lead: departments\ncoordinating: [UBND, SYT]\ndue: {lead: BY:30/06/2025, coordinating: lead}"
        shared = [row[1:3] for row in rows(plan_of(path, step)) if row[0] == "coordinating"]
        assert shared == [("UBND", "UBND"), ("SYT", "SYT")]
        each = [row[1:3] for row in rows(plan_of(path, step + "\nper_copy: true")) if row[0] == "coordinating"]
        assert each == [("SYT", "UBND"), ("STC", "UBND"), ("STC", "SYT"), ("SNV", "UBND"), ("SNV", "SYT")]

    def test_a_plan_of_version_0_1_means_every_copy(self, path: Path) -> None:
        file = one_step(path, "lead: departments\ncoordinating: [UBND]\ndue: {lead: ISSUE+9, coordinating: ISSUE+5}")
        assert len(rows(load_plan(file))) == 4
        assert len(rows(load_plan(file, version_0_1=True))) == 6

    def test_a_date_for_nobody_is_a_slip(self, path: Path) -> None:
        with pytest.raises(PlanErrors) as refused:
            plan_of(path, "lead: SYT\nnamed: [STC]\ndue: {lead: BY:30/06/2025, coordinating: lead}")
        assert [error.key for error in refused.value.errors] == ["T1.1.steps[0].due.coordinating"]


names = st.sampled_from(["SYT", "STC", "SNV", "SKHDT", "HOI", "UBND", "departments"])


def _selectors(chosen: list[str]) -> list[dict[str, Any]]:
    return [{"office": name} if name.isupper() else {"group": name} for name in chosen]


@given(
    lead=st.lists(names, min_size=1, max_size=3, unique=True),
    coordinating=st.lists(names, max_size=3, unique=True),
    told=st.lists(names, max_size=3, unique=True),
    each=st.sampled_from([None, True, False]),
    asked=st.booleans(),
    per_copy=st.booleans(),
    day=st.sampled_from([DAY, LATER]),
)
def test_a_named_office_changes_nothing_for_anybody_else(small: Plan, **drawn: Any) -> None:
    content = small.step("T1.1", "plan").model_dump(mode="json") | {
        "lead": _selectors(drawn["lead"]),
        "coordinating": _selectors(drawn["coordinating"]),
        "each": drawn["each"],
        "per_copy": drawn["per_copy"],
    }
    content["due"]["coordinating"] = "lead" if drawn["asked"] else None
    step = type(small.step("T1.1", "plan")).model_validate(content)
    more = step.model_copy(update={"named": tuple(map(Selector.model_validate, _selectors(drawn["told"])))})
    before, after = ([*assignees(small, each, drawn["day"])] for each in (step, more))
    assert [(e.role, e.lead_office, e.office, e.joint) for e in before] == [
        (e.role, e.lead_office, e.office, e.joint) for e in after
    ]
    identities = [(e.role, e.lead_office, e.office) for e in after]
    assert len(set(identities)) == len(identities)
    for e in after:
        assert e.office not in (*e.joint, *e.named)
        assert not set(e.joint) & set(e.named)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_of(tmp_path_factory.mktemp("small") / "plan.yaml", "lead: SYT\ndue: {lead: BY:30/06/2025}")

"""Files of a plan that stands, read as a change of it."""

from pathlib import Path

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.catalogue.steps import DueRules
from config.catalogue.writing import directive_folders, plan_files
from config.rules.working_time import WorkingCalendar
from models.plans.documents import PlanInForce
from models.plans.reading import plan_from
from tests.support.deeds import with_step
from tests.support.plans import one_file

SUBTASKS = """
- title_vi: Nhiệm vụ
  subtasks:
    - {code: T1.1, title_vi: Rà soát, steps: [{key: check, due: {lead: "BY:20/06/2025"}, lead: SYT}]}
    - {code: T1.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T1.1+5"}, lead: STC}]}
"""
FURTHER = """
- title_vi: Nhiệm vụ khác
  code: p2
  subtasks:
    - {code: T2.1, title_vi: Rà soát, steps: [{key: check, due: {lead: "BY:20/06/2025"}, lead: SYT}]}
    - {code: T2.2, title_vi: Tổng hợp, steps: [{key: sum, due: {lead: "AFTER:T2.1+5"}, lead: STC}]}
"""


@pytest.fixture
def endless(tmp_path: Path) -> Plan:
    """A plan of an earlier version: what others wait for in it has no end."""
    main = load_plan(one_file(tmp_path / "plan.yaml", SUBTASKS))
    further = one_file(tmp_path / "further.yaml", FURTHER)
    code = main.main_directive.code
    further.write_text(further.read_text(encoding="utf-8").replace(f"code: {code}", "code: CD-2"), encoding="utf-8")
    plan = load_plan(further, beside=main)
    for code in ("T1.1", "T2.1"):
        due = DueRules(lead="STANDING-Q")
        plan = with_step(plan, code, "check", lambda step, due=due: step.model_copy(update={"due": due}))  # type: ignore[misc]
    return plan


@pytest.mark.parametrize("further", [False, True])
def test_what_waits_for_ever_already_does_not_keep_its_folder_from_being_read(
    endless: Plan, tmp_path: Path, further: bool
) -> None:
    folder = tmp_path / "out"
    for file, text in plan_files(endless, WorkingCalendar()).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text.replace("Rà soát", "Rà soát lại"), encoding="utf-8")
    own = [name for name, directive in directive_folders(endless) if directive.code == "CD-2"]
    path = folder / own[0] if further else folder
    in_force = PlanInForce(endless, WorkingCalendar(), {})
    plan, _ = plan_from(path, in_force, endless.main_directive.date)
    assert plan.subtask("T2.1" if further else "T1.1").title_vi == "Rà soát lại"

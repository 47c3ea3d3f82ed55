"""Any folder with a directive and a priority is a plan, and so is one file; what belongs to none is named."""

import shutil
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import PlanError, PlanErrors, load_plan
from config.catalogue.writing import plan_files
from config.settings import PLAN_0_1_DIR, PLAN_EXAMPLE_DIR
from tests.support.plans import copy_plan, one_file, one_step

STEP = "lead: SYT\ndue: {lead: BY:30/06/2025}"


def faults(path: Path) -> list[tuple[str, str]]:
    return [(fault.file, fault.key) for fault in errors(path)]


def errors(path: Path) -> tuple[PlanError, ...]:
    with pytest.raises(PlanErrors) as refused:
        load_plan(path)
    return refused.value.errors


class TestFolder:
    @pytest.mark.parametrize("kept", ["p1", "p3", "p5"])
    def test_one_priority_of_any_number_is_enough(self, tmp_path: Path, kept: str) -> None:
        for name in ("directive.yaml", "offices.yaml", f"{kept}.yaml"):
            shutil.copyfile(PLAN_0_1_DIR / name, tmp_path / name)
        plan = load_plan(tmp_path)
        assert [priority.code for priority in plan.priorities] == [kept]
        assert plan.ladders == load_plan(PLAN_0_1_DIR).ladders
        assert load_calendar(tmp_path / "calendar.yaml") == load_calendar()

    def test_more_than_five_are_no_fault(self, tmp_path: Path) -> None:
        shutil.copytree(PLAN_0_1_DIR, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / "p1.yaml").read_text("utf-8").replace("code: p1", "code: p12").replace("T1.", "T12.")
        (tmp_path / "p12.yaml").write_text(text.replace("T0.", "T12.1"), "utf-8")
        assert [priority.code for priority in load_plan(tmp_path).priorities][-1] == "p12"

    def test_a_folder_without_a_directive_is_named(self, tmp_path: Path) -> None:
        shutil.copytree(PLAN_0_1_DIR, tmp_path, dirs_exist_ok=True)
        (tmp_path / "khac").mkdir()
        shutil.copyfile(PLAN_0_1_DIR / "p1.yaml", tmp_path / "khac" / "p9.yaml")
        assert faults(tmp_path) == [("khac/directive.yaml", "")]
        (tmp_path / "directive.yaml").unlink()
        assert ("directive.yaml", "") in faults(tmp_path)

    def test_an_empty_folder_says_what_a_plan_needs(self, tmp_path: Path) -> None:
        assert {file for file, _ in faults(tmp_path)} == {"directive.yaml", "offices.yaml"}


class TestOneFile:
    def test_it_reads_as_the_folder_does(self, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        (tmp_path / "one").mkdir()
        file = one_step(tmp_path / "one" / "plan.yaml", STEP)
        plan = load_plan(file)
        for name, text in plan_files(plan).items():
            (folder / name).write_text(text, "utf-8")
        assert load_plan(folder) == plan
        assert load_plan(file.parent) == plan, "the folder that holds nothing but the file"

    def test_its_faults_name_the_file_and_the_place_in_it(self, tmp_path: Path) -> None:
        file = one_step(tmp_path / "ke-hoach.yaml", "lead: SYTT\ndue: {lead: BY:31/06/2025}", directive="titel: x")
        file.write_text(file.read_text("utf-8") + "  titel_vi: x\nprioritys: []\n", "utf-8")
        assert set(faults(file)) == {
            ("ke-hoach.yaml", "directive.titel"),
            ("ke-hoach.yaml", "p1.titel_vi"),
            ("ke-hoach.yaml", "prioritys"),
            ("ke-hoach.yaml", "T1.1.steps[0].lead.office"),
            ("ke-hoach.yaml", "T1.1.steps[0].due.lead"),
        }

    @pytest.mark.parametrize("missing", ["directive", "priorities", "offices"])
    def test_what_is_missing_is_told(self, tmp_path: Path, missing: str) -> None:
        file = one_step(tmp_path / "plan.yaml", STEP)
        file.write_text(file.read_text("utf-8").replace(f"\n{missing}:", "\nladders:"), "utf-8")
        assert ("plan.yaml", missing) in faults(file)

    def test_its_calendar_ladders_and_groups_are_its_own(self, tmp_path: Path) -> None:
        more = """
groups: [{code: money, offices: [Sở Tài chính, SYT]}]
calendar:
  overrides: [{date: 2025-05-02, kind: day_off, document: 1/TB, note_vi: nghỉ, note_en: off}]
  provisional_from: 2028
"""
        file = one_step(tmp_path / "plan.yaml", "lead: money\ndue: {lead: BY:30/06/2025}", more=more)
        assert load_plan(file).groups["money"] == ("SYT", "STC")
        assert load_calendar(file / "calendar.yaml").provisional_from == 2028
        assert load_calendar(tmp_path / "calendar.yaml").provisional_from == 2028

    def test_a_second_directive_may_be_one_file_as_well(self, tmp_path: Path) -> None:
        shutil.copytree(PLAN_0_1_DIR, tmp_path, dirs_exist_ok=True)
        (tmp_path / "khac").mkdir()
        file = one_file(tmp_path / "khac" / "plan.yaml", "")
        text = file.read_text("utf-8").partition("offices:")[0]
        priority = "priorities:\n- code: p6\n  title_vi: Việc\n  subtasks:\n  - code: T6.1\n    title_vi: Việc\n"
        file.write_text(f"{text}{priority}    steps: [{{key: plan, lead: SYT, due: {{lead: ISSUE+5}}}}]\n", "utf-8")
        plan = load_plan(tmp_path)
        assert [directive.code for directive in plan.directives] == ["CD-2023-08-17", "KH-45"]
        (tmp_path / "copy").mkdir()
        copy_plan(tmp_path, tmp_path / "copy")
        assert load_plan(tmp_path / "copy") == plan


class TestBesideAPlanThatStands:
    def test_it_names_the_offices_and_ladders_that_are_there(self) -> None:
        beside = load_plan(PLAN_0_1_DIR)
        plan = load_plan(PLAN_EXAMPLE_DIR / "cai-cach-hanh-chinh", beside=beside)
        assert [directive.code for directive in plan.directives] == ["CD-2023-08-17", "CCHC-MAU"]
        assert plan.directives[0] == beside.main_directive
        again = load_plan(
            PLAN_EXAMPLE_DIR / "cai-cach-hanh-chinh", beside=plan.model_copy(update={"offices": beside.offices})
        )
        assert again == plan, "a directive takes the place of the one of its code"

    def test_a_clash_says_which_number_is_free(self, tmp_path: Path) -> None:
        file = self._without_offices(one_step(tmp_path / "khac.yaml", STEP))
        with pytest.raises(PlanErrors) as refused:
            load_plan(file, beside=load_plan(PLAN_0_1_DIR))
        told = [(fault.file, str(fault.problem_vi)) for fault in refused.value.errors]
        assert ("khac/khac.yaml", "p1 đã có (p1.yaml); mỗi mã chỉ một lần, số còn trống: p6") in told
        assert any("số còn trống: T1.5" in problem for _, problem in told)

    @pytest.mark.parametrize(
        ("office", "right"),
        [
            ("{code: SYT, name_vi: Sở Y tế}", True),
            ("{code: SYT, name_vi: Sở Y tế, kind: state, groups: [signatories]}", True),
            ("{code: SYT, name_vi: Sở Y tế cộng đồng}", False),
            ("{code: SYT, name_vi: Sở Y tế, valid_to: 2025-06-30, successor: SNV}", False),
        ],
    )
    def test_an_office_that_is_there_may_be_listed_again_as_it_is(
        self, tmp_path: Path, office: str, right: bool
    ) -> None:
        file = self._without_offices(one_step(tmp_path / "khac.yaml", STEP))
        text = (
            file.read_text("utf-8")
            .replace("T1.1", "T6.1")
            .replace("- title_vi: Nhiệm vụ", "- title_vi: Nhiệm vụ\n  code: p6")
        )
        file.write_text(f"{text}\noffices: [{office}]\n", "utf-8")
        if right:
            assert load_plan(file, beside=load_plan(PLAN_0_1_DIR)).offices == load_plan(PLAN_0_1_DIR).offices
            return
        with pytest.raises(PlanErrors) as refused:
            load_plan(file, beside=load_plan(PLAN_0_1_DIR))
        assert "đã dùng ở mục trước (offices.yaml)" in str(refused.value.errors[0])

    @staticmethod
    def _without_offices(file: Path) -> Path:
        before, _, rest = file.read_text("utf-8").partition("\noffices:")
        file.write_text(f"{before}\npriorities:{rest.partition(chr(10) + 'priorities:')[2]}", "utf-8")
        return file


class TestWhatMustBeDoneFirst:
    def ring(self, tmp_path: Path, first: str, second: str) -> Path:
        return one_file(
            tmp_path / "plan.yaml",
            f"""
            - title_vi: Nhiệm vụ
              subtasks:
                - code: T1.1
                  title_vi: Một
                  steps:
                    - {{key: plan, lead: SYT, due: {{lead: ISSUE+5}}{first}}}
                    - {{key: report, title_vi: Báo cáo, lead: SYT, due: {{lead: ISSUE+9}}, depends_on: [plan]}}
                - code: T1.2
                  title_vi: Hai
                  steps: [{{key: plan, lead: STC, due: {{lead: ISSUE+5}}{second}}}]
            """,
        )

    def test_steps_and_subtasks_may_be_named(self, tmp_path: Path) -> None:
        plan = load_plan(self.ring(tmp_path, "", ", depends_on: [T1.1]"))
        assert plan.dependencies("T1.1", "report") == (("T1.1", "plan"),)
        assert plan.dependencies("T1.2", "plan") == (("T1.1", "plan"), ("T1.1", "report"))

    def test_a_ring_through_steps_is_shown(self, tmp_path: Path) -> None:
        (fault,) = errors(self.ring(tmp_path, ", depends_on: [T1.2]", ", depends_on: [T1.1.report]"))
        assert "nối thành vòng: T1.1" in fault.problem_vi
        assert "T1.2" in fault.problem_vi

    @pytest.mark.parametrize(
        ("first", "key", "advice"),
        [
            (", depends_on: [reprot]", "T1.1.steps[0].depends_on", "«report»"),
            (", depends_on: [T1.2.plam]", "T1.1.steps[0].depends_on", "«plan»"),
            (", depends_on: [T1.3]", "T1.1.steps[0].depends_on[0]", "không có việc này"),
            (", depends_on: [plan]", "T1.1.steps[0].depends_on", "chính việc này"),
        ],
    )
    def test_what_is_not_there_is_told(self, tmp_path: Path, first: str, key: str, advice: str) -> None:
        found = errors(self.ring(tmp_path, first, ""))
        assert [fault.key for fault in found] == [key]
        assert advice in found[0].problem_vi

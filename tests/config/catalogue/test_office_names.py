"""Offices are known by code, name, old name and abbreviation, in any spelling of the accents and spaces."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue.loader import PlanErrors, load_plan
from config.catalogue.office_names import NamedOffice, OfficeNames, code_for, plain_name
from config.catalogue.plan import Plan
from config.errors import Refused
from config.settings import PLAN_0_1_DIR
from tests.support.plans import one_step, plan_of

DUE = "due: {lead: BY:30/06/2025}"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("SYT", "SYT"),
        ("Sở Y tế", "SYT"),
        ("sở y tế", "SYT"),
        ("SỞ Y TẾ", "SYT"),
        ("Sở  Y\u00a0tế", "SYT"),
        ("Sở\u200b Y tế\ufeff ", "SYT"),
        ("SYT - Sở Y tế", "SYT"),
        ("SYT – Sở Y tế", "SYT"),
        ("SYT: Sở Y tế", "SYT"),
        ("Sở Y tế (SYT)", "SYT"),
        ("Sở Y tế - SYT", "SYT"),
        ("SYT-Sở Y tế", "SYT"),
        ("SYT. Sở Y tế", "SYT"),
        ("SYT/Sở Y tế", "SYT"),
        ("(SYT) Sở Y tế", "SYT"),
        ("SYT Sở Y tế", "SYT"),
        ("Department of Health", "SYT"),
        ("UBND", "UBND"),
        ("UBND tỉnh", "UBND"),
        ("Uỷ ban nhân dân tỉnh", "UBND"),
        ("Ủy ban nhân dân", "UBND"),
        ("Toà án nhân dân tỉnh", "TAND"),
        ("TAND tỉnh", "TAND"),
        ("Sở Văn hoá, Thể thao và Du lịch", "SVHTTDL"),
        ("Sở VHTTDL", "SVHTTDL"),
        ("Sở VH,TT&DL", "SVHTTDL"),
        ("Sở KH&ĐT", "SKHDT"),
        ("Sở LĐ-TB&XH", "SLDTBXH"),
        ("Sở Lao động – Thương binh & Xã hội", "SLDTBXH"),
        ("Tỉnh ủy", "TU"),
        ("Tỉnh uỷ", "TU"),
        ("Công an", "CAT"),
        ("Sở\u200bY tế", "SYT"),
        ("Sở Y tế tỉnh", "SYT"),
        ("Sở Văn hóa - Thể thao và Du lịch", "SVHTTDL"),
        ("Sở Văn hoá Thể thao và Du lịch", "SVHTTDL"),
        ("Sở GD và ĐT", "SGDDT"),
        ("Bộ CHQS tỉnh", "BCHQS"),
        ("Viện KSND tỉnh", "VKSND"),
        ("MTTQ tỉnh", "MTTQ"),
        ("Uỷ ban MTTQ tỉnh", "MTTQ"),
        ("Mặt trận Tổ quốc Việt Nam tỉnh", "MTTQ"),
    ],
)
def test_one_office_in_many_spellings(plan: Plan, written: str, code: str) -> None:
    assert plan.office_named(written).code == code
    assert plan.office_named(unicodedata.normalize("NFD", written)).code == code


@given(st.sampled_from([office.name_vi for office in load_plan(PLAN_0_1_DIR).offices]), st.data())
def test_spaces_case_and_composition_never_matter(name: str, data: st.DataObject) -> None:
    gap = data.draw(st.sampled_from([" ", "  ", "\u00a0", " \u200b", "\u2009 "]))
    change = data.draw(st.sampled_from([str.upper, str.lower, lambda text: unicodedata.normalize("NFD", text)]))
    assert plain_name(change(name.replace(" ", gap))) == plain_name(name)


class TestAmbiguity:
    NAMES = OfficeNames(
        [
            NamedOffice("CAT", ("Công an tỉnh",)),
            NamedOffice("CATP", ("Công an thành phố",)),
            NamedOffice("CU", ("Sở Nội vụ",), valid_to=date(2025, 2, 28)),
            NamedOffice("SNV", ("Sở Nội vụ",), valid_from=date(2025, 3, 1)),
        ]
    )

    def test_both_are_named(self) -> None:
        with pytest.raises(Refused, match=r"CAT \(Công an tỉnh\); CATP \(Công an thành phố\)"):
            self.NAMES.named("Công an")

    def test_the_one_that_exists_on_the_day_is_meant(self) -> None:
        assert self.NAMES.named("Sở Nội vụ", date(2024, 1, 1)) == "CU"
        assert self.NAMES.named("Sở Nội vụ", date(2026, 1, 1)) == "SNV"
        assert self.NAMES.matching("Sở Nội vụ") == ("CU", "SNV")

    def test_a_code_beside_anothers_name_means_neither(self) -> None:
        assert self.NAMES.matching("CAT - Công an thành phố") == ("CAT", "CATP")

    def test_an_unknown_name_is_asked_after(self) -> None:
        with pytest.raises(Refused, match="có phải «Sở Nội vụ»"):
            self.NAMES.named("Sở Nội vu")


class TestInAPlan:
    def test_names_stand_where_codes_may(self, tmp_path: Path) -> None:
        step = f"lead: [Sở Y tế, Sở Tài chính - Vật giá]\ncoordinating: [Sở VHTTDL]\nreport_to: [UBND tỉnh]\n{DUE}"
        plan = plan_of(tmp_path / "plan.yaml", step, subtask="monitor: SNV - Sở Nội vụ")
        made = plan.step("T1.1", "plan")
        assert [str(lead) for lead in made.lead] == ["SYT", "STC"]
        assert (str(made.coordinating[0]), made.report_to, plan.subtask("T1.1").monitor) == ("VHTT", ("UBND",), "SNV")

    def test_an_unknown_name_is_a_fault_with_a_question(self, tmp_path: Path) -> None:
        with pytest.raises(PlanErrors) as refused:
            plan_of(tmp_path / "plan.yaml", f"lead: Sở Y tê\n{DUE}")
        (fault,) = refused.value.errors
        assert (fault.key, fault.value) == ("T1.1.steps[0].lead.office", "Sở Y tê")
        assert "có phải «Sở Y tế»" in fault.problem_vi

    def test_an_ambiguous_name_is_a_fault_naming_both(self, tmp_path: Path) -> None:
        file = one_step(tmp_path / "plan.yaml", f"lead: Sở Y tế\n{DUE}")
        file.write_text(
            file.read_text("utf-8").replace("- {code: SNV,", "- {code: SYTM, name_vi: Sở Y tế}\n  - {code: SNV,"),
            "utf-8",
        )
        with pytest.raises(PlanErrors) as refused:
            load_plan(file)
        (fault,) = refused.value.errors
        assert fault.key == "T1.1.steps[0].lead"
        assert "SYT (Sở Y tế); SYTM (Sở Y tế)" in fault.problem_vi


@pytest.mark.parametrize(
    ("name", "code"),
    [("Sở Nội vụ", "SNV2"), ("Đài Phát thanh", "DPT"), ("Xã 7", "X7"), ("Ủy", "CQU"), ("12 A", "CQ1A")],
)
def test_a_new_office_has_a_code_of_its_own(name: str, code: str) -> None:
    assert code_for(name, {"SNV"}) == code

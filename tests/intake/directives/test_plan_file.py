"""A draft as a plan's file: whatever was drafted, the plan that is written can be taken in beside the one in force."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from intake.directives.drafting.draft import draft_of
from intake.directives.drafting.plan_file import SOURCE, head_of, plan_file
from intake.directives.reading.process import read

FIXTURES = Path(__file__).parents[2] / "fixtures"
TEXTS = [
    *sorted(FIXTURES.glob("corpus/*/directive.txt")),
    *(each for each in sorted(FIXTURES.glob("directives/*")) if each.is_file() and each.suffix != ".json"),
]


@pytest.fixture(scope="module")
def in_force() -> Plan:
    return load_plan()


def taken_in(name: str, content: bytes, in_force: Plan, folder: Path) -> Plan:
    draft = draft_of(read(name, content), in_force.office_names)
    (folder / SOURCE).write_text(draft.text, encoding="utf-8")
    (folder / "plan.yaml").write_text(plan_file(draft, in_force, name), encoding="utf-8")
    return load_plan(folder, beside=in_force, today=date(2026, 11, 29))


@pytest.mark.later
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_draft_is_a_plan(path: Path, in_force: Plan, tmp_path: Path) -> None:
    plan = taken_in(path.name, path.read_bytes(), in_force, tmp_path)
    added = [each for each in plan.subtasks() if plan.directive_of(each.code) not in in_force.directives]
    assert added
    assert all(each.quotes and each.steps for each in added)


def test_what_is_said_is_in_the_plan_and_what_is_not_sure_is_marked(in_force: Plan, tmp_path: Path) -> None:
    text = (
        "ỦY BAN NHÂN DÂN TỈNH\nSố: 15/KH-UBND\nAn Lạc, ngày 20 tháng 01 năm 2026\nKẾ HOẠCH\nPHÒNG, CHỐNG DỊCH "
        "BỆNH NĂM 2026\n"
        "1. Giao Sở Y tế chủ trì, phối hợp với Công an tỉnh và các cơ quan liên quan rà soát, báo cáo UBND tỉnh "
        "trước ngày 15/11.\n"
        "2. Trung tâm Kiểm soát bệnh tật thường xuyên theo dõi tình hình dịch.\n"
        "3. Tổ chức tập huấn (khi có yêu cầu).\n"
    )
    plan = taken_in("kh.txt", text.encode(), in_force, tmp_path)
    (directive,) = (each for each in plan.directives if each not in in_force.directives)
    assert directive.code == "VB-15-KH-UBND"
    assert directive.date == date(2026, 1, 20)
    review, watch, training = (each for each in plan.subtasks() if plan.directive_of(each.code) == directive)
    (step,) = review.steps
    assert [each.office for each in step.lead] == ["SYT"]
    assert step.report_to == ("UBND",)
    assert step.due.lead == "BEFORE:15/11/2026"
    assert step.due.words.lead == "trước ngày 15/11"
    assert plan.office(watch.steps[0].lead[0].office or "").name_vi == "Trung tâm Kiểm soát bệnh tật"
    assert watch.steps[0].due.lead == "STANDING-Q"
    assert training.steps[0].lead[0].office == in_force.main_directive.coordinator
    written = (tmp_path / "plan.yaml").read_text(encoding="utf-8")
    assert "# SOÁT: văn bản không nêu cơ quan chủ trì; tạm ghi cơ quan đôn đốc" in written
    assert "# SOÁT: hạn: lời ghi không nêu năm; lấy năm 2026 theo văn bản" in written


@pytest.mark.parametrize(
    ("words", "unit", "value", "at_most"),
    [
        ("đạt tối thiểu 80% hồ sơ trực tuyến", "%", "80", False),
        ("100%", "%", "100", False),
        ("giảm 1,5 % hộ nghèo đến năm 2026", "%", "1,5", False),
        ("không quá 5% hồ sơ trễ hạn", "%", "5", True),
        ("hoàn thành 2.305 căn nhà ở xã hội", "", "2305", False),
        ("từ 80% đến 90% hồ sơ", None, "", False),
        ("theo chỉ tiêu được giao", None, "", False),
        ("xong trước 30/6", None, "", False),
        ("đạt 1,250 căn", None, "", False),
        ("trong năm 2026", None, "", False),
    ],
)
def test_a_target_that_is_one_figure_is_in_the_plan(
    in_force: Plan, tmp_path: Path, words: str, unit: str | None, value: str, at_most: bool
) -> None:
    text = (
        "ỦY BAN NHÂN DÂN TỈNH\nSố: 15/KH-UBND\nAn Lạc, ngày 20 tháng 01 năm 2026\nKẾ HOẠCH\nVỀ Y TẾ NĂM 2026\n"
        "1. Giao Sở Y tế rà soát cơ sở khám bệnh trước ngày 15/11/2026.\n"
    )
    draft = draft_of(read("kh.txt", text.encode()), in_force.office_names)
    draft = replace(draft, tasks=tuple(replace(each, target=words) for each in draft.tasks))
    (tmp_path / SOURCE).write_text(draft.text, encoding="utf-8")
    written = plan_file(draft, in_force, "kh.txt")
    (tmp_path / "plan.yaml").write_text(written, encoding="utf-8")
    plan = load_plan(tmp_path, beside=in_force, today=date(2026, 11, 29))
    (subtask,) = (each for each in plan.subtasks() if plan.directive_of(each.code) not in in_force.directives)
    found = [(each.unit, each.value, each.at_most, each.words) for each in subtask.targets]
    assert found == ([] if unit is None else [(unit, value, at_most, words)])
    assert ("ghi vào targets" in written) == (unit is None)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            "KẾ HOẠCH\nThực hiện Chỉ thị số 45-CT/TW của Ban Bí thư",
            "Kế hoạch thực hiện Chỉ thị số 45-CT/TW của Ban Bí thư",
        ),
        ("KẾ HOẠCH\nVề việc chuyển đổi số năm 2026", "Kế hoạch về việc chuyển đổi số năm 2026"),
        (
            "KẾ HOẠCH\nTHỰC HIỆN CHỈ THỊ SỐ 45-CT/TW CỦA UBND TỈNH",
            "Kế hoạch thực hiện chỉ thị số 45-CT/TW của UBND tỉnh",
        ),
        ("CHỈ THỊ\nUBND các xã và việc phòng dịch", "Chỉ thị UBND các xã và việc phòng dịch"),
        ("V/v tăng cường phòng, chống dịch bệnh", "Về việc tăng cường phòng, chống dịch bệnh"),
        ("V/v: Rà soát chợ trên địa bàn", "Về việc rà soát chợ trên địa bàn"),
        ("V/v Ngày Sách Việt Nam", "Về việc Ngày Sách Việt Nam"),
    ],
)
def test_a_title_keeps_the_capitals_that_were_written(in_force: Plan, head: str, title: str) -> None:
    text = f"ỦY BAN NHÂN DÂN TỈNH\nSố: 187/UBND\nThanh Hóa, ngày 12 tháng 8 năm 2026\n{head}\nKính gửi: Sở Y tế\n"
    assert head_of(draft_of(read("kh.txt", text.encode())), in_force, "kh.txt").title == title

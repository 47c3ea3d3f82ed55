"""Further directives beside the house's: subfolders of the plan directory, read with it and refused with it."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.catalogue.loader import PlanErrors, load_plan
from config.errors import Refused
from config.settings import PLAN_0_1_DIR
from tests.support.two_directives import HOUSE, OTHER, both_plans

OWN = "cai-cach-hanh-chinh"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The plan as shipped with the invented one beside it, to be broken."""
    return both_plans(tmp_path / "plan")


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


Edit = Callable[[str, str, str], None]


def faults_of(folder: Path) -> list[tuple[str, str, object]]:
    with pytest.raises(PlanErrors) as refused:
        load_plan(folder)
    return [(error.file, error.key, error.value) for error in refused.value.errors]


def told(folder: Path) -> str:
    with pytest.raises(PlanErrors) as refused:
        load_plan(folder)
    (error,) = refused.value.errors
    return str(error)


def test_each_piece_of_work_has_its_directive(folder: Path) -> None:
    plan = load_plan(folder)
    assert [each.code for each in plan.directives] == [HOUSE, OTHER]
    assert plan.main_directive.code == HOUSE
    assert [each.code for each in plan.priorities] == ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"]
    assert [each.code for each in plan.priorities_of(OTHER)] == ["p6", "p7", "p8"]
    assert {plan.directive_of(code).code for code in ("p1", "T0.1", "T5.7")} == {HOUSE}
    assert {plan.directive_of(code).code for code in ("p6", "T6.1", "T8.2")} == {OTHER}
    with pytest.raises(Refused, match="CCHC-MAU"):
        plan.directive("CCHC-MAO")
    with pytest.raises(Refused, match=r"T9\.1"):
        plan.directive_of("T9.1")


def test_offices_and_groups_come_in_addition(folder: Path) -> None:
    house, plan = load_plan(PLAN_0_1_DIR), load_plan(folder)
    assert [each.code for each in plan.offices] == [*(each.code for each in house.offices), "TTHCC"]
    assert plan.groups["one_stop"] == ("SYT", "SGDDT", "STC", "SXD", "SCT", "STP")
    assert {name: plan.groups[name] for name in house.groups} == house.groups


def test_its_days_off_are_those_of_its_own_work(folder: Path) -> None:
    calendar, moved = load_calendar(folder / "calendar.yaml"), date(2024, 1, 19)
    assert calendar.is_working_day(moved)
    assert {code: calendar.of(code).is_working_day(moved) for code in ("p1", "p6", "p8")} == {
        "p1": True,
        "p6": False,
        "p8": False,
    }
    assert calendar.of("p6").version != calendar.version == load_calendar().version
    assert not calendar.of("p6").is_working_day(date(2026, 1, 2)), "what the house's table says holds as well"
    assert [calendar.named_of(code) for code in ("p5", "p6", "p8")] == ["", "p6", "p6"]


def test_without_a_calendar_of_its_own_the_houses_holds(folder: Path) -> None:
    (folder / OWN / "calendar.yaml").unlink()
    calendar = load_calendar(folder / "calendar.yaml")
    assert calendar.of("p6") is calendar
    assert load_plan(folder).has_several


def test_a_folder_without_a_directive_is_none_of_the_plan(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "notes.yaml").write_text("x", encoding="utf-8")
    assert len(load_plan(folder).directives) == 2


def test_the_faults_of_all_are_told_at_once_with_file_and_key(folder: Path, edit: Edit) -> None:
    edit("directive.yaml", "coordinator: CAT", "coordinator: CATT")
    edit("p1.yaml", "documents: [QC88,", "documents: [CTCCHC,")
    edit("p5.yaml", "lead: UNTIL:25/12", "lead: UNTIL:32/12")
    edit(f"{OWN}/directive.yaml", "default_monitor: UBND", "default_monitor: UBN")
    edit(f"{OWN}/offices.yaml", "offices: [SYT,", "offices: [SYTE,")
    edit(f"{OWN}/calendar.yaml", "date: 2024-01-19", "date: 2026-01-02")
    edit(f"{OWN}/p6.yaml", "documents: [CTCCHC]", "documents: [NQ16TU]")
    edit(f"{OWN}/p7.yaml", "coordinating: EVENT-13", "coordinating: EVENT-3")
    assert faults_of(folder) == [
        ("directive.yaml", "coordinator", "CATT"),
        ("p1.yaml", "T0.2.documents[0]", "CTCCHC"),
        ("p5.yaml", "T5.7.steps[3].due.lead", "UNTIL:32/12"),
        (f"{OWN}/directive.yaml", "default_monitor", "UBN"),
        (f"{OWN}/offices.yaml", "one_stop.offices[0]", "SYTE"),
        (f"{OWN}/p6.yaml", "T6.1.documents[0]", "NQ16TU"),
        (f"{OWN}/p7.yaml", "T7.2.steps[0].due.coordinating", "EVENT-3"),
        (f"{OWN}/calendar.yaml", "", None),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("directive.yaml", "code: CCHC-MAU", f"code: {HOUSE}", "là mã của chỉ đạo khác (directive.yaml)"),
        ("directive.yaml", "code: CCHC-MAU", "code: cchc mau", "có phải «CCHC-MAU»?"),
        ("offices.yaml", "code: TTHCC", "code: SYT\n    valid_to: 2030-01-01", "đã dùng ở mục trước (offices.yaml)"),
        ("offices.yaml", "code: one_stop", "code: localities", "đã dùng ở mục trước (offices.yaml)"),
        ("offices.yaml", "kind: state", "kind: state\n    groups: [signatories]", "TTHCC.groups[0] = 'signatories'"),
        ("offices.yaml", "kind: state", "kind: state\n    member_of: XA", "TTHCC.member_of = 'XA'"),
        ("p6.yaml", "code: T6.1", "code: T7.9", "việc này thuộc tệp p7.yaml"),
        ("p6.yaml", "code: T6.1", "code: T1.1", "việc này thuộc tệp p1.yaml"),
        ("p6.yaml", "code: p6", "code: p7", "tệp này là của p6"),
    ],
)
def test_what_contradicts_the_house_is_refused(
    folder: Path, edit: Edit, name: str, old: str, new: str, words: str
) -> None:
    edit(f"{OWN}/{name}", old, new)
    with pytest.raises(PlanErrors) as refused:
        load_plan(folder)
    assert any(words in str(error) and error.file == f"{OWN}/{name}" for error in refused.value.errors), refused.value


def test_a_ladder_of_the_house_is_not_made_anew(folder: Path) -> None:
    shutil.copyfile(folder / "ladders.yaml", folder / OWN / "ladders.yaml")
    assert told(folder).startswith(f"{OWN}/ladders.yaml: ladders[0].code = 'standard': đã dùng ở mục trước")


def test_a_number_is_given_to_one_priority(folder: Path) -> None:
    shutil.copytree(folder / OWN, folder / "zz")
    for name in ("offices.yaml", "calendar.yaml", "p7.yaml", "p8.yaml"):
        (folder / "zz" / name).unlink()
    directive = folder / "zz" / "directive.yaml"
    directive.write_text(directive.read_text(encoding="utf-8").replace("CCHC-MAU", "KHAC"), encoding="utf-8")
    faults = faults_of(folder)
    assert ("zz/p6.yaml", "", None) in faults
    assert ("zz/p6.yaml", "subtasks[0].code", "T6.1") in faults


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("p9.yaml", "p9.yaml: code = 'p8': tệp này là của p9"),
        (f"{OWN}/p3.yaml", f"{OWN}/p3.yaml: p3 đã có (p3.yaml); mỗi mã chỉ một lần, số còn trống: p9"),
        (f"{OWN}/office.yaml", "có phải «offices.yaml»?"),
    ],
)
def test_a_file_that_lies_wrong_is_told(folder: Path, name: str, words: str) -> None:
    shutil.copyfile(folder / OWN / "p8.yaml", folder / name)
    with pytest.raises(PlanErrors) as refused:
        load_plan(folder)
    assert any(words in str(error) for error in refused.value.errors), refused.value.details


def test_a_directive_needs_a_priority(folder: Path) -> None:
    (folder / "zz").mkdir()
    text = (folder / OWN / "directive.yaml").read_text(encoding="utf-8")
    (folder / "zz" / "directive.yaml").write_text(text.replace("CCHC-MAU", "KHAC"), encoding="utf-8")
    assert told(folder).startswith("zz/directive.yaml: thiếu nhiệm vụ; thêm tệp p1.yaml")


def test_the_house_names_nothing_of_a_further_directive(folder: Path, edit: Edit) -> None:
    edit("p2.yaml", "depends_on: [T2.3]", "depends_on: [T6.1]")
    assert told(folder).startswith("p2.yaml: T2.5.depends_on[0] = 'T6.1': không có việc này")


def test_a_directive_of_its_own_kind_stands_without_the_others_rule(folder: Path, edit: Edit) -> None:
    edit(
        f"{OWN}/directive.yaml", "default_monitor: UBND", "default_monitor: UBND\nconventions: {before_date: inclusive}"
    )
    plan = load_plan(folder)
    assert plan.directive_of("T8.1").conventions.before_date == "inclusive"
    assert plan.directive_of("T5.1").conventions.before_date == "strict"

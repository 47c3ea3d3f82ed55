"""Subtasks that must be done first, as people type them: every one that is named counts, and no word is lost."""

import pytest

from config.catalogue.plan import Plan
from portal.plans.lines import with_codes, with_titles

FIRST, SECOND = "Công khai kết quả", "Xây dựng kế hoạch; tổ chức thực hiện"


@pytest.fixture
def titled(plan: Plan) -> Plan:
    """The plan with titles for two subtasks, of which one holds a semicolon."""
    titles = {"T1.2": FIRST, "T1.3": SECOND}
    priorities = []
    for each in plan.priorities:
        subtasks = [s.model_copy(update={"title_vi": titles.get(s.code, s.title_vi)}) for s in each.subtasks]
        priorities.append(each.model_copy(update={"subtasks": tuple(subtasks)}))
    return Plan(**{name: getattr(plan, name) for name in Plan.model_fields} | {"priorities": tuple(priorities)})


def read(plan: Plan, text: str) -> list[str]:
    return with_codes(plan, {"depends_on": text})["depends_on"].split("; ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"T1.2 {FIRST}", ["T1.2"]),
        (f"T1.2 {FIRST.lower()}.", ["T1.2"]),
        (f"T1.2 - {FIRST}", ["T1.2"]),
        (f"T1.2.plan {FIRST}", ["T1.2.plan"]),
        (FIRST, ["T1.2"]),
        ("T1.2, T1.3 T1.4", ["T1.2", "T1.3", "T1.4"]),
        ("plan, T1.2", ["plan", "T1.2"]),
        (f"T1.2 {FIRST}, T1.4", ["T1.2", "T1.4"]),
        (f"T1.2 {FIRST}, T1.3 {SECOND.replace(';', ',')}", ["T1.2", "T1.3"]),
        ("T1.2 và T1.3", ["T1.2", "và", "T1.3"]),
        ("T1.2, T1.3 và T1.4", ["T1.2", "T1.3", "và", "T1.4"]),
        ("T1.2 Tên khác", ["T1.2", "Tên khác"]),
        (f"T1.3 {FIRST}", ["T1.3", FIRST]),
        ("Sau T1.2", ["Sau", "T1.2"]),
        ("Không có việc này", ["Không có việc này"]),
    ],
)
def test_every_code_and_every_other_word_is_kept(titled: Plan, typed: str, meant: list[str]) -> None:
    assert read(titled, typed) == meant


def test_a_title_with_a_semicolon_is_read_back_as_one(titled: Plan) -> None:
    shown = with_titles(titled, {"s0.depends_on": "T1.3; T1.2.plan"})
    assert shown == {"s0.depends_on": f"T1.3 Xây dựng kế hoạch, tổ chức thực hiện\nT1.2.plan {FIRST}"}
    assert with_codes(titled, shown) == {"s0.depends_on": "T1.3; T1.2.plan"}


def test_a_title_that_names_another_subtask_is_no_further_one(titled: Plan) -> None:
    naming = titled.subtask("T1.2").model_copy(update={"title_vi": "Góp ý cho T1.4 và báo cáo"})
    priorities = [
        each.model_copy(update={"subtasks": tuple(naming if s.code == "T1.2" else s for s in each.subtasks)})
        for each in titled.priorities
    ]
    plan = Plan(**{**dict(titled), "priorities": tuple(priorities)})
    assert read(plan, with_titles(plan, {"depends_on": "T1.2"})["depends_on"]) == ["T1.2"]

"""How many pieces of work an office owes in a year by the shipped plan; docs/plan-2026.md shows the table."""

from collections import Counter
from datetime import date
from pathlib import Path

from config.catalogue.assignees import assignees
from config.catalogue.loader import load_plan
from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.settings import COMMUNES, PLAN_0_1_DIR
from config.text.plain_yaml import read_yaml

DAY = date(2027, 6, 1)
PERIODS = {"month": 12, "quarter": 4, "half": 2, "year": 1}
A_DOZEN = 12
DOCS = Path(__file__).parents[3] / "docs" / "plan-2026.md"


def year(plan: Plan) -> Counter[str]:
    """Pieces that come round with a period, by office; what an event or a new document asks for is not in it."""
    owed: Counter[str] = Counter()
    for subtask in plan.subtasks():
        for step in subtask.steps:
            if step.trigger in PERIODS and step.in_force(DAY):
                for each in assignees(plan, step, DAY, None, (subtask.code,)):
                    owed[each.office] += PERIODS[step.trigger]
    return owed


def communes() -> tuple[OfficeSpec, ...]:
    content, slips = read_yaml(COMMUNES)
    assert not slips
    return tuple(OfficeSpec.model_validate(each) for each in content["offices"])


def with_communes(plan: Plan) -> Plan:
    return plan.model_copy(update={"offices": (*plan.offices, *communes())})


def table() -> list[str]:
    before, after = year(load_plan(PLAN_0_1_DIR)), year(load_plan())
    return [
        f"| {office} | {before[office]} | {after[office]} |"
        for office in sorted({*before, *after}, key=lambda office: (-before[office], office))
    ]


def test_the_table_in_the_docs_is_what_the_plans_say() -> None:
    shown = DOCS.read_text(encoding="utf-8").splitlines()
    assert [row for row in table() if row not in shown] == []


def test_a_commune_owes_at_most_a_dozen_pieces_a_year() -> None:
    owed = year(with_communes(load_plan()))
    assert {owed[each.code] for each in communes()} == {year(load_plan())["XA"]}
    assert owed["X001"] <= A_DOZEN
    assert "XA" not in owed


def test_one_more_commune_gives_no_other_office_more_work() -> None:
    alone, listed = year(load_plan()), year(with_communes(load_plan()))
    assert {office: count for office, count in listed.items() if alone[office] != count and office[0] != "X"} == {}


def test_there_are_147_communes_and_19_wards_each_once() -> None:
    names = [each.name_vi for each in communes()]
    kinds = Counter(name.partition(" ")[0] for name in names)
    assert (kinds, len(set(names))) == ({"Xã": 147, "Phường": 19}, 166)


def test_each_of_the_fifteen_regulations_has_its_own_report() -> None:
    plan = load_plan()
    step = plan.subtask("T1.4").step("regulation")
    assert step is not None
    owed = list(assignees(plan, step, DAY, None, ("T1.4",)))
    assert (len(owed), len({each.office for each in owed})) == (15, 11)


def test_what_was_split_goes_to_its_heirs() -> None:
    plan = load_plan()
    welfare = plan.subtask("T3.4").steps[0]
    assert [
        each.office
        for each in assignees(plan, welfare, DAY, None, ("T3.4",))
        if each.variant == "welfare" and each.role == "lead"
    ] == ["SYT"]
    awareness = plan.subtask("T2.1").steps[0]
    own = {each.office: each.named for each in assignees(plan, awareness, DAY, None, ("T2.1",))}
    assert "SKHCN" in own
    assert "SVHTTDL" in own["SYT"]
    assert plan.resolve(plan.subtask("T4.6").steps[0].coordinating[1], DAY, ()) == ("BDBP",)

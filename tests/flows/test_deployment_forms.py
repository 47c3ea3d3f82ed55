"""The form of each deployment: made anew from the plan of the day, for the person who fills it in."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from config.catalogue.loader import load_plan
from config.catalogue.plan import Plan
from config.errors import Refused
from flows.deployments.forms import Choices, form_with
from flows.form_fields import LABEL_DASH
from flows.forms import DirectiveForm, FurtherForm, fill_in, form_of
from tests.support.plans import one_file
from tests.support.two_directives import plan_of_both

TODAY = date(2024, 1, 5)


@pytest.fixture(scope="module")
def two() -> Plan:
    """The house's directive and an invented one."""
    return plan_of_both()[0]


def deployments(plan: Plan, today: date = TODAY) -> dict[str, Any]:
    from flows.deployments import register

    return {each.name: each for each in register.deployments(plan, today)}


def schemas(plan: Plan, today: date = TODAY) -> dict[str, dict[str, Any]]:
    """By the tag of the deployment, what Prefect will be told of its parameters."""
    found = deployments(plan, today).values()
    return {each.tags[0]: each._parameter_openapi_schema.model_dump(mode="json") for each in found}


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in schema["definitions"].values():
        yield from part["properties"].items()


def test_an_office_that_has_ended_or_not_begun_is_not_offered(plan: Plan) -> None:
    lasting = (each.model_copy(update={"valid_from": None, "valid_to": None}) for each in plan.offices)
    ended, begins_later, ends_today, begins_today, *others = lasting
    offices = (
        ended.model_copy(update={"valid_to": TODAY - timedelta(days=1)}),
        begins_later.model_copy(update={"valid_from": TODAY + timedelta(days=1)}),
        ends_today.model_copy(update={"valid_to": TODAY}),
        begins_today.model_copy(update={"valid_from": TODAY}),
        *others,
    )
    schema = schemas(plan.model_copy(update={"offices": offices}))["p3"]
    offered = dict(fields(schema))
    for choices in (offered["offices"]["items"]["enum"], offered["host_office"]["enum"]):
        assert [label.partition(LABEL_DASH)[0] for label in choices] == [each.code for each in offices[2:]]


def test_before_the_first_office_begins_codes_are_typed(plan: Plan) -> None:
    later = [each.model_copy(update={"valid_from": TODAY + timedelta(days=1)}) for each in plan.offices]
    offered = dict(fields(schemas(plan.model_copy(update={"offices": tuple(later)}))["p3"]))
    assert "enum" not in offered["offices"]["items"] and "enum" not in offered["host_office"]


def test_what_a_run_is_called_before_its_end_is_told_from_a_result(two: Plan) -> None:
    from flows.names import NOT_ENDED

    for each in deployments(two).values():
        module, _, name = each.entrypoint.rpartition(".")
        begins = getattr(import_module(module), name).flow_run_name
        assert begins.rpartition(" · ")[2] in NOT_ENDED, begins


def test_nothing_in_a_form_speaks_to_programmers(two: Plan) -> None:
    for tag, schema in schemas(two).items():
        assert not [name for name, part in schema["definitions"].items() if "description" in part], tag
        assert not [part for part in schema["definitions"].values() if part.get("type") != "object"], tag
        for name, field in fields(schema):
            assert field["title"] != name.replace("_", " ").title(), (tag, name)


def test_what_a_form_offers_is_understood_by_the_flow(two: Plan) -> None:
    p3 = dict(fields(schemas(two)["p3"]))
    host = p3["host_office"]["enum"][1]
    event = {"title": "Lễ hội", "on_date": "2024-02-01", "host_office": host, "urgency": p3["urgency"]["enum"][-1]}
    form = fill_in("p3", {"offices": p3["offices"]["items"]["enum"], "events": [event]}, two)
    begun = [office for office in two.offices if office.valid_from is None or office.valid_from <= TODAY]
    assert form.offices == tuple(office.code for office in begun)
    assert [each.host_office for each in form.entries()] == [host.partition(LABEL_DASH)[0]]  # type: ignore[union-attr]
    directives = dict(fields(schemas(two)["ban-hanh"]))["directive"]["enum"]
    asked = [DirectiveForm(number="1", on_date=TODAY, directive=label).directive for label in directives]
    assert asked == [each.code for each in two.directives]


def test_a_choice_that_may_stay_empty_has_no_default(two: Plan) -> None:
    found = schemas(two)
    for tag, name in (("so-ket", "directive"), ("p7", "host_office")):
        field = dict(fields(found[tag]))[name]
        assert "default" not in field and "anyOf" not in field and field["enum"], tag
    assert "directive" not in found["so-ket"]["properties"]["form"]["default"]


def test_the_entry_point_of_every_deployment_is_its_flow(two: Plan) -> None:
    for deployment in deployments(two).values():
        module, _, name = deployment.entrypoint.rpartition(".")
        assert getattr(import_module(module), name).name == deployment.flow_name


def test_the_same_plan_gives_the_same_versions_and_another_day_only_where_offices_change(plan: Plan) -> None:
    def versions(today: date) -> dict[str, str]:
        return {name: each.version for name, each in deployments(plan, today).items()}

    assert versions(TODAY) == versions(TODAY) == versions(TODAY + timedelta(days=1))
    assert len(set(versions(TODAY).values())) == len(versions(TODAY))


def test_a_single_choice_is_a_list_of_one_and_not_a_text_to_type() -> None:
    shape = form_with(FurtherForm, Choices({"subtask": ("T7.2 – Hội nghị",)})).model_json_schema()
    offered = [each for part in shape["$defs"].values() for each in part["properties"].values() if "enum" in each]
    assert {"type": "string", "enum": ["T7.2 – Hội nghị"]}.items() <= offered[0].items()


OTHER_P1 = """
- code: p1
  title_vi: Phát triển nhà ở xã hội
  subtasks:
    - code: T1.3
      title_vi: Báo cáo sau cuộc họp
      steps: [{key: after, due: {lead: EVENT+5}, lead: SYT}]
- code: p4
  title_vi: Phát triển hạ tầng
  subtasks:
    - code: T4.1
      title_vi: Lập kế hoạch
      steps: [{key: plan, due: {lead: ISSUE+5}, lead: SYT, variants: [{key: school, title_vi: Trường học}]}]
"""


def test_priorities_of_the_same_number_in_another_directive_share_its_form(tmp_path: Path) -> None:
    other = load_plan(one_file(tmp_path / "plan.yaml", OTHER_P1))
    found = deployments(other)
    assert {"p1 · Phát triển nhà ở xã …", "p4 · Phát triển hạ tầng"} <= set(found)
    for each in found.values():
        if each.tags[0] in ("p1", "p4"):
            assert each.flow_name == "Nhiệm vụ của chỉ đạo khác"
            assert each.parameters == {"priority": each.tags[0]}
    asked = schemas(other)
    assert next(iter(asked["p1"]["definitions"]["FurtherForm"]["properties"])) == "events"
    assert [label.partition(LABEL_DASH)[0] for label in dict(fields(asked["p1"]))["subtask"]["enum"]] == ["T1.3"]
    assert "settings" not in dict(fields(asked["p4"]))
    assert isinstance(fill_in("p4", {}, other), FurtherForm)
    with pytest.raises(Refused) as refused:
        fill_in("p1", {"focal_point_meeting": "2025-02-01"}, other)
    assert "focal_point_meeting" in refused.value.details[0]
    with pytest.raises(Refused, match="p9"):
        fill_in("p9", {}, other)


def test_the_shipped_directive_keeps_its_five_forms(plan: Plan) -> None:
    own = [form_of(code, plan) for code in ("p1", "p2", "p3", "p4", "p5")]
    assert FurtherForm not in own and len(set(own)) == 5

"""Priorities of a further directive as Prefect deployments: each with its own form, all through one flow."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config import clock
from config.catalogue.loader import load_plan
from config.settings import PLAN_0_1_DIR, Settings, load_settings
from flows.forms import DirectiveForm, fill_in
from hosting.prefect.connection import run_here
from models.keeping.opening import Store, open_store
from tests.support.cast import at
from tests.support.prefect_api import artifacts_of, client, newest_run
from tests.support.servers import prefect
from tests.support.two_directives import both_plans

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

MORNING = at("2024-01-05", 7, 30)
NUMBER = "05/KH-UBND"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with prefect(tmp_path_factory.mktemp("prefect")) as settings:
        yield settings


@pytest.fixture
def two(server: Settings, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store that follows the house's directive and the invented one."""
    both_plans(tmp_path / "plan")
    shutil.copyfile(sqlite_template, tmp_path / "dondoc.sqlite")
    monkeypatch.setenv("DONDOC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"sqlite:///{tmp_path}/dondoc.sqlite")
    monkeypatch.setenv("DONDOC_PLAN_DIR", str(tmp_path / "plan"))
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    with open_store(load_settings()) as opened:
        yield opened


def further() -> dict[str, Any]:
    """The deployments of further priorities by their tag."""
    with client() as api:
        return {each.tags[0]: each for each in api.read_deployments() if each.tags[0] in ("p6", "p7", "p8")}


def test_each_further_priority_has_a_deployment_with_a_form_of_its_own(two: Store) -> None:
    from flows.deployments.register import deploy

    assert {"p6 · Cải cách thủ tục …", "p8 · Cải cách chế độ công …"} <= set(deploy(two.plan))
    assert deploy(two.plan) == []
    found = further()
    assert [found[code].parameters for code in sorted(found)] == [{"priority": code} for code in ("p6", "p7", "p8")]
    assert {s.schedule.cron for s in found["p6"].schedules} == {"30 7 * * *", "30 13 * * *"}
    assert two.plan.directive("CCHC-MAU").title_vi in found["p7"].description
    asked = {}
    for code, deployment in found.items():
        schema = deployment.parameter_openapi_schema
        assert list(schema["properties"]) == ["form"], "which priority it is, nobody is asked"
        asked[code] = list(schema["definitions"]["FurtherForm"]["properties"])
    common = ["periods", "offices", "as_of", "dry_run"]
    dated = [*common, "may_be_late"]
    assert asked == {"p6": ["new_documents", *dated], "p7": ["events", *dated], "p8": common}
    event = found["p7"].parameter_openapi_schema["definitions"]["FurtherEvent"]["properties"]
    assert [label.partition(" – ")[0] for label in event["subtask"]["enum"]] == ["T7.2", "T7.3"]
    assert "TTHCC – Trung tâm Phục vụ hành chính công tỉnh" in event["host_office"]["enum"]


def test_the_issuing_asks_for_the_directive_and_runs_its_priorities_alone(two: Store) -> None:
    from flows.deployments.register import deploy
    from flows.issue_directive import issue_directive
    from flows.names import ISSUE_DEPLOYMENT_NAME
    from flows.priorities import run_to_end

    deploy(two.plan)
    with client() as api:
        schema = api.read_deployment_by_name(f"Văn bản giao việc/{ISSUE_DEPLOYMENT_NAME}").parameter_openapi_schema
    choice = schema["definitions"]["DirectiveForm"]["properties"]["directive"]
    assert [label.partition(" – ")[0] for label in choice["enum"]] == ["CD-2023-08-17", "CCHC-MAU"]
    assert choice["default"] == choice["enum"][0]
    form = DirectiveForm(number=NUMBER, on_date=date(2024, 1, 4), directive=choice["enum"][1])
    end = run_to_end(issue_directive, form)
    assert end.is_completed(), end.message
    summaries = end.result()
    assert len(summaries) == 3
    assert summaries[0].assigned
    run = newest_run("Nhiệm vụ của chỉ đạo khác")
    assert run.name.startswith("p8 · 05/01/2024")
    assert "board-p8" in artifacts_of(run.id)


def test_a_run_of_a_further_priority_is_like_any_other(two: Store) -> None:
    from flows.issue_directive import issue_directive
    from flows.priorities import run_to_end

    run_to_end(issue_directive, DirectiveForm(number=NUMBER, on_date=date(2024, 1, 4), directive="CCHC-MAU"))
    document = {"number": "9/NQ", "on_date": "2024-01-05", "title": "Văn bản mới"}
    summary = run_here("p6", fill_in("p6", {"new_documents": [document]}, two.plan))
    assert summary.assigned == 6 + 6, "each of six offices leads its own, and each is helped by the coordinator"
    run = newest_run("Nhiệm vụ của chỉ đạo khác")
    assert "p6" in run.tags
    assert artifacts_of(run.id)["board-p6"].startswith("# p6 · Cải cách thủ tục hành chính")


def test_the_review_is_one_for_each_directive(two: Store) -> None:
    from flows.yearly_review import ReviewForm, review_year

    review_year(ReviewForm(year=2024), return_state=True)  # type: ignore[call-overload]
    found = artifacts_of(newest_run("Sơ kết năm").id)
    assert {"review-2024", "review-2024-cchc-mau"} <= set(found)
    assert "cải cách hành chính" in found["review-2024-cchc-mau"]


def test_what_leaves_the_plan_leaves_prefect(two: Store) -> None:
    from flows.deployments.register import deploy

    deploy(two.plan)
    house = two.plan.priorities_of("CD-2023-08-17")
    left = two.plan.model_copy(update={"priorities": house, "directives": two.plan.directives[:1]})
    deploy(left)
    assert further() == {}


@pytest.mark.parametrize("only_the_house", [True, False])
def test_a_form_that_is_sent_unchanged_is_taken(two: Store, only_the_house: bool) -> None:
    """The server holds what is sent against the schema, from which fields were taken or made a choice."""
    from flows.deployments.register import deploy

    plan = load_plan(PLAN_0_1_DIR) if only_the_house else two.plan
    deploy(plan)
    with client() as api:
        found = api.read_deployments()
        for deployment in found:
            form = deployment.parameter_openapi_schema["properties"].get("form", {}).get("default")
            parameters = {"form": form} if form is not None else {}
            if "ban-hanh" in deployment.tags:
                parameters = {"form": {"number": NUMBER, "on_date": "2024-01-04"}}
            run = api.create_flow_run_from_deployment(deployment.id, parameters=parameters)
            api.delete_flow_run(run.id)
    assert len(found) == len(plan.priorities) + 3

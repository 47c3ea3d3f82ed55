"""The door to Prefect: who may pass, what is passed on, and what never is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from models.keeping.opening import Store
from models.tables.account import UserRole
from portal.prefect.proxy import MAX_BODY_BYTES
from tests.support.doorstep import Browser, Portal, words
from tests.support.outposts import free_port
from tests.support.prefect_stand_in import StandIn, prefect_stand_in

pytestmark = pytest.mark.sqlite_only

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
READ = "/prefect/api/flow_runs/filter"
RUN = "/prefect/api/deployments/1/create_flow_run"


@pytest.fixture
def prefect() -> Iterator[StandIn]:
    with prefect_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def portal(store: Store, prefect: StandIn) -> Portal:
    return Portal(store, prefect_port=prefect.port)


def manager(portal: Portal) -> Browser:
    return portal.signed_in(portal.account("lanhdao@tinh.example", UserRole.MANAGER))


def coordinator(portal: Portal) -> Browser:
    return portal.signed_in(portal.account())


def ask(browser: Browser, path: str, told: Any = None, method: str = "POST", **headers: str) -> Any:
    return browser.web.request(method, path, json=told, headers={**FROM_HERE, **headers})


def test_strangers_are_led_to_the_sign_in_and_offices_are_refused(portal: Portal, prefect: StandIn) -> None:
    stranger = portal.browser()
    led = stranger.get("/prefect/v2/runs?tags=p1")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?to=/prefect/v2/runs%3Ftags%3Dp1")
    answer = ask(stranger, READ, {})
    assert answer.status_code == 401 and "Phiên làm việc đã hết" in answer.json()["detail"]
    office = portal.browser()
    office.get(portal.door())
    assert office.get("/prefect/v2/runs").status_code == 403
    assert ask(office, READ, {}).status_code == ask(office, RUN, {}).status_code == 403
    assert prefect.asked == []


def test_a_manager_reads_and_is_told_that_this_is_all(portal: Portal, prefect: StandIn) -> None:
    browser = manager(portal)
    assert ask(browser, READ, {"limit": 5}).json() == []
    assert (prefect.asked[0].target, prefect.asked[0].body) == ("/api/flow_runs/filter", b'{"limit": 5}')
    for method, path in (("POST", RUN), ("DELETE", "/prefect/api/flow_runs/1"), ("PATCH", "/prefect/api/flows/1")):
        refused = ask(browser, path, {}, method)
        assert refused.status_code == 403
        assert "Ở đây chỉ xem" in refused.json()["detail"] and "for reading" in refused.json()["detail"]
    assert len(prefect.asked) == 1


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", RUN, {"parameters": {"form": {}}, "name": "thử", "job_variables": {}}),
        ("POST", "/prefect/api/flow_runs/1/set_state", {"state": {"type": "CANCELLING"}, "force": False}),
        ("PATCH", "/prefect/api/deployments/1/schedules/2", {"active": False}),
        ("POST", "/prefect/api/deployments/1/pause_deployment", None),
        ("POST", "/prefect/api/ui/schemas/validate", {"json_schema": {"$ref": "#/definitions/F"}, "values": {}}),
    ],
)
def test_a_coordinator_runs_ends_and_pauses(
    portal: Portal, prefect: StandIn, method: str, path: str, told: Any
) -> None:
    assert ask(coordinator(portal), path, told, method).status_code == 200
    assert prefect.asked[0].method == method and json.loads(prefect.asked[0].body or "null") == told


@pytest.mark.parametrize(
    ("method", "path", "told", "named"),
    [
        # Each would have the machine run a command of the visitor's.
        ("POST", RUN, {"job_variables": {"command": "sh -c id"}}, "job_variables"),
        ("POST", RUN, {"infrastructure_document_id": "1"}, "infrastructure_document_id"),
        ("POST", RUN, {"state": {"type": "SCHEDULED", "data": {"x": 1}}}, "data"),
        ("POST", RUN, {"state": "x"}, "state"),
        ("POST", RUN, [], "body"),
        ("POST", RUN, {"parameters": {"x": [{"__prefect_kind": "jinja", "template": "{{ x }}"}]}}, "__prefect_kind"),
        ("POST", RUN, {"parameters": {"__prefect_kind": "workspace_variable"}}, "__prefect_kind"),
        ("POST", "/prefect/api/ui/schemas/validate", {"schema": {"a": {"$ref": "http://10.0.0.1/"}}}, "$ref"),
        ("POST", "/prefect/api/flow_runs/1/set_state", {"state": {"type": "COMPLETED", "data": {"x": 1}}}, "data"),
        ("PATCH", "/prefect/api/deployments/1/schedules/2", {"parameters": {"form": 1}}, "parameters"),
        ("PATCH", "/prefect/api/deployments/1", {"entrypoint": "os.py:system"}, ""),
        ("POST", "/prefect/api/deployments/", {}, ""),
        ("PATCH", "/prefect/api/work_pools/dondoc", {"base_job_template": {}}, ""),
        ("POST", "/prefect/api/automations/", {}, ""),
        # Each would tell a secret, or destroy the evidence.
        ("GET", "/prefect/api/admin/storage", None, ""),
        ("DELETE", "/prefect/api/admin/storage", None, ""),
        ("POST", "/prefect/api/variables/filter", {}, ""),
        ("POST", "/prefect/api/block_documents/filter", {"include_secrets": True}, ""),
        ("DELETE", "/prefect/api/flow_runs/1", None, ""),
    ],
)
def test_what_is_the_operators_is_not_done_over_the_web_by_anybody(
    portal: Portal, prefect: StandIn, method: str, path: str, told: Any, named: str
) -> None:
    refused = ask(coordinator(portal), path, told, method)
    assert refused.status_code == 403
    assert "người quản trị" in refused.json()["detail"] and named in refused.json()["detail"]
    assert prefect.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null"},
        {},
    ],
)
def test_what_does_not_come_from_this_page_is_refused(
    portal: Portal, prefect: StandIn, headers: dict[str, str]
) -> None:
    browser = coordinator(portal)
    for path in (READ, RUN):
        answer = browser.web.post(path, json={}, headers=headers)
        assert answer.status_code == 403 and "không đến từ trang này" in answer.json()["detail"]
    assert prefect.asked == []
    assert browser.web.post(RUN, json={}, headers={"Origin": portal.store.settings.portal_url}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/prefect/api/%2e%2e/admin/settings",
        "/prefect/api/flows/..%2fadmin%2fsettings",
        "/prefect/api/flows/%2e%2e/%2e%2e/admin/settings",
        "/prefect/api//admin/settings",
        "/prefect/v2/%2e%2e/api/admin/settings",
        "/prefect/v2/..%5capi",
        "/prefect/v2/x%0d%0aHost:%20evil.example",
        "/prefect/v2/%00",
        "/prefect/api/flows/" + "a" * 600,
        "/prefect/v2/runs?" + "a" * 5000,
        "/prefect/docs",
        "/prefect/openapi.json",
    ],
)
def test_a_path_that_may_mean_another_leads_nowhere(portal: Portal, prefect: StandIn, path: str) -> None:
    assert manager(portal).web.get(path).status_code in (403, 404)
    assert prefect.asked == []


def test_only_the_named_headers_pass_and_only_to_this_machine(portal: Portal, prefect: StandIn) -> None:
    prefect.headers |= {
        "set-cookie": "prefect_ui_version=v1",
        "location": "https://evil.example/",
        "access-control-allow-origin": "*",
        "x-other": "1",
    }
    browser = manager(portal)
    given = {
        "Authorization": "Basic x",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "10.0.0.1",
        "Proxy-Authorization": "x",
        "Accept": "application/json",
        "X-PREFECT-UI": "true",
        "Connection": "keep-alive, X-Odd",
        "X-Odd": "1",
    }
    answer = browser.web.get("/prefect/api/flows/name/Ba%20l%C3%A0%20%E2%80%93%20Ph%E1%BB%91i%3Fx?a=1", headers=given)
    (asked,) = prefect.asked
    assert asked.target == "/api/flows/name/Ba%20l%C3%A0%20%E2%80%93%20Ph%E1%BB%91i%3Fx?a=1"
    assert asked.headers["host"] == f"127.0.0.1:{prefect.port}"
    assert set(asked.headers) <= {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
    assert asked.headers["authorization"] not in ("Basic x", "")
    assert "odd" not in asked.headers["connection"].lower()
    assert {"set-cookie", "location", "access-control-allow-origin", "x-other"}.isdisjoint(answer.headers)
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self'" in policy and "script-src 'self' 'unsafe-eval';" in policy
    assert "frame-ancestors 'none'" in policy and answer.headers["cache-control"] == "no-store"


def test_where_prefect_would_send_a_browser_elsewhere_there_is_nothing(portal: Portal, prefect: StandIn) -> None:
    prefect.status, prefect.headers = 307, {"location": f"http://127.0.0.1:{prefect.port}/api/flows/1"}
    answer = manager(portal).get("/prefect/api/flows/1/")
    assert answer.status_code == 404 and "location" not in answer.headers


def test_how_the_machine_runs_things_is_told_to_nobody(portal: Portal, prefect: StandIn) -> None:
    secret = {"env": {"SMTP_PASSWORD": "bi-mat"}}
    prefect.body = json.dumps(
        [{"name": "dondoc", "base_job_template": secret, "pull_steps": [secret], "inner": {"job_variables": secret}}]
    ).encode()
    shown = ask(coordinator(portal), "/prefect/api/work_pools/filter", {}).json()
    assert shown == [{"name": "dondoc", "base_job_template": {}, "pull_steps": [], "inner": {"job_variables": {}}}]


def test_the_pages_learn_to_stay_behind_the_door(portal: Portal, prefect: StandIn) -> None:
    browser = manager(portal)
    told = browser.get("/prefect/ui-settings").json()
    assert (told["api_url"], told["v2_base_url"], told["available_uis"]) == ("/prefect/api", "/prefect/v2", ["v2"])
    settings = browser.get("/prefect/api/admin/settings").json()
    assert settings["server"]["analytics_enabled"] is False and "api" not in settings
    assert prefect.asked == []
    assert browser.get("/prefect").headers["location"] == "/prefect/v2/runs"
    prefect.headers = {"content-type": "text/javascript", "etag": '"1"'}
    asset = browser.get("/prefect/v2/assets/index-1.js")
    assert "immutable" in asset.headers["cache-control"] and asset.headers["etag"] == '"1"'


def test_the_newest_board_is_found_by_its_key(portal: Portal, prefect: StandIn) -> None:
    browser = manager(portal)
    assert browser.get("/prefect/newest/board").headers["location"] == "/prefect/v2/artifacts"
    prefect.body = b'[{"latest_id": "5/../x"}]'
    assert browser.get("/prefect/newest/board-p1").headers["location"] == "/prefect/v2/artifacts/artifact/5%2F..%2Fx"
    assert json.loads(prefect.asked[1].body)["artifacts"] == {"key": {"any_": ["board-p1"]}}


def test_a_body_is_bounded_and_must_be_json(portal: Portal, prefect: StandIn) -> None:
    browser = manager(portal)
    assert ask(browser, READ, {"x": "a" * MAX_BODY_BYTES}).status_code == 413
    for broken in (b"{", b"[" * 100_000, b"9" * 10_000):
        assert browser.web.post(READ, content=broken, headers=FROM_HERE).status_code == 400
    # A field given twice is sent once, as it was looked at.
    twice = b'{"job_variables": {"command": "id"}, "job_variables": {}}'
    browser = coordinator(portal)
    assert browser.web.post(RUN, content=twice, headers=FROM_HERE).status_code == 200
    assert [json.loads(asked.body) for asked in prefect.asked] == [{"job_variables": {}}]
    assert prefect.asked[0].body.count(b"job_variables") == 1


def test_without_prefect_the_door_says_so_in_words(store: Store) -> None:
    browser = manager(Portal(store, prefect_port=free_port()))
    page = browser.get("/prefect/v2/runs")
    assert page.status_code == 502 and "Máy chủ Prefect chưa trả lời" in words(page)
    answer = ask(browser, READ, {})
    assert answer.status_code == 502 and "Máy chủ Prefect" in answer.json()["detail"]


def test_board_and_desk_lead_to_the_door(portal: Portal) -> None:
    assert 'href="/prefect/v2/runs"' in manager(portal).get("/board").text
    assert 'href="/prefect/v2/deployments"' in coordinator(portal).get("/desk").text

"""The door to Prefect: who may pass, what is passed on, and what never is."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from models.keeping.opening import Store
from models.store.audit import AuditEvent
from models.store.database import reading_session
from models.tables.account import UserRole
from portal.prefect.proxy import MAX_BODY_BYTES
from tests.support.doorstep import Browser, Portal, words
from tests.support.outposts import free_port
from tests.support.prefect_stand_in import StandIn, prefect_stand_in

pytestmark = pytest.mark.sqlite_only

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
SCHEMA = {"type": "object", "properties": {"form": {"$ref": "#/definitions/F"}}, "definitions": {"F": {}}}
READ = "/prefect/api/flow_runs/filter"
RUN = "/prefect/api/deployments/1/create_flow_run"


@pytest.fixture
def prefect() -> Iterator[StandIn]:
    with prefect_stand_in() as stand_in:
        stand_in.there = {
            "/api/deployments/1": {"id": "1", "parameter_openapi_schema": SCHEMA, "parameters": {"priority": "p6"}},
            "/api/flow_runs/1": {"id": "1", "state_type": "RUNNING"},
            "/api/flow_runs/2": {"id": "2", "state_type": "COMPLETED"},
            "/api/deployments/filter": [{"id": "1", "parameter_openapi_schema": SCHEMA}],
        }
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
        assert "Ở đây chỉ xem" in refused.json()["detail"] and "This is read-only" in refused.json()["detail"]
    assert len(prefect.asked) == 1


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", RUN, {"parameters": {"form": {}}, "name": "thử", "job_variables": {}}),
        ("POST", "/prefect/api/flow_runs/1/set_state", {"state": {"type": "CANCELLING"}, "force": False}),
        ("PATCH", "/prefect/api/deployments/1/schedules/2", {"active": False}),
        ("POST", "/prefect/api/deployments/1/pause_deployment", None),
        ("POST", "/prefect/api/ui/schemas/validate", {"schema": SCHEMA, "values": {"form": 1}}),
    ],
)
def test_a_coordinator_runs_ends_and_pauses(
    portal: Portal, prefect: StandIn, method: str, path: str, told: Any
) -> None:
    assert ask(coordinator(portal), path, told, method).status_code == 200
    (changed,) = prefect.changed
    assert changed.method == method and json.loads(changed.body or "null") == told


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


@pytest.mark.parametrize("name", ["Accept", "Range", "If-None-Match"])
def test_a_header_that_is_no_plain_text_stays_outside(portal: Portal, prefect: StandIn, name: str) -> None:
    browser = manager(portal)
    for odd in (b"e\xcc\x81", b"\xff\xfe", b"a\x0bb"):
        assert browser.web.get("/prefect/v2/runs", headers={name.encode(): odd}).status_code == 200
        assert prefect.asked[-1].headers.get(name.lower(), "*/*") == "*/*"


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
    assert [json.loads(asked.body) for asked in prefect.changed] == [{"job_variables": {}}]
    assert prefect.changed[0].body.count(b"job_variables") == 1


def test_without_prefect_the_door_says_so_in_words(store: Store) -> None:
    browser = manager(Portal(store, prefect_port=free_port()))
    page = browser.get("/prefect/v2/runs")
    assert page.status_code == 502 and "Máy chủ Prefect chưa trả lời" in words(page)
    answer = ask(browser, READ, {})
    assert answer.status_code == 502 and "Máy chủ Prefect" in answer.json()["detail"]


def test_board_and_desk_lead_to_the_door(portal: Portal) -> None:
    assert 'href="/prefect/v2/runs"' in manager(portal).get("/board").text
    assert 'href="/prefect/v2/deployments"' in coordinator(portal).get("/desk").text


SET_STATE = "/prefect/api/flow_runs/{}/set_state"


@pytest.mark.parametrize(
    ("run", "told", "status"),
    [
        (2, {"state": {"type": "FAILED"}, "force": True}, 403),
        (2, {"state": {"type": "FAILED"}}, 403),
        (1, {"state": {"type": "COMPLETED"}}, 403),
        (1, {"state": {"type": "CRASHED", "name": "x"}}, 403),
        (1, {"state": {"type": "RUNNING"}}, 403),
        (1, {"state": {"type": "PAUSED"}}, 403),
        (1, {"state": {}}, 403),
        (1, {}, 403),
        (2, {"state": {"type": "CANCELLING"}}, 409),
        (1, {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}}, 409),
        (7, {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}}, 404),
        (7, {"state": {"type": "CANCELLING"}}, 404),
    ],
)
def test_history_is_not_rewritten(portal: Portal, prefect: StandIn, run: int, told: Any, status: int) -> None:
    refused = ask(coordinator(portal), SET_STATE.format(run), told)
    assert refused.status_code == status and refused.headers["content-type"] == "application/problem+json"
    assert [each for each in prefect.asked if each.method != "GET"] == []


def test_what_ends_and_repeats_is_passed_on_and_never_forced(portal: Portal, prefect: StandIn) -> None:
    browser = coordinator(portal)
    again = {"type": "SCHEDULED", "name": "x", "message": "Retry from the UI", "state_details": {"run_count": 1}}
    for run, state in ((1, {"type": "CANCELLING", "name": "Cancelling"}), (2, again)):
        assert ask(browser, SET_STATE.format(run), {"state": state, "force": True}).status_code == 200
    ended, repeated = [json.loads(each.body) for each in prefect.changed]
    assert ended == {"state": {"type": "CANCELLING"}, "force": False}
    awaiting = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"}
    assert repeated == {"state": awaiting, "force": False}


def test_how_often_a_run_is_tried_again_is_its_flows_own(portal: Portal, prefect: StandIn) -> None:
    told = {"parameters": {}, "enforce_parameter_schema": True, "empirical_policy": "ngay"}
    assert ask(coordinator(portal), RUN, told).status_code == 200
    assert [json.loads(each.body) for each in prefect.changed] == [{"parameters": {}, "enforce_parameter_schema": True}]


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"work_queue_name": "x"}, "work_queue_name"),
        ({"parameters": {"form": {}, "command": "id"}}, "command"),
        ({"parameters": {"priority": "p1"}}, "priority"),
        ({"enforce_parameter_schema": False, "parameters": {}}, "enforce_parameter_schema"),
        ({"idempotency_key": "chay-lai-sau-su-co:1"}, "idempotency_key"),
        ({"parameters": [1]}, "parameters"),
        ({"state": {"type": "COMPLETED"}}, "sử"),
        ({"state": {"type": "FAILED"}}, "sử"),
    ],
)
def test_a_run_is_begun_by_its_own_form_alone(portal: Portal, prefect: StandIn, told: Any, named: str) -> None:
    refused = ask(coordinator(portal), RUN, told)
    assert refused.status_code == 403 and named in refused.json()["detail"]
    assert [each for each in prefect.asked if each.method != "GET"] == []


def test_a_run_of_what_is_not_there_is_not_found(portal: Portal, prefect: StandIn) -> None:
    browser = coordinator(portal)
    for path in ("deployments/9/create_flow_run", "flow_runs/9/resume", "deployments/9/pause_deployment"):
        assert ask(browser, f"/prefect/api/{path}").status_code == 404
    assert ask(browser, RUN, {"parameters": {"priority": "p6", "form": {}}}).status_code == 200


def test_a_form_is_checked_against_a_deployments_own_alone(portal: Portal, prefect: StandIn) -> None:
    browser = coordinator(portal)
    slow = {"type": "object", "properties": {"form": {"type": "string", "pattern": "^(a+)+$"}}}
    for schema in (slow, None, {}, "x", {**SCHEMA, "pattern": "^(a+)+$"}):
        told = {"schema": schema, "values": {"form": "a" * 40 + "!"}}
        assert ask(browser, "/prefect/api/ui/schemas/validate", told).status_code == 403
    assert prefect.changed == []


UNDIGESTED = {
    "surrogate": rb'{"name": "\ud800"}',
    "surrogate in a name": rb'{"\udfff": 1}',
    "nul": rb'{"name": ["\u0000"]}',
    "nan": b'{"limit": NaN}',
    "infinity": b'{"limit": -Infinity}',
    "1e400": b'{"limit": 1e400}',
    "-1e999": b'{"a": [[-1e999]]}',
    "long": b'{"offset": 9223372036854775808}',
    "beyond the calendar by its offset": b'{"history_start": "9999-12-31T23:59:59-12:00"}',
    "before it": b'{"a": [{"before_": "0001-01-01T00:00:00+14:00"}]}',
    "beyond it as a number": b'{"history_start": 253402300799000}',
    "and as a text": b'{"history_start": "253402300799000"}',
    "and as a fraction": b'{"history_start": 2.53402300799e14}',
    "a span that leads there": b'{"history_interval_seconds": 250000000000}',
    "a span in words": b'{"history_interval": "P300000000D"}',
    "a span in words of which the second is long": b'{"history_interval": "P1Y99999999D"}',
    "days counted closely": b'{"history_interval": "99999999d1:00"}',
    "a span of days": b'{"history_interval": "99999999 days, 1:00:00"}',
    "300 deep": b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}",
    "300 deep objects": b'{"a": ' * 300 + b"1" + b"}" * 300,
    "a pattern too long": json.dumps({"deployments": {"name": {"like_": "ộ" * 16_700}}}).encode(),
    "more values than a query takes": json.dumps({"flows": {"name": {"any_": ["a"] * 33_000}}}).encode(),
    "list": b"[]",
    "text": b'"x"',
    "number": b"17",
    "bytes": b"\xff\xfe",
}


@pytest.mark.parametrize("body", UNDIGESTED.values(), ids=UNDIGESTED)
def test_what_prefect_cannot_digest_does_not_reach_it(portal: Portal, prefect: StandIn, body: bytes) -> None:
    browser = coordinator(portal)
    paths = (READ, RUN, SET_STATE.format(1), "/prefect/api/ui/schemas/validate", "/prefect/api/logs/filter")
    for path in paths:
        refused = browser.web.post(path, content=body, headers=FROM_HERE)
        assert 400 <= refused.status_code < 404 and refused.headers["content-type"] == "application/problem+json"
        assert {"title", "status", "detail", "detail_en"} <= refused.json().keys()
    assert prefect.asked == []


MANY = [f"t{n}" for n in range(101)]
TOO_MUCH_AT_ONCE = {
    "tags": {"flow_runs": {"tags": {"all_": MANY}}},
    "ids that are none": {"flow_runs": {"id": {"any_": MANY}}},
    "ids as something else": {"flow_runs": {"tags": {"any_": [str(UUID(int=n)) for n in range(101)]}}},
    "beginnings": {"filter": {"event": {"prefix": MANY}}},
    "labels": {"filter": {"related": {"labels": {key: [] for key in MANY}}}},
    "filters": {"filter": {"related": [{}] * 101}},
    "two together": {"filter": {"event": {"prefix": MANY[:51]}, "resource": {"id_prefix": MANY[:51]}}},
    "words": {"logs": {"text": {"query": "a " * 101}}},
}


@pytest.mark.parametrize("filters", TOO_MUCH_AT_ONCE.values(), ids=TOO_MUCH_AT_ONCE)
def test_nor_does_a_filter_of_more_than_a_query_holds(portal: Portal, prefect: StandIn, filters: Any) -> None:
    refused = ask(manager(portal), "/prefect/api/events/filter", filters)
    assert refused.status_code == 400 and "quá 100 giá trị" in refused.json()["detail"]
    assert prefect.asked == []


@pytest.mark.parametrize("interval", [2_147_483_647, 1e9, "150000000"])
def test_nor_does_a_step_that_no_calendar_has(portal: Portal, prefect: StandIn, interval: Any) -> None:
    counted = {"filter": {}, "time_unit": "day", "time_interval": interval}
    browser = manager(portal)
    refused = ask(browser, "/prefect/api/events/count-by/day", counted)
    assert refused.status_code == 400 and "time_interval quá 10000" in refused.json()["detail"]
    assert prefect.asked == []
    assert ask(browser, "/prefect/api/events/count-by/day", counted | {"time_interval": 30}).status_code == 200


def test_what_is_typed_into_a_form_is_text(portal: Portal, prefect: StandIn) -> None:
    typed = {"title": "500000 doanh nghiệp", "reason": "P20262030", "number": "9000000000", "unit": "120000 dân"}
    asked = {"schema": SCHEMA, "values": {"form": typed}}
    browser = coordinator(portal)
    assert ask(browser, "/prefect/api/ui/schemas/validate", asked).status_code == 200
    assert ask(browser, READ, {"flow_runs": {"name": {"like_": "120000 dân"}}}).status_code == 200


def test_but_as_many_ids_as_a_page_may_show(portal: Portal, prefect: StandIn) -> None:
    ids = [f"0{n:05}{letter}7-45d7-8000-a000-b1b2b3b4b5b6" for n in range(300) for letter in "def"]
    asked = {"flow_runs": {"id": {"any_": ids}, "parent_flow_run_id": {"not_any_": ids}, "tags": {"all_": MANY[:90]}}}
    assert ask(manager(portal), READ, asked).status_code == 200
    assert len(prefect.asked) == 1


def test_nor_does_a_day_that_no_calendar_has(portal: Portal, prefect: StandIn) -> None:
    refused = manager(portal).web.get("/prefect/api/events/filter/next?since=0001-01-01")
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert prefect.asked == []


@pytest.mark.parametrize("query", ["a=%00", "a=%ED%A0%80", "a=%ff"])
def test_nor_does_such_a_query(portal: Portal, prefect: StandIn, query: str) -> None:
    assert manager(portal).web.get(f"/prefect/api/events/filter/next?{query}").status_code == 404
    assert prefect.asked == []


def test_what_a_coordinator_does_there_is_in_our_trail(portal: Portal, prefect: StandIn) -> None:
    user = portal.account()
    browser = portal.signed_in(user)
    ask(browser, RUN, {"name": "thử", "parameters": {"form": {"dry_run": True}}})
    ask(browser, SET_STATE.format(1), {"state": {"type": "CANCELLING"}})
    ask(browser, SET_STATE.format(2), {"state": {"type": "SCHEDULED"}})
    ask(browser, "/prefect/api/deployments/1/pause_deployment")
    prefect.status = 500
    ask(browser, "/prefect/api/deployments/1/schedules/2", {"active": False}, "PATCH")
    ask(browser, SET_STATE.format(2), {"state": {"type": "FAILED"}})  # refused, so nothing was asked
    with reading_session(portal.store.engine) as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    done = [(each.verb, each.subject) for each in events if each.actor == f"coordinator:{user.id}"][
        1:
    ]  # signed in first
    deployment, first, second = "deployment:1", "flow_run:1", "flow_run:2"
    assert [each for each in done if each[0] != "prefect_answered"] == [
        ("start_run", deployment),
        ("end_run", first),
        ("repeat_run", second),
        ("pause_deployment", deployment),
        ("change_schedule", deployment),
    ]
    assert len(done) == 10 and events[-1].details == {"status": 500}
    started = next(each for each in events if each.verb == "start_run")
    assert started.details.keys() == {"sha256"}, "not what was typed"


def test_the_desk_says_that_prefect_does_not_answer(store: Store, portal: Portal, prefect: StandIn) -> None:
    user = portal.account()
    assert "Prefect chưa trả lời" not in words(portal.signed_in(user).get("/desk"))
    portal.pass_time(minutes=1)
    away = Portal(store, prefect_port=free_port())
    away.pass_time(minutes=1)
    said = words(away.signed_in(user).get("/desk"))
    assert "Prefect chưa trả lời" in said and "tự thử lại" in said

"""Prefect's pages in Chromium through the door, and every route of a real server's API asked by a manager."""

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, TimeoutError

from config import clock
from config.settings import load_settings
from flows.forms import fill_in
from hosting import child_process
from hosting.prefect.connection import HOST, await_server, connected_to, free_port, run_here, start_server
from hosting.prefect.environment import environment
from models.keeping.opening import open_store
from portal.app import make_app
from portal.prefect.rights import is_read
from tests.support.cast import NUMBER, at, issue
from tests.support.chromium import running_chromium
from tests.support.people import Clock, House, Person
from tests.support.prefect_api import ask_prefect
from tests.support.servers import copy_migrated_prefect
from tests.support.two_directives import both_plans
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

WAIT_MS = 30_000
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A portal beside a Prefect server that has our deployments and one run of p1, which found late reports.

    Two directives are followed: the house's and the invented one.
    """
    folder = tmp_path_factory.mktemp("door")
    environ = {
        "DONDOC_DATA_DIR": str(folder),
        "DONDOC_PLAN_DIR": str(both_plans(folder / "plan")),
        "DONDOC_SAMPLE": "0",
        "DONDOC_PORT": str(free_port()),
        "DONDOC_PORTAL_PORT": str(free_port()),
    }
    settings = load_settings(environ)
    api = f"http://{HOST}:{settings.prefect_port}/api"
    copy_migrated_prefect(settings)
    prefect = start_server(settings, settings.prefect_port, mark=str(settings.data_dir), environment={})
    portal = None
    try:
        with open_store(settings) as store:
            issue(store)
            await_server(prefect, api)
            with connected_to(settings, api):
                from flows.deployments.register import deploy

                deploy(store.plan)
                run_here("p1", fill_in("p1", {"as_of": at("2023-09-12", 7, 30)}, store.plan))
                portal = uvicorn.Server(
                    uvicorn.Config(
                        make_app(store), host=HOST, port=settings.portal_port, log_config=None, access_log=False
                    )
                )
                thread = threading.Thread(target=portal.run, name="portal")
                thread.start()
                eventually(lambda: portal.started, within_s=30)
                house = House(store, Clock(clock.now()), settings.portal_url)
                yield house
                house.close()
    finally:
        if portal is not None:
            portal.should_exit = True
            thread.join(30)
        prefect.stop(timeout_s=10)


@pytest.fixture
def worker(house: House) -> Iterator[None]:
    """Somebody who takes up what is submitted."""
    from flows.names import WORK_POOL

    settings = house.store.settings
    child = child_process.start(
        "worker",
        ["-m", "prefect", "worker", "start", "--type", "process", "--pool", WORK_POOL, "--install-policy", "never"],
        mark=str(settings.data_dir),
        environment=environment(settings, api_url=f"http://{HOST}:{settings.prefect_port}/api"),
        log=settings.data_dir / "logs" / "worker.log",
    )
    yield
    child.stop(timeout_s=10)


def signed_in(page: Page, person: Person, house: House) -> None:
    (cookie,) = (c for c in person.web.cookies.jar if c.name == "dondoc_session")
    page.context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": house.address}])


@pytest.fixture(scope="module")
def browsing() -> Iterator[BrowserContext]:
    """One for all: Prefect's pages are megabytes, which a browser keeps."""
    with running_chromium() as browser:
        yield browser.new_context(viewport={"width": 1280, "height": 900})


@pytest.fixture
def page(house: House, browsing: BrowserContext) -> Iterator[Page]:
    asked: set[str] = set()
    violations: list[str] = []

    def spoken(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            violations.append(message.text)

    page = browsing.new_page()
    page.set_default_timeout(WAIT_MS)
    page.on("request", lambda request: asked.add(re.sub(r"^(\w+://[^/]*|data:|blob:).*", r"\1", request.url)))
    page.on("console", spoken)
    page.on("pageerror", lambda fault: violations.append(str(fault)))
    yield page
    page.close()
    assert asked - {"data:", "blob:"} == {house.address}
    assert violations == []


def test_a_manager_reads_what_happened_and_cannot_press_anything(house: House, page: Page) -> None:
    signed_in(page, house.manager(), house)
    page.goto(f"{house.address}/prefect/v2/runs")
    run = page.get_by_text(re.compile(r"p1 · 12/09/2023 · \d+ quá hạn")).first
    run.click()
    page.get_by_role("tab", name="Task Runs").wait_for()
    page.locator("canvas").first.wait_for()
    page.goto(f"{house.address}/prefect/newest/board-p1")
    page.get_by_role("heading", name="p1 · ").wait_for()
    page.get_by_text("Chưa hoàn thành, quá hạn").first.wait_for()
    page.goto(f"{house.address}/prefect/v2/deployments")
    page.get_by_text("p1 · Quán triệt, quy chế").first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Quick run").click()
    page.get_by_text("Ở đây chỉ xem").first.wait_for()
    assert count_of_runs(house) == 1


def test_a_coordinator_sees_every_deployment(house: House, page: Page) -> None:
    signed_in(page, house.coordinator(), house)
    page.goto(f"{house.address}/prefect/v2/deployments")
    for name in ("p1 · ", "p2 · ", "p3 · ", "p4 · ", "p5 · ", "Ban hành văn bản giao việc", "Sơ kết năm"):
        page.get_by_text(name).first.wait_for()


@pytest.mark.parametrize(
    ("tag", "titles"),
    [
        ("p1", ["Văn bản mới cần quán triệt", "Ngày giao ban đầu mối", "Kỳ báo cáo", "Cơ quan"]),
        ("p3", ["Sự kiện cần phối hợp", "Tính tại thời điểm", "Chỉ xem trước"]),
        ("p5", ["Năm đánh giá, phân loại phong trào", "Lớp tập huấn"]),
        ("p6", ["Văn bản mới", "Kỳ báo cáo", "Cơ quan"]),
        ("p7", ["Sự kiện, cuộc họp", "Kỳ báo cáo", "Chỉ xem trước"]),
        ("ban-hanh", ["Số, ký hiệu văn bản", "Ngày ban hành", "Chỉ đạo"]),
        ("so-ket", ["Năm", "Chỉ đạo"]),
    ],
)
def test_the_form_speaks_vietnamese(house: House, page: Page, tag: str, titles: list[str]) -> None:
    signed_in(page, house.coordinator(), house)
    page.goto(f"{house.address}/prefect/v2/deployments/deployment/{deployment_of(house, tag)}/run")
    for title in titles:
        page.get_by_text(title).first.wait_for()


def test_a_form_filled_in_and_submitted_becomes_a_run_with_these_values(house: House, page: Page, worker: None) -> None:
    signed_in(page, house.coordinator(), house)
    deployment = deployment_of(house, "ban-hanh")
    page.goto(f"{house.address}/prefect/v2/deployments/deployment/{deployment}/run")
    page.get_by_label("Số, ký hiệu văn bản").fill(NUMBER)
    page.get_by_label("Ngày ban hành").click()
    page.get_by_role("button", name=re.compile(r"\b1st,")).first.click()
    page.keyboard.press("Escape")
    page.get_by_label("Giao việc ngay").click()
    submitted(page)

    def runs() -> list[dict[str, Any]]:
        of_it = {"deployments": {"id": {"any_": [deployment]}}}
        found: list[dict[str, Any]] = ask_prefect(house.store.settings, "/flow_runs/filter", of_it)
        return found

    # There is one assigning document already, of another day: the run says so and fails, with the reason in words.
    eventually(lambda: [run["state_type"] for run in runs()] == ["FAILED"], within_s=90)
    (run,) = runs()
    given = run["parameters"]["form"]
    assert (given["number"], given["on_date"][-2:], given["start_follow_up"]) == (NUMBER, "01", False)
    assert run["name"] == f"Văn bản {NUMBER} · không đăng ký được" and "loi" in run["tags"]


def test_the_form_of_a_further_priority_offers_its_subtasks_and_makes_a_run_of_it(house: House, page: Page) -> None:
    signed_in(page, house.coordinator(), house)
    deployment = deployment_of(house, "p7")
    page.goto(f"{house.address}/prefect/v2/deployments/deployment/{deployment}/run")
    page.get_by_text("Sự kiện, cuộc họp").first.wait_for()
    page.get_by_role("button", name="Add").first.click()
    page.get_by_text("Select", exact=True).first.click()
    page.get_by_role("option", name="T7.2").wait_for()
    page.get_by_role("option", name="T7.3").click()
    page.get_by_label("Tên sự kiện").fill("Giao ban tổ công tác")
    page.get_by_label("Ngày diễn ra").click()
    page.get_by_role("button", name=re.compile(r"\b1st,")).first.click()
    page.keyboard.press("Escape")
    submitted(page)

    def runs() -> list[dict[str, Any]]:
        of_it = {"deployments": {"id": {"any_": [deployment]}}}
        found: list[dict[str, Any]] = ask_prefect(house.store.settings, "/flow_runs/filter", of_it)
        return [run for run in found if not run["auto_scheduled"]]

    eventually(lambda: len(runs()) == 1)
    given = runs()[0]["parameters"]
    assert given["priority"] == "p7", "which the form does not ask"
    (event,) = given["form"]["events"]
    assert event["subtask"].startswith("T7.3 – ")
    assert fill_in("p7", given["form"], house.store.plan).entries()


def submitted(page: Page) -> None:
    """Press «Submit» until Prefect's page leaves the form: a press that only closes the calendar changes nothing."""
    form = page.url
    for _ in range(3):
        page.get_by_role("button", name="Submit").click()
        with suppress(TimeoutError):
            page.wait_for_url(lambda url: url != form)
            return
    assert page.url != form, page.get_by_role("main").inner_text()


def deployment_of(house: House, tag: str) -> str:
    asked = {"deployments": {"tags": {"all_": [tag]}}}
    (deployment,) = ask_prefect(house.store.settings, "/deployments/filter", asked)
    return str(deployment["id"])


def test_of_a_whole_prefect_a_manager_may_only_read(house: House) -> None:
    """Every route of the installed version, so that what a newer one adds is looked at before it is open."""
    manager = house.manager()
    routes = ask_prefect(house.store.settings, "/openapi.json")["paths"]
    assert len(routes) > 100
    readable = []
    for path, methods in routes.items():
        for method in methods:
            asked = re.sub(r"\{\w+\}", "0", path.removeprefix("/api"))
            answer = manager.web.request(
                method.upper(), f"{house.address}/prefect/api{asked}", json={}, headers=FROM_HERE
            )
            if answer.status_code not in (403, 404, 405) or is_read(method.upper(), asked):
                readable.append((method.upper(), asked))
    changing = re.compile(
        r"create|delete|set_state|pause|resume|bulk|increment|decrement|renew|heartbeat|install|input"
    )
    assert readable and not [each for each in readable if changing.search(each[1])]
    assert not [(method, path) for method, path in readable if method not in ("GET", "POST")]
    reads = re.compile(r"/(filter|count|paginate|history|lateness|counts|next-runs|count-[a-z-]+|count-by/0)$")
    assert not [path for method, path in readable if method == "POST" and not reads.search(path)]
    assert not [path for _, path in readable if re.search(r"variables|block_|storage|csrf", path)]


def test_a_path_with_dots_leads_nowhere_also_when_a_client_leaves_them_in(house: House) -> None:
    manager = house.manager()
    (cookie,) = (c for c in manager.web.cookies.jar if c.name == "dondoc_session")
    for path in ("/prefect/v2/../api/variables/", "/prefect/api/flows/../variables/", "/prefect/api/./flows/0"):
        assert raw_status(house, path, f"{cookie.name}={cookie.value}") in (403, 404)


def raw_status(house: House, path: str, cookie: str) -> int:
    """Asked with the standard library, since httpx and browsers take dots out before they ask."""
    asking = http.client.HTTPConnection(house.address.removeprefix("http://"), timeout=30)
    try:
        asking.request("GET", path, headers={"Cookie": cookie})
        return asking.getresponse().status
    finally:
        asking.close()


def count_of_runs(house: House) -> int:
    found: list[Any] = ask_prefect(house.store.settings, "/flow_runs/filter", {})
    return len([run for run in found if "auto-scheduled" not in run["tags"]])


def test_prefect_itself_answers_nobody_who_is_not_signed_in(house: House) -> None:
    """Not even on this machine: any page in a browser on it could ask the port otherwise."""
    direct = f"http://{HOST}:{house.store.settings.prefect_port}/api"
    assert httpx.get(f"{direct}/flows/0").status_code == 401
    assert httpx.post(f"{direct}/deployments/filter", json={}).status_code == 401
    assert httpx.get(f"{direct}/health").status_code == 200
    port = direct.removesuffix("/api")
    for docs in ("/docs", "/docs/", "//docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
        assert httpx.get(f"{port}{docs}").status_code == 404
    assert httpx.get(f"{direct}/docs").status_code == httpx.get(f"{direct}/openapi.json").status_code == 401


def test_runs_are_ended_and_repeated_but_their_history_stays(house: House) -> None:
    """Through the door, before a real server."""
    coordinator = house.coordinator()

    def ask(path: str, told: Any) -> httpx.Response:
        return coordinator.web.post(f"{house.address}/prefect/api{path}", json=told, headers=FROM_HERE)

    (run,) = [run for run in ask("/flow_runs/filter", {}).json() if run["state_type"] == "COMPLETED"][:1]
    for state in ("FAILED", "CRASHED", "PENDING", "RUNNING"):
        assert ask(f"/flow_runs/{run['id']}/set_state", {"state": {"type": state}, "force": True}).status_code == 403
    there = {run["id"]: run for run in ask("/flow_runs/filter", {}).json()}
    assert there[run["id"]]["state_id"] == run["state_id"]
    nowhere = "00000000-0000-0000-0000-000000000000"
    again = {"state": {"type": "SCHEDULED", "name": "AwaitingRetry"}, "force": True}
    for absent in (nowhere, "x", "0"):
        assert ask(f"/flow_runs/{absent}/set_state", again).status_code == 404

    deployment = deployment_of(house, "p2")
    begun = ask(f"/deployments/{deployment}/create_flow_run", {"parameters": {"form": {"dry_run": True}}}).json()
    ended = ask(f"/flow_runs/{begun['id']}/set_state", {"state": {"type": "CANCELLING"}, "force": True})
    assert ended.json()["state"]["type"] == "CANCELLED", "nobody had taken it up"
    assert ask(f"/flow_runs/{begun['id']}/set_state", again).json()["state"]["name"] == "AwaitingRetry"
    assert ask(f"/flow_runs/{begun['id']}/set_state", {"state": {"type": "CANCELLING"}}).status_code in (200, 201)
    slow = {"type": "object", "properties": {"form": {"type": "string", "pattern": "^(a+)+$"}}}
    assert ask("/ui/schemas/validate", {"schema": slow, "values": {"form": "a" * 27 + "!"}}).status_code == 403


def test_logs_are_searched_for_words(house: House) -> None:
    """With ``concat`` in Prefect's SQL, which an SQLite older than 3.44 does not know by itself."""
    manager = house.manager()

    def logs(told: Any) -> list[str]:
        answer = manager.web.post(f"{house.address}/prefect/api/logs/filter", json=told, headers=FROM_HERE)
        assert answer.status_code == 200, answer.text
        return [each["message"] for each in answer.json()]

    eventually(lambda: bool(logs({})))
    word = max(logs({})[0].split(), key=len)
    found = logs({"logs": {"text": {"query": f'"{word}"'}}})
    assert found and all(word.lower() in each.lower() for each in found)
    assert logs({"logs": {"text": {"query": "khongcochunay"}}}) == []


def test_no_form_of_ours_holds_a_pattern(house: House) -> None:
    """Prefect's server matches what a visitor types against it, and one that backtracks would stop everything."""
    forms = ask_prefect(house.store.settings, "/deployments/filter", {})
    assert forms and not [each["name"] for each in forms if "'pattern'" in str(each["parameter_openapi_schema"])]

"""Prefect's pages in Chromium through the door, and every route of a real server's API asked by a manager."""

import http.client
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from config import clock
from config.settings import load_settings
from flows.forms import fill_in
from flows.prefect_api import HOST, await_server, free_port, run_here, speaking_to, start_server
from models.store import open_store
from portal.app import make_app
from portal.prefect_rights import is_read
from tests.cast import at, issue
from tests.portal.people import Clock, House, Person
from tests.waiting import eventually

pytestmark = pytest.mark.slow

CHROMIUM = Path("/usr/bin/chromium")
WAIT_MS = 30_000
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A portal beside a Prefect server that has our deployments and one run of p1, which found late reports."""
    environ = {
        "DONDOC_DATA_DIR": str(tmp_path_factory.mktemp("door")),
        "DONDOC_SAMPLE": "0",
        "DONDOC_PORT": str(free_port()),
        "DONDOC_PORTAL_PORT": str(free_port()),
    }
    settings = load_settings(environ)
    api = f"http://{HOST}:{settings.prefect_port}/api"
    prefect = start_server(settings, settings.prefect_port, mark=str(settings.data_dir), environment={})
    portal = None
    try:
        with open_store(settings) as store:
            issue(store)
            await_server(prefect, api)
            with speaking_to(settings, api):
                from flows.deployments import deploy

                deploy(store.plan)
                run_here("p1", fill_in("p1", {"as_of": at("2023-09-12", 7, 30)}))
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
        prefect.stop(patience_s=10)


def signed_in(page: Page, person: Person, house: House) -> None:
    (cookie,) = (c for c in person.web.cookies.jar if c.name == "dondoc_session")
    page.context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": house.address}])


@pytest.fixture
def page(house: House) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.fail("chromium is missing: apt install chromium")
    asked: set[str] = set()
    violations: list[str] = []

    def spoken(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            violations.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: asked.add(re.sub(r"^(\w+://[^/]*|data:|blob:).*", r"\1", request.url)))
        page.on("console", spoken)
        page.on("pageerror", lambda fault: violations.append(str(fault)))
        yield page
        browser.close()
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


def test_a_coordinator_fills_in_the_form_and_a_run_waits(house: House, page: Page) -> None:
    signed_in(page, house.coordinator(), house)
    before = count_of_runs(house)
    (deployment,) = asked_directly(house, "/deployments/filter", {"deployments": {"tags": {"all_": ["p2"]}}})
    page.goto(f"{house.address}/prefect/v2/deployments/deployment/{deployment['id']}/run")
    page.get_by_label("Chỉ xem trước").click()
    page.get_by_role("button", name="Submit").click()
    eventually(lambda: count_of_runs(house) == before + 1)


def test_of_a_whole_prefect_a_manager_may_only_read(house: House) -> None:
    """Every route of the installed version, so that what a newer one adds is looked at before it is open."""
    manager = house.manager()
    routes = asked_directly(house, "/openapi.json")["paths"]
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
    reads = re.compile(r"/(filter|count|paginate|history|lateness|validate|counts|next-runs|count-[a-z-]+|count-by/0)$")
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
    found: list[Any] = asked_directly(
        house, "/flow_runs/filter", {"flow_runs": {"state": {"name": {"not_any_": ["x"]}}}}
    )
    return len([run for run in found if "auto-scheduled" not in run["tags"]])


def asked_directly(house: House, path: str, question: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(
        f"http://{HOST}:{house.store.settings.prefect_port}/api{path}",
        data=None if question is None else json.dumps(question).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)

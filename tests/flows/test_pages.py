"""What a coordinator sees in Chromium: deployments, a form in Vietnamese, and no word to anybody outside."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from config.plan_loader import load_plan
from config.settings import load_settings
from flows import child_process
from flows.prefect_api import HOST, await_server, free_port, speaking_to, start_server
from flows.prefect_environment import environment
from models.database import session_scope
from models.directives import assigning_document
from models.store import open_store
from tests.waiting import eventually

pytestmark = pytest.mark.slow

CHROMIUM = Path("/usr/bin/chromium")
WAIT_MS = 30_000


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server with its pages and our deployments; gives its address."""
    settings = load_settings({"DONDOC_DATA_DIR": str(tmp_path_factory.mktemp("pages")), "DONDOC_SAMPLE": "0"})
    port = free_port()
    server = start_server(settings, port, mark=str(settings.data_dir), environment={})
    base = f"http://{HOST}:{port}"
    try:
        await_server(server, f"{base}/api")
        with speaking_to(settings, f"{base}/api"):
            from flows.deployments import deploy

            deploy(load_plan())
            yield base
    finally:
        server.stop(patience_s=10)


@pytest.fixture
def worker(pages: str) -> Iterator[None]:
    """Somebody who takes up what is submitted."""
    from flows.work_pool import WORK_POOL

    settings = load_settings()  # ``speaking_to`` has set them for this process
    child = child_process.start(
        "worker",
        ["-m", "prefect", "worker", "start", "--type", "process", "--pool", WORK_POOL, "--install-policy", "never"],
        mark=str(settings.data_dir),
        environment=environment(settings, api_url=f"{pages}/api"),
        log=settings.data_dir / "logs" / "worker.log",
    )
    yield
    child.stop(patience_s=10)


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.fail("chromium is missing: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_every_deployment_and_nothing_asked_of_the_outside(pages: str, page: Page) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{pages}/prefect/v2/deployments")
    for name in ("p1 · ", "p2 · ", "p3 · ", "p4 · ", "p5 · ", "Ban hành văn bản giao việc", "Báo sự cố"):
        page.get_by_text(name).first.wait_for(timeout=WAIT_MS)
    assert asked == {urlsplit(pages).netloc}


@pytest.mark.parametrize(
    ("tag", "titles"),
    [
        ("p1", ["Văn bản mới cần quán triệt", "Ngày giao ban đầu mối", "Kỳ báo cáo", "Cơ quan"]),
        ("p3", ["Sự kiện cần phối hợp", "Tính tại thời điểm", "Chỉ xem trước"]),
        ("p5", ["Năm đánh giá, phân loại phong trào", "Lớp tập huấn"]),
        ("ban-hanh", ["Số, ký hiệu văn bản", "Ngày ban hành"]),
    ],
)
def test_the_form_speaks_vietnamese(pages: str, page: Page, tag: str, titles: list[str]) -> None:
    (deployment,) = ask(pages, "/deployments/filter", {"deployments": {"tags": {"all_": [tag]}}})
    page.goto(f"{pages}/prefect/v2/deployments/deployment/{deployment['id']}/run")
    for title in titles:
        page.get_by_text(title).first.wait_for(timeout=WAIT_MS)


def test_a_form_filled_in_and_submitted_becomes_a_run_with_these_values(pages: str, page: Page, worker: None) -> None:
    (deployment,) = ask(pages, "/deployments/filter", {"deployments": {"tags": {"all_": ["ban-hanh"]}}})
    page.goto(f"{pages}/prefect/v2/deployments/deployment/{deployment['id']}/run")
    page.get_by_label("Số, ký hiệu văn bản").fill("456-TB/TU", timeout=WAIT_MS)
    page.get_by_label("Ngày ban hành").click()
    page.get_by_role("button", name=re.compile(r"\b1st,")).first.click()
    page.keyboard.press("Escape")
    page.get_by_label("Giao việc ngay").click()
    page.get_by_role("button", name="Submit").click()

    def runs() -> list[dict[str, Any]]:
        of_it = {"deployments": {"id": {"any_": [deployment["id"]]}}}
        found: list[dict[str, Any]] = ask(pages, "/flow_runs/filter", of_it)
        return found

    eventually(lambda: [run["state_type"] for run in runs()] == ["COMPLETED"], within_s=90)
    (run,) = runs()
    given = run["parameters"]["form"]
    assert (given["number"], given["on_date"][-2:], given["start_follow_up"]) == ("456-TB/TU", "01", False)
    assert run["name"] == f"Văn bản 456-TB/TU ngày 01/{given['on_date'][5:7]}/{given['on_date'][:4]} · giao 0 việc"
    with open_store(load_settings()) as store, session_scope(store.engine) as session:
        document = assigning_document(session)
        assert document is not None
        assert (document.number, document.on_date.isoformat()) == ("456-TB/TU", given["on_date"])


def ask(pages: str, path: str, question: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{pages}/api{path}", data=json.dumps(question).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)

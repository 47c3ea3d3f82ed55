"""What a coordinator sees in Chromium: deployments, a form in Vietnamese, and no word to anybody outside."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from config.plan_loader import load_plan
from config.settings import load_settings
from flows.prefect_api import HOST, await_server, free_port, speaking_to, start_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

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


def test_six_deployments_and_nothing_asked_of_the_outside(pages: str, page: Page) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{pages}/v2/deployments")
    for name in ("p1 · ", "p2 · ", "p3 · ", "p4 · ", "p5 · ", "Ban hành văn bản giao việc"):
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
    request = urllib.request.Request(
        f"{pages}/api/deployments/filter",
        data=json.dumps({"deployments": {"tags": {"all_": [tag]}}}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        (deployment,) = json.load(answer)
    page.goto(f"{pages}/v2/deployments/deployment/{deployment['id']}/run")
    for title in titles:
        page.get_by_text(title).first.wait_for(timeout=WAIT_MS)

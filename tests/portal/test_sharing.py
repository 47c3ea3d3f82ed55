"""What others outside are given: figures of a quarter, and the list in the columns of another tracker."""

import csv
import re
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from config.settings import Settings
from portal.app import make_app
from portal.managing.comparing import By, Length, compared
from portal.rendering.kept_pages import KeptPages
from tests.support.cast import at, run
from tests.support.joint_work import joint_store
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only


def test_open_figures_are_off_until_switched_on(house: House) -> None:
    assert house.stranger().get("/open").status_code == 404
    assert house.coordinator().get("/open").status_code == 404


@pytest.fixture
def open_house(house: House) -> House:
    """With figures switched on, and work of a quarter that is over."""
    run(house.store, "p3", at("2023-09-20"), offices=())
    house.clock.now = at("2023-10-20", 9)
    object.__setattr__(house.store, "settings", replace(house.store.settings, open_figures=True))
    return house


def test_anybody_reads_counts_and_nothing_else(open_house: House) -> None:
    stranger = open_house.stranger()
    text = stranger.get("/open").text
    assert "quý III/2023" in text and "Sở Y tế" in text
    assert "T0.1" not in text and open_house.store.plan.subtask("T0.1").title_vi not in text
    answer = stranger.get("/open?quarter=2023-Q3&form=csv")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["content-type"].startswith("text/csv")
    counts = ("done_on_time", "done_late", "open_within_term", "open_overdue")
    assert rows and all(sum(int(row[name]) for name in counts) == int(row["total"]) for row in rows)
    for wrong in ("quarter=2023-Q9", "quarter=1999-Q1", "form=xml", "office=SYT"):
        assert stranger.get(f"/open?{wrong}").status_code == 422, wrong


def test_joint_leads_each_count_and_all_together_once(settings: Settings, tmp_path: Path) -> None:
    with joint_store(replace(settings, open_figures=True), tmp_path) as store:
        now = at("2025-07-10")
        web = TestClient(make_app(store, now=lambda: now), base_url=store.settings.portal_url)
        rows = list(csv.DictReader(StringIO(web.get("/open?quarter=2025-Q2&form=csv").content.decode("utf-8-sig"))))
        assert [(row["office"], row["total"]) for row in rows] == [
            (store.plan.office(code).name_vi, "1") for code in ("SKHDT", "SNV", "SYT")
        ]
        drawn = web.get("/open?quarter=2025-Q2").text
        in_all = drawn[drawn.index("Tất cả") : drawn.index(store.plan.office("SKHDT").name_vi)]
        assert re.findall(r"Tổng: </span>(\d+)", in_all) == ["1"]
        by_office = compared(store, now, By.OFFICE, Length.QUARTER, None)
        assert {code: cells[0].total for code, cells in by_office.rows} == {"SKHDT": 1, "SNV": 1, "SYT": 1}
        for found in (by_office, compared(store, now, By.KIND, Length.QUARTER, None)):
            assert found.whole[0].total == 1


def test_nobody_pushes_out_kept_pages_by_other_addresses_of_one(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, put, kept = open_house.stranger(), KeptPages.put, set[object]()

    def noted(pages: KeptPages, key: tuple[object, ...], what: object) -> None:
        kept.add(key)
        put(pages, key, what)

    monkeypatch.setattr(KeptPages, "put", noted)
    one = (
        "?quarter=",
        "?quarter=2023-Q3&&",
        "?quarter=x&quarter=2023-Q3",
        "?form=",
        "?flash=x&count=1",
        "?count=1",
        "?&",
    )
    for query in ("", "?quarter=2023-Q3", *one):
        answer = stranger.get(f"/open{query}")
        assert answer.status_code == 200 and (query not in one or answer.url.query == b"quarter=2023-Q3"), query
    assert len(kept) == 2


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_tracker_gets_task_office_date_and_one_of_four_states(open_house: House, form: str) -> None:
    manager = open_house.manager()
    answer = manager.get(f"/workbook/tracker?form={form}&office=SYT")
    assert answer.status_code == 200 and f".{form}" in answer.headers["content-disposition"]
    if form == "csv":
        rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(BytesIO(answer.content)).active
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    head, *found = rows
    assert head[1:7] == ["Nhiệm vụ", "Kỳ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Trạng thái"]
    states = {"Hoàn thành đúng hạn", "Hoàn thành quá hạn", "Chưa hoàn thành, trong hạn", "Chưa hoàn thành, quá hạn"}
    assert found and {row[6] for row in found} <= states and all("Sở Y tế" in row[3] for row in found)
    assert manager.get("/workbook/tracker?form=pdf").status_code == 422
    assert open_house.office("SYT").web.get("/workbook/tracker").status_code == 403


def test_a_registered_program_stands_on_its_page(house: House) -> None:
    coordinator = house.coordinator()
    page = "/desk/webhooks"
    hook = {"name": "Theo dõi", "url": "https://theo-doi.example/hook", "events": "reported"}
    made = coordinator.post(page, hook, on=page)
    assert made.status_code == 200 and "whsec_" in coordinator.page
    listed = coordinator.get(page).text
    assert "theo-doi.example" in listed and "whsec_" not in listed
    assert "thử sẽ được gửi" in coordinator.post(f"{page}/1/try", on=page).text
    assert "theo-doi.example" not in coordinator.post(f"{page}/1/end", on=page).text
    assert coordinator.post(f"{page}/1/try", on=page).status_code == 422

"""The manager: what has changed, periods side by side, an earlier day, the review of a year as page, Word and Excel."""

import re
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from models.store.database import session_scope
from models.work import verbs
from portal.web import LANGUAGE_COOKIE
from tests.support.cast import LEAD, at, number_of, t0_report
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only


def reported(house: House) -> int:
    """T0.1 of SYT, reported on 21/8 and accepted on 28/8, when the clock stands."""
    number = number_of(house.store, "T0.1")
    with session_scope(house.store.engine) as session:
        office = house.store.actor_context(now=at("2023-08-21", 9), actor=f"office:{LEAD}")
        verbs.report(session, number, t0_report(), office)
        verbs.accept(session, number, house.store.actor_context(now=at("2023-08-28", 9), actor="coordinator"))
    house.clock.now = at("2023-08-28", 10)
    return number


def test_what_has_changed_is_a_page_and_a_paper(house: House) -> None:
    number, manager = reported(house), house.manager()
    manager.get("/board")
    assert "+1 mới trong 7 ngày" in manager.page
    manager.get("/board/changes?since=25/08/2023")
    assert "1 Hoàn thành đúng hạn" in manager.page and f'href="/assignments/{number}"' in manager.last.text  # type: ignore[union-attr]
    paper = manager.get("/board/changes/paper?since=2023-08-25")
    text = "\n".join(
        cell.text for table in Document(BytesIO(paper.content)).tables for row in table.rows for cell in row.cells
    )
    assert "Hoàn thành đúng hạn" in text and f"(số {number})" in text
    for wrong in ("28/08/2023", "1/1/1990", "hôm qua"):
        assert manager.get(f"/board/changes?since={wrong}").status_code == 422


def test_the_board_of_an_earlier_day(house: House) -> None:
    reported(house)
    manager = house.manager()
    manager.get("/board?day=22/08/2023")
    assert "như cuối ngày đã chọn" in manager.page and "24:00" not in manager.page
    done = re.search(r"(\d+) Hoàn thành đúng hạn", manager.page)
    assert done is not None and done[1] == "0"
    done = re.search(r"(\d+) Hoàn thành đúng hạn", house.manager().get("/board").text.replace("</strong>", ""))
    assert done is not None and done[1] == "1"
    assert manager.get("/board?day=01/01/2030").status_code == 422


def test_periods_stand_side_by_side_and_lead_to_their_lists(house: House) -> None:
    reported(house)
    house.clock.now = at("2023-09-20", 9)
    manager = house.manager()
    for by in ("office", "kind", "priority"):
        answer = manager.get(f"/board/periods?by={by}&length=month")
        assert answer.status_code == 200 and re.search(r"\d+% 1/\d", manager.page), manager.page
    links = set(re.findall(r'href="(/assignments\?[^"]+)"', answer.text))
    assert links and all(manager.get(link.replace("&amp;", "&")).status_code == 200 for link in links)
    assert manager.get("/board/periods?by=person").status_code == 422


def test_the_review_of_a_year_is_a_page_word_and_excel(house: House) -> None:
    reported(house)
    manager = house.manager()
    manager.get("/review?year=2023")
    assert "Theo cơ quan" in manager.page and "Sở Y tế" in manager.page
    document = Document(BytesIO(manager.get("/review/paper?year=2023").content))
    assert any("Sở Y tế" in cell.text for table in document.tables for row in table.rows for cell in row.cells)
    book = load_workbook(BytesIO(manager.get("/review/workbook?year=2023").content))
    rows = [row for row in book["Theo cơ quan"].iter_rows(values_only=True) if row[0] == "SYT"]
    assert rows and rows[0][2] == 1 and rows[0][6] == 1, "one came due, and on time"
    assert manager.get("/review?year=23").status_code == manager.get("/review?year=0001").status_code == 422
    assert manager.get("/review?year=2100").status_code == 200
    assert house.office(LEAD).get("/review").status_code == 403


def test_nothing_is_foretold_of_too_little(house: House) -> None:
    reported(house)
    manager = house.manager()
    manager.get("/board/forecast")
    assert "Chưa đủ số liệu để dự báo" in manager.page and "không nói về cá nhân" in manager.page


def test_the_review_has_one_name_and_is_english_throughout_in_english(house: House) -> None:
    reported(house)
    manager = house.manager()
    assert "Sơ kết năm" in manager.get("/board").text and "Tổng kết" not in manager.page
    assert "Sơ kết 2023" in manager.get("/review?year=2023").text
    for file in ("paper", "workbook"):
        named = manager.get(f"/review/{file}?year=2023").headers["content-disposition"]
        assert "so-ket-2023" in named
    manager.web.cookies.set(LANGUAGE_COOKIE, "en")
    manager.get("/review?year=2023")
    assert "Review of 2023 · on time" in manager.page and "Department of Health" in manager.page
    assert "Sơ kết" not in manager.page and " điểm" not in manager.page
    assert "Sở" not in manager.page.partition("By office")[2].partition("Data")[0]
    book = load_workbook(BytesIO(manager.get("/review/workbook?year=2023").content))
    assert ("SYT", "Department of Health") in [row[:2] for row in book["By office"].iter_rows(values_only=True)]

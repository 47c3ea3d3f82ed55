"""Tables for Excel at the portal: taken away by those whose work they hold."""

import re
from html import unescape
from io import BytesIO

import openpyxl
import pytest

from intake.files.office_documents import XLSX
from intake.sheets.reading import ASSIGNMENTS, CONTACTS
from tests.support.people import House, Person
from tests.support.sheets import filled, saved, template

pytestmark = pytest.mark.sqlite_only


def downloaded(person: Person, path: str = "/workbook") -> openpyxl.Workbook:
    answer = person.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert 'filename="bang-theo-doi-20230818.xlsx"' in answer.headers["content-disposition"]
    assert len(answer.content) == int(answer.headers["content-length"])
    return openpyxl.load_workbook(BytesIO(answer.content))


def offices_of(book: openpyxl.Workbook) -> set[tuple[str, str]]:
    return {
        (str(row[5]), str(row[6 if row[5] == "chủ trì" else 7])) for row in book.active.iter_rows(6, values_only=True)
    }


def test_the_list_is_taken_away_as_it_is_filtered(house: House) -> None:
    manager = house.manager()
    page = manager.get("/assignments?office=SYT&role=lead&page=1").text
    assert 'href="/workbook?office=SYT&amp;role=lead&amp;page="' in page
    assert offices_of(downloaded(manager, "/workbook?office=SYT&role=lead&page=")) == {("chủ trì", "Sở Y tế")}
    assert len(offices_of(downloaded(house.coordinator()))) > 10
    assert manager.get("/workbook?office=ZZZ").status_code == 422


def test_an_office_takes_its_own_work_and_none_of_another(house: House) -> None:
    office = house.office("SYT")
    assert 'href="/workbook"' in office.get("/assignments").text
    assert {name for _, name in offices_of(downloaded(office))} == {"Sở Y tế"}
    assert office.get("/workbook?office=CAT").status_code == 422


def sent(person: Person, content: bytes, name: str = "viec.xlsx") -> int:
    return person.post("/desk/workbook", on="/desk/workbook", files=[("file", (name, content, XLSX))]).status_code


def test_work_is_checked_confirmed_and_assigned_from_a_file(house: House) -> None:
    desk = house.coordinator()
    assert openpyxl.load_workbook(BytesIO(desk.get("/desk/workbook/template").content)).sheetnames[0] == "Giao việc"
    right = {"title": "Việc một", "subtask": "T3.4", "lead": "SYT", "due_on": "20/09/2023"}
    wrong = {**right, "title": "Việc hai", "lead": "SYTT"}
    assert sent(desk, filled(house.store.plan, ASSIGNMENTS, right, wrong)) == 422
    assert "Giao việc!C6: không có đơn vị «SYTT»; có phải «SYT»?" in desk.page and "Chỉ giao 1 việc đúng" in desk.page
    assert sent(desk, filled(house.store.plan, ASSIGNMENTS, right)) == 200
    assert "Sở Y tế chủ trì, hạn 20/09/2023" in desk.page and "Việc một" not in house.office("SYT").page
    assert desk.last is not None
    kept = re.search(r'name="kept" value="([^"]+)"', desk.last.text)
    assert kept
    for _ in range(2):  # pressed twice, it is done once
        desk.post("/desk/workbook", {"kept": unescape(kept[1]), "name": "viec.xlsx"}, on="/desk/workbook")
        assert "Đã giao các việc trong tệp" in desk.page
    assert "Việc một" in house.office("SYT").page


def test_the_tracking_table_sent_back_is_held_against_what_there_is(house: House) -> None:
    desk = house.coordinator()
    book = downloaded(desk, "/workbook?office=SYT")
    assert sent(desk, saved(book), "bang.xlsx") == 200
    assert "Không có gì thay đổi" in desk.page and 'name="kept"' not in desk.page
    book.worksheets[0]["J6"] = "31/12/2030"
    assert sent(desk, saved(book), "bang.xlsx") == 422
    assert "Bảng theo dõi!J6" in desk.page and "đổi bằng gia hạn" in desk.page and "31/12/2030" not in desk.page


def test_a_file_that_is_none_is_refused_in_words(house: House) -> None:
    desk = house.coordinator()
    for content, words in (
        (b"", "tệp rỗng"),
        (b"%PDF-1.7", "không phải bảng Excel"),
        (bytes(700 * 1024), "lớn hơn 600 KB"),
        (template(house.store.plan, CONTACTS), "ở đây cần mẫu «Giao việc»"),
    ):
        assert sent(desk, content) == 422 and words in desk.page
    desk.post("/desk/workbook", {"kept": "%%%"}, on="/desk/workbook")
    assert "chọn lại tệp" in desk.page

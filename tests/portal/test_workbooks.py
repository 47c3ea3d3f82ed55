"""Tables for Excel at the portal: taken away by those whose work they hold."""

from io import BytesIO

import openpyxl
import pytest

from models.office_reading import XLSX
from tests.portal.people import House, Person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    page = manager.get("/all?office=SYT&role=lead&page=1").text
    assert 'href="/workbook?office=SYT&amp;role=lead&amp;page="' in page
    assert offices_of(downloaded(manager, "/workbook?office=SYT&role=lead&page=")) == {("chủ trì", "Sở Y tế")}
    assert len(offices_of(downloaded(house.coordinator()))) > 10
    assert manager.get("/workbook?office=ZZZ").status_code == 422


def test_an_office_takes_its_own_work_and_none_of_another(house: House) -> None:
    office = house.office("SYT")
    assert 'href="/workbook"' in office.get("/work").text
    assert {name for _, name in offices_of(downloaded(office))} == {"Sở Y tế"}
    assert office.get("/workbook?office=CAT").status_code == 422

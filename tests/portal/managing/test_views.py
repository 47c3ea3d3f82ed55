"""Lists are sorted by their columns and kept under a name by each account for itself; no filter is lost on the way."""

import re
from html import unescape
from urllib.parse import parse_qsl, quote, urlencode

import pytest

from portal.pages.overview import FILTERS
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only


def test_columns_sort_and_keep_the_filter(house: House) -> None:
    manager = house.manager()
    manager.get("/assignments?priority=p1&sort=office")
    assert manager.last is not None and 'aria-sort="ascending"' in manager.last.text
    assert "priority=p1&amp;sort=-office" in manager.last.text or "sort=-office&amp;priority=p1" in manager.last.text
    assert manager.get("/assignments?priority=p1&sort=-due").status_code == 200
    assert manager.get("/assignments?sort=colour").status_code == 422


def test_a_view_is_kept_for_its_account_alone_and_removed(house: House) -> None:
    manager, other = house.manager(), house.manager()
    manager.post(
        "/views", {"name": "Sở Y tế quá hạn", "query": "office=SYT&status=open_overdue&evil=1"}, on="/assignments"
    )
    assert "Đã lưu bộ lọc." in manager.page and "Sở Y tế quá hạn" in manager.page
    assert 'href="/assignments?office=SYT&amp;status=open_overdue"' in manager.last.text  # type: ignore[union-attr]
    assert "Sở Y tế quá hạn" not in other.get("/assignments").text
    person = {"name": "Gọi ông Nguyễn Văn Nam", "query": "q=1"}
    assert manager.post("/views", person, on="/assignments").status_code == 422
    other.post("/views/1/remove", on="/assignments")
    assert "Sở Y tế quá hạn" in manager.get("/assignments").text, "another account removes nothing of theirs"
    manager.post("/views/1/remove", on="/assignments")
    assert "Sở Y tế quá hạn" not in manager.page


ASKED = dict(
    parse_qsl(
        "q=bao+cao&priority=p1&office=SYT&status=assigned&role=lead&subtask=T1.1"
        "&period=doc:123-TB/TU&due=2023&kind=locality&sort=-due"
    )
)


def test_every_filter_is_kept_by_the_form_and_by_a_view(house: House) -> None:
    """Also those that only links bring: they are said, and taken off by a link of their own."""
    assert {*ASKED, "page", "directive"} == {*FILTERS}, "of a single directive there is no choice"
    manager = house.manager()
    text = manager.get(f"/assignments?{urlencode(ASKED)}").text
    form = re.search(r'<form method="get" action="/assignments".*?</form>', text, re.DOTALL)
    assert form is not None
    filled = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', form[0]))
    for select in re.findall(r"<select.*?</select>", form[0], re.DOTALL):
        chosen = re.search(r'name="(\w+)".*<option value="([^"]+)" selected', select, re.DOTALL)
        assert chosen is not None, select[:80]
        filled[chosen[1]] = chosen[2]
    assert {name: unescape(value) for name, value in filled.items()} == ASKED
    kept = re.search(r'name="query" value="([^"]*)"', text)
    assert kept is not None and dict(parse_qsl(unescape(kept[1]))) == ASKED


def test_a_filter_without_a_field_is_said_and_can_be_taken_off(house: House) -> None:
    manager = house.manager()
    manager.get(f"/assignments?subtask=T0.1&office=SYT&period={quote('doc:123-TB/TU')}")
    said = manager.page.partition("Tình trạng")[2]
    assert f"T0.1 {house.store.plan.subtask('T0.1').title_vi}" in said and "văn bản 123-TB/TU" in said
    text = manager.last.text  # type: ignore[union-attr]
    chosen = re.search(r'<p class="chosen">(.*?)</p>', text, re.DOTALL)
    assert chosen is not None
    rests = [unescape(each) for each in re.findall(r'href="(/assignments\?[^"]*)"', chosen[1])]
    assert rests == ["/assignments?office=SYT&period=doc%3A123-TB%2FTU", "/assignments?office=SYT&subtask=T0.1"]
    assert (
        manager.get(rests[0]).status_code == 200
        and "T0.1 " not in re.findall(r'class="chosen">.*', manager.last.text)[0]
    )  # type: ignore[union-attr]
    for none in ("subtask=T9.99", "period=2023-Qx"):
        assert manager.get(f"/assignments?{none}").status_code in (200, 422)

"""The board: what a manager may ask of it, what its tables say beside the pictures, and where they lead."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.support.cast import at, run
from tests.support.people import House

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("priority=p9", 422, "p9"),
        ("office=NOPE", 422, "NOPE"),
        ("kind=nope", 422, "Khối: không có «nope»"),
        ("due=2026-13", 422, "Hạn trong kỳ: không có «2026-13»"),
        ("status=open_overdue", 422, "không dùng ở trang này: status"),
        ("page=0", 422, "Trang: «0» không phải số trang"),
        ("day=01/01/0001", 422, "Ngày: năm 0001 không dùng được"),
        ("day=0001-01-01", 422, "từ năm 1990 đến 2100"),
        ("day=31/12/9999", 422, "Ngày: năm 9999 không dùng được"),
        ("due=2020", 200, "Không có việc nào phù hợp"),
        ("kind=state&due=2023-Q3&priority=p1", 200, "quý III/2023"),
    ],
)
def test_what_the_board_cannot_be_asked_is_told(house: House, asked: str, status: int, told: str) -> None:
    manager = house.manager()
    found = manager.get(f"/board?{asked}")
    assert (found.status_code, told in manager.page) == (status, True), manager.page


def test_every_count_leads_to_as_many_assignments(house: House) -> None:
    run(house.store, "p3", at("2023-09-20"), offices=())
    house.clock.now = at("2023-10-20", 9)
    manager = house.manager()
    for board in ("/board", "/board?priority=p1&due=2023-Q3", "/board?kind=state", "/board?office=SYT"):
        text = manager.get(board).text
        tiles = re.findall(r'<a class="tile [a-z_]+" href="(/assignments[^"]*)"><strong>(\d+)', text)
        cells = re.findall(r'href="(/assignments[^"]*)">(?:<span class="phone">[^<]*</span>)?(\d+)</a>', text)
        late = re.findall(r'href="(/assignments[^"]*)">\d+/(\d+)</a>', text)
        drawn = re.findall(r'<a href="(/assignments[^"]*)" tabindex="-1"><title>[^<]*: (\d+)</title>', text)
        assert len(tiles) >= 5 and cells and drawn and (late or "office=" in board)
        assert '<span class="tile' not in text, "every tile leads somewhere"
        for shade, of_late, total in re.findall(r'<td class="shade-(\d)"><a [^>]*>(\d+)/(\d+)<', text):
            share = int(of_late) / int(total)
            assert {"0": 0, "1": 0.1, "2": 0.25, "3": 0.5, "4": 1}[shade] >= share and (shade == "0") == (share == 0)
        for address, number in {*tiles, *cells[::7], *late[::9], *drawn[::5]}:
            listed = manager.get(unescape(address)).text
            total = re.search(r'role="status">[\d.]+ nhiệm vụ \(([\d]+) phần việc\)', listed)
            assert total and int(total[1]) == int(number), (board, address)


def test_the_same_work_of_the_same_office_stands_once(house: House) -> None:
    run(house.store, "p3", at("2023-09-20"), offices=())
    run(house.store, "p3", at("2023-11-20"), offices=())
    house.clock.now = at("2024-01-20", 9)
    manager = house.manager()
    longest = manager.get("/board?office=SYT").text.partition('id="late"')[2].partition("</section>")[0]
    works = re.findall(r'href="/assignments/\d+">([^<]*)</a>', longest)
    assert works and len(works) == len(set(works))
    others = re.findall(r'href="(/assignments\?office=SYT[^"]*)">và các kỳ khác', longest)
    assert others
    for address in others:
        total = re.search(r"\((\d+) phần việc\)", manager.get(unescape(address)).text)
        assert total and int(total[1]) > 1


def test_many_offices_stand_together_by_kind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.pages.board.PREVIEW_ROWS", 3)
    manager = house.manager()
    assert 'href="/board?kind=state"' in manager.get("/board").text
    first = manager.get("/board?kind=state").text
    onward = unescape(re.findall(r'href="(/board\?[^"]*page=2)"', first)[0])
    assert "kind=state" in onward and "4–6 /" in re.sub(r"\s+", " ", manager.get(onward).text)
    assert manager.get("/board?kind=state&page=99").status_code == 404


def test_no_style_and_no_script_stands_in_the_pictures(house: House) -> None:
    text = house.manager().get("/board?priority=p1").text
    assert text.count('class="chart"') >= 3
    assert " style=" not in text and "<style" not in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("path", "module", "who"),
    [
        ("/documents", "portal.pages.documents", "coordinator"),
        ("/desk/offices", "portal.desk.contacts", "coordinator"),
        ("/board/periods", "portal.managing.comparing", "manager"),
        ("/review?year=2023", "portal.managing.review", "manager"),
    ],
)
def test_a_long_table_of_offices_goes_by_the_page(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str, module: str, who: str
) -> None:
    visitor = getattr(house, who)()
    whole = _rows(visitor.get(path).text)
    monkeypatch.setattr(f"{module}.OFFICES_SHOWN", 5)
    house.clock.now += timedelta(minutes=1)
    found: list[str] = []
    address: str | None = path
    while address:
        text = visitor.get(unescape(address)).text
        found += _rows(text)
        later = re.search(r'<a href="([^"]*page=\d+[^"]*)">tiếp', text)
        address = later[1] if later else None
    assert len(whole) > 10 and list(dict.fromkeys(found)) == list(dict.fromkeys(whole))
    assert visitor.get(path + ("&" if "?" in path else "?") + "page=99").status_code == 404


def _rows(text: str) -> list[str]:
    return re.findall(r'<th scope="row">(.*?)</th>', text)

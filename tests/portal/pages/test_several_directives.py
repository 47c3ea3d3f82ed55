"""Two directives in the portal: whose work is looked at, and papers that carry their own coordinator and title."""

import re
from html import unescape
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import Engine

from config.settings import Settings
from models.keeping.opening import Store
from tests.support.cast import at, number_of
from tests.support.people import House
from tests.support.two_directives import HOUSE, OTHER, begin_other, store_of_both

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def store(settings: Settings, engine: Engine) -> Store:
    return store_of_both(settings, engine)


@pytest.fixture
def two(house: House) -> House:
    """The portal on 1/2/2024: the house's first priority and two of the programme have been assigned."""
    begin_other(house)
    return house


def tiles(text: str) -> int:
    return sum(
        int(number) for number in re.findall(r'<a class="tile (?:done|open)_[a-z_]+" href="[^"]*"><strong>(\d+)', text)
    )


def test_the_board_is_asked_for_a_directive(two: House) -> None:
    manager = two.manager()
    whole, house, other = (
        manager.get(f"/board{asked}").text for asked in ("", f"?directive={HOUSE}", f"?directive={OTHER}")
    )
    assert tiles(whole) == tiles(house) + tiles(other) > tiles(other) > 0
    assert f"{OTHER} · Nhiệm vụ 1: Cải cách thủ tục hành chính" in unescape(whole)
    assert '<optgroup label="Chương trình cải cách hành chính của tỉnh (MẪU)">' in unescape(whole)
    assert "Nhiệm vụ 1: Cải cách thủ tục hành chính" in unescape(other)
    assert 'value="p1"' not in other
    assert f"directive={OTHER}&priority=p6" in unescape(other)
    assert manager.get("/board?directive=CCHC").status_code == 422


def test_lists_and_the_workbook_follow_the_directive(two: House) -> None:
    manager = two.manager()
    found = manager.get(f"/assignments?directive={OTHER}").text
    assert "T6.1" in found
    assert "T0.1" not in found
    assert f"· {OTHER}" in found
    assert manager.web.get(f"/workbook?directive={OTHER}").status_code == 200


def test_papers_are_of_one_directive(two: House) -> None:
    manager = two.manager()
    page = manager.get(f"/documents?directive={OTHER}").text
    for path in (
        f"/documents/report?directive={OTHER}&period=2024-01",
        *(unescape(each) for each in re.findall(r'href="(/documents/(?:slip|reminder)/SYT\?directive[^"]*)"', page)),
    ):
        assert f"directive={OTHER}" in path
        answer = manager.web.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-disposition"].endswith(f'-{OTHER}.docx"')
        words = words_in(answer.content)
        assert "Chương trình cải cách hành chính của tỉnh (MẪU)" in words
        assert "Sở Nội vụ" in words or "SỞ NỘI VỤ" in words
        assert "Tỉnh MẪU" in words
        assert "T0.1" not in words
        assert "Công an tỉnh" not in words.split("Kính gửi")[0]
    assert "T6.1" not in words_in(manager.web.get("/documents/slip/SYT").content)


def test_an_office_sees_both_and_takes_a_slip_of_each(two: House) -> None:
    office = two.office("SYT")
    text = office.get("/assignments").text
    assert {f"· {HOUSE}", f"· {OTHER}"} <= set(re.findall(r"· (?:CD-2023-08-17|CCHC-MAU)", text))
    slips = re.findall(r'href="(/slip[^"]*)"', text)
    assert slips == [f"/slip?directive={HOUSE}", f"/slip?directive={OTHER}"]
    first, second = (words_in(office.web.get(path).content) for path in slips)
    assert "T0.1" in first and "T6.1" not in first
    assert "T6.1" in second and "T0.1" not in second


def test_a_piece_of_work_names_the_directive_it_comes_from(two: House) -> None:
    text = two.manager().get(f"/assignments/{number_of(two.store, 'T6.1')}").text
    assert "03/01/2024" in text
    assert "Chương trình cải cách hành chính của tỉnh (MẪU)" in text


def test_ad_hoc_work_belongs_to_the_directive_of_its_subtask(two: House) -> None:
    assert f'<optgroup label="{OTHER} · Nhiệm vụ 1:' in unescape(two.coordinator().get("/desk/assign").text)


def words_in(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_what_is_looked_back_on_stays_with_the_directive(two: House) -> None:
    manager = two.manager()
    board = manager.get(f"/board?directive={OTHER}").text
    for path in ("/board/changes", "/board/periods", "/board/forecast", "/review"):
        assert f'href="{path}?directive={OTHER}"' in board
        assert f'href="{path}"' in manager.get("/board").text
    two.clock.now = at("2024-06-01", 9)
    manager = two.manager()
    for path in (f"/board/periods?directive={OTHER}", f"/review?directive={OTHER}&year=2024"):
        lists = re.findall(r'href="/assignments\?([^"]+)"', manager.get(path).text)
        assert lists and all(f"directive={OTHER}" in each for each in lists), path
    assert "directive=" not in "".join(re.findall(r'href="/assignments\?([^"]+)"', manager.get("/board/periods").text))

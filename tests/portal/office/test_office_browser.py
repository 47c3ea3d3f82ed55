"""The working year of an office and of a manager, in Chromium: on a phone and at a desk, every page looked at."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from models.access.office_links import office_links
from models.store.database import session_scope
from models.tables.lifecycle import State
from models.work import verbs
from tests.support.cast import LEAD, assignment_in, at, number_of, t0_report
from tests.support.chromium import running_chromium
from tests.support.people import House, Person
from tests.support.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
TASK = "T0.1"

LEAST_LETTERS_PX = 12

_LETTERS = """
() => Math.min(...[...document.querySelectorAll("svg.chart text")].filter((e) => e.getClientRects().length).map((e) => {
  const svg = e.ownerSVGElement;
  return parseFloat(getComputedStyle(e).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
}))
"""

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def open_window(chromium: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens windows of one size, each somebody else's browser; the cookies of a person may be brought along."""
    contexts = []

    def open_one(person: Person | None = None, *, javascript: bool = True) -> Window:
        context = chromium.new_context(viewport=request.param, java_script_enabled=javascript, locale="en-US")
        contexts.append(context)
        for cookie in person.web.cookies.jar if person else ():
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": house.address}])
        return Window(house, context)

    yield open_one
    for each in contexts:
        each.close()


def is_on_first_screen(window: Window, name: str) -> bool:
    box = window.page.locator("main").get_by_role("button", name=name, exact=True).first.bounding_box()
    size = window.page.viewport_size
    return box is not None and size is not None and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_an_office_acknowledges_reports_corrects_and_asks(house: House, open_window: Open, javascript: bool) -> None:
    number, here = number_of(house.store, TASK), f"/assignments/{number_of(house.store, TASK)}"
    syt = open_window(javascript=javascript)
    syt.go(house.path(office_links(house.store.settings).link(LEAD, now=house.clock.now, to="/acknowledge")))
    assert is_on_first_screen(syt, "Tiếp nhận các việc đã đánh dấu")
    syt.press("Tiếp nhận các việc đã đánh dấu")
    syt.reads("Đã tiếp nhận.")
    syt.go(here)
    syt.follow("Xin gia hạn")
    syt.page.get_by_label("+5 ngày làm việc").check()
    syt.fill({"Lý do": "Chờ số liệu của cơ sở."})
    syt.press("Gửi đề nghị")
    syt.press("Rút đề nghị")
    syt.reads("Đã rút đề nghị gia hạn")
    syt.follow("Báo cáo")
    syt.reads("Kỳ báo cáo")
    syt.fill({"Số tồn tại": "3", "Số nguyên nhân chủ quan": "2", "Số, ký hiệu văn bản báo cáo": "45/BC-SYT"})
    syt.fill({"Ngày văn bản": "18/08/2023", "Kết quả": "Đã phân tích, làm rõ nguyên nhân."})
    syt.press("Xem trước khi gửi")
    syt.reads("Chưa gửi.")
    syt.press("Gửi báo cáo")
    syt.reads("Đã gửi báo cáo.")
    assert is_on_first_screen(syt, "Rút lại báo cáo")
    syt.follow("Sửa báo cáo đã gửi")
    syt.fill({"Số tồn tại": "4"})
    syt.press("Gửi báo cáo")
    syt.reads("Đã gửi báo cáo sửa")
    syt.page.get_by_text("Hỏi cơ quan đôn đốc").click()
    syt.fill({"Câu hỏi": "Biểu 02 tính cả đơn vị trực thuộc không?"})
    syt.press("Gửi câu hỏi")
    syt.reads("Chưa được trả lời.")
    assert assignment_in(house.store, number).state is State.REPORTED
    for page in ("/archive", "/calendar", "/assignments"):
        syt.go(page)


def printed_pages(window: Window) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", window.page.pdf(format="A4")))


def test_a_board_with_much_that_is_late_prints_on_two_pages(house: House, open_window: Open) -> None:
    house.clock.now = at("2023-12-20", 9)
    window = open_window(house.manager())
    for page in ("/board", "/board?office=SYT"):
        window.go(page)
        assert printed_pages(window) == 2
    window.reads("Quá hạn lâu nhất")


def test_a_manager_looks_back_compares_and_keeps_a_view(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    with session_scope(house.store.engine) as session:
        office = house.store.actor_context(now=at("2023-08-21", 9), actor=f"office:{LEAD}")
        verbs.report(session, number, t0_report(), office)
        verbs.accept(session, number, house.store.actor_context(now=at("2023-09-18", 9), actor="coordinator"))
    house.clock.now = at("2023-09-20", 9)
    window = open_window(house.manager())
    window.go("/board")
    assert window.page.evaluate(_LETTERS) >= LEAST_LETTERS_PX - 0.05
    assert printed_pages(window) <= 2
    window.follow("Có gì thay đổi")
    window.follow("30 ngày")
    window.reads("Hoàn thành đúng hạn")
    window.go("/board?day=22/08/2023")
    window.reads("Bảng như cuối ngày đã chọn")
    for page in ("/board/periods", "/board/periods?by=kind&length=month", "/review?year=2023"):
        window.go(page)
    window.go("/assignments?office=SYT")
    window.page.get_by_text("Lưu bộ lọc này").click()
    window.fill({"Tên bộ lọc": "Sở Y tế"})
    window.press("Lưu")
    window.reads("Đã lưu bộ lọc.")
    window.go("/assignments?sort=-due")

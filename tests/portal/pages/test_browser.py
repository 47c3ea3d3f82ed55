"""The portal as people use it, in Chromium: on a phone and at a desk, with the keyboard alone, without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize
from sqlalchemy import update
from sqlmodel import col

from models.access.accounts import add_user
from models.access.office_links import office_links
from models.alerts.silences import silences
from models.store.database import session_scope
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import COORDINATOR, LEAD, assignment_in, at, number_of, run
from tests.support.chromium import running_chromium
from tests.support.evidence_files import pdf
from tests.support.evidence_files import word as word_file
from tests.support.people import House
from tests.support.waiting import eventually
from tests.support.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
TASK = "T0.1"
EMAIL = "phongtonghop@tinh.example"

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    found: ViewportSize = request.param
    return found


@pytest.fixture
def open_window(chromium: Browser, house: House, size: ViewportSize) -> Iterator[Open]:
    """Opens windows of one size, each somebody else's browser."""
    contexts = []

    def open_one(*, javascript: bool = True) -> Window:
        context = chromium.new_context(viewport=size, java_script_enabled=javascript, locale="vi-VN")
        contexts.append(context)
        return Window(house, context)

    yield open_one
    for each in contexts:
        each.close()


def link_to(house: House, recipient: str) -> str:
    """The path of the link in the newest letter to somebody."""
    letter = [each for each in letters(house.store.settings.mailbox_dir) if recipient in each.recipient][-1]
    return house.path(next(word for word in letter.text.split() if word.startswith(house.store.settings.portal_url)))


def office(house: House, window: Window, code: str = LEAD) -> Window:
    """The window of an office that has opened the link of a message."""
    window.go(house.path(office_links(house.store.settings).link(code, now=house.clock.now)))
    return window


def account(house: House, window: Window, role: UserRole = UserRole.COORDINATOR) -> Window:
    """The window of somebody with an account: asks for a link, gets a letter, presses the button it leads to."""
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        add_user(session, email=EMAIL, post="Phòng Tổng hợp", role=role, context=context)
    window.go("/sign-in")
    window.fill({"địa chỉ thư đã đăng ký": EMAIL})
    window.press("Gửi đường dẫn tới địa chỉ này")
    window.reads("Nếu địa chỉ đã được đăng ký")
    mailbox = house.store.settings.mailbox_dir
    eventually(lambda: any(EMAIL in each.recipient for each in letters(mailbox)), within_s=20)
    window.go(link_to(house, EMAIL))
    window.press("Đăng nhập")
    return window


def fill_report(window: Window) -> None:
    window.fill(
        {
            "Số tồn tại": "3",
            "Số nguyên nhân chủ quan": "2",
            "Số, ký hiệu văn bản báo cáo": "45/BC-SYT",
            "Ngày văn bản": "2023-08-18",
            "Kết quả": "Đã phân tích, làm rõ nguyên nhân.",
            "Khó khăn, vướng mắc": "Thiếu biên chế tổng hợp.",
            "Đề xuất, kiến nghị": "Hướng dẫn thống nhất biểu mẫu.",
        }
    )


def test_from_the_letter_to_the_accepted_report(house: House, open_window: Open, tmp_path: Path) -> None:
    number = number_of(house.store, TASK)
    deliver(house.store, now=house.clock.now)
    syt = open_window()
    syt.go(link_to(house, "Sở Y tế"))
    if "/assignments/" not in syt.page.url:
        syt.follow("Báo cáo phân tích nguyên nhân")
    syt.press("Tiếp nhận")
    syt.reads("Đã tiếp nhận.")

    syt.follow("Báo cáo")
    syt.page.get_by_label("Số tồn tại").press_sequentially("ba")
    syt.reads("Đã lưu nháp lúc 09:00 18/08/2023")
    syt.press("Gửi báo cáo")
    wrong = syt.page.locator(".field.wrong").filter(has=syt.page.get_by_label("Số tồn tại"))
    assert "không phải số nguyên" in wrong.locator(".fault").inner_text()
    assert syt.page.get_by_label("Số tồn tại").get_attribute("aria-invalid") == "true"

    fill_report(syt)
    word, scan = tmp_path / "bao-cao.docx", tmp_path / "phu-luc.pdf"
    word.write_bytes(word_file("Kết quả rà soát"))
    scan.write_bytes(pdf(""))
    syt.page.get_by_label("Chọn tệp").set_input_files([word, scan])
    syt.press("Thêm tệp")
    syt.reads("bao-cao.docx")
    syt.reads("phu-luc.pdf")
    assert syt.page.get_by_label("Số, ký hiệu văn bản báo cáo").input_value() == "45/BC-SYT"
    syt.press("Gửi báo cáo")
    syt.reads("Đã gửi báo cáo.")

    desk = account(house, open_window())
    desk.follow("Sở Y tế")
    desk.reads("thêm tệp phu-luc.pdf")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="bao-cao.docx").click()
    assert download.value.suggested_filename == "bao-cao.docx"
    desk.page.locator("summary", has_text="Trả lại báo cáo").click()
    desk.fill({"Lý do trả lại, việc cần sửa": "Thiếu số liệu quý II."})
    desk.press("Trả lại báo cáo")
    desk.reads("Đã trả lại báo cáo.")

    syt.go("/assignments")
    syt.reads("bị trả lại")
    syt.follow("Báo cáo phân tích nguyên nhân")
    syt.follow("Sửa và báo cáo lại")
    syt.reads("Thiếu số liệu quý II.")
    assert syt.page.get_by_label("Số tồn tại").input_value() == "3"
    syt.fill({"Kết quả": "Đã bổ sung số liệu quý II."})
    syt.press("Gửi báo cáo")
    syt.reads("Đã gửi báo cáo.")

    desk.go("/desk")
    desk.follow("Sở Y tế")
    desk.reads("Đã bổ sung số liệu quý II.")
    desk.press("Xác nhận báo cáo")
    desk.reads("Đã xác nhận báo cáo.")
    assert assignment_in(house.store, number).state is State.ACCEPTED
    syt.go("/assignments")
    syt.reads("hoàn thành")


def test_more_time_is_refused_and_then_granted(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    syt, desk = office(house, open_window()), account(house, open_window())
    syt.go(f"/assignments/{number}")
    syt.follow("Xin gia hạn")
    syt.fill({"hoặc đến ngày": "2023-09-20", "Lý do": "Chờ số liệu cấp xã."})
    syt.press("Gửi đề nghị")
    syt.reads("Đã gửi đề nghị gia hạn.")

    desk.go("/desk")
    desk.reads("Chờ số liệu cấp xã.")
    desk.follow("Sở Y tế")
    desk.page.locator("summary", has_text="Không cho gia hạn").click()
    desk.fill({"Lý do không cho gia hạn": "Việc đã rõ."})
    desk.press("Không cho gia hạn")
    desk.reads("Đã từ chối gia hạn.")

    syt.go(f"/assignments/{number}")
    syt.reads("Việc đã rõ.")
    syt.follow("Xin gia hạn")
    syt.fill({"hoặc đến ngày": "2023-09-22", "Lý do": "Cần thêm thời gian."})
    syt.press("Gửi đề nghị")

    desk.go(f"/assignments/{number}")
    desk.fill({"Gia hạn đến": "2023-09-21"})
    desk.press("Cho gia hạn")
    desk.reads("Đã gia hạn.")
    syt.go(f"/assignments/{number}")
    syt.reads("21/09/2023")
    syt.reads("hạn gốc 11/09/2023")


def test_ad_hoc_work_and_a_silence(house: House, open_window: Open) -> None:
    desk = account(house, open_window())
    desk.go("/desk")
    desk.follow("Giao việc đột xuất", within="nav")
    desk.fill({"Việc phải làm": "Báo cáo nhanh công tác phối hợp dịp lễ", "Hạn": "2023-08-30"})
    desk.page.get_by_label("Thuộc nội dung").select_option("T3.4")
    desk.page.get_by_label("Cơ quan chủ trì").select_option(LEAD)
    desk.page.get_by_label("Độ khẩn").select_option("urgent")
    desk.page.get_by_label("Công an tỉnh").check()
    desk.press("Giao việc")
    desk.reads("Đã giao việc đột xuất.")
    desk.reads("Công an tỉnh")
    cat = office(house, open_window(), COORDINATOR)
    cat.go("/assignments")
    cat.reads("Báo cáo nhanh công tác phối hợp dịp lễ")

    desk.follow("Quản lý", within="nav")
    desk.follow("Tạm ngừng nhắc")
    desk.page.get_by_label("Cơ quan", exact=True).select_option(LEAD)
    desk.fill({"Đến hết ngày": "2023-09-30", "Lý do": "Đang sắp xếp tổ chức."})
    desk.press("Tạm ngừng nhắc")
    desk.reads("Đang sắp xếp tổ chức.")
    desk.press("Nhắc trở lại")
    desk.reads("Việc nhắc đã được tiếp tục.")
    with session_scope(house.store.engine) as session:
        assert silences(session, house.clock.now.date()) == []


def test_a_manager_goes_from_the_board_down_to_one_assignment(house: House, open_window: Open) -> None:
    run(house.store, "p1", at("2023-09-20"), offices=())
    house.clock.now = at("2023-09-20", 9)
    manager = account(house, open_window(), UserRole.MANAGER)
    manager.reads("Quá hạn lâu nhất")
    manager.follow("Chưa hoàn thành, quá hạn")
    assert manager.page.get_by_label("Tình trạng").input_value() == "open_overdue"
    # The list follows what is typed, without a button.
    manager.page.get_by_label("Tìm").press_sequentially("so y te")
    manager.page.locator("#found").get_by_text("Sở Y tế").first.wait_for()
    manager.page.wait_for_url(lambda url: "q=so%20y%20te" in url)
    manager.page.wait_for_function(
        "![...document.querySelectorAll('#found td')].some((e) => /Sở Nội vụ/.test(e.innerText))"
    )
    manager.look()
    manager.follow("Báo cáo phân tích nguyên nhân")
    assert manager.page.locator("main form").count() == 0, "a manager changes nothing"
    manager.go("/board")
    ranking = manager.page.locator("section", has_text="Xếp hạng cơ quan")
    ranking.locator("summary", has_text="Bảng số liệu").click()
    ranking.get_by_role("link", name="Công an tỉnh", exact=True).click()
    manager.page.wait_for_url("**office=CAT**")
    manager.look()
    # Every kind of board, in a window and as it is printed, without a breach of the policy or a page wider than itself.
    for address in ("/board?priority=p1", "/board?office=CAT&due=2023-Q3", "/board?kind=locality"):
        manager.go(address)
        assert manager.page.locator("svg[role=group] > title, svg[role=img] > title").count() >= 2
    manager.page.emulate_media(media="print")
    assert not manager.page.locator("nav, body > footer").filter(visible=True).count()
    manager.page.emulate_media(media="screen", forced_colors="active")
    manager.look()


def test_an_office_finds_its_work_and_what_it_monitors(
    house: House, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.pages.overview.PREVIEW_SIZE", 1)
    monkeypatch.setattr("portal.pages.overview.PAGE_SIZE", 2)
    run(house.store, "p3", at("2023-08-18"), offices=())
    with session_scope(house.store.engine) as session:
        theirs = col(Assignment.office) != LEAD
        session.execute(update(Assignment).where(theirs, col(Assignment.subtask) == TASK).values(monitor_office=LEAD))
    window = office(house, open_window())
    window.follow("việc của phần này")
    window.follow("tiếp →")
    window.follow("Tất cả các phần")
    window.page.get_by_label("Tìm trong danh sách").press_sequentially("t0.1 phan tich")
    window.page.wait_for_url("**q=t0.1*")
    window.page.wait_for_function("document.querySelectorAll('.card').length === 2")
    window.look()
    window.reads("Việc cơ quan theo dõi")
    window.page.locator(".list.monitored .card").click()
    window.reads("Theo dõi: Sở Y tế")
    assert not window.page.locator("main form").count()
    window.look()


def test_every_page_in_both_languages(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    helper = number_of(house.store, TASK, office=COORDINATOR, role=Role.COORDINATING)
    stranger, syt, desk = open_window(), office(house, open_window()), account(house, open_window())
    pages = (
        (stranger, ("/sign-in", "/nowhere", "/door/forged", "/sign-in/forged")),
        (
            syt,
            (
                "/assignments",
                f"/assignments/{number}",
                f"/assignments/{number}/report",
                f"/assignments/{number}/extension",
                "/desk",
            ),
        ),
        (
            desk,
            (
                "/desk",
                "/assignments",
                "/assignments?q=khong+co+gi",
                "/assignments?status=nope",
                "/board",
                "/desk/assign",
            ),
        ),
        (desk, ("/desk/offices", "/desk/silences", f"/assignments/{helper}", "/assignments/999999")),
    )
    for window, paths in pages:
        for path in paths:
            window.go(path)
            assert window.page.locator("html").get_attribute("lang") == "vi"
        window.follow("English", within="header")
        for path in paths:
            window.go(path)
            assert window.page.locator("html").get_attribute("lang") == "en"
        window.follow("Tiếng Việt", within="header")


def test_the_language_is_changed_and_the_page_stays(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    syt = office(house, open_window())
    syt.go(f"/assignments/{number}")
    syt.follow("English", within="header")
    assert syt.page.url.endswith(f"/assignments/{number}")
    syt.press("Acknowledge")
    syt.reads("Acknowledged.")
    syt.follow("Report")
    syt.press("Send the report")
    syt.reads("not filled in")
    assert "chưa điền" not in syt.page.locator("main").inner_text()
    syt.follow("Tiếng Việt", within="header")
    assert syt.page.url.endswith(f"/assignments/{number}/report")


def test_the_language_is_changed_after_a_refusal(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    desk = account(house, open_window())
    desk.go(f"/assignments/{number}")
    desk.page.locator("summary", has_text="Tạm dừng").click()
    desk.fill({"Lý do tạm dừng": "Chờ ông Trần Văn Bình trả lời."})
    desk.press("Tạm dừng")
    desk.reads("tên người")
    assert desk.page.get_by_label("Lý do tạm dừng").input_value() == "Chờ ông Trần Văn Bình trả lời."
    desk.follow("English", within="header")
    assert desk.page.url.endswith(f"/assignments/{number}")
    desk.reads("How the date is calculated")


def test_with_the_keyboard_alone(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    syt = office(house, open_window())
    syt.go(f"/assignments/{number}")
    keyboard = syt.page.keyboard
    keyboard.press("Tab")
    skip = syt.focused()
    assert skip["words"] == "Đến nội dung"
    assert skip["seen"]
    assert skip["ring"] >= 2
    keyboard.press("Enter")
    for _ in range(10):
        keyboard.press("Tab")
        here = syt.focused()
        assert here["main"], f"the skip link leads past the header, not to {here}"
        assert here["ring"] >= 2 and here["seen"], here
        if here["words"] == "Tiếp nhận":
            break
    with syt.page.expect_navigation():
        keyboard.press("Enter")
    syt.reads("Đã tiếp nhận.")

    syt.go(f"/assignments/{number}/report")
    syt.page.get_by_label("Số tồn tại").focus()
    order = []
    for _ in range(20):
        here = syt.focused()
        order.append(here["words"])
        # The little button inside a date field draws its own ring, which its page cannot ask for.
        assert here["ring"] >= 2 or order[-2:] == ["document_date"] * 2, order
        if order[-1] == "Gửi báo cáo":
            break
        keyboard.press("Tab")
    names = [each for at_, each in enumerate(order) if each not in order[:at_]]
    assert names[:2] == ["so_ton_tai", "so_nguyen_nhan_chu_quan"]
    assert names[-3:] == ["files", "Thêm tệp", "Gửi báo cáo"]


def test_enter_in_a_field_keeps_the_draft_and_touches_no_file(house: House, open_window: Open, tmp_path: Path) -> None:
    number = number_of(house.store, TASK)
    syt = office(house, open_window())
    syt.go(f"/assignments/{number}/report")
    (tmp_path / "bao-cao.docx").write_bytes(word_file("Kết quả"))
    syt.page.get_by_label("Chọn tệp").set_input_files(tmp_path / "bao-cao.docx")
    syt.press("Thêm tệp")
    syt.fill({"Số tồn tại": "3"})
    with syt.page.expect_navigation():
        syt.page.get_by_label("Số tồn tại").press("Enter")
    syt.reads("Đã lưu bản nháp.")
    syt.go(f"/assignments/{number}/report")
    syt.reads("bao-cao.docx")
    assert syt.page.get_by_label("Số tồn tại").input_value() == "3"


def test_a_report_without_javascript(house: House, open_window: Open) -> None:
    number = number_of(house.store, TASK)
    syt = office(house, open_window(javascript=False))
    syt.go(f"/assignments/{number}")
    syt.press("Tiếp nhận")
    syt.follow("Báo cáo")
    fill_report(syt)
    syt.press("Lưu nháp")
    syt.reads("Đã lưu bản nháp.")
    syt.follow("Báo cáo")
    assert syt.page.get_by_label("Số tồn tại").input_value() == "3"
    syt.press("Gửi báo cáo")
    syt.reads("Đã gửi báo cáo.")
    assert assignment_in(house.store, number).state is State.REPORTED

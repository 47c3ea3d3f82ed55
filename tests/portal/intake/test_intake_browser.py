"""From a directive's file to the first letters, in Chromium, by mouse and by keys."""

import os
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from flows.forms import fill_in
from flows.steps import follow_up_all
from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.store.database import session_scope
from models.tables.account import UserRole
from tests.support.chromium import running_chromium
from tests.support.people import House

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
PATIENCE_MS = 120_000
"""For a machine that has other things to do."""
PICTURES = os.environ.get("DONDOC_TEST_PICTURES", "")
"""A folder into which every page that is looked at is drawn."""


TEXT = """ỦY BAN NHÂN DÂN TỈNH
Số: 88/KH-UBND
An Lạc, ngày 17 tháng 8 năm 2023
KẾ HOẠCH
CẢI CÁCH THỦ TỤC HÀNH CHÍNH
1. Giao Sở Y tế chủ trì, phối hợp với Công an tỉnh rà soát thủ tục cấp phép, hoàn thành trước ngày 30/9/2023.
2. Giao Sở Tài chính công khai biểu phí trước ngày 30/9/2023.
Tình hình giải quyết hồ sơ thời gian qua đã có chuyển biến tích cực.
"""


def test_from_upload_to_the_first_letters(house: House, tmp_path: Path) -> None:
    file = tmp_path / "ke-hoach.txt"
    file.write_text(TEXT, encoding="utf-8")
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        user = add_user(session, email="a@tinh.example", post="Phòng", role=UserRole.COORDINATOR, context=context)
    with running_chromium() as browser:
        page = browser.new_context(viewport=SIZES["desktop"], locale="vi-VN").new_page()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(f"{house.address}{house.path(user_link(house.store.settings, user, now=house.clock.now))}")
        page.get_by_role("button", name="Đăng nhập").click()
        _from_text_to_plan(page, house.address, file)
    store = house.store.of_today()
    (priority,) = store.plan.priorities_of("VB-88-KH-UBND")
    before = {each.name for each in store.settings.mailbox_dir.glob("*.eml")}
    # What the first run does that the page asks Prefect for.
    follow_up_all(store, {priority.code: fill_in(priority.code, {}, store.plan)}, house.clock.now, "first")
    letters = [_text(each) for each in store.settings.mailbox_dir.glob("*.eml") if each.name not in before]
    assert any("công khai biểu phí" in each.casefold() for each in letters), letters


def _from_text_to_plan(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/desk/intake")
    _looked_at(page, "upload")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Đọc văn bản").click()
    assert not page.locator("#refused").count(), page.inner_text("#refused")
    expect(page.locator(".task")).to_have_count(2)
    _looked_at(page, "draft")

    page.locator("#r1").hover()
    expect(page.locator("#t1")).to_have_class(re.compile("lit"))
    page.locator("#t2").hover()
    expect(page.locator("#r2")).to_have_class(re.compile("lit"))

    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#f-title")).to_be_focused()
    page.fill("#f-deadline", "hôm nào đó")
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    expect(page.locator("#refused")).to_contain_text("Thời hạn")
    expect(page.locator("#f-deadline")).to_have_value("hôm nào đó")
    _looked_at(page, "refused")
    page.get_by_role("link", name="Đóng").click()

    page.get_by_role("button", name="Thêm nhiệm vụ từ đoạn này").last.click()
    expect(page.locator("#f-leads")).to_be_visible()
    page.fill("#f-leads", "Sở Nội vụ")
    _looked_at(page, "added")
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    page.get_by_role("button", name="nhiệm vụ chắc chắn").click()
    expect(page.locator(".task.confirmed")).to_have_count(3)

    page.get_by_role("link", name="Giao việc →").click()
    page.fill("#number", "88/KH-UBND")
    page.fill("#on_date", "18/08/2023")
    _looked_at(page, "launch")
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator(".tile").first).to_contain_text("3")
    _looked_at(page, "preview")
    page.get_by_role("button", name="Xác nhận giao việc").click()
    expect(page.locator(".flash")).to_contain_text("Đã giao việc")
    _looked_at(page, "launched")


def _text(letter: Path) -> str:
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return f"{message['subject']} {body.get_content() if body else ''}"


def _looked_at(page: Page, name: str) -> None:
    page.wait_for_load_state()
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"intake-{name}-{size}.png", full_page=True)
    page.set_viewport_size(SIZES["desktop"])

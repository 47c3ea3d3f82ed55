"""A plan is changed in Chromium, on a phone and at a desk, and without JavaScript."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.store.database import session_scope
from models.tables.account import UserRole
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import assignment_in, at, number_of
from tests.support.chromium import running_chromium
from tests.support.editor import DIRECTIVE
from tests.support.people import House

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
PICTURES = os.environ.get("DONDOC_TEST_PICTURES", "")
"""A folder into which every page that is looked at is drawn."""


@contextmanager
def coordinator(house: House, size: str, *, javascript: bool = True) -> Iterator[Page]:
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        user = add_user(session, email="a@tinh.example", post="Phòng", role=UserRole.COORDINATOR, context=context)
    with running_chromium() as browser:
        opened = browser.new_context(viewport=SIZES[size], locale="en-US", java_script_enabled=javascript)
        page = opened.new_page()
        link = user_link(house.store.settings, user, now=house.clock.now)
        page.goto(f"{house.address}{house.path(link)}")
        page.get_by_role("button", name="Đăng nhập").click()
        yield page


@pytest.mark.parametrize("size", SIZES)
def test_a_date_is_changed_and_the_letter_lies_in_the_mailbox(house: House, size: str) -> None:
    deliver(house.store, now=house.clock.now)
    before = {each.file for each in letters(house.store.settings.mailbox_dir)}
    with coordinator(house, size) as page:
        page.goto(f"{house.address}/plans")
        looked_at(page, f"plans-{size}")
        page.locator(".toc a").first.click()
        page.locator("summary.toc-line").first.click()
        looked_at(page, f"plan-{size}")
        page.get_by_role("button", name="Sửa kế hoạch").click()
        page.locator("#T0\\.1 a").click()
        due = page.locator("[name='s0.due']")
        due.fill("31/6/2024")
        page.get_by_text("tháng 6 có 30 ngày").wait_for()
        due.fill("trước ngày 2/10/2023")
        page.get_by_text("29/09/2023").first.wait_for()
        page.locator("[name='s0.asked_due']").fill("")
        looked_at(page, f"subtask-{size}")
        page.get_by_role("button", name="Ghi vào dự thảo").click()
        assert "hạn tính theo «trước ngày 2/10/2023»" in page.inner_text("#changed + div, section:has(#changed)")
        looked_at(page, f"draft-{size}")
        page.fill("#paper", "45/KH-UBND")
        page.fill("#paper_date", "17/08/2023")
        page.get_by_role("button", name="Xem trước").click()
        assert "11/09/2023 → 29/09/2023" in page.inner_text("main")
        looked_at(page, f"preview-{size}")
        page.get_by_role("button", name="Xác nhận").click()
        assert "Đã điều chỉnh" in page.inner_text(".flash")
        page.goto(f"{house.address}/plans/directives/{DIRECTIVE}/editions/2")
        assert "45/KH-UBND" in page.inner_text("main")
        looked_at(page, f"edition-{size}")
    number = number_of(house.store, "T0.1")
    assert f"{assignment_in(house.store, number).due_date}" == "2023-09-29"
    deliver(house.store, now=at("2023-08-21", 9))
    told = [each for each in letters(house.store.settings.mailbox_dir) if each.file not in before]
    assert told
    assert any("29/09/2023" in each.text and "45/KH-UBND" in each.text for each in told)


def test_subtasks_are_split_merged_dropped_without_javascript(house: House) -> None:
    with coordinator(house, "desktop", javascript=False) as page:
        page.goto(f"{house.address}/plans/directives/{DIRECTIVE}")
        page.get_by_role("button", name="Sửa kế hoạch").click()
        draft = page.url
        page.locator("#T0\\.2 a").click()
        page.get_by_role("link", name="Tách làm hai").click()
        page.fill("#second", "Ký quy chế sửa đổi")
        page.get_by_label("Ký quy chế sửa đổi, bổ sung").check()
        looked_at(page, "split")
        page.get_by_role("button", name="Tách trong dự thảo").click()
        assert "nhiệm vụ mới" in page.inner_text("main")
        page.goto(f"{draft}/subtasks/T0.1/merge")
        page.select_option("#other", "T1.1")
        page.get_by_label("giữ các báo cáo của cả hai").check()
        looked_at(page, "merge")
        page.get_by_role("button", name="Gộp trong dự thảo").click()
        assert "bỏ khỏi kế hoạch" in page.inner_text("main")
        page.locator("#T1\\.2 a").click()
        page.get_by_role("button", name="Kiểm tra cách đọc thời hạn").click()
        page.get_by_role("button", name="Bỏ nhiệm vụ này").click()
        looked_at(page, "reshaped")
        page.get_by_role("button", name="giữ lại").last.click()
        page.fill("#reason", "Sắp xếp lại nhiệm vụ.")
        page.locator("#apply").get_by_role("button", name="Xem trước").click()
        listed = page.inner_text("main")
        assert "thu hồi" in listed
        assert "giao mới" in listed
        looked_at(page, "preview-reshaped")
        page.get_by_role("button", name="Xác nhận").click()
        assert "Đã điều chỉnh" in page.inner_text(".flash")
        page.goto(f"{house.address}/plans/ladders/standard")
        page.get_by_role("button", name="Sửa thang này").click()
        looked_at(page, "ladder")


def looked_at(page: Page, name: str) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)

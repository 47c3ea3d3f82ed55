"""Contacts and «why told» in Chromium, on a phone and at a desk: typed, refused in words, tried, looked up."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.keeping.opening import Store, with_contacts_of_today
from models.store.database import session_scope
from models.tables.account import UserRole
from tests.support.chromium import running_chromium
from tests.support.outposts import free_port, refusing
from tests.support.people import House

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
PICTURES = os.environ.get("DONDOC_TEST_PICTURES", "")
"""A folder into which every page that is looked at is drawn."""


@pytest.fixture
def store(store: Store) -> Iterator[Store]:
    """A store whose operator has named a mail server, a bot and a room that does not answer."""
    with refusing({"DATA": "354 go on", "QUIT": "221 bye"}) as port:
        store.settings.contacts_file.write_text(
            f"accounts: mailto://127.0.0.1:{port}?from=dondoc@tinh.example\n"
            f"senders:\n  phong-hop: json://127.0.0.1:{free_port()}/x\n  telegram: tgram://123456789:abcdefghijklmnop/{{to}}\n",
            encoding="utf-8",
        )
        yield with_contacts_of_today(store)


@pytest.mark.parametrize("size", SIZES)
def test_an_address_is_set_tried_and_what_was_told_is_seen(house: House, size: str) -> None:
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        user = add_user(session, email="a@tinh.example", post="Phòng", role=UserRole.COORDINATOR, context=context)
    with running_chromium() as browser:
        page = browser.new_context(viewport=SIZES[size], locale="vi-VN").new_page()
        link = user_link(house.store.settings, user, now=house.clock.now)
        page.goto(f"{house.address}{house.path(link)}")
        page.get_by_role("button", name="Đăng nhập").click()
        _walk(page, house, size)


def _walk(page: Page, house: House, size: str) -> None:
    page.goto(f"{house.address}/desk/more")
    page.get_by_role("link", name="Liên hệ", exact=True).click()
    _looked_at(page, f"offices-{size}")
    page.get_by_role("link", name="Sở Y tế").first.click()
    page.fill("#focal_to_1", "vanthu syt.example")
    page.get_by_role("button", name="Ghi", exact=True).click()
    assert "Đầu mối, nơi nhận 1" in page.inner_text("#refused")
    assert page.input_value("#focal_to_1") == "vanthu syt.example"
    _looked_at(page, f"refused-{size}")
    page.fill("#focal_to_1", "vanthu@syt.example")
    page.select_option("#head_sender_1", "phong-hop")
    page.fill("#digest_at", "08:00")
    page.get_by_role("button", name="Ghi", exact=True).click()
    assert "có hiệu lực ngay" in page.inner_text(".flash")
    page.get_by_role("button", name="gửi thử tới đầu mối").click()
    assert "Đã gửi tin thử" in page.inner_text(".flash")
    page.get_by_role("button", name="gửi thử tới thủ trưởng").click()
    assert "chưa đạt" in page.inner_text("#refused")
    page.get_by_role("button", name="Cấp đường dẫn mới").click()
    assert "/door/" in page.inner_text(".flash")
    _looked_at(page, f"office-{size}")
    page.goto(f"{house.address}/desk/notices?office=SYT")
    assert "đã gửi" in page.inner_text("table")
    _looked_at(page, f"notices-{size}")
    page.get_by_role("link", name="thư số").first.click()
    assert page.get_by_role("button", name="Gửi lại nguyên văn").is_visible()
    _looked_at(page, f"message-{size}")
    page.goto(f"{house.address}/desk/followup")
    assert "Không sót việc nào" in page.inner_text("main")
    _looked_at(page, f"followup-{size}")
    page.goto(f"{house.address}/desk/deputies")
    page.select_option("#office", "SYT")
    page.fill("#email", "thay@syt.example")
    page.fill("#desk_first_day", "18/08/2023")
    page.fill("#desk_last_day", "25/08/2023")
    page.get_by_role("button", name="Ghi", exact=True).last.click()
    assert "thay@syt.example" in page.inner_text("table")
    _looked_at(page, f"deputies-{size}")
    page.goto(f"{house.address}/desk/trail")
    assert "đổi liên hệ" in page.inner_text("table")
    _looked_at(page, f"trail-{size}")
    page.goto(f"{house.address}/desk/workbook?kind=contacts")
    _looked_at(page, f"workbook-{size}")


def _looked_at(page: Page, name: str) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)

"""What is typed on a page stays when its language is changed, in Chromium; without scripts the page says it goes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.contacts.book import read_contacts
from models.store.database import reading_session, session_scope
from models.tables.account import UserRole
from tests.support.chromium import running_chromium
from tests.support.people import House

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

TITLE = "Báo cáo nhanh dịp lễ"
SAID = "(nội dung chưa gửi trên trang này sẽ mất)"


@pytest.fixture
def page(house: House) -> Iterator[Page]:
    """A coordinator's browser."""
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        user = add_user(session, email="a@tinh.example", post="Phòng", role=UserRole.COORDINATOR, context=context)
    with running_chromium() as browser:
        page = browser.new_context(locale="vi-VN").new_page()
        page.goto(house.address + house.path(user_link(house.store.settings, user, now=house.clock.now)))
        page.get_by_role("button", name="Đăng nhập").click()
        yield page


def test_what_is_typed_is_there_in_the_other_language(house: House, page: Page) -> None:
    page.goto(f"{house.address}/desk/assign")
    page.fill("#title", TITLE)
    page.select_option("[name=subtask]", "T3.4")
    page.select_option("[name=lead]", "SYT")
    page.locator("[name=coordinating][value=CAT]").first.check()
    other(page, "English", "en")
    assert page.input_value("#title") == TITLE and page.input_value("[name=lead]") == "SYT"
    assert page.locator("[name=coordinating][value=CAT]").first.is_checked()
    page.fill("#due_on", "31/02/2023")
    page.locator("main form button.primary").last.click()
    page.wait_for_selector("#refused")
    other(page, "Tiếng Việt", "vi")
    assert page.input_value("#title") == TITLE and page.input_value("#due_on") == "31/02/2023"
    page.goto(f"{house.address}/desk/assign")
    assert page.input_value("#title") == "", "once only"


def test_what_somebody_else_changed_meanwhile_is_not_written_over(house: House, page: Page) -> None:
    address = "/desk/offices/SYT"
    page.goto(house.address + address)
    page.fill("#digest_at", "09:15")
    theirs = {"quiet": "19:00-06:00", "digest_at": "", "language": "en"}
    assert house.coordinator().post(address, theirs, on=address).status_code == 200
    other(page, "English", "en")
    assert (page.input_value("#quiet"), page.input_value("#language")) == ("19:00-06:00", "en")
    assert page.input_value("#digest_at") == "09:15"
    page.locator(f"form[action='{address}'] button.primary").click()
    page.wait_for_selector("#refused")
    with reading_session(house.store.engine) as session:
        kept = read_contacts(session.connection())["SYT"]
    assert (kept.quiet, kept.digest_at, kept.language) == ("19:00-06:00", "", "en")


def test_files_that_are_chosen_are_asked_about(house: House, page: Page) -> None:
    page.goto(f"{house.address}/plans")
    page.set_input_files("input[type=file]", {"name": "p1.yaml", "mimeType": "text/plain", "buffer": b"x"})
    asked = list[str]()
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("link", name="English", exact=True).click()
    assert asked == ["Các tệp đã chọn phải chọn lại. Tiếp tục?"]
    assert page.locator("html").get_attribute("lang") == "vi"


def other(page: Page, link: str, language: str) -> None:
    page.get_by_role("link", name=link, exact=True).click()
    page.wait_for_selector(f"html[lang={language}]")


def test_without_scripts_the_page_says_that_it_goes(house: House) -> None:
    desk = house.coordinator()
    assert SAID in desk.get("/desk/assign").text and SAID not in desk.get("/board").text

"""Every need of a working year, each on its page, in Chromium on a phone and at a desk."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize
from sqlalchemy import Engine

from config.settings import Settings
from models.access.accounts import add_user
from models.access.office_links import office_links
from models.access.signing_in import user_link
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole
from notifications.courier.courier import deliver
from portal.rights import RIGHTS
from tests.support.axe import examined
from tests.support.cast import LEAD, at, number_of
from tests.support.chromium import running_chromium
from tests.support.past import after
from tests.support.people import House
from tests.support.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
WHY = "Theo quyết định của tỉnh."

DOCUMENT = Path(__file__).parents[3] / "docs" / "pages.md"

_OPEN = """
(form) => {
  form.querySelectorAll("details").forEach((each) => (each.open = true));
  for (let e = form; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
}
"""


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """Its plan stands in editions, so that it can be amended."""
    with after(settings, lambda _: None) as opened:
        yield opened


@pytest.fixture
def engine(store: Store) -> Engine:
    return store.engine


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


def window_of(house: House, chromium: Browser, size: str, role: UserRole | None) -> Window:
    """A signed-in browser of an account, or of the lead's office."""
    context = chromium.new_context(viewport=SIZES[size], locale="vi-VN")
    window = Window(house, context, watch=examined)
    window.page.set_default_timeout(30_000)
    if role is None:
        window.go(house.path(office_links(house.store.settings).link(LEAD, now=house.clock.now)))
        return window
    with session_scope(house.store.engine) as session:
        command = house.store.actor_context(now=house.clock.now, actor="command")
        user = add_user(session, email=f"{role.value}@tinh.example", post="Phòng Tổng hợp", role=role, context=command)
    window.go(house.path(user_link(house.store.settings, user, now=house.clock.now)))
    window.press("Đăng nhập")
    return window


def send(window: Window, form: str, fields: Mapping[str, Any], button: str = "") -> None:
    """Fill a form in and send it; a list ticks boxes, what is folded is opened first."""
    at_form = window.page.locator(form).first
    at_form.evaluate(
        "form => { for (let e = form; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true; }"
    )
    at_form.evaluate("form => form.querySelectorAll('details').forEach(each => each.open = true)")
    for name, value in fields.items():
        field = at_form.locator(f"[name='{name}']")
        if isinstance(value, list):
            for each in value:
                at_form.locator(f"[name='{name}'][value='{each}']").check()
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.first.select_option(value)
        else:
            field.first.fill(value)
    pressed = at_form.get_by_role("button", name=button, exact=True) if button else at_form.locator("button").first
    with window.page.expect_navigation():
        pressed.click()
    window.look()


def deed(window: Window, form: str, fields: Mapping[str, Any], button: str = "") -> None:
    """A deed: filled in, looked at, confirmed."""
    send(window, form, fields, button)
    assert "Xem trước" in window.page.title() or window.page.locator("form:has([name=digest])").count(), window.page.url
    late = window.page.locator("[name=late_confirmed]")
    if late.count():
        late.first.check()
    window.press("Xác nhận")
    assert "/desk/changes/" in window.page.url, window.page.inner_text("main")[:500]


def contacts(window: Window) -> None:
    window.go("/desk/offices")
    window.follow("Sở Y tế")
    send(window, "form:has(#quiet)", {"focal_sender_1": "mailbox", "quiet": "18:00-07:00", "digest_at": "08:00"}, "Ghi")
    window.reads("có hiệu lực ngay")
    window.press("gửi thử tới đầu mối")
    window.reads("Đã gửi tin thử")


def link_by_telephone(window: Window) -> None:
    window.go(f"/desk/offices/{LEAD}")
    window.press("Cấp đường dẫn mới")
    assert window.page.locator("code.link, .link").first.inner_text().startswith("http")


def register(window: Window) -> None:
    window.go("/desk/register")
    deed(window, "form:has([name=act][value=add])", {"name_vi": "Sở Mới Ơi", "reason": WHY})
    window.go("/desk/register")
    deed(window, "form:has([name=act][value=rename])", {"office": "SMO", "name_vi": "Sở Đổi Tên", "reason": WHY})
    window.go("/desk/register")
    merging = {"merging": ["SMO", "STP"], "into": "Sở Y tế", "reason": WHY}
    deed(window, "form:has([name=act][value=merge])", merging)


def by_excel(window: Window) -> None:
    for kind in ("offices", "contacts"):
        template = window.context.request.get(f"{window.house.address}/desk/workbook/template?kind={kind}&filled=1")
        assert template.ok
        window.go(f"/desk/workbook?kind={kind}")
        file = {"name": f"{kind}.xlsx", "mimeType": "application/octet-stream", "buffer": template.body()}
        window.page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
        window.press("Kiểm tra")


def plan(window: Window) -> None:
    window.go("/plans")
    window.follow("", within="main section, main table, main ul")
    code = window.house.store.plan.main_directive.code
    window.go(f"/plans/directives/{code}")
    window.press("Sửa kế hoạch")
    draft = window.page.url.removeprefix(window.house.address).partition("?")[0]
    window.go(f"{draft}/subtasks/T0.1")
    window.page.locator("[name='s0.due']").fill("20 ngày làm việc kể từ ngày ban hành")
    window.press("Ghi vào dự thảo")
    send(window, f"form[action='{draft}/preview']", {"reason": WHY})
    window.press("Xác nhận")
    window.reads("T0.1")


def entries(window: Window) -> None:
    window.go("/desk/directives")
    event = {"title": "Hội nghị quán triệt", "on_date": "25/08/2023", "host": "CAT"}
    subtask = window.page.locator("#event-subtask option").nth(1).get_attribute("value")
    send(window, "form:has([name=entry][value=event])", {"subtask": subtask, **event})
    if window.page.locator("[name=late_confirmed]").count():
        window.page.locator("[name=late_confirmed]").check()
        send(window, "form:has([name=entry][value=event])", {})
    window.follow("Hội nghị quán triệt")
    deed(window, "form:has([name=title])", {"title": "Hội nghị quán triệt, đã sửa", "reason": WHY})
    window.go("/desk/directives")
    window.follow("Hội nghị quán triệt, đã sửa")
    deed(window, "form:has([name=act][value=undo])", {"reason": WHY})


def holidays(window: Window) -> None:
    window.go("/desk/holidays")
    notice = {"days_off": "16/10/2023", "paper": "12/TB-VPCP", "note": "nghỉ bù", "paper_date": "20/08/2023"}
    deed(window, "form[action='/desk/holidays']", notice)


def changing_work(window: Window) -> None:
    number = number_of(window.house.store, "T0.1")
    window.go(f"/desk/deeds?n={number}")
    deed(window, "form[action^='/desk/deeds?']", {"act": ["move"], "to": "15/11/2023", "reason": WHY})
    window.go(f"/desk/deeds?n={number}")
    joining = {"act": ["coordinate"], "joining": ["TAND"], "reason": WHY}
    deed(window, "form[action^='/desk/deeds?']", joining)
    window.go("/desk/changes")
    window.follow("", within="main tbody, main ul.cards")


def accounts(window: Window) -> None:
    window.go("/desk/accounts")
    new = {"email": "moi@tinh.example", "post": "Chuyên viên", "role": "coordinator"}
    send(window, "form[action='/desk/accounts']", new, "Thêm")
    assert "/sign-in/" in window.page.inner_text("code.link")
    row = "tr:has-text('moi@tinh.example')"
    changed = {"role": "manager", "directives": [window.house.store.plan.main_directive.code]}
    send(window, f"{row} form[action$='/change']", changed)
    assert "lãnh đạo" in window.page.inner_text(row).lower()
    window.page.on("dialog", lambda dialog: dialog.accept())
    for button, told in (("khóa", "đã khóa"), ("mở lại", "moi@tinh.example")):
        with window.page.expect_navigation():
            window.page.locator(row).get_by_role("button", name=button, exact=True).click()
        window.look()
        assert told in window.page.inner_text(row)


def deputies(window: Window) -> None:
    window.go("/desk/deputies")
    days = {"first_day": "21/08/2023", "last_day": "25/08/2023"}
    users = {"user": "coordinator@tinh.example", "deputy": "moi@tinh.example"}
    send(window, "form[action='/desk/deputies']", users | days)
    window.reads("25/08/2023")


def silences(window: Window) -> None:
    window.go("/desk/silences")
    send(window, "form[action='/desk/silences']", {"office": "TAND", "until": "25/08/2023", "reason": WHY})
    window.press("Nhắc trở lại")


def messages(window: Window) -> None:
    window.go("/desk/messages")
    window.follow("", within="main tbody")
    window.reads("Sở")
    number = number_of(window.house.store, "T0.1")
    for path in (f"/desk/notices?assignment={number}", "/desk/trail", "/desk/followup"):
        window.go(path)


def overview(window: Window) -> None:
    window.go("/board")
    window.page.locator("#day").fill("18/08/2023")
    window.press("Xem")
    window.reads("Bảng như cuối ngày đã chọn")
    for path in ("/board/changes", "/board/periods", "/review", "/documents"):
        window.go(path)


def programs(window: Window) -> None:
    window.go("/desk/webhooks")
    hook = {"name": "Theo dõi của tỉnh", "url": "https://theo-doi.example/hook", "events": ["reported", "overdue"]}
    send(window, "form[action='/desk/webhooks']", hook, "Đăng ký")
    assert window.page.inner_text("code.link").startswith("whsec_")


def intake(window: Window) -> None:
    window.go("/desk/intake")


def by_keyboard(window: Window) -> None:
    """Down to the second row and into it, with keys alone."""
    window.go("/assignments")
    second = window.page.locator("main .lean tbody tr").nth(1).locator("a").first.get_attribute("href")
    for key in ("j", "j", "k", "j"):
        window.page.keyboard.press(key)
    window.page.keyboard.press("x")
    assert window.page.locator("main .lean tbody tr").nth(1).locator("input[type=checkbox]").is_checked()
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert second and window.page.url.endswith(second)
    window.go("/assignments")
    window.page.locator("#q").fill("")
    window.page.keyboard.type("jkxa")
    assert window.page.input_value("#q") == "jkxa", "keys typed into a field are typed"


NEEDS: dict[str, Callable[[Window], None]] = {
    "/desk/offices/{office}": contacts,
    "/desk/offices": link_by_telephone,
    "/desk/workbook": by_excel,
    "/plans": plan,
    "/desk/intake": intake,
    "/desk/directives": entries,
    "/desk/holidays": holidays,
    "/desk/deeds": changing_work,
    "/desk/accounts": accounts,
    "/desk/deputies": deputies,
    "/desk/silences": silences,
    "/desk/messages": messages,
    "/board": overview,
    "/desk/webhooks": programs,
    "/assignments": by_keyboard,
    "/desk/register": register,
}
"""By a page where the need is met, in the order in which they are walked."""


@pytest.mark.parametrize("size", SIZES)
def test_every_need_is_met_on_its_page(house: House, chromium: Browser, size: str) -> None:
    house.clock.now = at("2023-08-21", 9)
    deliver(house.store, now=house.clock.now)
    window = window_of(house, chromium, size, UserRole.COORDINATOR)
    failed = {}
    for need, walk in NEEDS.items():
        try:
            walk(window)
        except Exception as fault:
            failed[need] = f"{type(fault).__name__}: {str(fault)[:600]}"
            window.slips.clear()
    window.context.close()
    assert not failed, "\n".join(f"{need}: {fault}" for need, fault in failed.items())


def test_the_document_names_pages_that_there_are() -> None:
    told = set(re.findall(r"`(/[^`]*)`", DOCUMENT.read_text("utf-8")))
    assert told <= {path for method, path in RIGHTS if method == "GET"}
    in_vietnamese = DOCUMENT.parent / "vi" / "viec-o-trang-nao.md"
    assert told == set(re.findall(r"`(/[^`]*)`", in_vietnamese.read_text("utf-8")))

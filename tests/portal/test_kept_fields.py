"""What was typed and could not be taken: asked again under its labels, and there again after signing in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import portal
from models.access.accounts import add_user
from models.access.signing_in import user_link
from models.store.database import session_scope
from models.tables.account import User, UserRole
from portal.words import is_field
from tests.support.chromium import running_chromium
from tests.support.people import House
from tests.support.window import Window

TEMPLATES = Path(portal.__file__).parent / "templates"

_OWN_LABELS = {"what", "form", "other", "corrects"}
"""Of forms that only choose among what there is."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/desk/trail?who=office:SYT&day=31/02/2026", {"who": "office:SYT", "day": "31/02/2026"}),
        ("/desk/trail?before=sau", {"before": "sau"}),
        ("/desk/messages?office=SYT&state=khac", {"office": "SYT", "state": "khac"}),
        ("/desk/notices?assignment=mot", {"assignment": "mot"}),
        ("/board?day=31/02/2026&office=SYT", {"day": "31/02/2026", "office": "SYT"}),
        ("/board/changes?since=01/01/2040", {"since": "01/01/2040"}),
        ("/desk/trail?khong-co=1&day=17/08/2023", {"day": "17/08/2023"}),
    ],
)
def test_a_question_that_is_refused_is_asked_again_as_it_was_typed(
    house: House, path: str, kept: dict[str, str]
) -> None:
    coordinator = house.coordinator()
    answer = coordinator.get(path)
    assert answer.status_code in (404, 422), answer.status_code
    form = re.search(rf'<form method="get" action="{re.escape(path.partition("?")[0])}">(.*?)</form>', answer.text)
    assert form is not None
    assert dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[1])) == kept


def test_what_is_not_there_for_others_offers_no_form(house: House) -> None:
    assert '<form method="get"' not in house.office("SYT").get("/board?day=17/08/2023").text


def test_every_field_that_is_typed_has_words() -> None:
    typed = re.compile(
        r"<(?:input(?![^>]*type=\"(?:hidden|checkbox|radio|file)\")|textarea|select)\b[^>]*? name=\"([^\"]+)\""
    )
    macros = re.compile(r"\b(?:choice|day_input|line|office_choice)\((?:\"[a-z-]+\", )?\"([a-z_]+)\"")
    names = {
        found[1].rpartition(".")[2].partition("_{{")[0]
        for path in TEMPLATES.glob("*.html")
        for pattern in (typed, macros)
        for found in pattern.finditer(path.read_text("utf-8"))
    }
    without = {name for name in names if name.isidentifier() and not is_field(name)}
    assert len(names) > 50 and without <= _OWN_LABELS, without


def test_what_was_typed_is_shown_by_its_labels_once_the_session_is_over(house: House) -> None:
    coordinator = house.coordinator()
    coordinator.get("/desk/silences")
    coordinator.web.cookies.clear()
    sent = {"until": "25/08/2023", "reason": "Chờ số liệu.", "accept_reason": "Đã xem.", "merging": ["SYT", "STP"]}
    answer = coordinator.web.post("/desk/silences", data=sent)
    assert answer.status_code == 401
    labels = re.findall(r'aria-label="([^"]+)">([^<]*)</textarea>', answer.text)
    assert labels[:3] == [("Đến hết ngày", "25/08/2023"), ("Lý do", "Chờ số liệu."), ("Lý do", "Đã xem.")]
    assert [value for _, value in labels[3:]] == ["SYT", "STP"], "each that was chosen"


def test_a_form_is_as_it_was_left_after_signing_in_again(house: House, chromium: Browser) -> None:
    context = chromium.new_context(locale="vi-VN")
    window = Window(house, context)
    with session_scope(house.store.engine) as session:
        command = house.store.actor_context(now=house.clock.now, actor="command")
        fields = {"email": "phong@tinh.example", "post": "Phòng Tổng hợp", "role": UserRole.COORDINATOR}
        user = add_user(session, **fields, context=command)  # type: ignore[arg-type]
        other = add_user(session, **fields | {"email": "khac@tinh.example"}, context=command)  # type: ignore[arg-type]

    def sign_in(user: User = user) -> None:
        house.clock.now = house.clock.now + timedelta(minutes=1)
        with session_scope(house.store.engine) as session:
            session.add(user)
            link = user_link(house.store.settings, user, now=house.clock.now)
        window.go(house.path(link))
        window.press("Đăng nhập")

    sign_in()
    window.go("/desk/silences")
    window.page.fill("#until", "25/08/2023")
    window.page.fill("#reason", "Chờ số liệu của cơ sở.")
    context.clear_cookies()
    window.page.locator("form[action='/desk/silences'] button").first.click()
    window.reads("Những gì vừa nhập")
    assert window.page.locator("main a[href$='/sign-in?to=%2Fdesk%2Fsilences']").count() == 1
    sign_in()
    window.go("/desk/silences")
    assert window.page.input_value("#reason") == "Chờ số liệu của cơ sở."
    assert window.page.input_value("#until") == "25/08/2023"
    window.go("/desk/silences")
    assert window.page.input_value("#reason") == "", "once"
    window.page.fill("#until", "25/08/2023")
    window.page.fill("#reason", "Chờ số liệu của cơ sở.")
    context.clear_cookies()
    window.page.locator("form[action='/desk/silences'] button").first.click()
    window.reads("Những gì vừa nhập")
    for another in (other, user):
        sign_in(another)
        window.go("/desk/silences")
        assert window.page.input_value("#reason") == "", "for nobody else, and gone once another was there"
    context.close()

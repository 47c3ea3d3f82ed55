"""Every page in Chromium, in both languages and on both screens: nothing axe finds, none heavy, none missing."""

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, ViewportSize
from sqlalchemy import Engine

from config.settings import Settings
from models.keeping.opening import Store
from notifications.courier.courier import deliver
from portal.rights import RIGHTS
from portal.sign_in.session import VisitorRole
from rehearsal.process import play
from reports.months_ahead.kept import Asked, KeptRehearsals
from tests.support.axe import examined
from tests.support.cast import LEAD, at, number_of
from tests.support.chromium import running_chromium
from tests.support.editor import begun
from tests.support.launching import taken_in
from tests.support.past import after
from tests.support.people import House, Person, hidden
from tests.support.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

SIZES = {"desktop": ViewportSize(width=1280, height=900), "phone": ViewportSize(width=390, height=844)}
WHY = "Theo quyết định của tỉnh."
NOT_PAGES = re.compile(
    r"^/(api|prefect|slip|calendar/|metrics|healthz|open|door|sign-in/|language|work|all|urging/)"
    r"|/(paper|workbook|documents/report|template|tracker|text|export|reading)$|\{(file|paper|token)|\.docx|\.xlsx"
)


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


def window_of(house: House, chromium: Browser, person: Person) -> Window:
    """A browser in which somebody has signed in."""
    context = chromium.new_context(locale="vi-VN")
    context.add_cookies(
        [{"name": each.name, "value": each.value or "", "url": house.address} for each in person.web.cookies.jar]
    )
    window = Window(house, context, watch=examined)
    window.page.set_default_timeout(60_000)
    return window


def furnish(house: House, desk: Person) -> dict[str, str]:
    """Something of everything that has a page of its own; returns what stands in the braces of an address."""
    number = str(number_of(house.store, "T0.1"))
    code = house.store.plan.main_directive.code
    draft = _number(desk, begun(desk))
    desk.post(f"/plans/drafts/{draft}/subtasks/T1.1/drop", on=f"/plans/drafts/{draft}")
    ladder = desk.post("/plans/ladders/standard/drafts", on="/plans/ladders/standard").url.path
    intake = _number(desk, taken_in(desk))
    asked = KeptRehearsals(house.store.settings).ask(Asked(months=1, now=house.clock.now))
    play(house.store, asked.number)
    moved = {"n": number, "act": "move", "to": "15/11/2023", "reason": WHY}
    desk.post("/desk/deeds", moved, on=f"/desk/deeds?n={number}")
    deed = _number(desk, desk.post("/desk/deeds", hidden(desk)).url.path)
    of_events = re.search(r'id="event-subtask".*?value="(T[^"]+)"', desk.get("/desk/directives").text, re.DOTALL)
    assert of_events is not None
    event = {"entry": "event", "subtask": of_events[1], "title": "Hội nghị", "on_date": "25/08/2023", "host": "CAT"}
    desk.post("/desk/directives", event, on="/desk/directives")
    found = re.search(r"/desk/directives/entries/(\d+)", desk.get("/desk/directives").text)
    assert found is not None, desk.page
    letter = {"number": "12/UBND", "issued_on": "21/08/2023", "answer_by": "25/08/2023", "assignments": number}
    desk.post(f"/desk/urging/{LEAD}", letter, on=f"/desk/urging/{LEAD}")
    desk.post("/desk/silences", {"office": "TAND", "until": "25/08/2023", "reason": WHY}, on="/desk/silences")
    hook = {"name": "Theo dõi của tỉnh", "url": "https://theo-doi.example/hook", "events": "reported"}
    desk.post("/desk/webhooks", hook, on="/desk/webhooks")
    office = house.office(LEAD)
    office.post(f"/assignments/{number}/questions", {"text": "Mẫu nào?"}, on=f"/assignments/{number}")
    return {
        "/plans/drafts/{number}/ladders/{code}": ladder,
        "/plans/ladders/{code}": "/plans/ladders/standard",
        "/plans/drafts/{number}/directives/{code}": f"/plans/drafts/{draft}/directives/{code}",
        **{
            f"/plans/drafts/{{number}}{rest}": f"/plans/drafts/{draft}{rest}".format(code="T0.1", priority="p1")
            for rest in _DRAFT
        },
        "/plans/directives/{code}/editions/{number}": f"/plans/directives/{code}/editions/1",
        "/desk/deeds": f"/desk/deeds?n={number}",
        "/desk/reminders": f"/desk/reminders?n={number}&act=urge",
        "/desk/changes/{deed_id}": f"/desk/changes/{deed}",
        "/desk/directives/entries/{anchor_id}": found[0],
        "/desk/intake/{draft_id}": f"/desk/intake/{intake}",
        "/desk/intake/{draft_id}/launch": f"/desk/intake/{intake}/launch",
        "/rehearsals/{number}": f"/rehearsals/{asked.number}",
        "/answers": "/answers?subtask=T0.1",
        "{office}": LEAD,
        "{assignment_id}": number,
        "{code}": code,
        "{message_id}": "1",
    }


_DRAFT = ("", "/subtasks/{code}", "/subtasks/{code}/split", "/subtasks/{code}/merge", "/priorities/{priority}/new")


def _number(person: Person, address: str) -> str:
    """The number at the end of the address to which a form led."""
    assert person.last is not None and person.last.status_code == 200, person.page
    return address.rpartition("/")[2]


def addresses(places: Mapping[str, str], role: VisitorRole) -> Iterator[str]:
    """Of every page that is open to a role."""
    for (method, path), roles in RIGHTS.items():
        if method == "GET" and role in roles and not NOT_PAGES.search(path):
            yield places.get(path) or re.sub(r"\{\w+[^}]*\}", lambda found: places[found[0]], path)


NOT_THERE = ("/nowhere", "/assignments/999999", "/door/forged", "/sign-in/forged")
BESIDES = {
    VisitorRole.COORDINATOR: ("/assignments?q=khong+co+gi", "/assignments?status=nope", "/board?office=CAT"),
    VisitorRole.MANAGER: ("/board?priority=p1", "/board?day=18/08/2023", "/board/periods?by=kind&length=month"),
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_accessible_and_light(house: House, chromium: Browser, language: str) -> None:
    """Nothing that axe finds or ``tests.support.window``, on a phone and at a desk; no page is heavy or missing."""
    house.clock.now = at("2023-08-21", 9)
    deliver(house.store, now=house.clock.now)
    people = {VisitorRole.COORDINATOR: house.coordinator(), VisitorRole.MANAGER: house.manager()}
    people |= {VisitorRole.OFFICE: house.office(LEAD), VisitorRole.NOBODY: house.stranger()}
    places, failed = furnish(house, people[VisitorRole.COORDINATOR]), list[str]()
    for role, person in people.items():
        window = window_of(house, chromium, person)
        window.page.goto(f"{house.address}/language/{language}")
        there = dict.fromkeys((*addresses(places, role), *BESIDES.get(role, ())))
        for address in (*there, *(NOT_THERE if role is VisitorRole.NOBODY else NOT_THERE[:2])):
            answer = window.page.goto(house.address + address)
            for size in SIZES.values():
                window.page.set_viewport_size(size)
                try:
                    window.look()
                except AssertionError as fault:
                    failed.append(f"{role.value}, {size['width']} px: {fault}")
                    window.slips.clear()
            if address in there and (answer is None or answer.status not in (200, 422)):
                failed.append(f"{role.value}, {address}: {answer and answer.status}")
        window.context.close()
    assert not failed, "\n".join(failed)

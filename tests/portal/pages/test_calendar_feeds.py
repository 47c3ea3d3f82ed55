"""Calendar feeds at the portal's door: who gets what, for how long, and what an address does not open."""

from dataclasses import replace
from datetime import date

import pytest
import vobject

from models.access.accounts import disable_user
from models.access.feed_links import Feed, feed_links, revoke_feed_address
from models.access.office_links import revoke_links
from models.access.signed_links import Signer
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.account import UserRole
from portal.limiting import PER_FEED
from tests.support.cast import at, begin, number_of
from tests.support.doorstep import EMAIL, Portal, path_of, words

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def portal(store: Store) -> Portal:
    begin(store, "p1", at("2023-08-18"), offices=())
    return Portal(store)


def feed(portal: Portal, of: Feed = Feed("SYT")) -> str:
    with reading_session(portal.store.engine) as session:
        return path_of(feed_links(portal.store.settings).address(session, of, now=portal.now).url)


def uids(text: str) -> set[str]:
    return {each.uid.value.split("@")[0] for each in vobject.readOne(text).contents.get("vevent", [])}


def test_an_office_copies_its_address_and_a_program_without_cookies_reads_it(portal: Portal) -> None:
    office = portal.browser()
    office.get(portal.door("SYT"))
    assert 'href="/calendar"' in office.get("/assignments").text
    shown = office.get("/calendar")
    assert f'value="{portal.store.settings.portal_url}{feed(portal)}"' in shown.text
    assert "31/12/2024" in words(shown)
    program = portal.browser().web
    answer = program.get(feed(portal))
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"assignment-{number_of(portal.store, 'T0.1')}" in uids(answer.text)
    assert f"assignment-{number_of(portal.store, 'T0.1', office='SVHTTDL')}" not in uids(answer.text)
    assert answer.headers["cache-control"].startswith("private") and "set-cookie" not in answer.headers
    again = program.get(feed(portal), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = program.head(feed(portal))
    assert (head.status_code, head.content) == (200, b"") and head.headers["etag"] == answer.headers["etag"]


def test_the_address_lets_nobody_in(portal: Portal) -> None:
    token = feed(portal).removeprefix("/calendar/").removesuffix(".ics")
    stranger = portal.browser()
    stranger.get(feed(portal))
    assert stranger.get("/assignments").status_code == 303
    assert stranger.get(f"/door/{token}").status_code == 403
    door = portal.door("SYT").removeprefix("/door/")
    assert stranger.get(f"/calendar/{door}.ics").status_code == 404


def test_a_manager_has_no_calendar_and_a_coordinator_one_of_every_lead(portal: Portal) -> None:
    manager = portal.signed_in(portal.account("lanhdao@tinh.example", UserRole.MANAGER))
    assert manager.get("/calendar").status_code == 403
    user = portal.account()
    desk = portal.signed_in(user)
    assert 'href="/calendar"' in desk.get("/desk").text and "Hạn của mọi cơ quan" in words(desk.get("/calendar"))
    address = feed(portal, Feed(user_id=user.id))
    assert len(uids(portal.browser().web.get(address).text)) > 10
    with session_scope(portal.store.engine) as session:
        disable_user(session, EMAIL, portal.store.actor_context(now=portal.now, actor="command"))
    assert portal.browser().web.get(address).status_code == 410


def test_forged_addresses_are_unknown(portal: Portal) -> None:
    path = feed(portal)
    web = portal.browser().web
    assert web.get(path.replace(".ics", "x.ics")).status_code == 404
    settings = replace(portal.store.settings, secret_key="x" * 40)
    forged = Signer(settings, "calendar").issue("SYT", now=portal.now, life=at("2030-01-01") - portal.now)
    answer = web.get(f"/calendar/{forged}.ics")
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/plain")
    assert "Không có lịch" in answer.text and "no calendar" in answer.text


def test_an_address_is_the_same_all_year_and_ends_with_the_next(portal: Portal) -> None:
    path = feed(portal)
    portal.now = at("2023-12-31", 23)
    assert feed(portal) == path
    portal.now = at("2024-12-31", 23, 59)
    assert portal.browser().web.get(path).status_code == 200 and feed(portal) != path
    portal.now = at("2025-01-01", 0)
    assert portal.browser().web.get(path).status_code == 410


@pytest.mark.parametrize("how", ["with the links", "by itself", "on the page"])
def test_a_revoked_address_ends_and_a_new_one_opens(portal: Portal, how: str) -> None:
    old, others = feed(portal), feed(portal, Feed("SVHTTDL"))
    office = portal.browser()
    office.get(portal.door("SYT"))
    office.get("/calendar")
    context = portal.store.actor_context(now=portal.now, actor="coordinator")
    if how == "on the page":
        assert office.send("/calendar/change").status_code == 303
    with session_scope(portal.store.engine) as session:
        if how == "with the links":
            revoke_links(session, "SYT", context)
        elif how == "by itself":
            revoke_feed_address(session, Feed("SYT"), context)
    web = portal.browser().web
    gone = web.get(old)
    assert gone.status_code == 410 and "chép địa chỉ mới" in gone.text
    assert web.get(feed(portal)).status_code == 200 and web.get(others).status_code == 200
    assert office.get("/assignments").status_code == (303 if how == "with the links" else 200)


def test_an_ended_office_has_no_calendar(portal: Portal) -> None:
    portal.now = at("2025-06-30", 12)
    path = feed(portal, Feed("BDBP"))
    assert portal.browser().web.get(path).status_code == 200
    portal.now = at(date(2025, 7, 1), 1)
    assert portal.browser().web.get(path).status_code == 410


def test_who_fetches_without_end_is_asked_to_wait(portal: Portal) -> None:
    program, wrong = portal.browser().web, portal.browser().web
    for _ in range(PER_FEED.amount):
        assert program.head(feed(portal)).status_code == 200
        assert wrong.head("/calendar/nothing.ics").status_code == 404
    for answer in (program.get(feed(portal)), wrong.get("/calendar/nothing.ics")):
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
    # A service fetches the calendars of many offices from one place; signing in there is not held up either.
    assert program.get(feed(portal, Feed("SVHTTDL"))).status_code == 200
    assert portal.browser().ask(office="SYT").status_code == 200

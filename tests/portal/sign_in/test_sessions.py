"""Sessions: what ends them, what cannot be made of a cookie, and forms that must come from our own pages."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from models.access.accounts import disable_user, enable_user
from models.access.office_links import revoke_links
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import EndedSession, User, UserRole
from tests.support.doorstep import EMAIL, Browser, Portal, words


@pytest.fixture
def portal(store: Store) -> Portal:
    return Portal(store)


def office_browser(portal: Portal, office: str = "SYT") -> Browser:
    browser = portal.browser()
    assert browser.get(portal.door(office)).status_code == 303
    return browser


class TestAnOfficeS:
    def test_opens_with_the_link_and_ends_after_twelve_hours(self, portal: Portal) -> None:
        browser = office_browser(portal)
        portal.pass_time(hours=11, minutes=59)
        assert browser.get("/assignments").status_code == 200
        portal.pass_time(minutes=1)
        assert browser.get("/assignments").headers["location"] == "/sign-in?to=/assignments"

    def test_ends_with_the_revoking_of_its_links_and_no_other_s(self, portal: Portal) -> None:
        mine, theirs = office_browser(portal), office_browser(portal, "CAT")
        portal.pass_time(seconds=1)
        with session_scope(portal.store.engine) as session:
            revoke_links(session, "SYT", portal.store.actor_context(now=portal.now, actor="coordinator"))
        assert mine.get("/assignments").status_code == 303
        assert theirs.get("/assignments").status_code == 200

    def test_ends_with_the_office(self, store: Store) -> None:
        portal = Portal(store)
        ended = next(office for office in store.plan.offices if office.valid_to)
        assert ended.valid_to is not None
        portal.now = portal.now.replace(
            year=ended.valid_to.year, month=ended.valid_to.month, day=ended.valid_to.day, hour=20
        )
        browser = office_browser(portal, ended.code)
        portal.pass_time(hours=3)
        assert browser.get("/assignments").status_code == 200
        portal.pass_time(hours=2)
        assert browser.get("/assignments").status_code == 303

    def test_takes_the_place_of_the_one_before(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        assert browser.get("/desk").status_code == 200
        browser.get(portal.door())
        assert browser.get("/desk").status_code == 403


class TestAnAccountS:
    def test_lasts_while_it_is_used_and_at_most_a_day(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        for _ in range(3):
            portal.pass_time(hours=7, minutes=59)
            assert browser.get("/desk").status_code == 200
        portal.pass_time(minutes=3)
        assert browser.get("/desk").status_code == 303

    def test_ends_after_eight_hours_without_use(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        portal.pass_time(hours=8)
        assert browser.get("/desk").status_code == 303

    def test_ends_with_its_account_and_does_not_come_back(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        for change in (disable_user, enable_user):
            portal.pass_time(minutes=1)
            with session_scope(portal.store.engine) as session:
                change(session, EMAIL, portal.store.actor_context(now=portal.now, actor="operator"))
            assert browser.get("/desk").status_code == 303

    def test_has_the_rights_of_its_role(self, portal: Portal) -> None:
        manager = portal.signed_in(portal.account("lanhdao@tinh.example", UserRole.MANAGER))
        assert manager.get("/").headers["location"] == "/board"
        assert manager.get("/desk").status_code == 403

    def test_signing_out_forgets_it(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        browser.get("/desk")
        assert browser.send("/sign-out").headers["location"] == "/sign-in"
        assert browser.get("/desk").status_code == 303


class TestSigningOut:
    @pytest.mark.parametrize("who", ["office", "account"])
    def test_ends_the_session_for_every_copy_of_its_cookie_and_no_other(self, portal: Portal, who: str) -> None:
        user = portal.account()
        page = "/assignments" if who == "office" else "/desk"

        def come_in() -> Browser:
            portal.pass_time(minutes=1)
            return office_browser(portal) if who == "office" else portal.signed_in(user)

        mine, other = come_in(), come_in()
        copied = {"cookie": f"dondoc_session={mine.cookie}"}
        thief = portal.browser()
        assert thief.get(page, headers=copied).status_code == 200
        mine.get(page)
        mine.send("/sign-out")
        assert thief.get(page, headers=copied).status_code == 303
        assert other.get(page).status_code == 200
        assert come_in().get(page).status_code == 200

    def test_of_a_session_kept_alive_ends_its_older_cookies_too(self, portal: Portal) -> None:
        browser = portal.signed_in(portal.account())
        older = {"cookie": f"dondoc_session={browser.cookie}"}
        portal.pass_time(hours=1)
        browser.get("/desk")
        assert browser.cookie not in older["cookie"]
        browser.send("/sign-out")
        assert portal.browser().get("/desk", headers=older).status_code == 303

    def test_is_remembered_no_longer_than_the_cookie_could_be_used(self, portal: Portal) -> None:
        kept = []
        for _ in range(2):
            browser = office_browser(portal)
            browser.get("/assignments")
            browser.send("/sign-out")
            with session_scope(portal.store.engine) as session:
                kept.append(session.scalars(select(EndedSession)).all())
            portal.pass_time(hours=12)
        assert [len(each) for each in kept] == [1, 1]

    def test_by_a_stranger_writes_nothing(self, portal: Portal) -> None:
        browser = portal.browser()
        browser.get("/sign-in")
        assert browser.send("/sign-out").status_code == 303
        with session_scope(portal.store.engine) as session:
            assert not session.scalars(select(EndedSession)).all()


class TestTheCookie:
    def test_is_for_this_host_and_no_script(self, portal: Portal) -> None:
        said = portal.browser().get(portal.door()).headers["set-cookie"].lower()
        assert said.startswith("dondoc_session=")
        for part in ("httponly", "samesite=lax", "path=/"):
            assert part in said
        assert "domain" not in said and "secure" not in said

    def test_travels_only_encrypted_where_pages_are(self, store: Store) -> None:
        portal = Portal(store, portal_url="https://dondoc.tinh.example")
        browser = portal.browser()
        said = browser.get(portal.door()).headers["set-cookie"]
        assert said.startswith("__Host-dondoc_session=") and "Secure" in said and "Domain" not in said
        assert browser.get("/assignments").status_code == 200

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda c: "",
            lambda c: "x",
            lambda c: c[:-1],
            lambda c: c.replace(".", ""),
            lambda c: "WyJDQVQiLG51bGwsMCwwLCJ4Il0." + c.partition(".")[2],
            lambda c: "W10." + "A" * 27,
            lambda c: "." * 3_000,
            lambda c: c + "A",
        ],
    )
    def test_changed_in_any_way_is_nobody_s(self, portal: Portal, spoil: Any) -> None:
        browser = office_browser(portal)
        spoilt = spoil(browser.cookie)
        browser.web.cookies.clear()
        assert browser.get("/assignments", headers={"cookie": f"dondoc_session={spoilt}"}).status_code == 303

    def test_a_link_is_no_cookie(self, portal: Portal) -> None:
        token = portal.door().rpartition("/")[2]
        assert portal.browser().get("/assignments", headers={"cookie": f"dondoc_session={token}"}).status_code == 303

    def test_of_another_key_is_nobody_s(self, portal: Portal) -> None:
        other = Portal(portal.store, secret_key="another key of at least 32 letters")
        cookie = office_browser(other).cookie
        assert portal.browser().get("/assignments", headers={"cookie": f"dondoc_session={cookie}"}).status_code == 303


class TestForms:
    @pytest.fixture
    def browser(self, portal: Portal) -> Browser:
        browser = portal.signed_in(portal.account())
        browser.get("/desk")
        return browser

    def test_without_the_token_of_this_session_nothing_happens(self, portal: Portal, browser: Browser) -> None:
        other = portal.browser()
        other.get("/sign-in")
        assert other.csrf != browser.csrf
        for token in ("", "0" * 64, other.csrf, browser.csrf[:-1], "é"):
            assert browser.web.post("/sign-out", data={"csrf": token}).status_code == 403
        assert browser.web.post("/sign-out").status_code == 403
        assert browser.web.post("/sign-out", files={"csrf": ("a.txt", b"x")}).status_code == 403
        assert browser.get("/desk").status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "http://["},
            {"origin": ""},
            {"origin": "http://127.0.0.1:4281"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:4280"},
        ],
    )
    def test_from_another_site_are_refused_even_with_the_token(self, browser: Browser, headers: dict[str, str]) -> None:
        assert browser.send("/sign-out", headers=headers).status_code == 403
        assert browser.get("/desk").status_code == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": "http://127.0.0.1:4280"},
            {"origin": "http://127.0.0.1:4280", "sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
        ],
    )
    def test_from_our_own_pages_are_taken(self, browser: Browser, headers: dict[str, str]) -> None:
        assert browser.send("/sign-out", headers=headers).status_code == 303

    def test_signing_in_changes_the_token(self, portal: Portal) -> None:
        browser = portal.browser()
        user = portal.account()
        link = portal.sign_in_link(user)
        browser.get(link)
        before = browser.csrf
        assert browser.send(link).status_code == 303
        browser.get("/desk")
        assert browser.csrf != before

    def test_before_signing_in_need_a_token_too(self, portal: Portal) -> None:
        for path in ("/sign-in", portal.sign_in_link(portal.account())):
            assert portal.browser().send(path, {"email": EMAIL}).status_code == 403
        assert portal.letters_sent() == []

    def test_shown_after_a_session_has_run_out_work(self, portal: Portal, browser: Browser) -> None:
        portal.pass_time(hours=9)
        assert "Kiểm tra hộp thư" in words(browser.ask(email=EMAIL))


def test_while_the_database_is_away_every_page_says_so_and_no_log_keeps_a_link(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    browser = office_browser(portal)
    away = create_engine("postgresql+psycopg://dondoc:s3cret@127.0.0.1:9/away")
    portal.app.state.store = replace(portal.store, engine=away)
    link = portal.door()
    for path in ("/assignments", link, portal.sign_in_link(User(id=1)), "/healthz", "/nothing"):
        answer = browser.get(path)
        assert answer.status_code == (404 if path == "/nothing" else 503)
        assert "127.0.0.1:9" not in answer.text and "s3cret" not in answer.text
    assert "Cơ sở dữ liệu chưa trả lời" in words(browser.get("/assignments"))
    assert link.rpartition("/")[2] not in caplog.text and "s3cret" not in caplog.text

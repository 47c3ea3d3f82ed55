"""Coming in: links that open, links that do not, asking for a fresh one, and nobody learning who is registered."""

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest

from config.contacts.contacts import Address, Contacts
from models.access.accounts import disable_user
from models.access.office_links import revoke_links
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.account import UserRole
from portal.background_tasks import BackgroundTasks
from tests.support.doorstep import EMAIL, Portal, words

STRANGER = "khongco@tinh.example"


@pytest.fixture
def portal(store: Store) -> Portal:
    return Portal(store)


@pytest.fixture
def registered(store: Store) -> Portal:
    """A portal where SYT and STC are reached by mail, over servers that nobody answers at."""
    url = "mailto://127.0.0.1:9?from=dondoc@tinh.example&to=vanthu-{}@tinh.example"
    addresses = {
        ("SYT", "focal"): Address("mailbox", "vi", "mailbox://"),
        ("STC", "focal"): Address("mailto", "vi", url.format("stc")),
    }
    return Portal(replace(store, contacts=Contacts(addresses)))


class TestAnAddressOfAnEarlierVersion:
    @pytest.mark.parametrize(
        ("earlier", "present"),
        [
            ("/work", "/assignments"),
            ("/work?section=overdue&q=b%C3%A1o", "/assignments?section=overdue&q=b%C3%A1o"),
            ("/work/17", "/assignments/17"),
            ("/work/17/report", "/assignments/17/report"),
            ("/work/17/files/3", "/assignments/17/files/3"),
            ("/all", "/assignments"),
            ("/all?status=open_overdue&page=2", "/assignments?status=open_overdue&page=2"),
            ("/work//evil.example", "/assignments//evil.example"),
        ],
    )
    def test_leads_to_the_present_one(self, portal: Portal, earlier: str, present: str) -> None:
        answer = portal.browser().get(earlier)
        assert (answer.status_code, answer.headers["location"]) == (308, present)

    def test_in_a_link_of_a_message_opens_its_page(self, portal: Portal) -> None:
        browser = portal.browser()
        assert browser.get(portal.door(to="/work/17")).headers["location"] == "/assignments/17"
        assert browser.get(portal.door(to="/work?q=T0.1")).headers["location"] == "/assignments?q=T0.1"
        assert browser.get(portal.door(to="/workbook")).headers["location"] == "/workbook"

    def test_gives_no_right_that_the_present_one_does_not(self, portal: Portal) -> None:
        stranger = portal.browser()
        assert stranger.get(stranger.get("/work/17").headers["location"]).headers["location"] == (
            "/sign-in?to=/assignments/17"
        )
        office = portal.browser()
        office.get(portal.door("SYT"))
        assert office.get(office.get("/work/99999").headers["location"]).status_code == 404
        assert "Việc của cơ quan" in words(office.get(office.get("/all").headers["location"]))

    def test_in_a_link_that_has_expired_is_kept_for_the_new_link(self, portal: Portal) -> None:
        expired = portal.door("SYT", to="/work/17")
        portal.pass_time(days=30)
        browser = portal.browser()
        assert 'name="to" value="/assignments/17"' in browser.get(expired).text
        browser.send("/sign-in", {"office": "SYT", "to": "/work/17"})
        ((_, link),) = portal.letters_sent()
        assert browser.get(link).headers["location"] == "/assignments/17"


class TestALinkOfAMessage:
    def test_opens_the_office_s_list_or_one_page_of_it(self, portal: Portal) -> None:
        browser = portal.browser()
        assert browser.get(portal.door()).headers["location"] == "/assignments"
        assert browser.get("/assignments").status_code == 200
        assert browser.get(portal.door(to="/assignments/17")).headers["location"] == "/assignments/17"

    def test_may_be_opened_as_often_as_one_likes(self, portal: Portal) -> None:
        for _ in range(30):
            assert portal.browser().get(portal.door()).status_code == 303

    def test_forged_says_so_and_opens_nothing(self, portal: Portal) -> None:
        browser = portal.browser()
        for path in ("/door/x", "/door/" + "A" * 5_000, "/door/%00", "/door/%F0%9F%92%A9", portal.door()[:-1]):
            answer = browser.get(path)
            assert answer.status_code == 403
            assert "Có thể đường dẫn đã bị cắt ngắn" in words(answer)
            assert browser.get("/assignments").status_code == 303

    def test_expired_or_revoked_says_so_and_offers_a_new_one(self, portal: Portal) -> None:
        expired = portal.door()
        portal.pass_time(days=30)
        answer = portal.browser().get(expired)
        assert answer.status_code == 403 and "Đường dẫn đã quá 30 ngày" in words(answer)
        assert 'action="/sign-in"' in answer.text
        revoked = portal.door()
        with session_scope(portal.store.engine) as session:
            revoke_links(session, "SYT", portal.store.actor_context(now=portal.now, actor="coordinator"))
        answer = portal.browser().get(revoked)
        assert answer.status_code == 403 and "đã bị thu hồi" in words(answer)

    def test_does_not_end_the_session_that_is_there_when_it_opens_nothing(self, portal: Portal) -> None:
        browser = portal.browser()
        browser.get(portal.door())
        browser.get("/door/x")
        assert browser.get("/assignments").status_code == 200

    def test_opens_no_other_s_work(self, portal: Portal) -> None:
        browser = portal.browser()
        browser.get(portal.door("SYT"))
        assert browser.get("/desk").status_code == 403
        assert browser.get("/assignments/99999").status_code == 404

    @pytest.mark.parametrize(
        "to",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "javascript:alert(1)",
            "evil.example",
            "http:/evil.example",
            "/%0d%0aLocation:%20//evil.example",
        ],
    )
    def test_leads_nowhere_else(self, portal: Portal, to: str) -> None:
        browser = portal.browser()
        answer = browser.get(portal.door(), params={"to": to})
        assert answer.status_code == 303
        # As a browser reads it: without what it takes out of an address, and one slash as good as the other.
        where = re.sub(r"[\t\n\r]", "", answer.headers["location"]).replace("\\", "/")
        assert urlsplit(urljoin("http://here.example/door/x", where)).netloc == "here.example"


class TestASignInLink:
    def test_shows_a_button_and_is_used_up_by_pressing_it(self, portal: Portal) -> None:
        link = portal.sign_in_link(portal.account())
        scanner, browser = portal.browser(), portal.browser()
        for _ in range(3):
            assert scanner.get(link).status_code == 200
        assert "Đăng nhập với tài khoản: Phòng Tổng hợp (cơ quan đôn đốc)" in words(browser.get(link))
        assert browser.send(link).headers["location"] == "/"
        assert browser.get("/").headers["location"] == "/desk"
        again = portal.browser()
        assert again.get(link).status_code == 403
        again.get("/sign-in")
        answer = again.send(link)
        assert answer.status_code == 403 and "đã dùng" in words(answer)

    def test_forged_expired_or_of_a_closed_account_signs_nobody_in(self, portal: Portal) -> None:
        user = portal.account()
        link = portal.sign_in_link(user)
        browser = portal.browser()
        browser.get(link)
        assert browser.send(link[:-1]).status_code == 403
        assert browser.send(link.replace("/sign-in/", "/sign-in/x")).status_code == 403
        portal.pass_time(minutes=15)
        assert "quá 15 phút" in words(browser.send(link))
        later = portal.sign_in_link(user)
        with session_scope(portal.store.engine) as session:
            disable_user(session, EMAIL, portal.store.actor_context(now=portal.now, actor="operator"))
        assert "đã khóa" in words(browser.send(later))
        assert browser.get("/desk").status_code == 303

    def test_of_a_door_is_no_sign_in_link_and_the_other_way(self, portal: Portal) -> None:
        link = portal.sign_in_link(portal.account())
        browser = portal.browser()
        assert browser.get(f"/door/{link.rpartition('/')[2]}").status_code == 403
        assert browser.get(f"/sign-in/{portal.door().rpartition('/')[2]}").status_code == 403


class TestAskingForALink:
    def test_an_account_gets_it_at_its_own_address(self, portal: Portal) -> None:
        portal.account()
        browser = portal.browser()
        browser.ask(email=" PhongTongHop@Tinh.example ")
        ((to, link),) = portal.letters_sent()
        assert to == EMAIL
        browser.get(link)
        browser.send(link)
        assert browser.get("/desk").status_code == 200

    def test_an_office_gets_it_at_its_registered_address(self, portal: Portal) -> None:
        browser = portal.browser()
        browser.get("/sign-in?to=/assignments/17")
        browser.send("/sign-in", {"office": "syt", "to": "/assignments/17"})
        ((to, link),) = portal.letters_sent()
        assert to == portal.store.plan.office("SYT").name_vi
        assert browser.get(link).headers["location"] == "/assignments/17"

    def test_an_office_may_name_its_registered_address(self, registered: Portal, log: list[str]) -> None:
        registered.browser().ask(email="VanThu-STC@tinh.example")
        assert registered.letters_sent() == []
        # Its own server was tried, and what became of it says nothing of the address.
        told = "\n".join(line for line in log if line.startswith(("dondoc", "apprise")))
        assert "was not sent" in told
        assert "vanthu" not in told.lower() and "127.0.0.1" not in told

    def test_nobody_learns_who_is_registered(self, portal: Portal) -> None:
        portal.account()
        closed = portal.account("lanhdao@tinh.example", UserRole.MANAGER)
        with session_scope(portal.store.engine) as session:
            disable_user(session, closed.email, portal.store.actor_context(now=portal.now, actor="operator"))
        asked = [
            {"email": EMAIL},
            {"email": STRANGER},
            {"email": closed.email},
            {"email": "không phải địa chỉ"},
            {"email": "x" * 5_000},
            {"office": "SYT"},
            {"office": "SXX"},
            {"office": "' OR 1=1 --"},
        ]
        answers = [portal.browser().ask(**fields) for fields in asked]
        first = answers[0]
        assert first.status_code == 200 and "Nếu địa chỉ đã được đăng ký" in words(first)
        for answer in answers:
            assert (answer.status_code, answer.content) == (200, first.content)
            assert dict(answer.headers) == dict(first.headers)
        assert sorted(to for to, _ in portal.letters_sent()) == sorted([EMAIL, portal.store.plan.office("SYT").name_vi])

    def test_nothing_is_looked_up_before_the_answer_has_left(
        self, portal: Portal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        portal.account()
        left: list[object] = []
        monkeypatch.setattr(BackgroundTasks, "submit", lambda self, task: left.append(task))
        portal.browser().ask(email=EMAIL)
        portal.browser().ask(email=STRANGER)
        assert len(left) == 2
        assert portal.letters_sent() == []

    def test_an_ended_office_s_successor_is_told(self, portal: Portal) -> None:
        ended = next(office for office in portal.store.plan.offices if office.valid_to and office.successor)
        assert ended.valid_to is not None
        portal.now = portal.now.replace(year=ended.valid_to.year + 1)
        heir = portal.store.plan.current_office(ended.code, portal.now.date())
        portal.browser().ask(office=ended.code)
        assert [to for to, _ in portal.letters_sent()] == [portal.store.plan.office(heir).name_vi]

    def test_with_nothing_filled_in_the_form_says_what_it_needs(self, portal: Portal) -> None:
        answer = portal.browser().ask()
        assert answer.status_code == 422 and "Chọn cơ quan" in words(answer)


class TestTooOften:
    def test_for_one_address_from_anywhere(self, portal: Portal) -> None:
        portal.account()
        for place in range(3):
            assert portal.browser(f"192.0.2.{place}").ask(email=EMAIL).status_code == 200
        answer = portal.browser("192.0.2.9").ask(email=EMAIL.upper())
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 600
        assert "thử lại sau 10 phút" in words(answer)
        assert portal.browser("192.0.2.9").ask(email=STRANGER).status_code == 200
        assert len(portal.letters_sent()) == 3

    def test_the_same_for_who_is_not_registered(self, portal: Portal) -> None:
        known, unknown = [
            [portal.browser(f"192.0.2.{place}").ask(email=email).status_code for _ in range(5)]
            for place, email in enumerate((EMAIL, STRANGER))
        ]
        assert known == unknown == [200, 200, 200, 429, 429]

    @pytest.mark.parametrize(
        ("places", "allowed"),
        [
            (["192.0.2.1"] * 25, 20),
            ([f"2001:db8:0:1::{number:x}" for number in range(25)], 20),
            ([f"192.0.2.{number}" for number in range(25)], 25),
        ],
    )
    def test_from_one_place_for_any_address(self, portal: Portal, places: list[str], allowed: int) -> None:
        said = [
            portal.browser(place).ask(email=f"ai{number}@tinh.example").status_code
            for number, place in enumerate(places)
        ]
        assert said == [200] * allowed + [429] * (25 - allowed)

    def test_the_address_is_counted_in_its_one_way_of_writing(self, portal: Portal) -> None:
        portal.account()
        written = [EMAIL, EMAIL.upper(), f"\u3000{EMAIL}", f"{EMAIL}\u2003", EMAIL.replace("k", "\u212a")]
        said = [portal.browser().ask(email=each).status_code for each in written]
        assert said == [200] * 3 + [429] * 2
        assert len(portal.letters_sent()) == 3

    def test_nothing_longer_than_an_address_is_looked_at(self, portal: Portal) -> None:
        portal.account()
        long = [f"{EMAIL}{' ' * count}@x" for count in (386, 387, 399)] + [f"x{' ' * 399}{EMAIL}"]
        said = [portal.browser().ask(email=each).status_code for each in long]
        assert said == [200] * 3 + [429], "counted as one"
        assert portal.letters_sent() == []

    def test_one_place_uses_up_nobody_else_s_letters(self, portal: Portal) -> None:
        portal.account()
        assert [portal.browser("198.51.100.1").ask(email=EMAIL).status_code for _ in range(5)] == [200] * 3 + [429] * 2
        assert portal.browser("192.0.2.7").ask(email=EMAIL).status_code == 200

    def test_nor_do_many_places_where_somebody_has_signed_in_before(self, portal: Portal) -> None:
        user = portal.account()
        browser = portal.signed_in(user)
        browser.send("/sign-out")
        for place in range(5):
            portal.browser(f"198.51.100.{place}").ask(email=EMAIL)
        said = [browser.ask(email=EMAIL.upper()).status_code for _ in range(4)]
        assert said == [200] * 3 + [429]
        assert browser.ask(email=STRANGER).status_code == 200

    def test_guessing_sign_in_links(self, portal: Portal) -> None:
        browser = portal.browser()
        browser.get("/sign-in")
        said = [browser.send(f"/sign-in/guess{number}").status_code for number in range(22)]
        assert said == [403] * 20 + [429] * 2

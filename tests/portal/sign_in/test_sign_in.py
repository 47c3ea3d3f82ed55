"""Coming in: links that open, links that do not, and nothing given away about who is registered."""

import re
from datetime import timedelta
from html import unescape

import pytest

from models.access.accounts import disable_user, users
from models.access.office_links import office_links, revoke_links
from models.keeping.opening import Store
from models.store.database import session_scope
from notifications.channels.mailbox import Letter, letters
from tests.support.people import House, Person
from tests.support.waiting import eventually

ELSEWHERE = ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"]
EMAIL = "0.phongtonghop@tinh.example"


def link_in(letter: Letter, store: Store) -> str:
    return next(word for word in letter.text.split() if word.startswith(store.settings.portal_url))


def closed(house: House, path: str) -> str:
    """What somebody reads whose link opens nothing."""
    visitor = house.stranger()
    answer = visitor.get(path)
    assert answer.status_code == 403
    page = visitor.page
    assert visitor.get("/assignments").url.path == "/sign-in", "the session it got is nobody's"
    return page


class TestDoors:
    def test_a_forged_or_shortened_link_opens_nothing(self, house: House) -> None:
        path = house.path(office_links(house.store.settings).link("SYT", now=house.clock.now))
        assert "cắt ngắn" in closed(house, path[:-3])
        assert "cắt ngắn" in closed(house, "/door/" + "x" * 40)
        assert "cắt ngắn" in closed(house, path.replace("/door/W", "/door/V"))

    def test_an_old_link_says_so(self, house: House) -> None:
        path = house.path(office_links(house.store.settings).link("SYT", now=house.clock.now))
        house.clock.now += timedelta(days=house.store.settings.link_days, minutes=1)
        assert "quá 30 ngày" in closed(house, path)

    def test_revoking_voids_links_and_sessions_and_a_new_link_opens(self, house: House) -> None:
        path = house.path(office_links(house.store.settings).link("SYT", now=house.clock.now))
        office, other = house.office("SYT"), house.office("CAT")
        with session_scope(house.store.engine) as session:
            revoke_links(session, "SYT", house.store.actor_context(now=house.clock.now, actor="coordinator:1"))
        assert "thu hồi" in closed(house, path)
        house.clock.now += timedelta(minutes=1)
        office.get("/assignments")
        assert "Đăng nhập trang đôn đốc" in office.page
        assert "Việc của cơ quan" in other.get("/assignments").text
        assert "Việc của cơ quan" in house.office("SYT").page

    def test_a_link_of_an_ended_office_names_its_successor(self, house: House) -> None:
        house.clock.now += timedelta(days=800)
        path = house.path(office_links(house.store.settings).link("STTTT", now=house.clock.now))
        assert "Sở Khoa học và Công nghệ" in closed(house, path)

    @pytest.mark.parametrize("to", ELSEWHERE)
    def test_a_link_leads_nowhere_else(self, house: House, to: str) -> None:
        visitor = house.stranger()
        visitor.web.follow_redirects = False
        path = house.path(office_links(house.store.settings).link("SYT", now=house.clock.now))
        assert visitor.web.get(path, params={"to": to}).headers["location"] == "/"

    def test_a_session_ends_by_itself(self, house: House) -> None:
        office = house.office("SYT")
        house.clock.now += timedelta(hours=12, minutes=1)
        office.get("/assignments")
        assert "Đăng nhập trang đôn đốc" in office.page

    def test_a_changed_cookie_is_nobodys(self, house: House) -> None:
        office = house.office("SYT")
        kept = office.web.cookies["dondoc_session"]
        office.web.cookies.clear()
        office.web.cookies.set("dondoc_session", kept.replace(kept[3], "A" if kept[3] != "A" else "B", 1))
        office.get("/assignments")
        assert "Đăng nhập trang đôn đốc" in office.page


class TestAskingForALink:
    def ask(self, house: House, person: Person, **fields: str) -> str:
        answer = person.post("/sign-in", fields, on="/sign-in")
        assert answer.status_code == 200
        return answer.text

    def test_known_and_unknown_addresses_get_the_same_answer(self, house: House) -> None:
        house.coordinator()
        person = house.stranger()
        answers = {self.ask(house, person, email=email) for email in (EMAIL, "la@khac.example", "' OR 1=1 --")}
        assert len(answers) == 1
        assert self.ask(house, person, office="KHONGCO") in answers

    def test_a_coordinator_gets_a_letter_whose_link_works_once(self, house: House) -> None:
        house.coordinator()
        house.clock.now += timedelta(minutes=5)
        person = house.stranger()
        self.ask(house, person, email=EMAIL.upper())
        mailbox = house.store.settings.mailbox_dir
        eventually(lambda: any(EMAIL in each.recipient for each in letters(mailbox)), within_s=20)
        path = house.path(link_in(next(each for each in letters(mailbox) if EMAIL in each.recipient), house.store))
        person.get(path)
        person.get(path)  # a mail scanner opens links, too
        person.post(path, on=path)
        assert "Hôm nay" in person.page
        again = house.stranger()
        assert again.post(path, on=path).status_code == 403
        assert "đã dùng" in again.page

    @pytest.mark.parametrize("wanted", ["/assignments?status=open_overdue&page=1", "/assignments/1", *ELSEWHERE])
    def test_its_link_leads_to_where_it_was_asked_for(self, house: House, wanted: str) -> None:
        house.coordinator()
        house.clock.now += timedelta(minutes=5)
        person, mailbox = house.stranger(), house.store.settings.mailbox_dir
        local = wanted not in ELSEWHERE
        if local:
            person.get(wanted)  # and is shown the door
            asked = re.search(r'name="to" value="([^"]*)"', person.last.text)
            assert asked is not None and unescape(asked[1]) == wanted
        self.ask(house, person, email=EMAIL, to=wanted)
        eventually(lambda: any(EMAIL in each.recipient for each in letters(mailbox)), within_s=20)
        path = house.path(link_in(next(each for each in letters(mailbox) if EMAIL in each.recipient), house.store))
        person.get(path)
        hidden = re.search(r'name="to" value="([^"]*)"', person.last.text)
        assert hidden is not None
        person.web.follow_redirects = False
        answer = person.post(path, {"to": unescape(hidden[1]) if local else wanted})
        assert answer.headers["location"] == (wanted if local else "/")

    def test_a_link_of_an_account_grows_old_and_dies_with_it(self, house: House) -> None:
        coordinator = house.coordinator()
        with session_scope(house.store.engine) as session:
            assert [user.email for user in users(session)] == [EMAIL]
            disable_user(session, EMAIL, house.store.actor_context(now=house.clock.now, actor="command"))
        coordinator.get("/desk")
        assert "Đăng nhập trang đôn đốc" in coordinator.page

    def test_an_office_gets_a_fresh_link_at_its_own_address(self, house: House) -> None:
        person = house.stranger()
        self.ask(house, person, office="SYT")
        mailbox = house.store.settings.mailbox_dir
        eventually(lambda: bool(letters(mailbox)), within_s=20)
        person.get(house.path(link_in(letters(mailbox)[0], house.store)))
        assert "Việc của cơ quan" in person.page

    def test_asking_too_often_is_answered_in_words(self, house: House) -> None:
        person = house.stranger()
        statuses = [person.post("/sign-in", {"email": "a@b.example"}, on="/sign-in").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert "10 phút" in person.page
        assert person.last is not None and 0 < int(person.last.headers["retry-after"]) <= 600

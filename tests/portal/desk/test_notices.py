"""Why an office was told, or was not: each notice with what became of it, its message as evidence, sent again."""

import ast
import inspect
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import func, select

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts
from models.alerts.notices import HANDED_OVER
from models.contacts.book import set_contacts
from models.delivery import deed_notices, relevance
from models.delivery.relevance import SILENCED
from models.store.audit import record
from models.store.audit_event import AuditEvent
from models.store.database import reading_session, session_scope
from models.tables.anchor import Anchor
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message, Notice
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from portal.words import word
from tests.support.cast import at, number_of, run
from tests.support.people import House, Person, hidden

OFFICE = "/desk/notices?office=SYT"


def told(person: Person, path: str = OFFICE) -> str:
    person.get(path)
    return person.page


def test_what_waits_says_until_when_and_why(house: House) -> None:
    with session_scope(house.store.engine) as session:
        for notice in session.exec(select(Notice)):
            notice.state, notice.message_id, notice.sent_at = NoticeState.PENDING, None, None
    person = house.coordinator()
    assert "gửi trong ít phút" in told(person)
    house.clock.now = at("2023-08-19", 9)  # a Saturday
    person = house.coordinator()
    assert "gửi từ 07:30 21/08/2023" in told(person) and "ngày nghỉ" in person.page
    with session_scope(house.store.engine, by_clock=False) as session:
        context = house.store.actor_context(now=house.clock.now, actor="coordinator")
        set_contacts(session, {"SYT": OfficeContacts(digest_at="10:00", quiet="never")}, context)
        for notice in session.exec(select(Notice)):
            notice.created_at, notice.run_key = house.clock.now, "a run"
    assert "gửi từ 10:00 21/08/2023" in told(person)


def test_what_was_sent_shows_its_message_and_the_answer(house: House) -> None:
    person, number = house.coordinator(), number_of(house.store, "T0.1")
    assert "đã gửi" in told(person, f"/desk/notices?assignment={number}") and "đã tiếp nhận" not in person.page
    house.clock.now += timedelta(hours=1)
    house.office("SYT").post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}")
    assert "đã tiếp nhận 10:00 18/08/2023" in told(person, f"/desk/notices?assignment={number}")
    assert f"/desk/notices?assignment={number}" in person.get(f"/assignments/{number}").text
    assert "Không có thông báo nào" in told(person, f"{OFFICE}&fate=dead")


def test_what_was_left_out_says_why(house: House) -> None:
    number = number_of(house.store, "T0.1")
    person = house.coordinator()
    person.post("/desk/silences", {"office": "SYT", "until": "31/12/2023", "reason": "Chờ."}, on="/desk/silences")
    run(house.store, "p1", at("2023-09-20"), offices=())
    deliver(house.store, now=at("2023-09-20"))
    house.clock.now = at("2023-09-20", 10)
    person = house.coordinator()
    assert "cơ quan đôn đốc đang tạm ngừng nhắc" in told(person, f"/desk/notices?assignment={number}&fate=silenced")
    superseded = told(person, f"/desk/notices?assignment={number}&fate=superseded")
    assert "bậc nhắc cao hơn của việc này" in superseded


def test_a_message_given_up_is_named_with_its_fault_and_sent_again(house: House) -> None:
    with session_scope(house.store.engine) as session:
        message = session.exec(select(Message).where(Message.office == "SYT")).one()
        message.state, message.error, message.attempts = MessageState.DEAD, "Hộp thư đầy.", 3
        for notice in session.exec(select(Notice).where(Notice.message_id == message.id)):
            notice.state = NoticeState.DEAD
    person = house.coordinator()
    assert "3 lần gửi : Hộp thư đầy." in told(person, f"{OFFICE}&fate=dead").replace("gửi:", "gửi :")
    person.post(f"/desk/messages/{message.id}/again", on=f"/desk/messages/{message.id}")
    assert "chờ gửi" in told(person)


def test_a_message_that_was_sent_goes_once_more_as_a_copy(house: House) -> None:
    with reading_session(house.store.engine) as session:
        message = session.exec(select(Message).where(Message.office == "SYT")).one()
    person, page = house.coordinator(), f"/desk/messages/{message.id}"
    for _ in range(2):
        person.get(page)
        person.last = person.web.post(f"{page}/again", data=hidden(person))
    assert "Sẽ gửi lại trong ít phút." in person.page
    deliver(house.store, now=house.clock.now)
    mine = [each for each in letters(house.store.settings.mailbox_dir) if "Sở Y tế" in each.recipient]
    assert len(mine) == 2 and mine[0].text == mine[1].text
    assert sorted(each.subject.startswith("[Gửi lại] ") for each in mine) == [False, True]
    with reading_session(house.store.engine) as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.verb == "send_copy"))
        notices = session.exec(select(Notice).where(Notice.message_id == message.id)).all()
    assert event.subject == f"message:{message.id}" and {each.state for each in notices} == {NoticeState.SENT}


def test_a_message_about_the_sample_is_not_copied_to_anybody(house: House) -> None:
    with session_scope(house.store.engine, by_clock=False) as session:
        message = session.exec(select(Message).where(Message.office == "SYT", Message.desk == Desk.FOCAL)).one()
        for anchor in session.exec(select(Anchor)):
            anchor.is_sample = True
    person, page = house.coordinator(), f"/desk/messages/{message.id}"
    assert person.post(f"{page}/again", {"copy": "yes"}, on=page).status_code == 422
    assert "việc MẪU" in person.page


def test_who_did_what_is_found_by_account_office_and_day(house: House) -> None:
    number = number_of(house.store, "T0.1")
    house.office("SYT").post(f"/assignments/{number}/acknowledge", on=f"/assignments/{number}")
    person = house.coordinator()
    assert "tiếp nhận" in told(person, "/desk/trail?who=office:SYT") and f"việc số {number}" in person.page
    assert "cử người" not in person.page and "Sở Y tế" in person.page
    assert "tiếp nhận" in told(person, "/desk/trail?day=18/08/2023")
    assert "Không có thao tác nào" in told(person, "/desk/trail?day=19/08/2023")
    assert person.get("/desk/trail?before=x").status_code == 422
    assert "số 1 " in told(person, "/desk/trail?before=2&who=*")
    assert "hệ thống giao việc" not in told(person, "/desk/trail"), "of people alone"


def test_what_a_deputy_does_is_found_under_the_account_of_the_deputy(house: House) -> None:
    person = house.coordinator()
    house.manager()
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="coordinator:2")
        record(session, context, "retitle", "anchor:1")
    for who in ("coordinator:2", "manager:2"):
        assert "đổi tên việc" in told(person, f"/desk/trail?who={who}")
        assert "1.lanhdao@tinh.example" in person.page.split("Thao tác")[1]
        assert person.last is not None and '<option value="manager:2" selected>' in person.last.text
    assert "đổi tên việc" not in told(person, "/desk/trail?who=coordinator:1")


def test_of_a_day_only_the_days_about_it_are_looked_through(house: House) -> None:
    person, looked = house.coordinator(), list[Any]()
    for day in range(1, 21):
        with session_scope(house.store.engine, by_clock=False) as session:
            context = house.store.actor_context(now=at(f"2023-09-{day:02}"), actor="coordinator:1")
            for _ in range(5):
                record(session, context, "retitle", "anchor:1")
    with reading_session(house.store.engine) as session:
        newest = session.exec(select(func.max(AuditEvent.seq))).one()

    def note(*given: Any) -> None:
        if "ORDER BY audit_event.seq DESC" in given[2]:
            looked.append(given[3].values() if isinstance(given[3], dict) else given[3])

    event.listen(house.store.engine, "before_cursor_execute", note)
    page = told(person, "/desk/trail?day=10/09/2023")
    assert page.count("đổi tên việc") == 5 and page.count("10/09/2023") >= 5 and "trước nữa" not in page
    assert {newest - 64, newest - 39} <= set(looked.pop()), "from the 8th to the 12th"
    assert "Không có thao tác nào" in told(person, "/desk/trail?day=10/09/2023&before=3")
    for day, status in (("01/01/0001", 422), ("31/12/9999", 422), ("21/09/2023", 200)):
        assert person.get(f"/desk/trail?day={day}&before=999999999999").status_code == status


def test_what_fell_through_is_a_page(house: House) -> None:
    person = house.coordinator()
    assert "Không sót việc nào." in told(person, "/desk/followup")
    house.clock.now = at("2023-11-01", 9)
    person = house.coordinator()
    number = number_of(house.store, "T0.1")
    assert "Không sót việc nào." not in told(person, "/desk/followup")
    assert f"/desk/notices?assignment={number}" in person.last.text  # type: ignore[union-attr]


@pytest.mark.parametrize("path", [f"{OFFICE}&fate=x", "/desk/notices?assignment=x", "/desk/notices?office=KHONG"])
def test_what_cannot_be_looked_for_is_refused(house: House, path: str) -> None:
    assert house.coordinator().get(path).status_code in (404, 422)


def test_every_reason_that_a_notice_is_left_out_for_has_words() -> None:
    reasons = {HANDED_OVER, SILENCED, deed_notices.LATER_DEED, deed_notices.SAID_ANYWAY, deed_notices.NEVER_TOLD}
    returned = (node for node in ast.walk(ast.parse(inspect.getsource(relevance))) if isinstance(node, ast.Return))
    told = {
        node.value
        for each in returned
        for node in ast.walk(each)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {"begun anew", "overdue meanwhile", "restored"} <= told
    for reason in (*reasons, *told, deed_notices.NOTHING_CHANGED, "higher rung due", "said before its time"):
        assert word("notice_reason", reason, "vi") != reason

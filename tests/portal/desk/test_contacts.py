"""Contacts from the browser: typed, tried, seen at once; faults in words; a link by telephone; many by Excel."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from sqlmodel import col, select

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from intake.files.office_documents import XLSX
from intake.sheets.reading import CONTACTS, OFFICES
from models.contacts.book import read_contacts, set_contacts
from models.keeping.opening import Store, with_contacts_of_today
from models.store.audit_event import AuditEvent
from models.store.database import reading, reading_session, session_scope
from models.tables.anchor import Anchor
from models.tables.outbox import Message
from notifications.courier.courier import deliver
from tests.support.outposts import free_port, refusing
from tests.support.people import House, Person, hidden
from tests.support.sheets import filled

pytestmark = pytest.mark.sqlite_only

PAGE = "/desk/offices/SYT"


@pytest.fixture
def mail() -> Iterator[int]:
    with refusing({"DATA": "354 go on", "QUIT": "221 bye"}) as port:
        yield port


@pytest.fixture
def store(store: Store, mail: int) -> Store:
    """A store whose operator has named a mail server that takes everything, and a room that nobody answers for."""
    store.settings.contacts_file.write_text(
        f"accounts: mailto://127.0.0.1:{mail}?from=dondoc@tinh.example\n"
        f"senders: {{phong-hop: 'json://127.0.0.1:{free_port()}/bi-mat', bot: 'tgram://123456789:bi_mat_bi_mat_x/{{to}}'}}\n",
        encoding="utf-8",
    )
    return with_contacts_of_today(store)


def set_there(house: House) -> dict[str, OfficeContacts]:
    with reading(house.store.engine) as connection:
        return read_contacts(connection)


def test_an_address_is_typed_tried_and_written_to_without_a_restart(house: House) -> None:
    person = house.coordinator()
    person.post(PAGE, {"focal_to_1": "vanthu@syt.example", "digest_at": "08:00", "language": "vi"}, on=PAGE)
    assert "Đã ghi; có hiệu lực ngay." in person.page
    assert "bi-mat" not in person.last.text and "bi_mat" not in person.last.text  # type: ignore[union-attr]
    assert set_there(house)["SYT"] == OfficeContacts(
        {Desk.FOCAL: (SenderAddress("mail", "vanthu@syt.example"),)}, "vi", "", "08:00"
    )
    person.post(f"{PAGE}/try", {"desk": "head"})
    assert "Đã gửi tin thử." in person.page
    with reading_session(house.store.engine) as session:
        number = session.exec(select(Message.id).where(Message.office == "SYT")).first()
    person.post(f"/desk/messages/{number}/again", {"copy": "yes"}, on=f"/desk/messages/{number}")
    assert deliver(house.store.of_today(), now=house.clock.now).sent
    with reading_session(house.store.engine) as session:
        assert session.exec(select(Message.channel).order_by(col(Message.id).desc())).first() == "mailto"
    assert "đã gửi" in person.get(PAGE).text
    assert "thư điện tử" in person.get("/desk/offices").text


def test_of_two_tabs_the_second_is_told_and_may_then_replace(house: House) -> None:
    one, other = house.coordinator(), house.coordinator()
    for person in (one, other):
        person.get(PAGE)
    first, second = hidden(one), hidden(other)
    one.post(PAGE, {**first, "focal_to_1": "moi@syt.example"})
    one.post(PAGE, {**first, "focal_to_1": "moi@syt.example"})
    assert "Đã ghi" in one.page, "a double press says the same twice"
    answer = other.post(PAGE, {**second, "focal_to_1": "khong hop le"})
    assert answer.status_code == 422 and hidden(other)["revision"] == second["revision"]
    answer = other.post(PAGE, {**second, "focal_to_1": "cu@syt.example"})
    assert answer.status_code == 422 and "đã ghi liên hệ khác" in other.page
    assert 'value="cu@syt.example"' in answer.text, "what was typed is kept"
    moi = (SenderAddress("mail", "moi@syt.example"),)
    assert set_there(house)["SYT"].desks == {Desk.FOCAL: moi}
    other.post(PAGE, {**hidden(other), "focal_to_1": "cu@syt.example"})
    assert set_there(house)["SYT"].desks == {Desk.FOCAL: (SenderAddress("mail", "cu@syt.example"),)}


def test_a_room_that_does_not_answer_is_told_with_its_reason(house: House) -> None:
    person = house.coordinator()
    person.post(PAGE, {"head_sender_1": "phong-hop"}, on=PAGE)
    answer = person.post(f"{PAGE}/try", {"desk": "head"})
    assert answer.status_code == 422 and "1 trong 1 kênh chưa đạt" in person.page and "Kênh json" in person.page


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_set(house: House) -> None:
    person = house.coordinator()
    wrong = {
        "focal_to_1": "van thu@syt.example",
        "focal_sender_2": "bot",
        "head_to_1": "-100",
        "head_sender_1": "khong-co",
        "monitor_to_1": "tgram://bi-mat/1",
        "quiet": "tối",
        "digest_at": "8h",
    }
    answer = person.post(PAGE, wrong, on=PAGE)
    assert answer.status_code == 422
    for words in (
        *("Đầu mối, nơi nhận 1", "Đầu mối, nơi nhận 2", "Thủ trưởng, nơi nhận 1: không có kênh gửi «khong-co»"),
        *("Cơ quan theo dõi, nơi nhận 1", "Giờ nghỉ:", "Giờ gửi gộp:"),
    ):
        assert words in person.page
    assert 'value="van thu@syt.example"' in answer.text, "what was typed is kept"
    assert not set_there(house)
    assert person.post(PAGE, {"digest_at": "06:00"}, on=PAGE).status_code == 422, "within the common quiet hours"


def test_a_sender_that_went_is_named_on_the_page_and_can_be_replaced(house: House) -> None:
    with session_scope(house.store.engine) as session:
        lost = OfficeContacts({Desk.FOCAL: (SenderAddress("cu", "1"),)})
        set_contacts(session, {"SYT": lost}, house.store.actor_context(now=house.clock.now, actor="command"))
    person = house.coordinator()
    person.get(PAGE)
    assert "Không còn kênh gửi : cu." in person.page.replace("gửi:", "gửi :")
    assert "mất kênh gửi" in person.get("/desk/offices").text


def test_a_link_by_telephone_opens_the_office_and_is_a_fact(house: House) -> None:
    person = house.coordinator()
    person.post(f"{PAGE}/link", on=PAGE)
    link = next(word for word in person.page.split() if "/door/" in word)
    caller = house.stranger()
    caller.get(house.path(link))
    assert "Việc của cơ quan" in caller.page
    with reading_session(house.store.engine) as session:
        (event,) = session.exec(select(AuditEvent).where(AuditEvent.verb == "make_office_link"))
    assert event.subject == "office:SYT" and event.actor.startswith("coordinator")


def test_a_sample_beside_real_addresses_says_where_letters_go(house: House) -> None:
    person = house.coordinator()
    person.post(PAGE, {"focal_to_1": "vanthu@syt.example"}, on=PAGE)
    assert "DỮ LIỆU MẪU" not in person.page
    with session_scope(house.store.engine, by_clock=False) as session:
        for anchor in session.exec(select(Anchor)):
            anchor.is_sample = True
    for path in (PAGE, "/desk/offices", "/desk"):
        assert "DỮ LIỆU MẪU" in person.get(path).text and str(house.store.settings.mailbox_dir) in person.page


def sent_up(person: Person, kind: str, content: bytes) -> str:
    files = [("file", ("bang.xlsx", content, XLSX))]
    person.post("/desk/workbook", {"kind": kind}, on=f"/desk/workbook?kind={kind}", files=files)
    return person.page


def confirmed(person: Person, more: dict[str, str] | None = None) -> str:
    assert person.last is not None
    fields = dict(re.findall(r'type="hidden" name="(kind|name|kept|good_rows)" value="([^"]*)"', person.last.text))
    person.post("/desk/workbook", {**fields, **(more or {})}, files=[("none", ("", b"", ""))])
    return person.page


def test_communes_and_their_contacts_come_by_excel_after_a_preview(house: House) -> None:
    person, plan = house.coordinator(), house.store.plan
    communes = [
        {"code": f"X{number:03}", "name_vi": f"Xã Số {number}", "kind": "locality – địa phương", "member_of": "XA"}
        for number in range(1, 167)
    ]
    wrong = sent_up(person, OFFICES, filled(plan, OFFICES, *communes[:3], {**communes[3], "code": "x-4"}))
    assert "Cơ quan!A8" in wrong and "3 dòng đúng" in wrong
    assert "Ghi 166 cơ quan" in sent_up(person, OFFICES, filled(plan, OFFICES, *communes))
    assert house.store.of_today().plan is house.store.plan, "a preview writes nothing"
    assert "Đã ghi." in confirmed(person)
    plan = house.store.of_today().plan
    assert plan.office("X166").name_vi == plan.office("X166").name_en == "Xã Số 166"
    rows = [{"office": f"Xã Số {number}", "focal": f"xa{number}@tinh.example"} for number in range(1, 167)]
    faulty = sent_up(person, CONTACTS, filled(plan, CONTACTS, *rows[:2], {"office": "Xã Số 999"}))
    assert "không có đơn vị «Xã Số 999»" in faulty and "Liên hệ!A7" in faulty
    assert "Ghi 166 cơ quan" in sent_up(person, CONTACTS, filled(plan, CONTACTS, *rows))
    assert not set_there(house)
    confirmed(person)
    assert len(set_there(house)) == 166
    again = person.get(f"/desk/workbook/template?kind={CONTACTS}&filled=yes").content
    assert "mọi dòng đều trùng với dữ liệu đang có" in sent_up(person, CONTACTS, BytesIO(again).getvalue())

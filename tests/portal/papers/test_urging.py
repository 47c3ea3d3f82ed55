"""Urging letters on paper: recorded once, told to their office, shown where the work is, replaced and never removed."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.keeping.opening import Store
from models.store.audit_event import AuditEvent
from models.store.database import reading_session
from models.tables.outbox import Message, UrgedAssignment, UrgingLetter
from notifications.words.urging_letter import urging_text
from tests.support.cast import at, number_of
from tests.support.evidence_files import pdf
from tests.support.people import House, Person

pytestmark = pytest.mark.sqlite_only

PAGE = "/desk/urging/SYT"
PAPER = [("files", ("don-doc-45.pdf", pdf("Van ban don doc so 45"), ""))]


def fields(store: Store, **changes: object) -> dict[str, object]:
    number = str(number_of(store, "T0.1"))
    sent = {"number": "45/CV-VP", "issued_on": "20/09/2023", "answer_by": "27/09/2023", "assignments": [number]}
    return {**sent, **changes}


def letters(engine: Engine) -> list[UrgingLetter]:
    with reading_session(engine) as session:
        return list(session.exec(select(UrgingLetter).order_by(col(UrgingLetter.id))))


@pytest.fixture
def person(house: House) -> Person:
    house.clock.now = at("2023-09-20", 9)
    return house.coordinator()


def test_a_letter_is_kept_told_and_shown(house: House, person: Person) -> None:
    store, number = house.store, number_of(house.store, "T0.1")
    page = person.get(PAGE).text
    assert re.search(rf'value="{number}" checked', page), "what is late is chosen already"
    person.post(PAGE, fields(store), on=PAGE, files=PAPER)
    assert "Đã ghi văn bản đôn đốc" in person.page and "45/CV-VP" in person.page
    (letter,) = letters(store.engine)
    with reading_session(store.engine) as session:
        about = session.exec(select(UrgedAssignment.assignment_id)).all()
        message = session.exec(select(Message).where(col(Message.message_key).startswith("dondoc-don-doc-"))).one()
        event = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "urge_in_writing")).one()
    assert about == [number]
    assert (message.office, message.desk) == ("SYT", "focal")
    assert message.subject == "[Đôn đốc] Văn bản số 45/CV-VP ngày 20/09/2023: đề nghị trả lời chậm nhất 27/09/2023"
    assert event.subject == f"urging:{letter.id}" and event.details["sha256"] == letter.sha256

    link = re.search(rf"http\S+to=/urging/{letter.id}", message.body_text.replace("%2F", "/"))
    assert link, message.body_text
    office = house.stranger()
    assert office.get(house.path(link[0])).content == PAPER[0][1][1], "the link of the message opens the paper"
    for reader in (office, person, house.manager()):
        assert "45/CV-VP ngày 20/09/2023" in reader.get(f"/assignments/{number}").text
        assert reader.get(f"/urging/{letter.id}").status_code == 200
    assert house.office("SXD").get(f"/urging/{letter.id}").status_code == 404


def test_the_desk_tells_who_was_urged_in_writing(house: House, person: Person) -> None:
    page = "/desk/urging/CAT"
    number = re.findall(r'name="assignments" value="(\d+)" checked', person.get(page).text)[0]
    assert 'href="/desk/urging/CAT"' in person.get("/desk").text
    person.post(page, fields(house.store, assignments=[number]), on=page, files=PAPER)
    person.get("/desk")
    assert "đã đôn đốc bằng văn bản 45/CV-VP ngày 20/09/2023, trả lời chậm nhất 27/09/2023" in person.page.replace(
        " ,", ","
    )


def test_a_wrong_letter_is_replaced_and_stays(house: House, person: Person) -> None:
    store = house.store
    person.post(PAGE, fields(store), on=PAGE, files=PAPER)
    person.post(PAGE, fields(store), on=PAGE, files=PAPER)
    assert "Đã ghi văn bản đôn đốc" in person.page and len(letters(store.engine)) == 1, "the button pressed twice"
    again = person.post(PAGE, fields(store, answer_by="28/09/2023"), on=PAGE, files=PAPER)
    assert again.status_code == 422 and "đã ghi rồi" in person.page, "the same number with another day"
    person.post(PAGE, fields(store, answer_by="29/09/2023", corrects="1"), on=PAGE, files=PAPER)
    assert [each.corrects for each in letters(store.engine)] == [None, 1]
    assert "đã được thay" in person.page
    again = person.post(PAGE, fields(store, number="46/CV-VP", corrects="1"), on=PAGE, files=PAPER)
    assert again.status_code == 422 and "đã được thay" in person.page
    with reading_session(store.engine) as session:
        keys = col(Message.message_key).startswith("dondoc-don-doc-2-")
        message = session.exec(select(Message).where(keys)).one()
    assert "thay cho văn bản số 45/CV-VP ngày 20/09/2023" in message.body_text


@pytest.mark.parametrize("number", ["²", "١", "1²", "-1", "9" * 30, ""])
def test_what_is_no_number_of_work_is_refused_in_words(house: House, person: Person, number: str) -> None:
    answer = person.post(PAGE, fields(house.store, assignments=[number]), on=PAGE, files=PAPER)
    assert answer.status_code == 422 and "chưa chọn việc nào" in person.page


def test_all_that_is_wrong_is_told_at_once(house: House, person: Person) -> None:
    wrong = fields(house.store, number=" ", issued_on="21/09/2023", answer_by="01/09/2023", assignments=["9999"])
    answer = person.post(PAGE, wrong, on=PAGE)
    assert answer.status_code == 422
    for said in ("Số, ký hiệu văn bản", "chưa đến", "trước ngày văn bản", "số 9999", "chưa chọn tệp"):
        assert said in person.page, said
    assert 'value="21/09/2023"' in answer.text, "what was typed is kept"
    named = person.post(PAGE, fields(house.store, number="Ông Lò Văn Tiến"), on=PAGE, files=PAPER)
    assert named.status_code == 422 and "tên người" in person.page
    assert letters(house.store.engine) == []


def test_a_coordinator_urges_its_own_units_not_a_stranger(house: House) -> None:
    store, plan = house.store, house.store.plan
    own = plan.main_directive.coordinator
    letter = UrgingLetter(
        id=1,
        office=own,
        directive=plan.main_directive.code,
        number="45/CV",
        issued_on=date(2023, 9, 20),
        answer_by=date(2023, 9, 27),
        sha256="",
        name="",
        media_type="",
        size=0,
        recorded_by="",
        recorded_at=at("2023-09-20"),
    )
    context = store.actor_context(now=at("2023-09-20"), actor="command")
    words = urging_text(letter, [], store, context, None).text
    assert f"Kính gửi: các đơn vị thuộc {plan.office(own).name_vi}" in words

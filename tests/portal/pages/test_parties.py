"""What the page of an assignment says of joint leads, named offices, and who of those asked has answered."""

from datetime import date
from urllib.parse import quote

import pytest
from sqlmodel import col, select, update

from config.clock import end_of_day
from config.rules.due import NO_DATE
from config.rules.kinds import Timing
from intake.files.reading import PDF
from models.store.database import session_scope
from models.tables.account import UserRole
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.tables.outbox import Message
from models.tables.party import Part, Party
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.deeds.direct import move_dates
from models.work.deeds.grounds import grounds
from notifications.courier.courier import deliver
from tests.support.cast import at, number_of, t0_report
from tests.support.evidence_files import pdf
from tests.support.people import House


@pytest.mark.sqlite_only
def test_the_lead_and_the_coordinator_see_who_has_answered(house: House) -> None:
    with session_scope(house.store.engine) as session:
        helper = session.exec(
            select(Assignment).where(Assignment.role == Role.COORDINATING, Assignment.lead_office != Assignment.office)
        ).first()
        assert helper is not None
        group = (
            *(Assignment.subtask == helper.subtask, Assignment.step == helper.step),
            *(Assignment.variant == helper.variant, Assignment.period == helper.period),
            Assignment.lead_office == helper.lead_office,
        )
        lead = session.exec(select(Assignment).where(*group, Assignment.role == Role.LEAD)).one()
        asked = session.exec(select(col(Assignment.id)).where(*group, Assignment.role == Role.COORDINATING)).all()
        session.exec(update(Assignment).where(col(Assignment.id) == helper.id).values(state=State.REPORTED))
        page, office = f"/assignments/{lead.id}", lead.office
    for person in (house.office(office), house.coordinator()):
        person.get(page)
        assert f"Đã gửi nội dung: 1/{len(asked)}" in person.page
        assert ("chưa gửi:" in person.page) is (len(asked) > 1)


@pytest.mark.sqlite_only
def test_joint_leads_and_named_offices_are_named(house: House) -> None:
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=1, office="TAND", part=Part.JOINT))
        session.add(Party(assignment_id=1, office="VKSND", part=Part.NAMED))
    coordinator = house.coordinator()
    coordinator.get("/assignments/1")
    assert "Cùng chủ trì: " in coordinator.page and "Phối hợp, để biết: " in coordinator.page
    coordinator.get("/board")
    assert "phần việc" in coordinator.page and "cộng các dòng có thể lớn hơn số chung" in coordinator.page


def named_in(house: House, office: str, number: int) -> None:
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=number, office=office, part=Part.NAMED))


@pytest.mark.sqlite_only
def test_a_named_office_contributes_and_those_concerned_read_it(house: House) -> None:
    named_in(house, "TAND", 1)
    named_in(house, "VKSND", 1)
    said = "Đề nghị bổ sung số liệu."
    named = house.office("TAND")
    named.post("/assignments/1/contribution", {"contribution": said}, on="/assignments/1")
    assert "Đã gửi góp ý cho cơ quan chủ trì." in named.page and said in named.page
    with session_scope(house.store.engine) as session:
        lead = session.get_one(Assignment, 1).office
    for person in (house.office(lead), house.coordinator(), house.manager()):
        person.get("/assignments/1")
        assert said in person.page and "góp ý, cung cấp nội dung" in person.page
        assert 'action="/assignments/1/contribution"' not in person.last.text
    other = house.office("VKSND")
    other.get("/assignments/1")
    assert said not in other.page


@pytest.mark.sqlite_only
def test_what_is_being_prepared_is_for_those_who_prepare_it(house: House) -> None:
    """A named office reads no reasons and nothing of drafts, nobody else the names of files before they are sent."""
    named_in(house, "TAND", 1)
    named_in(house, "VKSND", 1)
    page, (why, wish, answer, name) = "/assignments/1", ("Số liệu sai.", "Chờ các xã.", "Không đủ lý do.", "nhap.pdf")
    with session_scope(house.store.engine) as session:
        lead = house.office(session.get_one(Assignment, 1).office)
    desk, named = house.coordinator(), house.office("TAND")
    lead.post(f"{page}/extension", {"until": "20/12/2023", "reason": wish}, on=f"{page}/extension")
    desk.post(f"{page}/refuse", {"refuse_extension_reason": answer}, on=page)
    lead.post(f"{page}/report", {"action": "attach"}, on=f"{page}/report", files=[("files", (name, pdf(), PDF))])
    assert name in lead.page
    desk.post(f"{page}/suspend", {"suspend_reason": why}, on=page)
    named.post(f"{page}/contribution", {"contribution": "Bổ sung số liệu."}, on=page)
    secret = {why, wish, answer, name}
    decided = secret - {name}
    nothing = set[str]()
    others = ((desk, decided), (house.manager(), decided), (named, nothing), (house.office("VKSND"), nothing))
    for person, expected in ((lead, secret), *others):
        person.get(page)
        assert {each for each in secret if each in person.page} == expected
        assert ("xin gia hạn" in person.page.partition("Quá trình xử lý")[2]) == bool(expected)
        assert "tạm dừng" in person.page.partition("Quá trình xử lý")[2]
    for office, contributes in (("TAND", True), ("VKSND", False)):
        told = house.program(office=office).get(f"/api/v1{page}").json()
        assert not told["extensions"] and not {each for each in secret if each in str(told)}
        verbs = [each["verb"] for each in told["events"]]
        assert "suspend" in verbs and ("contribute" in verbs) == contributes
        assert not {"attach", "request_extension", "refuse_extension"} & {*verbs}
    told = house.program(role=UserRole.COORDINATOR).get(f"/api/v1{page}").json()
    assert {each for each in secret if each in str(told)} == decided


@pytest.mark.sqlite_only
@pytest.mark.parametrize("reason", ["Sở Y tế (thường trực) chậm vì thiếu kinh phí.", "Chậm vì thiếu kinh phí. " * 41])
def test_a_named_office_reads_what_a_deed_did_and_not_why(house: House, reason: str) -> None:
    named_in(house, "TAND", 1)
    context = house.store.actor_context(now=house.clock.now, actor="coordinator")
    apply(house.store.engine, move_dates([1], date(2024, 9, 30), provenance=grounds(reason=reason), context=context))
    with session_scope(house.store.engine) as session:
        lead = session.get_one(Assignment, 1).office
    for office, is_told in ((lead, True), ("TAND", False)):
        person, program = house.office(office), house.program(office=office)
        person.get("/assignments/1")
        assert "thành 30/09/2024" in person.page and "→ 24:00 30/9/2024" in person.page
        assert ("thiếu kinh phí" in person.page) is is_told
        found = program.get("/api/v1/assignments/1").json()
        assert found["changes"][-1]["to_due_date"] == "2024-09-30"
        assert ("thiếu kinh phí" in str(found)) is is_told
    deliver(house.store, now=house.clock.now)
    with session_scope(house.store.engine) as session:
        letters = session.exec(select(Message.office, Message.body_text).where(Message.body_text != "")).all()
    letters = [(office, text) for office, text in letters if "30/09/2024" in text]
    assert {(office, "thiếu kinh phí" in text) for office, text in letters} == {(lead, True), ("TAND", False)}


@pytest.mark.sqlite_only
def test_a_contribution_that_may_not_be_kept_stays_in_the_form(house: House) -> None:
    named_in(house, "TAND", 1)
    named = house.office("TAND")
    written = "Liên hệ 0912 345 678."
    answer = named.post("/assignments/1/contribution", {"contribution": written}, on="/assignments/1")
    assert answer.status_code == 422 and written in named.page
    assert "Nội dung góp ý: có số điện thoại" in named.page


@pytest.mark.sqlite_only
def test_who_has_answered_is_found_from_board_list_and_assignment(house: House) -> None:
    with session_scope(house.store.engine) as session:
        one = session.get_one(Assignment, 1)
        subtask, period, priority = one.subtask, one.period, one.priority
    address = f"/answers?subtask={subtask}&amp;period={quote(period, safe='')}"
    for person in (house.coordinator(), house.manager()):
        assert f'href="{address}"' in person.get("/assignments/1").text
        assert f"/answers?subtask={subtask}" in person.get(f"/board?priority={priority}").text
        assert f"/answers?subtask={subtask}" in person.get(f"/assignments?subtask={subtask}").text
        person.get(address.replace("&amp;", "&"))
        assert "Ai đã gửi, ai chưa" in person.page and "Đã gửi 0/" in person.page
        assert person.get(f"/answers/workbook?subtask={subtask}").content[:2] == b"PK"
    assert house.office("SYT").get("/answers?subtask=T1.1").status_code == 403


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 422, "Nhiệm vụ: chưa chọn"),
        ("?subtask=T99.9", 422, "T99.9"),
        ("?subtask=T0.1&period=2031", 422, "Kỳ: T0.1 không có kỳ «2031»"),
        ("?office=SYT", 422, "office"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(house: House, query: str, status: int, says: str) -> None:
    answer = house.coordinator()
    assert answer.get(f"/answers{query}").status_code == status and says in answer.page


@pytest.mark.sqlite_only
def test_the_page_says_which_joint_lead_handed_in(house: House) -> None:
    number = number_of(house.store, "T0.1")
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=number, office="TAND", part=Part.JOINT))
        session.flush()
        context = house.store.actor_context(now=house.clock.now, actor="office:TAND")
        verbs.report(session, number, t0_report(), context)
    coordinator = house.coordinator()
    coordinator.get(f"/assignments/{number}")
    assert f"{house.store.plan.office('TAND').name_vi} gửi ·" in coordinator.page


@pytest.mark.sqlite_only
def test_work_without_a_date_stands_apart_and_is_never_overdue(house: House) -> None:
    with session_scope(house.store.engine) as session:
        session.exec(
            update(Assignment)
            .where(col(Assignment.id) == number_of(house.store, "T0.1"))
            .values(timing=Timing.STANDING, due_date=NO_DATE, due_at=end_of_day(NO_DATE))
        )
    house.clock.now = at("2026-08-18", 9)
    office = house.office("SYT")
    office.get("/assignments")
    assert "Thường xuyên, chưa định hạn 1" in office.page and "Không có hạn nên không quá hạn" in office.page
    assert "nhiệm vụ (" in office.page and "đang thực hiện" in office.page
    assert "quá hạn</span>" not in office.get("/assignments?section=no_date").text

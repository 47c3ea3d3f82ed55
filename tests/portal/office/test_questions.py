"""Questions on the page: asked by the office, on the desk of the coordinator, answered there; and for programs."""

from models.access.accounts import make_token
from models.store.database import session_scope
from tests.support.cast import LEAD, number_of
from tests.support.people import House


def test_a_question_goes_to_the_desk_and_its_answer_to_the_office(house: House) -> None:
    number = number_of(house.store, "T0.1")
    here, office, coordinator = f"/assignments/{number}", house.office(LEAD), house.coordinator()
    answer = office.post(f"{here}/questions", {"question": "Gọi ông Nguyễn Văn Nam 0912 345 678?"}, on=here)
    assert answer.status_code == 422 and "0912 345 678" in office.page, "what was typed stays"
    office.post(f"{here}/questions", {"question": "Biểu 02 tính cả đơn vị trực thuộc không?"}, on=here)
    assert "Đã gửi câu hỏi." in office.page and "Chưa được trả lời." in office.page
    coordinator.get("/desk")
    assert "Câu hỏi chờ trả lời 1" in coordinator.page and "Biểu 02" in coordinator.page
    coordinator.post(f"{here}/questions/1", {"answer_1": "Có, gồm cả đơn vị trực thuộc."}, on=here)
    assert "Đã gửi trả lời." in coordinator.page
    assert "Câu hỏi chờ trả lời" not in coordinator.get("/desk").text
    assert "Có, gồm cả đơn vị trực thuộc." in office.get(here).text
    coordinator.post(f"{here}/questions", {"question": "Bao giờ có số liệu quý III?"}, on=here)
    assert "Cơ quan đôn đốc hỏi" in office.get("/assignments").text
    assert house.office("TAND").get(here).status_code == 404
    assert "Biểu 02" in house.manager().get(here).text


def test_programs_ask_and_answer_too(house: House) -> None:
    number, office = number_of(house.store, "T0.1"), house.stranger()
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        token = make_token(session, name="Phần mềm", office=LEAD, role=None, days=30, context=context)
    office.web.headers["Authorization"] = f"Bearer {token}"
    there = f"/api/v1/assignments/{number}"
    sent = [
        office.web.post(f"{there}/questions", json={"text": "Gửi theo mẫu nào?"}, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert [each.status_code for each in sent] == [201, 201] and sent[0].json() == sent[1].json()
    assert office.web.post(f"{there}/questions/1", json={"text": "Tự trả lời"}).status_code == 404
    assert [each["text"] for each in office.web.get(there).json()["questions"]] == ["Gửi theo mẫu nào?"]

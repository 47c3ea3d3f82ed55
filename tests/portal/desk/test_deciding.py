"""The first page of the desk: what waits is decided many at once, and what is late stands by office."""

import re
from datetime import timedelta

from sqlmodel import col, select

from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.tables.report import Report
from portal.pages.desk import OFFICES_LISTED
from tests.support.cast import number_of
from tests.support.people import House, Person, hidden


def reported(house: House, subtask: str, office: str) -> int:
    """An assignment of that subtask with a report that waits; its number."""
    with session_scope(house.store.engine) as session:
        wanted = select(Assignment).where(Assignment.subtask == subtask, Assignment.office == office)
        found = session.exec(wanted.order_by(col(Assignment.id))).first()
        assert found is not None
        assert found.id is not None
        found.state, found.reported_at = State.REPORTED, house.clock.now
        session.add(
            Report(assignment_id=found.id, version=1, counts={}, text="Đã triển khai.", submitted_at=house.clock.now)
        )
        return found.id


def waiting(person: Person, query: str = "") -> list[str]:
    return re.findall(r'name="chosen" value="([^"]+)"', person.get(f"/desk{query}").text)


def test_many_reports_are_accepted_with_one_confirmation(house: House) -> None:
    numbers = [reported(house, "T0.1", office) for office in ("SYT", "CAT", "SNV")]
    coordinator = house.coordinator()
    chosen = waiting(coordinator)
    assert len(chosen) == 3
    assert "Đã triển khai." in coordinator.page
    coordinator.post("/desk/decide", {"chosen": chosen, "choice": "accept"})
    assert "Xác nhận báo cáo: 3" in coordinator.page
    coordinator.last = coordinator.web.post("/desk/decide", data=hidden(coordinator))
    assert "Đã quyết định. Số lượng: 3." in coordinator.page
    with session_scope(house.store.engine) as session:
        assert {session.get_one(Assignment, number).state for number in numbers} == {State.ACCEPTED}


def test_returned_together_they_need_a_reason(house: House) -> None:
    number = reported(house, "T0.1", "SYT")
    coordinator = house.coordinator()
    chosen = waiting(coordinator)
    coordinator.post("/desk/decide", {"chosen": chosen, "choice": "return"})
    fields = hidden(coordinator)
    coordinator.last = coordinator.web.post("/desk/decide", data={**fields, "reason": " "})
    assert "Lý do: ghi một câu" in coordinator.page
    coordinator.last = coordinator.web.post("/desk/decide", data={**fields, "reason": "Gọi 0912 345 678 để sửa."})
    assert "điện thoại" in coordinator.page and "Gọi 0912 345 678" in coordinator.page, "what was typed stays"
    fields = hidden(coordinator)
    for _ in range(2):  # pressed twice, it is decided once
        coordinator.last = coordinator.web.post("/desk/decide", data={**fields, "reason": "Thiếu số liệu quý."})
        assert "Đã quyết định." in coordinator.page
    with session_scope(house.store.engine) as session:
        assert session.get_one(Assignment, number).state is State.RETURNED


def test_reports_ticked_in_a_list_are_decided_on_and_what_has_none_is_named(house: House) -> None:
    first, second = reported(house, "T0.1", "SYT"), reported(house, "T0.1", "CAT")
    other = number_of(house.store, "T0.1", office="SNV")
    coordinator = house.coordinator()
    page = coordinator.get("/assignments?status=reported").text
    assert re.search(r'<button formaction="/desk/decide" name="choice" value="return">', page)
    ticked = f"/desk/decide?n={first}&n={second}&n={other}&choice=return"
    coordinator.get(ticked)
    assert "Trả lại báo cáo: 2" in coordinator.page and f"Việc số {other}: không có báo cáo" in coordinator.page
    fields = hidden(coordinator) | {"reason": "Thiếu số liệu quý."}
    coordinator.last = coordinator.web.post("/desk/decide", data=fields)
    assert "Đã quyết định. Số lượng: 2." in coordinator.page
    with session_scope(house.store.engine) as session:
        assert {session.get_one(Assignment, number).state for number in (first, second)} == {State.RETURNED}
        assert session.get_one(Assignment, other).state is State.ASSIGNED
    assert "không có báo cáo" in (coordinator.get(ticked), coordinator.page)[1], "nothing waits any more"


def test_what_waits_is_filtered_by_office_priority_and_subtask(house: House) -> None:
    for office in ("SYT", "CAT", "SNV"):
        reported(house, "T0.1", office)
    coordinator = house.coordinator()
    assert [len(waiting(coordinator, query)) for query in ("", "?office=SYT", "?subtask=T0.1", "?subtask=T1.1")] == [
        *(3, 1, 3, 0)
    ]
    assert coordinator.get("/desk?office=KHONGCO").status_code == 422
    coordinator.get("/desk?office=STC")
    assert "Không có gì đang chờ theo bộ lọc này." in coordinator.page


def test_what_was_decided_meanwhile_is_named_and_the_rest_is_done(house: House) -> None:
    first, second = reported(house, "T0.1", "SYT"), reported(house, "T0.1", "CAT")
    coordinator, other = house.coordinator(), house.coordinator()
    chosen = waiting(coordinator)
    coordinator.post("/desk/decide", {"chosen": chosen, "choice": "accept"})
    fields, page = hidden(coordinator), f"/assignments/{first}"
    other.post(f"{page}/accept", {"version": "1"}, on=page)
    coordinator.last = coordinator.web.post("/desk/decide", data=fields)
    assert f"Việc số {first}: đã được quyết định" in coordinator.page
    with session_scope(house.store.engine) as session:
        assert session.get_one(Assignment, second).state is State.ACCEPTED


def test_what_somebody_else_decided_meanwhile_is_not_told_as_decided(house: House) -> None:
    number = reported(house, "T0.1", "SYT")
    coordinator, other = house.coordinator(), house.coordinator()
    coordinator.post("/desk/decide", {"chosen": waiting(coordinator), "choice": "return"})
    fields, page = hidden(coordinator), f"/assignments/{number}"
    other.post(f"{page}/accept", {"version": "1"}, on=page)
    coordinator.last = coordinator.web.post("/desk/decide", data={**fields, "reason": "Thiếu số liệu quý."})
    assert f"Việc số {number}: đã được quyết định" in coordinator.page
    assert "Thiếu số liệu quý." in coordinator.page, "the reason is not lost"
    with session_scope(house.store.engine) as session:
        assert session.get_one(Assignment, number).state is State.ACCEPTED


def test_what_was_taken_back_meanwhile_is_not_told_as_decided(house: House) -> None:
    number = reported(house, "T0.1", "SYT")
    coordinator, office, page = house.coordinator(), house.office("SYT"), f"/assignments/{number}"
    coordinator.post("/desk/decide", {"chosen": waiting(coordinator), "choice": "accept"})
    office.post(f"{page}/take-back", {"version": "1"}, on=page)
    coordinator.last = coordinator.web.post("/desk/decide", data=hidden(coordinator))
    assert coordinator.last.status_code == 422 and f"Việc số {number}: đã được quyết định" in coordinator.page


def test_requests_granted_together_twice_are_granted_once(house: House) -> None:
    number, office = number_of(house.store, "T0.1"), house.office("SYT")
    ask = f"/assignments/{number}/extension"
    office.post(ask, {"until": "16/09/2023", "reason": "Chờ số liệu cấp xã."}, on=ask)
    coordinator = house.coordinator()
    coordinator.post("/desk/decide", {"chosen": waiting(coordinator), "choice": "grant"})
    fields = hidden(coordinator)
    for _ in range(2):
        coordinator.last = coordinator.web.post("/desk/decide", data=fields)
        assert "Đã quyết định." in coordinator.page


def _decided(coordinator: Person, number: int, how: str = "accept", **fields: str) -> str:
    """Where deciding on a report leads with "and open the next"."""
    page = f"/assignments/{number}"
    return coordinator.post(f"{page}/{how}", {"version": "1", "then": "next", **fields}, on=page).url.path


def test_after_one_report_comes_the_next_and_after_the_last_the_first(house: House) -> None:
    first, second, third, last = sorted(reported(house, "T0.1", office) for office in ("SYT", "CAT", "SNV", "STC"))
    coordinator = house.coordinator()
    assert _decided(coordinator, second) == f"/assignments/{third}", "not back to the one that was left"
    assert _decided(coordinator, third, "return", return_reason="Thiếu số liệu.") == f"/assignments/{last}"
    assert _decided(coordinator, last) == f"/assignments/{first}"
    assert _decided(coordinator, last) == f"/assignments/{first}", "pressed twice"
    assert _decided(coordinator, first) == "/desk"


def test_after_a_request_for_time_comes_the_next(house: House) -> None:
    number, office, ask = number_of(house.store, "T0.1"), house.office("SYT"), {"reason": "Chờ số liệu cấp xã."}
    form = f"/assignments/{number}/extension"
    waits = reported(house, "T0.1", "CAT")
    for way, fields in (
        ("grant", {"until": "16/09/2023"}),
        ("refuse", {"refuse_extension_reason": "Đã gia hạn một lần rồi."}),
    ):
        house.clock.now += timedelta(minutes=1)
        office.post(form, {**ask, "until": "25/09/2023"}, on=form)
        coordinator = house.coordinator()
        page = coordinator.get(f"/assignments/{number}").text
        assert page.count('name="then" value="next"') == 2
        seen = {"extension": re.findall(r'name="extension" value="([0-9]+)"', page)[0]}
        answer = coordinator.post(f"/assignments/{number}/{way}", {**seen, **fields, "then": "next"})
        assert answer.url.path == f"/assignments/{waits}"


def test_today_says_who_is_late_and_since_when(house: House) -> None:
    house.clock.now += timedelta(days=40)
    coordinator = house.coordinator()
    coordinator.get("/desk")
    assert "Quá hạn, theo cơ quan" in coordinator.page
    assert coordinator.last is not None
    assert coordinator.last.text.count("&amp;status=open_overdue") == OFFICES_LISTED
    assert "chưa được tiếp nhận" in coordinator.page

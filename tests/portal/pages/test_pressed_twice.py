"""A form sent once more is told as done; one whose matter has changed since is not carried out unseen."""

import pytest
from sqlmodel import col, select

from models.store.database import reading_session, session_scope
from models.tables.lifecycle import ExtensionState, State
from models.tables.report import Extension
from models.work import verbs
from tests.support.cast import assignment_in, number_of, t0_report
from tests.support.people import House, Person, hidden

LATER, SATURDAY, SOONER = "20/09/2023", "16/09/2023", "15/09/2023"


@pytest.fixture
def number(house: House) -> int:
    return number_of(house.store, "T0.1")


def ask(office: Person, number: int, until: str) -> None:
    address = f"/assignments/{number}/extension"
    office.post(address, {"until": until, "reason": f"Chờ số liệu cấp xã đến {until}."}, on=address)
    assert "Đã gửi đề nghị gia hạn." in office.page


def twice(person: Person, address: str, fields: dict[str, str], said: str, *, on: str) -> None:
    """Send a form of a page two times as it is; both times it is told as done."""
    person.get(on)
    known = {name: value for name, value in hidden(person).items() if name in ("csrf", "version", "extension")}
    for _ in range(2):
        person.last = person.web.post(address, data={**known, **fields})
        assert person.last.status_code == 200 and said in person.page


def states(house: House) -> list[ExtensionState]:
    with reading_session(house.store.engine) as session:
        return [*session.exec(select(Extension.state).order_by(col(Extension.id)))]


@pytest.mark.parametrize("until", [LATER, SATURDAY])
def test_time_granted_twice_is_told_as_granted(house: House, number: int, until: str) -> None:
    ask(house.office("SYT"), number, LATER)
    page = f"/assignments/{number}"
    twice(house.coordinator(), f"{page}/grant", {"until": until}, "Đã gia hạn.", on=page)
    assert states(house) == [ExtensionState.GRANTED]


def test_time_granted_to_another_day_by_the_same_page_is_not_told_as_granted(house: House, number: int) -> None:
    ask(house.office("SYT"), number, LATER)
    coordinator, page = house.coordinator(), f"/assignments/{number}"
    coordinator.post(f"{page}/grant", {"until": SOONER}, on=page)
    coordinator.post(f"{page}/grant", {"until": LATER})
    assert coordinator.last is not None and coordinator.last.status_code == 404


def test_work_resumed_twice_is_told_as_resumed(house: House, number: int) -> None:
    coordinator, page = house.coordinator(), f"/assignments/{number}"
    coordinator.post(f"{page}/suspend", {"suspend_reason": "Chờ hướng dẫn của cấp trên."}, on=page)
    twice(coordinator, f"{page}/resume", {"until": SATURDAY}, "Việc được tiếp tục.", on=page)
    assert assignment_in(house.store, number).state is State.ASSIGNED


def test_what_an_office_takes_back_twice_is_told_as_taken_back(house: House, number: int) -> None:
    office, page = house.office("SYT"), f"/assignments/{number}"
    ask(office, number, LATER)
    twice(office, f"{page}/extension/withdraw", {}, "Đã rút đề nghị gia hạn", on=page)
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="office:SYT")
        verbs.report(session, number, t0_report(), context)
    twice(office, f"{page}/take-back", {}, "Đã rút lại báo cáo", on=page)


@pytest.mark.parametrize(
    ("deed", "fields"),
    [("grant", {"until": LATER}), ("refuse", {"refuse_extension_reason": "Lâu quá, không thể đến ngày đó."})],
)
def test_a_request_that_was_not_seen_is_not_decided_on(
    house: House, number: int, deed: str, fields: dict[str, str]
) -> None:
    office, coordinator, page = house.office("SYT"), house.coordinator(), f"/assignments/{number}"
    ask(office, number, LATER)
    coordinator.get(page)
    old = hidden(coordinator)
    office.post(f"{page}/extension/withdraw", on=page)
    ask(office, number, SOONER)
    coordinator.last = coordinator.web.post(f"{page}/{deed}", data={**old, **fields})
    assert coordinator.last.status_code == 422
    assert f"đã có đề nghị gia hạn khác, xin đến {SOONER}" in coordinator.page
    assert states(house) == [ExtensionState.WITHDRAWN, ExtensionState.REQUESTED]
    assert hidden(coordinator)["extension"] != old["extension"], "the page now shows the new one"


def test_a_request_that_was_not_seen_is_not_withdrawn(house: House, number: int) -> None:
    office, page = house.office("SYT"), f"/assignments/{number}"
    ask(office, number, LATER)
    office.get(page)
    old = hidden(office)
    office.post(f"{page}/extension/withdraw")
    ask(office, number, SOONER)
    office.last = office.web.post(f"{page}/extension/withdraw", data=old)
    assert "đã có đề nghị gia hạn khác" in office.page
    assert states(house) == [ExtensionState.WITHDRAWN, ExtensionState.REQUESTED]

"""Reminders of what was ticked in a list: sent now or paused, many at once."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from models.alerts.silences import lift, silence
from models.store.audit_event import AuditEvent
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState, State
from models.tables.outbox import Message, Notice, Silence
from models.tables.party import Part, Party
from notifications.courier.courier import deliver
from tests.support.cast import at, number_of
from tests.support.people import House, hidden

MONDAY = at("2023-08-21", 10)
UNTIL = {"until": "30/09/2023", "reason": "Đang sắp xếp tổ chức."}


def chosen(house: House) -> tuple[int, int, int]:
    """Work of two offices that is open, and of one that is not."""
    first, second, closed = (number_of(house.store, "T0.1", office=office) for office in ("SYT", "SNV", "STC"))
    with session_scope(house.store.engine) as session:
        session.get_one(Assignment, closed).state = State.WITHDRAWN
    return first, second, closed


def test_reminders_of_what_is_ticked_are_paused_with_one_confirmation(house: House) -> None:
    first, second, closed = chosen(house)
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=second, office="TAND", part=Part.JOINT))
    coordinator = house.coordinator()
    assert 'formaction="/desk/reminders" name="act" value="silence"' in coordinator.get("/assignments").text
    coordinator.get(f"/desk/reminders?n={first}&n={second}&n={closed}&act=silence")
    assert f"Việc số {closed}: đã thu hồi." in coordinator.page
    assert "Tạm ngừng nhắc (3)" in coordinator.page, "a joint lead's too"
    fields = hidden(coordinator)
    for typed, status in ((UNTIL | {"reason": ""}, 422), (UNTIL, 200), (UNTIL, 200)):  # wrong, right, pressed twice
        coordinator.last = coordinator.web.post("/desk/reminders", data=fields | typed)
        assert coordinator.last.status_code == status
    assert "Đã tạm ngừng nhắc việc." in coordinator.page
    with session_scope(house.store.engine) as session:
        made = session.exec(select(Silence)).all()
        assert sorted((each.office or "", each.subtask) for each in made) == [
            ("SNV", "T0.1"),
            ("SYT", "T0.1"),
            ("TAND", "T0.1"),
        ]
        assert {each.period for each in made} == {session.get_one(Assignment, first).period}


def test_what_is_closed_has_no_reminders_to_pause(house: House) -> None:
    *_, closed = chosen(house)
    coordinator = house.coordinator()
    answer = coordinator.get(f"/desk/reminders?n={closed}&act=silence")
    assert answer.status_code == 422 and f"Việc số {closed}: đã thu hồi." in coordinator.page


def test_what_is_ticked_is_urged_once_a_day_in_one_letter_for_each_office(house: House) -> None:
    deliver(house.store, now=house.clock.now + timedelta(hours=2))  # what was assigned is told
    first, second, closed = chosen(house)
    with session_scope(house.store.engine) as session:
        its = (
            select(Assignment.id).where(Assignment.office == "SYT", Assignment.id != first).order_by(col(Assignment.id))
        )
        another = session.exec(its).first()
    coordinator = house.coordinator()
    assert 'formaction="/desk/reminders" name="act" value="urge"' in coordinator.get("/assignments").text
    ticked = "&".join(f"n={number}" for number in (first, second, another, closed))
    coordinator.get(f"/desk/reminders?{ticked}&act=urge")
    assert "Đôn đốc (3)" in coordinator.page and "Không hoàn tác được." in coordinator.page
    assert f"Việc số {closed}: đã thu hồi." in coordinator.page
    fields, last = hidden(coordinator), _letters(house)
    coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
    assert "Đã đôn đốc; thư đi trong giờ nhận thư" in coordinator.page and "Số lượng: 3." in coordinator.page
    coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
    assert coordinator.last.status_code == 422 and "Đã đôn đốc 0" in coordinator.page
    assert f"Việc số {first}: hôm nay đã đôn đốc Sở Y tế." in coordinator.page
    deliver(house.store, now=at("2023-08-18", 22))
    assert _letters(house) == last, "not in the quiet hours"
    deliver(house.store, now=MONDAY)
    sent = [(each.office, each.subject) for each in _letters(house)[len(last) :]]
    assert sorted(office for office, _ in sent) == ["SNV", "SYT"]
    assert any("2 việc được đôn đốc" in subject for _, subject in sent)
    with session_scope(house.store.engine) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.verb == "urge")).one()
        assert event.details["count"] == 3 and event.details["offices"] == ["SNV", "SYT"]
    house.clock.now = MONDAY
    coordinator = house.coordinator()
    coordinator.get(f"/desk/reminders?n={first}&act=urge")
    assert "Đôn đốc (1)" in coordinator.page, "another day"


def test_who_is_not_reminded_is_not_said_to_be_urged_and_is_once_the_pause_ends(house: House) -> None:
    deliver(house.store, now=house.clock.now + timedelta(hours=2))
    house.clock.now = MONDAY
    paused, shared, _ = chosen(house)
    pause = _paused(house)
    with session_scope(house.store.engine) as session:
        session.add(Party(assignment_id=shared, office="SYT", part=Part.JOINT))
    coordinator = house.coordinator()
    coordinator.get(f"/desk/reminders?n={paused}&n={shared}&act=urge")
    assert "Đôn đốc (1)" in coordinator.page and coordinator.page.count("đang tạm ngừng nhắc: không gửi") == 2
    fields = hidden(coordinator) | {"n": [str(paused), str(shared)]}
    coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
    assert coordinator.last.status_code == 422 and "Đã đôn đốc 1" in coordinator.page
    assert f"Việc số {paused}: đang tạm ngừng nhắc: không gửi." in coordinator.page
    deliver(house.store, now=MONDAY)
    assert _urged(house) == [(shared, "SNV", NoticeState.SENT, ""), (shared, "SYT", NoticeState.CANCELLED, "silenced")]
    coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
    assert f"Việc số {shared}: hôm nay đã đôn đốc Sở Nội vụ." in coordinator.page
    with session_scope(house.store.engine) as session:
        lift(session, pause, house.store.actor_context(now=MONDAY, actor="command"))
    coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
    assert "Số lượng: 2." in coordinator.page
    deliver(house.store, now=MONDAY + timedelta(hours=1))
    assert [each[:3] for each in _urged(house) if each[1] == "SYT"] == [
        (paused, "SYT", NoticeState.SENT),
        (shared, "SYT", NoticeState.CANCELLED),
        (shared, "SYT", NoticeState.SENT),
    ]


@pytest.mark.parametrize("state", [NoticeState.CANCELLED, NoticeState.DEAD])
def test_what_was_urged_and_never_told_is_urged_again_the_same_day(house: House, state: NoticeState) -> None:
    number, *_ = chosen(house)
    coordinator = house.coordinator()
    coordinator.get(f"/desk/reminders?n={number}&act=urge")
    fields = hidden(coordinator)
    for _ in range(3):
        coordinator.last = coordinator.web.post("/desk/reminders", data=fields)
        assert "Số lượng: 1." in coordinator.page
        with session_scope(house.store.engine) as session:
            pending = select(Notice).where(Notice.kind == NoticeKind.URGED, Notice.state == NoticeState.PENDING)
            session.exec(pending).one().state = state


def test_urging_is_not_sent_where_the_work_was_reported(house: House) -> None:
    deliver(house.store, now=house.clock.now + timedelta(hours=2))
    reported, *_ = chosen(house)
    coordinator = house.coordinator()
    coordinator.get(f"/desk/reminders?n={reported}&act=urge")
    coordinator.last = coordinator.web.post("/desk/reminders", data=hidden(coordinator))
    with session_scope(house.store.engine) as session:
        session.get_one(Assignment, reported).state = State.REPORTED
    deliver(house.store, now=MONDAY)
    assert _urged(house) == [(reported, "SYT", NoticeState.CANCELLED, "reported")]


def _paused(house: House) -> int:
    with session_scope(house.store.engine) as session:
        context = house.store.actor_context(now=house.clock.now, actor="command")
        made = silence(session, office="SYT", until=date(2023, 9, 30), reason=UNTIL["reason"], context=context)
        return made.id or 0


def _urged(house: House) -> list[tuple[int, str, NoticeState, str]]:
    with session_scope(house.store.engine) as session:
        told = session.exec(select(Notice).where(Notice.kind == NoticeKind.URGED)).all()
        return sorted((each.assignment_id, each.office, each.state, each.reason) for each in told)


def _letters(house: House) -> list[Message]:
    with session_scope(house.store.engine) as session:
        sent = select(Message).where(Message.state == MessageState.SENT).order_by(col(Message.id))
        return [*session.exec(sent)]

"""Reminders of what was ticked in a list: paused, many at once."""

from sqlmodel import select

from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.tables.outbox import Silence
from models.tables.party import Part, Party
from tests.support.cast import number_of
from tests.support.people import House, hidden

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

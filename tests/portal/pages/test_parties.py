"""What the page of an assignment says of joint leads, named offices, and who of those asked has answered."""

import pytest
from sqlmodel import col, select, update

from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.tables.party import Part, Party
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

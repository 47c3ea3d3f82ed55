"""How offices answer in a rehearsal: as often as they have, never what they have left, and each joint lead counted."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import Settings
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.report import ReportContent
from models.work import verbs
from models.work.assigning import assign
from models.work.directives import anchors
from models.work.planning import planned_assignments
from rehearsal.habits import Habit, habits
from rehearsal.rehearse import rehearse
from tests.support.cast import at, one_step_assigned

pytestmark = pytest.mark.later

NOW = at("2025-11-11", 12)


def assigned_monthly(store: Store) -> list[int]:
    """The numbers of the work of eleven months, the earliest first."""
    for month in range(1, 12):
        with session_scope(store.engine) as session:
            context = store.actor_context(now=at(f"2025-{month:02}-10"), actor="flow:p1").for_priority("p1")
            assign(session, list(planned_assignments(context, anchors(session))), context)
    with session_scope(store.engine) as session:
        return [number or 0 for number in session.exec(select(Assignment.id).order_by(col(Assignment.due_date)))]


def answered(store: Store, number: int) -> None:
    with session_scope(store.engine) as session:
        when: datetime = session.get_one(Assignment, number).assigned_at + timedelta(days=2)
        content = ReportContent(counts={}, document_number="1/BC", document_date=when.date(), text="Xong.")
        verbs.report(session, number, content, store.actor_context(now=when, actor="office:SYT"))
        verbs.accept(session, number, store.actor_context(now=when, actor="coordinator"))


def test_an_office_that_has_left_work_leaves_as_much_of_what_is_ahead(settings: Settings, tmp_path: Path) -> None:
    with one_step_assigned(settings, tmp_path, "lead: SYT\ndue: {lead: MONTHLY:BY:20}") as store:
        numbers = assigned_monthly(store)
        for number in numbers[:3]:
            answered(store, number)
        left = [each for each in numbers[3:] if _due(store, each) <= NOW]
        known = habits(store, NOW)
        assert known == {"SYT": Habit(2, 3 / (3 + len(left)), NOW)} and len(left) >= 6
        assert not any(known["SYT"].answers(each, _due(store, each)) for each in left), "what it has left stays"
        later = [known["SYT"].answers(each, NOW + timedelta(days=1)) for each in range(1000)]
        assert sum(later) / 1000 == pytest.approx(known["SYT"].share, abs=0.05)
        answering, silent = (rehearse(store, 3, now=NOW, answering=each) for each in (True, False))
        assert answering.offices[0].letters > silent.offices[0].letters / 2, (
            "its head is still told of what it has left"
        )
        assert [each.head_on for each in answering.offices] == [each.head_on for each in silent.offices]


def test_who_answers_everything_is_told_less(settings: Settings, tmp_path: Path) -> None:
    with one_step_assigned(settings, tmp_path, "lead: SYT\ndue: {lead: MONTHLY:BY:20}") as store:
        for number in assigned_monthly(store):
            if _due(store, number) <= NOW:
                answered(store, number)
        assert habits(store, NOW)["SYT"].share == 1
        answering, silent = (rehearse(store, 3, now=NOW, answering=each) for each in (True, False))
        assert answering.offices[0].letters < silent.offices[0].letters / 2


def test_each_joint_lead_has_its_load(settings: Settings, tmp_path: Path) -> None:
    with one_step_assigned(settings, tmp_path, "lead: [SYT, STC]\ndue: {lead: BY:30/06/2025}") as store:
        found = rehearse(store, 6, now=at("2025-01-20", 7))
        load = {each.office: (each.due, each.busiest_week) for each in found.offices}
        assert load["STC"] == load["SYT"] and load["STC"][0] == 1
        assert {each.office for each in found.weeks if each.due} == {"STC", "SYT"}


def _due(store: Store, number: int) -> datetime:
    with session_scope(store.engine) as session:
        return session.get_one(Assignment, number).due_at

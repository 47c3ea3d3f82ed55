"""The mechanism without Prefect: what each form makes of the plan, once however often it runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from config.errors import Refused
from config.settings import Settings
from flows.forms import FORMS, fill_in
from flows.steps import NothingIssued, Summary, boards
from models.keeping.opening import Store, open_store
from models.store.audit import AuditEvent
from models.store.database import reading, session_scope
from models.tables.anchor import Anchor
from models.tables.assignment import Assignment
from models.tables.lifecycle import Urgency
from tests.support.cast import at, issue
from tests.support.corpus import CORPUS
from tests.support.following_up import follow_up_once

MORNING = at("2023-08-18", 7, 30)


def follow_up(store: Store, priority: str, when: Any = MORNING, **answers: Any) -> Summary:
    return follow_up_once(store, priority, fill_in(priority, answers, store.plan), when)


def assignments(store: Store, subtask: str) -> Sequence[Assignment]:
    with session_scope(store.engine) as session:
        query = select(Assignment).where(col(Assignment.subtask) == subtask).order_by(col(Assignment.id))
        return session.scalars(query).all()


def test_before_a_document_assigns_the_work_a_run_says_so_and_writes_nothing(store: Store) -> None:
    with pytest.raises(NothingIssued, match="Chưa có văn bản giao việc"):
        follow_up(store, "p3", events=[{"title": "Lễ hội", "on_date": "2023-10-06", "host_office": "SVHTTDL"}])
    with reading(store.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Anchor)) == 0


@pytest.mark.parametrize("priority", sorted(FORMS))
def test_running_twice_assigns_tells_and_sends_once(store: Store, priority: str) -> None:
    issue(store)
    first, second = follow_up(store, priority), follow_up(store, priority)
    assert first.assigned == first.notices > 0
    assert first.messages_sent > 0
    assert (second.assigned, second.notices, second.messages_sent, second.messages_failed) == (0, 0, 0, 0)


def test_the_actor_is_the_flow(store: Store) -> None:
    issue(store)
    follow_up(store, "p2")
    with reading(store.engine) as connection:
        actors = set(connection.scalars(select(col(AuditEvent.actor)).where(col(AuditEvent.verb) == "assign")))
    assert actors == {"flow:p2"}


def test_a_new_document_opens_a_study_session_for_every_office_with_its_urgency(store: Store) -> None:
    issue(store)
    document = {"number": "45-NQ/TW", "on_date": "2023-09-05", "title": "Nghị quyết mới", "urgency": "hỏa tốc"}
    when = at("2023-09-06")
    follow_up(store, "p1", when)
    before = len(assignments(store, "T1.1"))
    follow_up(store, "p1", when, new_documents=[document])
    new = assignments(store, "T1.1")[before:]
    assert {assignment.period for assignment in new} == {"doc:2023:45-NQ/TW"}
    assert {assignment.urgency for assignment in new} == {Urgency.EXPRESS}
    assert follow_up(store, "p1", when, new_documents=[document]).assigned == 0


def test_a_document_of_tomorrow_is_refused_and_nothing_is_half_written(store: Store) -> None:
    issue(store)
    documents = [
        {"number": "44-NQ/TW", "on_date": "2023-08-18", "title": "Nghị quyết mới"},
        {"number": "45-NQ/TW", "on_date": "2023-08-19", "title": "Nghị quyết mới"},
    ]
    with pytest.raises(Refused, match=r"45-NQ/TW.*19/08/2023"):
        follow_up(store, "p1", new_documents=documents)
    assert assignments(store, "T1.1") == []
    with reading(store.engine) as connection:
        assert list(connection.scalars(select(col(Anchor.key)))) == ["doc:123-TB/TU"]


def test_the_office_that_hosts_an_event_leads_it(store: Store) -> None:
    issue(store)
    event = {"title": "Lễ hội Lam Kinh", "on_date": "2023-10-06", "host_office": "SVHTTDL – Sở Văn hóa"}
    follow_up(store, "p3", events=[event])
    plan = [assignment for assignment in assignments(store, "T3.6") if assignment.step == "plan"]
    assert {assignment.lead_office for assignment in plan} == {"SVHTTDL"}
    assert {assignment.due_date for assignment in plan if assignment.role == "lead"} == {date(2023, 9, 22)}


def test_only_the_chosen_settings_get_a_joint_plan(store: Store) -> None:
    issue(store)
    follow_up(store, "p4", at("2024-01-03"), settings=["nhà trường"])
    assert {assignment.variant for assignment in assignments(store, "T4.1")} == {"school"}
    follow_up(store, "p4", at("2024-01-03"))
    assert {assignment.variant for assignment in assignments(store, "T4.1")} == {"area", "office", "company", "school"}


def test_p4_of_another_plan_has_work_of_its_own_in_the_place_of_the_settings(settings: Settings) -> None:
    with open_store(replace(settings, plan_dir=CORPUS / "provincial-plan-2023")) as store:
        issue(store, on_date=store.plan.main_directive.date)
        follow_up(store, "p4", at(store.plan.main_directive.date))
        assert {assignment.office for assignment in assignments(store, "T4.1")} == {"SBN", "UBNDH"}


def test_a_grading_year_is_assigned_before_its_time_and_only_the_grading(store: Store) -> None:
    issue(store)
    follow_up(store, "p5")
    follow_up(store, "p5", grading_year=2024)
    with reading(store.engine) as connection:
        subtasks = set(connection.scalars(select(col(Assignment.subtask)).where(col(Assignment.period) == "2024")))
    assert subtasks == {"T5.7"}


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ({"periods": ["2023-Q9"]}, "2023-Q9"),
        ({"offices": ["SYY"]}, "SYY"),
        ({"periods": ["event:khong-co"]}, "event:khong-co"),
    ],
)
def test_what_the_plan_does_not_know_is_refused_by_name(store: Store, answers: dict[str, Any], names: str) -> None:
    issue(store)
    with pytest.raises(Refused, match=names):
        follow_up(store, "p2", **answers)
    assert assignments(store, "T2.1") == []


def test_a_period_and_an_office_limit_what_is_assigned(store: Store) -> None:
    issue(store)
    follow_up(store, "p2", periods=["2023-Q3"], offices=["SYT"])
    with reading(store.engine) as connection:
        rows = connection.execute(select(col(Assignment.period), col(Assignment.office)).distinct()).all()
    assert [tuple(row) for row in rows] == [("2023-Q3", "SYT")]


def test_the_boards_are_those_of_the_priority_and_of_all(store: Store) -> None:
    issue(store)
    follow_up(store, "p1")
    published = boards(store, "p1", MORNING)
    assert list(published) == ["board-p1", "board"]
    assert all("18/08/2023" in markdown for markdown in published.values())

"""Subtasks are counted beside assignments: their leads decide, and joint leads count once in all totals."""

from collections.abc import Iterator

import pytest
from sqlmodel import update

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from models.tables.party import Part, Party
from reports.board.board import board
from reports.figures import tally_by_office
from reports.subtask_count import SubtaskCount, count_subtasks
from tests.support.cast import at, issue, number_of, run

NOW = at("2023-08-21")
LATE = at("2024-06-30")


@pytest.fixture
def begun(store: Store) -> Iterator[Store]:
    """The first work of SYT and of those who help it."""
    issue(store)
    run(store, "p1", at("2023-08-18"), offices=())
    yield store


def counted(store: Store, **given: object) -> SubtaskCount:
    with reading(store.engine) as connection:
        return count_subtasks(connection, assignments=7, **{"now": NOW, **given})  # type: ignore[arg-type]


def set_state(store: Store, state: State, *which: object) -> None:
    with session_scope(store.engine) as session:
        session.exec(update(Assignment).where(*which).values(state=state, reported_at=NOW))  # type: ignore[arg-type]


def test_a_subtask_is_done_when_all_its_leads_are_and_overdue_if_any_is(begun: Store) -> None:
    subtask = Assignment.subtask == "T0.1"
    whole = counted(begun, only=subtask)
    assert (whole.total, whole.done, whole.overdue) == (1, 0, 0)
    assert counted(begun, only=subtask, now=LATE).overdue == 1
    set_state(begun, State.ACCEPTED, subtask, Assignment.role == Role.LEAD)
    assert counted(begun, only=subtask, now=LATE) == SubtaskCount(1, 1, 0, 7)
    set_state(begun, State.ASSIGNED, subtask, Assignment.id == number_of(begun, "T0.1"))
    assert counted(begun, only=subtask, now=LATE) == SubtaskCount(1, 0, 1, 7)


def test_input_that_is_asked_for_decides_nothing(begun: Store) -> None:
    set_state(begun, State.ACCEPTED, Assignment.role == Role.LEAD)
    found = counted(begun, now=LATE)
    assert found.total == found.done > 0 == found.overdue


def test_joint_leads_count_once_in_all_and_once_in_each_row(begun: Store) -> None:
    with reading(begun.engine) as connection:
        before = board(connection, now=NOW, calendar=begun.calendar)
    with session_scope(begun.engine) as session:
        for office, part in (("TAND", Part.JOINT), ("VKSND", Part.NAMED)):
            session.add(Party(assignment_id=number_of(begun, "T0.1"), office=office, part=part))
    with reading(begun.engine) as connection:
        after = board(connection, now=NOW, calendar=begun.calendar)
        of_offices = tally_by_office(connection, now=NOW, calendar=begun.calendar)
    assert (after.total, after.by_status, after.by_priority, after.subtasks) == (
        before.total, before.by_status, before.by_priority, before.subtasks
    )  # fmt: skip
    rows = {code: sum(counts.values()) for code, counts in after.by_office.items()}
    were = {code: sum(counts.values()) for code, counts in before.by_office.items()}
    assert rows == were | {"TAND": were.get("TAND", 0) + 1}
    assert {code: each.total for (code,), each in of_offices.items()} == rows


def test_it_is_said_in_both_languages() -> None:
    count = SubtaskCount(18, 5, 3, 2230)
    assert count.in_words("vi") == "18 nhiệm vụ: 5 hoàn thành, 3 quá hạn · 2.230 phần việc"
    assert count.in_words("en") == "18 subtasks: 5 done, 3 overdue · 2,230 assignments"
    assert SubtaskCount(1, 0, 0, 1).in_words("en") == "1 subtask: 0 done, 0 overdue · 1 assignment"

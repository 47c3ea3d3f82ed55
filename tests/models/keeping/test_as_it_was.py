"""The assignments as they were: by the audit trail, asked like those of today."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, select
from sqlmodel import Session, col

from config.catalogue.subtasks import AD_HOC
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.keeping.past_history import history_then
from models.store.actor import ActorContext
from models.store.database import reading, reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import ExtensionState, ReportState, State, Status
from models.work import verbs
from models.work.ad_hoc import AdHoc, assign_ad_hoc
from models.work.deeds.apply import apply
from models.work.deeds.titles import retitle
from models.work.queries import AssignmentFilter, History, assignments, history
from reports.board.board import board
from tests.support.cast import LEAD, at, begin, number_of, t0_report
from tests.support.deeds import WHY
from tests.support.past import live

DUE = date(2023, 9, 11)


@pytest.fixture
def number(store: Store) -> int:
    """Work with a life behind it: extended, suspended, resumed, returned, reported again, accepted."""
    return live(store, _past)


def _past(store: Store) -> int:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")

    def on(day: str) -> ActorContext:
        return store.actor_context(now=at(day), actor="coordinator")

    def deeds(session: Session) -> None:
        verbs.acknowledge(session, number, on("2023-08-21"))
        verbs.delegate(session, number, "Phòng Tổ chức", on("2023-08-22"))
        verbs.request_extension(session, number, date(2023, 9, 20), "Chờ số liệu.", on("2023-08-23"))
        verbs.grant_extension(session, number, None, on("2023-08-24"))
        verbs.suspend(session, number, "Chờ hướng dẫn.", on("2023-08-25"))
        verbs.resume(session, number, date(2023, 9, 27), on("2023-08-29"))
        verbs.report(session, number, t0_report(), on("2023-08-30"))
        verbs.return_(session, number, "Thiếu phụ lục.", on("2023-08-31"))
        verbs.report(session, number, t0_report(), on("2023-09-29"))
        verbs.accept(session, number, on("2023-10-02"))

    with session_scope(store.engine) as session:
        deeds(session)
    return number


@pytest.mark.parametrize(
    ("then", "state", "due_on", "status"),
    [
        ("2023-08-18", State.ASSIGNED, DUE, Status.OPEN_WITHIN_TERM),
        ("2023-08-21", State.ACKNOWLEDGED, DUE, Status.OPEN_WITHIN_TERM),
        ("2023-08-24", State.ACKNOWLEDGED, date(2023, 9, 20), Status.OPEN_WITHIN_TERM),
        ("2023-08-28", State.SUSPENDED, date(2023, 9, 20), Status.OPEN_WITHIN_TERM),
        ("2023-08-29", State.ASSIGNED, date(2023, 9, 27), Status.OPEN_WITHIN_TERM),
        ("2023-08-30", State.REPORTED, date(2023, 9, 27), Status.OPEN_WITHIN_TERM),
        ("2023-09-05", State.RETURNED, date(2023, 9, 27), Status.OPEN_WITHIN_TERM),
        ("2023-09-28", State.RETURNED, date(2023, 9, 27), Status.OPEN_OVERDUE),
        ("2023-09-30", State.REPORTED, date(2023, 9, 27), Status.OPEN_OVERDUE),
        ("2023-10-03", State.ACCEPTED, date(2023, 9, 27), Status.DONE_LATE),
    ],
)
def test_the_list_of_a_day_tells_what_was_known_on_it(
    store: Store, number: int, then: str, state: State, due_on: date, status: Status
) -> None:
    with reading_as_it_was(store.engine, at(then)) as connection:
        (found,) = (row for row in assignments(connection, AssignmentFilter(), now=at(then)) if row.id == number)
    assert (found.state, found.due_date, found.status) == (state, due_on, status.value)
    assert found.delegated_to == ("Phòng Tổ chức" if at(then) >= at("2023-08-22") else "")


def test_before_anything_was_assigned_the_board_is_empty(store: Store, number: int) -> None:
    with reading_as_it_was(store.engine, at("2023-08-17")) as connection:
        assert board(connection, now=at("2023-08-17"), calendar=store.calendar).total == 0


def test_the_board_of_a_day_counts_an_office_as_late_that_reported_later(store: Store, number: int) -> None:
    def late_at(connection: Connection) -> int:
        view = board(connection, now=at("2023-09-28"), calendar=store.calendar)
        return view.by_office[LEAD][Status.OPEN_OVERDUE]

    with reading(store.engine) as connection:
        today = late_at(connection)
    with reading_as_it_was(store.engine, at("2023-09-28")) as connection:
        assert late_at(connection) == today + 1


def test_looking_back_changes_nothing(store: Store, number: int) -> None:
    def rows() -> list[tuple[object, ...]]:
        with reading(store.engine) as connection:
            return [tuple(row) for row in connection.execute(select(Assignment).order_by(col(Assignment.id)))]

    before = rows()
    for _ in range(2):  # the connection of the pool that looked back is used again
        with reading_as_it_was(store.engine, at("2023-08-19")) as connection:
            assert (
                connection.scalar(select(col(Assignment.state)).where(col(Assignment.id) == number)) is State.ASSIGNED
            )
        assert rows() == before


def test_the_whole_history_of_a_day_ends_with_it(store: Store, number: int) -> None:
    def known(then: str) -> History:
        with reading_as_it_was(store.engine, at(then)) as connection, Session(connection) as session:
            return history_then(session, number, at(then))

    asked, reported, returned = known("2023-08-23"), known("2023-08-30"), known("2023-09-05")
    assert [(each.state, each.granted_until) for each in asked.extensions] == [(ExtensionState.REQUESTED, None)]
    assert (asked.assignment.state, asked.assignment.due_date, asked.reports) == (State.ACKNOWLEDGED, DUE, [])
    assert [event.verb for event in asked.events] == ["assign", "acknowledge", "delegate", "request_extension"]
    assert [(each.state, each.reason) for each in reported.reports] == [(ReportState.SUBMITTED, "")]
    assert [(each.state, each.reason) for each in returned.reports] == [(ReportState.RETURNED, "Thiếu phụ lục.")]
    assert [each.state for each in returned.extensions] == [ExtensionState.GRANTED]
    assert all(each.created_at <= at("2023-09-05") for each in returned.notices)
    with reading_session(store.engine) as session:
        today = history(session, number, now=at("2023-10-03"))
    assert known("2023-10-03") == replace(today, deeds=list(today.deeds))


def test_ad_hoc_work_has_the_title_of_that_day(store: Store, number: int) -> None:
    def title(then: str) -> set[str]:
        with reading_as_it_was(store.engine, at(then)) as connection:
            found = assignments(connection, AssignmentFilter(subtask="T3.4"), now=at(then))
            return {row.occasion for row in found if row.step == AD_HOC}

    with session_scope(store.engine) as session:
        wanted = AdHoc("T3.4", "Báo cáo nhanh", "SYT", date(2023, 11, 10))
        (first,) = assign_ad_hoc(session, wanted, store.actor_context(now=at("2023-10-04"), actor="coordinator"))
    for day, new in (("2023-10-06", "Báo cáo nhanh tháng 10"), ("2023-10-10", "Báo cáo nhanh tháng 11")):
        context = store.actor_context(now=at(day), actor="coordinator")
        with reading_session(store.engine) as session:
            change = retitle(session, [first], new, provenance=WHY, context=context)
        apply(store.engine, change)
    assert [title(day) for day in ("2023-10-03", "2023-10-05", "2023-10-07", "2023-10-11")] == [
        set(),
        {"Báo cáo nhanh"},
        {"Báo cáo nhanh tháng 10"},
        {"Báo cáo nhanh tháng 11"},
    ]

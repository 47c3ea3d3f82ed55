"""Beside the decision on a report: whether work of several years goes on, and whether anybody still asks for it."""

from datetime import date

from sqlmodel import col, update

from config.clock import end_of_day
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.work import verbs
from models.work.deeds.apply import apply
from models.work.directive_deeds.closing import close_directive
from tests.support.cast import LEAD, assignment_in, at, number_of, t0_report
from tests.support.people import House

FIRST, NEXT = date(2023, 12, 31), date(2024, 12, 31)


def reported(house: House) -> int:
    number = number_of(house.store, "T0.1")
    house.clock.now = at("2023-08-21", 9)
    with session_scope(house.store.engine) as session:
        office = house.store.actor_context(now=house.clock.now, actor=f"office:{LEAD}")
        verbs.report(session, number, t0_report(), office)
    return number


def spanning(house: House, number: int) -> None:
    with session_scope(house.store.engine) as session:
        years = {"rule": "SPAN:2023-2025", "due_date": FIRST, "due_at": end_of_day(FIRST)}
        session.exec(update(Assignment).where(col(Assignment.id) == number).values(years))


def test_the_coordinator_chooses_between_progress_and_done(house: House) -> None:
    number = reported(house)
    desk = house.coordinator()
    desk.get(f"/assignments/{number}")
    assert "Ghi nhận tiến độ" not in desk.page, "one report completes it"
    spanning(house, number)
    desk.get(f"/assignments/{number}")
    assert "Ghi nhận tiến độ, việc còn tiếp tục" in desk.page and "Xác nhận, việc đã hoàn thành" in desk.page
    assert "hạn tiếp theo là 31/12/2024" in desk.page
    desk.post(f"/assignments/{number}/accept", {"version": "1", "interim": "1"}, on=f"/assignments/{number}")
    row = assignment_in(house.store, number)
    assert (row.state, row.due_date) == (State.ACKNOWLEDGED, NEXT)
    desk.get(f"/assignments/{number}")
    assert "(tiến độ, việc còn tiếp tục)" in desk.page


def test_it_says_that_the_directive_was_closed_meanwhile(house: House) -> None:
    number = reported(house)
    context = house.store.actor_context(now=house.clock.now, actor="coordinator")
    by = Provenance(paper_number="99/TB-UBND", reason="Hết việc.")
    with reading_session(house.store.engine) as session:
        change = close_directive(session, house.store.plan.main_directive.code, provenance=by, context=context)
    apply(house.store.engine, change)
    desk, office = house.coordinator(), house.office(LEAD)
    desk.get(f"/assignments/{number}")
    assert "Theo 99/TB-UBND, từ 21/08/2023 việc này không còn được giao" in desk.page
    office.get(f"/assignments/{number}")
    assert "99/TB-UBND" not in office.page

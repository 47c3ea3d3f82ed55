"""What the board says of who helps whom."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role
from reports.board.board import Board, board
from reports.board.board_markdown import board_markdown
from tests.support.cast import at, begin, run


def shown(store: Store, when: str) -> Board:
    with reading(store.engine) as connection:
        return board(connection, now=at(when), calendar=store.calendar, priority="p1")


def leads_today(store: Store) -> dict[int, str]:
    """For each assignment the office that leads its group today."""
    with session_scope(store.engine) as session:
        rows = session.scalars(select(Assignment).order_by(col(Assignment.id))).all()

    def group(row: Assignment) -> tuple[str, ...]:
        return row.subtask, row.step, row.variant, row.period, row.lead_office

    leading = {group(row): row.office for row in rows if row.role is Role.LEAD}
    return {row.id or 0: leading[group(row)] for row in rows}


def test_a_coordinating_office_reads_whom_it_helps(store: Store) -> None:
    """Every office of a kind leads a group of its own, so the work alone would not say."""
    begin(store, "p1", at("2025-02-18"), offices=(), on_date=date(2025, 2, 17))
    view, leads = shown(store, "2025-02-18"), leads_today(store)
    helping = [line for line in view.next_deadlines if line.role is Role.COORDINATING]
    assert len({line.lead_office for line in helping}) > 5
    assert {line.id: line.lead_office for line in view.next_deadlines} == {
        line.id: leads[line.id] for line in view.next_deadlines
    }
    text = board_markdown(view, store.plan, priority="p1")
    for line in helping:
        assert f"(phối hợp với {store.plan.office(line.lead_office).name_vi})" in text
    assert "(chủ trì)" in text


def test_the_lead_is_named_as_it_is_today(store: Store) -> None:
    """The department of information ended on 28/2/2025; its successor leads since."""
    begin(store, "p1", at("2025-02-18"), offices=("STTTT",), on_date=date(2025, 2, 17))
    before = {line.id for line in shown(store, "2025-02-18").next_deadlines if line.lead_office == "STTTT"}
    run(store, "p1", at("2025-03-03"), offices=("SKHCN",))
    after = {line.id: line.lead_office for line in shown(store, "2025-03-03").next_deadlines}
    assert before
    assert {after[number] for number in before if number in after} == {"SKHCN"}

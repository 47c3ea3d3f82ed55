"""An amended plan: what the preview says is what is done to open work, and nothing else."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from config.catalogue.plan import Plan
from config.catalogue.subtasks import Step
from config.settings import Settings
from flows.forms import fill_in
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import Role, State
from models.work.deeds.apply import Change, apply, previewing
from models.work.deeds.changes import amendment
from models.work.deeds.prepared import PreparedItem, prepared_items
from tests.support.cast import at
from tests.support.deeds import assign, with_step
from tests.support.following_up import follow_up_once
from tests.support.past import after

NOW = at("2023-09-20")
ON = date(2023, 9, 18)
PAPER = Provenance(paper_number="45/KH-UBND", paper_date=ON, effective_on=ON)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A store by editions, with what all five priorities have assigned by 20/9/2023."""
    with after(settings, assign, "p1", "p2", "p3", "p4", "p5") as opened:
        yield opened


def changed(store: Store, plan: Plan, now: datetime = NOW, *, open_work: bool = True) -> Change:
    with reading_session(store.engine) as session:
        return amendment(
            session,
            plan,
            store.calendar,
            provenance=Provenance(
                paper_number="45/KH-UBND", paper_date=date(2023, 9, 18), effective_on=date(2023, 9, 18)
            ),
            context=store.actor_context(now=now, actor="coordinator"),
            open_work=open_work,
        )


def looked_at(store: Store, change: Change) -> list[PreparedItem]:
    with previewing(store.engine, change) as (connection, _):
        return list(prepared_items(connection))


def rows(store: Store, subtask: str) -> list[Assignment]:
    with reading_session(store.engine) as session:
        return list(session.exec(select(Assignment).where(Assignment.subtask == subtask).order_by(col(Assignment.id))))


def shifted(step: Step) -> Step:
    return step.model_copy(update={"due": step.due.model_copy(update={"lead": "ISSUE+40"})})


def test_a_moved_deadline_moves_what_is_open_and_keeps_the_original(store: Store) -> None:
    subtask, step = one_off(store)
    plan = with_step(store.plan, subtask, step, shifted)
    before = {row.id: row for row in rows(store, subtask)}
    change = changed(store, plan)
    items = looked_at(store, change)
    assert {item.kind for item in items} == {ItemKind.MOVED}
    assert {item.assignment_id for item in items} == {
        i for i, row in before.items() if row.role is Role.LEAD and row.step == step
    }
    done = apply(store.engine, change)
    for item in items:
        row = next(row for row in rows(store, subtask) if row.id == item.assignment_id)
        assert (row.due_date, row.original_due_date) == (item.to_due_date, before[row.id].due_date)
        assert "45/KH-UBND" in row.explanation_vi and "hạn gốc" in row.explanation_vi
        assert row.edition == 2
    assert done.prepared.counts == {ItemKind.MOVED: len(items)}
    later = store.of_today()
    assert later.plan.step(subtask, step).due.lead == "ISSUE+40"
    follow_up_once(
        later, later.plan.priority_of(subtask), fill_in(later.plan.priority_of(subtask), {}, later.plan), NOW
    )
    assert {row.id for row in rows(store, subtask)} == set(before)


def test_from_the_next_period_on_what_is_open_stays_as_it_is(store: Store) -> None:
    monthly = next(
        (subtask.code, step.key)
        for subtask in store.plan.subtasks()
        for step in subtask.steps
        if step.trigger == "month"
    )
    before = {row.id: (row.due_date, row.rule) for row in rows(store, monthly[0])}
    later = with_step(
        store.plan,
        *monthly,
        lambda step: step.model_copy(update={"due": step.due.model_copy(update={"lead": "CLOSE+9"})}),
    )
    change = changed(store, later, open_work=False)
    assert looked_at(store, change) == []
    apply(store.engine, change)
    priority, when = store.plan.priority_of(monthly[0]), at("2023-10-16")
    follow_up_once(store.of_today(), priority, fill_in(priority, {}, store.of_today().plan), when)
    after = {row.id: (row.due_date, row.rule) for row in rows(store, monthly[0]) if row.step == monthly[1]}
    assert {number: after[number] for number in before if number in after} == {
        number: seen for number, seen in before.items() if number in after
    }
    begun = {rule for number, (_, rule) in after.items() if number not in before}
    assert "CLOSE+9" in begun


def one_off(store: Store) -> tuple[str, str]:
    with reading_session(store.engine) as session:
        found = session.exec(
            select(Assignment).where(
                Assignment.state == State.ASSIGNED,
                col(Assignment.rule).startswith("ISSUE+"),
                Assignment.role == Role.LEAD,
            )
        ).first()
    assert found is not None
    return found.subtask, found.step

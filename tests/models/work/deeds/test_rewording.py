"""An amendment that changes only the rule a date follows: the date stays, and what comes after goes by the rule."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import Settings
from models.keeping.opening import Store
from models.plans.editions import Provenance
from models.store.database import reading_session, session_scope
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import State
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work import verbs
from models.work.deeds.apply import Change
from models.work.deeds.changes import amendment
from tests.support.cast import at, one_step_assigned
from tests.support.deeds import done, previewed, with_step

SPAN = 'lead: SYT\ndue: {lead: "giai đoạn 2025-2027"}'


@pytest.fixture
def spanning(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    with one_step_assigned(settings, tmp_path, SPAN) as store:
        yield store


def until(store: Store, last: int, now: str = "2025-02-10") -> Change:
    """The amendment by which the span ends in another year."""
    store = store.of_today()
    rule = f"SPAN:2025-{last}"
    plan = with_step(
        store.plan,
        "T1.1",
        "plan",
        lambda step: step.model_copy(update={"due": step.due.model_copy(update={"lead": rule})}),
    )
    on = date.fromisoformat(now)
    provenance = Provenance(paper_number="45/KH-UBND", paper_date=on, effective_on=on)
    with reading_session(store.engine) as session:
        context = store.actor_context(now=at(now), actor="coordinator")
        return amendment(session, plan, store.calendar, provenance=provenance, context=context)


def row_of(store: Store) -> Assignment:
    with reading_session(store.engine) as session:
        return session.exec(select(Assignment)).one()


def progress(store: Store, when: str) -> Assignment:
    """The year's report is accepted, as what it is expected to be."""
    number = row_of(store).id or 0
    with session_scope(store.engine) as session:
        office = store.of_today().actor_context(now=at(when), actor="office:SYT")
        verbs.report(session, number, ReportContent(text="Đã làm một phần."), office)
        verbs.accept(session, number, store.of_today().actor_context(now=at(when), actor="coordinator"))
    return row_of(store)


def test_a_span_that_ends_earlier_ends_then(spanning: Store) -> None:
    before = row_of(spanning)
    change = until(spanning, 2026)
    (item,) = previewed(spanning, change)
    assert (item.kind, item.to_due_date) == (ItemKind.REWORDED, before.due_date)
    applied = done(spanning, change)
    after = row_of(spanning)
    assert (after.rule, after.due_date, after.due_at) == ("SPAN:2025-2026", before.due_date, before.due_at)
    assert "45/KH-UBND" in after.explanation_vi
    assert (after.next_alert_at, after.state) == (before.next_alert_at, before.state)
    with reading_session(spanning.engine) as session:
        rung = f"deed:{applied.deed}"
        assert session.exec(select(Notice).where(col(Notice.rung).startswith(rung))).all() == [], "nobody is written to"
    assert progress(spanning, "2025-12-20").state is not State.ACCEPTED
    assert progress(spanning, "2026-12-20").state is State.ACCEPTED


def test_a_span_that_ends_later_goes_on(spanning: Store) -> None:
    done(spanning, until(spanning, 2026))
    done(spanning, until(spanning, 2028, "2025-02-11"))
    progress(spanning, "2025-12-20")
    going_on = progress(spanning, "2026-12-20")
    assert going_on.state is not State.ACCEPTED and going_on.due_date > date(2027, 6, 1)


def test_work_that_has_gone_on_into_another_year_too(spanning: Store) -> None:
    second = progress(spanning, "2025-12-20")
    assert second.due_date > date(2026, 6, 1)
    change = until(spanning, 2026, "2026-02-10")
    assert [item.kind for item in previewed(spanning, change)] == [ItemKind.REWORDED]
    done(spanning, change)
    after = row_of(spanning)
    assert (after.rule, after.due_at, after.explanation_vi) == ("SPAN:2025-2026", second.due_at, second.explanation_vi)
    assert progress(spanning, "2026-12-20").state is State.ACCEPTED

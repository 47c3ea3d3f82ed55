"""The sweep: what is due and what is not, to the instant; and several at once share it out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from config.rules.ladder import Ladder, RungSpec
from flows.steps import track
from models.alerts import due_alerts
from models.alerts.due_alerts import sweep
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.outbox import Notice
from models.work import verbs
from tests.support.cast import at, begin, issue, number_of, run

LATE = at("2023-09-20")


DUE_TODAY = at("2023-09-11", 0)
"""The midnight with which the day begins on which T0.1 is due."""


@pytest.fixture
def late(store: Store) -> Store:
    """A store with some dozens of assignments of p1 about which something is to be said."""
    begin(store, "p1", at("2023-08-18"), offices=(), on_date=date(2023, 8, 17))
    return store


@pytest.fixture
def context(late: Store) -> ActorContext:
    return late.actor_context(now=LATE, actor="flow:p1", run_key="late")


@contextmanager
def unit_of_work(store: Store) -> Iterator[Session]:
    """One that comes to nothing: its worker was killed."""
    with Session(store.engine) as session, session.begin() as transaction:
        yield session
        transaction.rollback()


def said(session: Session) -> int:
    return session.scalar(select(func.count()).where(col(Notice.run_key) == "late")) or 0


def still_due(session: Session) -> int:
    return session.scalar(select(func.count()).where(col(Assignment.next_alert_at) <= LATE)) or 0


def test_batches_say_what_one_sweep_says(late: Store, context: ActorContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work(late) as session:
        while sweep(session, context, priority="p1").more:
            pass
        at_once = said(session)
    monkeypatch.setattr(due_alerts, "BATCH", 7)
    track(late, "p1", context)
    with session_scope(late.engine) as session:
        assert said(session) == at_once > 0
        assert still_due(session) == 0


def test_two_sweeps_at_once_share_what_is_due(
    late: Store, context: ActorContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    if late.engine.dialect.name == "sqlite":
        pytest.skip("lets in one writer at a time")
    monkeypatch.setattr(due_alerts, "BATCH", 7)
    with session_scope(late.engine) as session:
        before = still_due(session)
    with unit_of_work(late) as killed:
        assert sweep(killed, context, priority="p1").more
        with session_scope(late.engine) as other:
            assert sweep(other, context, priority="p1").more
        with session_scope(late.engine) as other:
            assert still_due(other) == before - 7
    with session_scope(late.engine) as session:
        assert still_due(session) == before - 7, "what a killed sweep had taken is free again"
    track(late, "p1", context)
    with session_scope(late.engine) as session:
        assert still_due(session) == 0


def rungs_written(store: Store, number: int) -> list[str]:
    """The rungs of which anything was written about an assignment, said or not."""
    with session_scope(store.engine) as session:
        written = select(col(Notice.rung)).where(col(Notice.assignment_id) == number).order_by(col(Notice.id))
        return [rung.partition(":")[0] for rung in session.scalars(written)]


def next_alert(store: Store, number: int) -> datetime | None:
    with session_scope(store.engine) as session:
        return session.get_one(Assignment, number).next_alert_at


def test_a_rung_is_due_at_its_exact_midnight_and_not_a_moment_before(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2023-09-08"))
    number = number_of(store, "T0.1")
    assert next_alert(store, number) == DUE_TODAY
    before = rungs_written(store, number)
    run(store, "p1", DUE_TODAY - timedelta(microseconds=1))
    assert rungs_written(store, number) == before
    run(store, "p1", DUE_TODAY)
    assert rungs_written(store, number) == [*before, "due_today"]
    assert next_alert(store, number) == at("2023-09-12", 0)


@pytest.mark.parametrize("acknowledged", [True, False])
def test_what_is_acknowledged_is_never_urged_to_be(store: Store, acknowledged: bool) -> None:
    """On a ladder that urges it as late as three days before the due date, and more severely than anything else."""
    rungs = [
        RungSpec(
            name=name,
            kind=kind,
            anchor="due",
            offset=offset,
            audiences=("focal",),
            severity=severity,
            unless_acknowledged=kind == "not_acknowledged",
        )
        for name, kind, offset, severity in (
            ("due_in_5", "due_soon", -5, 20),
            ("unread", "not_acknowledged", -3, 90),
            ("due_in_1", "due_soon", -1, 30),
        )
    ]
    plan = store.plan.model_copy(update={"ladders": (Ladder(code="standard", rungs=tuple(rungs)),)})
    urging = replace(store, plan=plan)
    issue(urging)
    run(urging, "p1", at("2023-08-18"))
    number = number_of(urging, "T0.1")
    if acknowledged:
        with session_scope(urging.engine) as session:
            verbs.acknowledge(session, number, urging.actor_context(now=at("2023-08-21"), actor="office:SYT"))
    run(urging, "p1", at("2023-08-31"))
    assert next_alert(urging, number) == (at("2023-09-08", 0) if acknowledged else at("2023-09-06", 0))
    run(urging, "p1", at("2023-09-08"))
    unread = [] if acknowledged else ["unread"]
    assert sorted(rungs_written(urging, number)) == ["assigned", "due_in_1", "due_in_5", *unread]

"""Several sweeps at once share out what is due, and none looks at what another has in hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.steps import track
from models.alerts import sweep as sweeping
from models.alerts.sweep import sweep
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import session_scope
from models.tables.assignment import Assignment
from models.tables.outbox import Notice
from tests.support.cast import at, issue, run

LATE = at("2023-09-20")


@pytest.fixture
def late(store: Store) -> Store:
    """A store with some dozens of assignments of p1 about which something is to be said."""
    issue(store, on_date=date(2023, 8, 17))
    run(store, "p1", at("2023-08-18"), offices=())
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
    monkeypatch.setattr(sweeping, "BATCH", 7)
    track(late, "p1", context)
    with session_scope(late.engine) as session:
        assert said(session) == at_once > 0
        assert still_due(session) == 0


def test_two_sweeps_at_once_share_what_is_due(
    late: Store, context: ActorContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    if late.engine.dialect.name == "sqlite":
        pytest.skip("lets in one writer at a time")
    monkeypatch.setattr(sweeping, "BATCH", 7)
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

"""The tally: whatever becomes of assignments, it counts what a count of them all would."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select, text, update
from sqlmodel import Session, col

from config.rules.working_time import WorkingCalendar
from models.alerts.attention import AttentionCounts, attention_counts, compact_tally
from models.alerts.stages import done_until, mark_done
from models.alerts.status import acknowledgement_missing, due_soon, is_open, overdue
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import State
from models.tables.outbox import Notice
from models.tables.party import Party
from models.tables.tally import AssignmentTally, Stage
from tests.support.cast import at, begin

NOW = at("2023-09-12")

INSTANTS = st.sampled_from([NOW + timedelta(hours=hours) for hours in (-300, -49, -40, -1, 0, 1, 30, 120, 2000)])

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(State),
        "due_at": INSTANTS,
        "reported_at": INSTANTS | st.none(),
        "resumed_at": INSTANTS | st.none(),
        "assigned_at": INSTANTS,
        "priority": st.sampled_from(["p1", "p2"]),
    },
).filter(bool)


@pytest.fixture
def late(store: Store) -> Store:
    begin(store, "p1", at("2023-08-18"), offices=(), on_date=date(2023, 8, 17))
    return store


def counted(session: Session, calendar: WorkingCalendar, priority: str) -> AttentionCounts:
    """By a look at every assignment."""
    conditions = (acknowledgement_missing(NOW, calendar), due_soon(NOW, calendar), overdue(NOW))
    return AttentionCounts(
        *(
            session.scalar(select(func.count()).where(is_open, each, col(Assignment.priority) == priority)) or 0
            for each in conditions
        )
    )


@pytest.mark.usefixtures("late")
@given(st.lists(st.tuples(st.integers(0, 39), CHANGES), max_size=12), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_tally_counts_what_is_there(
    engine: Engine, calendar: WorkingCalendar, changes: list[tuple[int, dict[str, Any]]], one_is_deleted: bool
) -> None:
    with Session(engine) as session:  # taken back
        numbers = session.scalars(select(col(Assignment.id)).order_by(col(Assignment.id)).limit(40)).all()
        for which, change in changes:
            session.execute(update(Assignment).where(col(Assignment.id) == numbers[which]).values(**change))
        if one_is_deleted:
            for table in (Notice, Party):
                session.execute(delete(table).where(col(table.assignment_id) == numbers[0]))
            session.execute(delete(Assignment).where(col(Assignment.id) == numbers[0]))
        for priority in ("p1", "p2"):
            ours = attention_counts(session, now=NOW, calendar=calendar, priority=priority)
            assert ours == counted(session, calendar, priority)
        session.rollback()


def test_many_rows_are_added_up(late: Store) -> None:
    with reading(late.engine) as connection:
        before = attention_counts(connection, now=NOW, calendar=late.calendar)
    with session_scope(late.engine) as session:
        for state in [State.RETURNED, State.ASSIGNED] * 20:
            session.execute(update(Assignment).values(state=state))
        compact_tally(session)
        rows = session.scalar(select(func.count()).select_from(AssignmentTally)) or 0
        assert 0 < rows < 100
        assert attention_counts(session, now=NOW, calendar=late.calendar) == before


def test_a_mark_that_another_takes_away_meanwhile_is_written_all_the_same(late: Store) -> None:
    """On PostgreSQL the trigger of another transaction may have deleted it, and commits only then."""
    if late.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets in one writer")
    with session_scope(late.engine) as session:
        mark_done(session, "p1", Stage.AUDITED, "before", NOW)
    other = late.engine.connect()
    other.execute(text("DELETE FROM stage_mark WHERE stage = 'audited'"))
    commits = threading.Timer(0.5, other.commit)
    commits.start()
    with session_scope(late.engine) as session:
        mark_done(session, "p1", Stage.AUDITED, "now", NOW)
    commits.join()
    other.close()
    with reading(late.engine) as connection:
        assert done_until(connection, "p1", Stage.AUDITED, "now") == NOW

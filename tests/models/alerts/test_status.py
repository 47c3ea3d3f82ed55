"""The status words at the exact instant on which they turn."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.alerts.status import status_of
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.assignment import Assignment
from models.tables.lifecycle import Status
from models.work import verbs
from tests.support.cast import at, begin, number_of, t0_report

DUE = at("2023-09-12", 0)
"""T0.1 falls due at 24:00 of 11/9: the first instant that is too late."""
MOMENT = timedelta(microseconds=1)


def status_at(store: Store, number: int, now: datetime) -> Status:
    with reading(store.engine) as connection:
        word = connection.scalar(select(status_of(now)).where(col(Assignment.id) == number))
        assert connection.scalar(select(col(Assignment.due_at)).where(col(Assignment.id) == number)) == DUE
    return Status(word)


@pytest.mark.parametrize(
    ("reported_at", "while_it_waits", "once_accepted"),
    [
        (DUE - MOMENT, Status.OPEN_WITHIN_TERM, Status.DONE_ON_TIME),
        (DUE, Status.OPEN_OVERDUE, Status.DONE_LATE),
    ],
)
def test_a_report_of_the_due_instant_itself_is_late(
    store: Store, reported_at: datetime, while_it_waits: Status, once_accepted: Status
) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        verbs.report(session, number, t0_report(), store.actor_context(now=reported_at, actor="office:SYT"))
    assert status_at(store, number, DUE) is while_it_waits
    with session_scope(store.engine) as session:
        verbs.accept(session, number, store.actor_context(now=at("2023-09-13"), actor="coordinator"))
    assert status_at(store, number, at("2023-09-13")) is once_accepted


def test_what_is_not_reported_is_overdue_from_the_due_instant_on(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    assert status_at(store, number, DUE - MOMENT) is Status.OPEN_WITHIN_TERM
    assert status_at(store, number, DUE) is Status.OPEN_OVERDUE

"""A day that is replayed: what it tells is worded as of that day, and leaves and is on record when it really does."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from models.keeping.opening import Store
from models.store.audit_event import DELIVER, AuditEvent
from models.store.database import session_scope
from models.tables.lifecycle import MessageState, NoticeState
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, issue
from tests.support.outbox import grouped, messages, notices, plan_only

pytestmark = pytest.mark.sqlite_only

FRIDAY, SATURDAY = at("2023-08-18", 7, 30), at("2023-08-19", 7, 30)
SUNDAY_NIGHT, MONDAY = at("2023-08-20", 22), at("2023-08-21", 9)


@pytest.fixture
def told_on_friday(store: Store) -> Store:
    """A store in which Friday's letters were not sent."""
    issue(store)
    plan_only(store, FRIDAY, "p1", offices=(LEAD,))
    return store


def test_letters_of_a_replayed_day_keep_the_hours_of_today(told_on_friday: Store) -> None:
    assert deliver(told_on_friday, now=SUNDAY_NIGHT, as_of=FRIDAY).sent == 0
    assert deliver(told_on_friday, now=MONDAY, as_of=FRIDAY).sent > 0


def test_they_are_on_record_when_they_left(told_on_friday: Store) -> None:
    deliver(told_on_friday, now=MONDAY, as_of=FRIDAY)
    left = [each.sent_at for each in (*messages(told_on_friday), *notices(told_on_friday, NoticeState.SENT))]
    with session_scope(told_on_friday.engine) as session:
        left += session.exec(select(AuditEvent.at).where(AuditEvent.verb == DELIVER))
    assert len(left) > 2
    assert [each for each in left if each is None or not MONDAY <= each < MONDAY + timedelta(minutes=5)] == []


def test_what_was_written_later_is_left_to_the_letters_of_today(told_on_friday: Store) -> None:
    plan_only(told_on_friday, MONDAY, "p2", offices=(LEAD,))
    deliver(told_on_friday, now=MONDAY, as_of=FRIDAY)
    assert {each.created_at for each in notices(told_on_friday, NoticeState.PENDING)} == {MONDAY}
    assert {each.created_at for each in notices(told_on_friday, NoticeState.SENT)} == {FRIDAY}
    deliver(told_on_friday, now=MONDAY)
    assert notices(told_on_friday, NoticeState.PENDING) == []


@pytest.mark.parametrize("is_put_together", [False, True])
@pytest.mark.parametrize(
    ("as_of", "until"),
    [(FRIDAY, "07:30 ngày 18/08/2023"), (SATURDAY, "09:00 ngày 21/08/2023"), (None, "09:00 ngày 21/08/2023")],
)
def test_a_replayed_day_words_what_was_written_on_it(
    told_on_friday: Store, is_put_together: bool, as_of: datetime | None, until: str
) -> None:
    """Whichever run of that day put it together; what waits from another day says how things stand now."""
    if is_put_together:
        grouped(told_on_friday, SUNDAY_NIGHT)
    deliver(told_on_friday, now=MONDAY, as_of=as_of)
    (letter,) = [each for each in messages(told_on_friday, MessageState.SENT) if each.desk == "focal"]
    assert f"tính đến {until}" in letter.body_text

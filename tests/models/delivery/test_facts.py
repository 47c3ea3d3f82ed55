"""What no longer applies when a message is about to be sent."""

import pytest

from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import NoticeKind, NoticeState
from models.tables.outbox import Notice
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, begin, number_of
from tests.support.outbox import notices, plan_only


@pytest.mark.parametrize(
    ("written_on", "kind"),
    [("2023-09-08", NoticeKind.DUE_SOON), ("2023-09-11", NoticeKind.DUE_TODAY)],
    ids=["soon", "today"],
)
def test_a_reminder_that_comes_only_after_the_due_instant_is_not_sent(
    store: Store, written_on: str, kind: NoticeKind
) -> None:
    begin(store, "p1", at("2023-08-18"))
    number = number_of(store, "T0.1")
    plan_only(store, at(written_on), offices=(LEAD,))
    (reminder,) = (each for each in notices(store, NoticeState.PENDING) if each.assignment_id == number)
    assert reminder.kind is kind
    deliver(store, now=at("2023-09-12"))  # due at 24:00 of 11/9
    with session_scope(store.engine) as session:
        unsaid = session.get_one(Notice, reminder.id)
        assert (unsaid.state, unsaid.reason) == (NoticeState.CANCELLED, "overdue meanwhile")

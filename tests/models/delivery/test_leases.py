"""A message in the hands of one courier and then of another."""

from models.delivery import leases
from models.delivery.leases import LEASE, RenderedMessage
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.lifecycle import MessageState, NoticeState
from notifications.courier.courier import deliver
from tests.support.cast import issue
from tests.support.outbox import MORNING, claim, grouped, messages, notices, plan_only


def test_what_a_slow_courier_sent_after_all_is_told_though_another_gave_it_up(store: Store) -> None:
    issue(store)
    plan_only(store, MORNING, offices=("SYT",))
    grouped(store)
    slow = claim(store, MORNING)
    later = MORNING + LEASE * 2
    other = claim(store, later)
    assert slow is not None and other is not None and (slow.id, slow.attempts + 1) == (other.id, other.attempts)
    with session_scope(store.engine) as session:
        refused = {"reason": "550", "final": True, "jitter": 0.0}
        assert leases.record_failure(session, other.id, other.attempts, now=later, **refused)
    given_up = {notice.id for notice in notices(store, NoticeState.DEAD)}
    assert given_up and messages(store, MessageState.DEAD)

    with session_scope(store.engine) as session:
        leases.record_sent(session, {slow.id: RenderedMessage(subject="Giao việc")}, now=later)
    assert {notice.id for notice in notices(store, NoticeState.SENT)} == given_up
    assert not notices(store, NoticeState.DEAD) and not messages(store, MessageState.DEAD)
    assert {notice.reason for notice in notices(store, NoticeState.SENT)} == {""}
    assert deliver(store, now=later).sent == 0

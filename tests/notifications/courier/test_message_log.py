"""The log of delivery: each try with its result, and messages found by whom, over what and when."""

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, true

from config.contacts.contacts import Contacts
from config.contacts.desks import Desk
from models.delivery import leases
from models.delivery.grouping import group_waiting
from models.delivery.message_log import READ_SIZE, MessageFilter, attempts, latest_messages, message, messages
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from models.tables.errors import NotFound
from models.tables.lifecycle import AttemptResult, Urgency
from models.tables.outbox import Message
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, begin, issue, run
from tests.support.outposts import WebHook

MORNING = at("2023-08-18")
Hooks = Callable[..., WebHook]


def tries(store: Store, number: int = 1) -> list[tuple[int, str, AttemptResult]]:
    with reading_session(store.engine) as session:
        return [(each.number, each.channel, each.result) for each in message(session, number)[1]]


def listed(store: Store, **wanted: Any) -> list[int]:
    with reading_session(store.engine) as session:
        return [row.id for row in messages(session, MessageFilter(**wanted))]


def test_every_try_is_kept_with_its_time_channel_result_and_reason(store: Store, web_hook: Hooks) -> None:
    failing = replace(store, contacts=Contacts({(LEAD, "focal"): web_hook(503).address()}))
    issue(failing)
    run(failing, "p1", MORNING)
    begun = _, again, at_last = [MORNING + timedelta(minutes=n) for n in (0, 2, 10)]
    deliver(failing, now=again)
    deliver(store, now=at_last)
    with reading_session(store.engine) as session:
        found, tried = message(session, 1)
        assert attempts(session, [1]) == {1: tried}
    assert [each.result for each in tried] == [AttemptResult.FAILED, AttemptResult.FAILED, AttemptResult.SENT]
    assert [each.number for each in tried] == [1, 2, 3]
    for each, beginning in zip(tried, begun, strict=True):  # when it was known, not when the round began
        assert beginning < each.at < beginning + timedelta(minutes=1)
    assert "503" in tried[0].reason and not tried[2].reason
    assert found.body_text.startswith("Kính gửi")


def test_a_courier_that_was_overtaken_leaves_its_try_too(store: Store) -> None:
    begin(store, "p1", at("2023-08-19"))  # a Saturday: nothing leaves
    with session_scope(store.engine) as session:
        group_waiting(session, now=MORNING, allowed=true())
    for later in (timedelta(0), leases.LEASE + timedelta(seconds=1)):
        with session_scope(store.engine) as session:
            assert [*leases.claim(session, now=MORNING + later, limit=1)]
    with session_scope(store.engine) as session:
        leases.record_failure(session, 1, 1, now=MORNING, reason="Hết giờ.", final=True, jitter=0)
        leases.record_sent(session, {1: leases.RenderedMessage()}, now=MORNING)
    assert tries(store) == [(1, "mailbox", AttemptResult.FAILED), (2, "mailbox", AttemptResult.SENT)]


def test_messages_are_found_by_whom_over_what_and_when(store: Store) -> None:
    issue(store)
    for day in ("2023-08-18", "2023-09-12", "2023-09-18"):
        run(store, "p1", at(day))
    everything = listed(store)
    assert len(everything) > 3
    assert listed(store, desk="head") and set(listed(store, desk="head")) < set(everything)
    assert listed(store, office=LEAD, desk="focal", until=at("2023-09-01")) == [1]
    assert listed(store, since=at("2023-09-12"), until=at("2023-09-13")) == [2]
    assert listed(store, channel="mailto") == listed(store, state="dead") == []
    with reading_session(store.engine) as session, pytest.raises(NotFound):
        message(session, 999)


def test_a_long_log_is_listed_and_read_without_lying_in_memory(store: Store) -> None:
    many, text = 8 * READ_SIZE + 1, "Kính gửi " * 2000
    with session_scope(store.engine) as session:
        rows = [
            {
                "message_key": f"dondoc-{number}",
                "office": LEAD,
                "desk": Desk.FOCAL,
                "channel": "mailbox",
                "urgency": Urgency.NORMAL,
                "next_attempt_at": MORNING,
                "created_at": MORNING,
                "body_text": text,
            }
            for number in range(many)
        ]
        session.execute(insert(Message), rows)
    weight = many * sys.getsizeof(text)
    with reading_session(store.engine) as session:
        tracemalloc.start()
        last, total = latest_messages(session, MessageFilter(), limit=2)
        assert [row.id for row in messages(session, MessageFilter())] == list(range(1, many + 1))
        assert tracemalloc.get_traced_memory()[1] < weight / 5
        assert sum(row.body_text == text for row in messages(session, MessageFilter(), texts=True)) == many
        assert tracemalloc.get_traced_memory()[1] < weight / 2
        tracemalloc.stop()
    assert ([row.id for row in last], total) == ([many - 1, many], many)
    assert "body_text" not in last[0] and "body_html" not in last[0]

"""A channel that fails for a time, again and again: the coordinator hears of it after one working day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import true, update
from sqlmodel import col

from config.contacts.contacts import Contacts
from flows.steps import track
from models.delivery.auditor import Delayed, audit_follow_up
from models.delivery.dead_letters import send_again
from models.delivery.grouping import group_waiting
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, issue, run
from tests.support.outbox import plan_only
from tests.support.outposts import WebHook

FRIDAY, SATURDAY, MONDAY = at("2023-08-18"), at("2023-08-19"), at("2023-08-21", 8, 5)
Hooks = Callable[..., WebHook]


def failing(store: Store, hook: WebHook, *offices: str) -> Store:
    return replace(store, contacts=Contacts({(office, "focal"): hook.address() for office in offices}))


@pytest.fixture
def busy(store: Store, web_hook: Hooks) -> Store:
    """The service of two offices answers 503 since Friday at eight; one has been written to."""
    issue(store)
    busy = failing(store, web_hook(503), LEAD, "SNV")
    run(busy, "p1", FRIDAY)
    return busy


def delayed(store: Store, now: datetime) -> tuple[Delayed, ...]:
    with reading(store.engine) as connection:
        return audit_follow_up(connection, now=now, calendar=store.calendar).delayed


def told(store: Store) -> list[str]:
    return [letter.text for letter in letters(store.settings.mailbox_dir) if "Soát lại" in letter.subject]


def sweep(store: Store, now: datetime) -> None:
    track(store, "p1", store.actor_context(now=now, actor="flow:p1", run_key=now.isoformat()))
    deliver(store, now=now)


def test_it_is_found_after_a_working_day_and_no_more_once_it_left(busy: Store) -> None:
    for now in (at("2023-08-18", 16), SATURDAY, at("2023-08-20", 23), at("2023-08-21", 7, 59)):
        deliver(busy, now=now)
        assert not delayed(busy, now), now
    (found,) = delayed(busy, MONDAY)
    assert (found.office, found.channel, "503" in found.reason) == (LEAD, "json", True)
    with session_scope(busy.engine) as session:  # just being tried
        session.execute(update(Message).values(state=MessageState.SENDING))
    assert delayed(busy, MONDAY) == (found,)
    with session_scope(busy.engine) as session:
        session.execute(update(Message).values(state=MessageState.QUEUED))
    assert deliver(replace(busy, contacts=Contacts()), now=MONDAY).sent
    assert not delayed(busy, MONDAY)


def test_what_waits_without_a_try_is_no_fault_of_its_channel(store: Store) -> None:
    """For quiet hours, a digest, or behind others."""
    issue(store)
    plan_only(store, FRIDAY, offices=(LEAD,))
    with session_scope(store.engine) as session:
        assert group_waiting(session, now=FRIDAY, allowed=true())
    assert not delayed(store, at("2023-08-24"))


def test_sent_again_it_has_a_working_day_once_more(busy: Store) -> None:
    with session_scope(busy.engine) as session:
        session.execute(update(Message).values(state=MessageState.DEAD, fallback_at=MONDAY))
    assert not delayed(busy, MONDAY), "of that the coordinator has been told"
    with session_scope(busy.engine) as session:
        assert send_again(session, 1, busy.actor_context(now=MONDAY, actor="coordinator"))
    assert deliver(busy, now=MONDAY).retrying == 1
    assert not delayed(busy, at("2023-08-22", 8, 4))
    assert delayed(busy, at("2023-08-22", 8, 10))


def test_the_coordinator_is_told_once_a_day_whom_and_over_what(busy: Store) -> None:
    sweep(busy, at("2023-08-18", 14))
    assert told(busy) == []
    for hour in (9, 14):
        sweep(busy, at("2023-08-21", hour))
    (first,) = told(busy)
    assert f"1 thư thử gửi hơn một ngày làm việc chưa được (qua json tới {LEAD})" in first and "delayed: 1" in first
    with session_scope(busy.engine) as session:  # another office is not reached over the same channel
        session.execute(update(Message).where(col(Message.office) == LEAD).values(office="SNV"))
    sweep(busy, at("2023-08-21", 15))
    assert len(told(busy)) == 1
    sweep(busy, at("2023-08-22", 9))
    assert len(told(busy)) == 2 and "tới SNV" in told(busy)[-1]

"""The courier: claims, sends, records; loses nothing and doubles nothing it can know of."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.contacts import Address, Contacts
from models import delivery, work
from models.database import session_scope
from models.lifecycle import MessageState, NoticeState
from models.outbox import Message, Notice
from models.store import Store
from notifications.courier import deliver
from notifications.mailbox import letters
from tests.cast import LEAD, at, issue, number_of, run, t0_report

MORNING = at("2023-08-18")


@pytest.fixture
def unreachable(store: Store) -> Store:
    """A store whose office SYT is reached over a service that nobody runs."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = Address("json", "vi", f"json://127.0.0.1:{port}/?cto=0.5&rto=0.5")
    return replace(store, contacts=Contacts({(LEAD, "focal"): address}))


def messages(store: Store) -> list[Message]:
    with session_scope(store.engine) as session:
        return list(session.scalars(select(Message).order_by(col(Message.id))))


def notices(store: Store, state: NoticeState) -> list[Notice]:
    with session_scope(store.engine) as session:
        return list(session.scalars(select(Notice).where(col(Notice.state) == state)))


def test_a_message_waits_longer_after_each_failure_and_is_given_up_with_its_reason(unreachable: Store) -> None:
    issue(unreachable)
    run(unreachable, "p1", MORNING)
    now, waits = MORNING, []
    for _ in range(delivery.MAX_ATTEMPTS - 1):
        (message,) = messages(unreachable)
        assert message.state is MessageState.QUEUED
        waits.append(message.next_attempt_at - now)
        assert deliver(unreachable, now=now).retrying == 0  # not before its time
        now = message.next_attempt_at
        deliver(unreachable, now=now, jitter=lambda: 0.0)
    assert [round(wait / timedelta(minutes=1)) for wait in waits[1:]] == [2, 4, 8, 16, 32, 60]
    (message,) = messages(unreachable)
    assert (message.state, message.attempts) == (MessageState.DEAD, delivery.MAX_ATTEMPTS)
    assert message.error
    assert {notice.reason for notice in notices(unreachable, NoticeState.DEAD)} == {message.error}


def test_two_couriers_at_once_send_each_message_once(store: Store) -> None:
    issue(store)
    run_without_sending(store, MORNING)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(deliver(store, now=MORNING).sent)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = messages(store)
    assert sum(counts) == len(sent) > 10
    assert all((message.state, message.attempts) == (MessageState.SENT, 1) for message in sent)
    assert len(letters(store.settings.mailbox_dir)) == len(sent)


def run_without_sending(store: Store, now: datetime) -> None:
    from flows.follow_up import assign_due, track
    from flows.forms import fill_in

    acting = store.acting(now=now, actor="flow:p1", run_key="no-sending")
    assign_due(store, "p1", fill_in("p1", {}), acting)
    track(store, "p1", acting)


def test_a_message_whose_courier_died_is_sent_again_with_the_same_key_after_the_lease(store: Store) -> None:
    issue(store)
    run_without_sending(store, MORNING)
    with session_scope(store.engine) as session:
        delivery.group_waiting(session, now=MORNING, only_express=False)
    with session_scope(store.engine) as session:
        taken = delivery.claim(session, now=MORNING, only_express=False)
        assert taken is not None
    deliver(store, now=MORNING)
    (stuck,) = [m for m in messages(store) if m.state is not MessageState.SENT]
    assert (stuck.id, stuck.state) == (taken.id, MessageState.SENDING)
    deliver(store, now=MORNING + delivery.LEASE + timedelta(seconds=1))
    again = next(m for m in messages(store) if m.id == taken.id)
    assert (again.state, again.attempts, again.message_key) == (MessageState.SENT, 2, taken.message_key)


def test_what_no_longer_applies_is_cancelled_with_its_reason_just_before_sending(store: Store) -> None:
    issue(store)
    run(store, "p1", MORNING)
    number = number_of(store, "T0.1")
    acting = store.acting(now=at("2023-08-22"), actor="flow:p1", run_key="x")
    from flows.follow_up import track

    track(store, "p1", acting)
    with session_scope(store.engine) as session:
        work.report(session, number, t0_report(), store.acting(now=at("2023-08-22", 9), actor=f"office:{LEAD}"))
    deliver(store, now=at("2023-08-22", 10))
    cancelled = notices(store, NoticeState.CANCELLED)
    assert [(notice.assignment_id, notice.reason) for notice in cancelled] == [(number, "reported")]


def test_the_words_that_were_sent_are_kept(store: Store) -> None:
    issue(store)
    run(store, "p1", MORNING)
    (message,) = messages(store)
    (letter,) = letters(store.settings.mailbox_dir)
    assert message.subject == letter.subject == "[Đôn đốc] Sở Y tế: 7 việc mới"
    assert message.body_text.splitlines() == letter.text.splitlines()
    assert Path(letter.file).name.startswith("20230818-dondoc-")


def test_an_office_that_reads_english_is_written_to_in_english(store: Store) -> None:
    english = replace(store, contacts=Contacts(languages={LEAD: "en"}))
    issue(english)
    run(english, "p1", MORNING)
    (message,) = messages(english)
    assert message.subject == "[dondoc] Department of Health: 7 newly assigned"
    assert "How to answer" in message.body_text
    assert "việc" not in message.body_text

"""When something is away: everybody else is told at once, and everything arrives in the end or says why it did not."""

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from sqlalchemy import text, true
from sqlmodel import Session

from config.contacts.contacts import Address, Contacts
from models.delivery import leases
from models.delivery.grouping import group_waiting
from models.keeping.opening import Store
from models.store.database import DatabaseUnreachable, session_scope
from models.tables.lifecycle import MessageState, NoticeState
from notifications.channels import mailbox
from notifications.channels.mailbox import letters
from notifications.channels.outgoing import Outcome
from notifications.courier import round as courier_round
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, issue
from tests.support.clocks import begin_at
from tests.support.outbox import MORNING, claim, messages, notices, plan_only
from tests.support.outposts import MailServer, WebHook, free_port, message_keys
from tests.support.plan_0_1 import BY_PLAN_0_1

ROOT = Path(__file__).parents[3]
Mail = Callable[..., MailServer]
Hooks = Callable[..., WebHook]


def reached(store: Store, address: Callable[[str], Address]) -> Store:
    """Every office over an address of its own."""
    return replace(
        store, contacts=Contacts({(office.code, "focal"): address(office.code) for office in store.plan.offices})
    )


def all_planned(store: Store) -> Store:
    issue(store)
    plan_only(store, MORNING)
    return store


def test_a_mail_server_away_for_ten_minutes_costs_ten_minutes(store: Store, mail_server: Mail) -> None:
    first = mail_server()
    mailed = all_planned(reached(store, lambda office: first.address(to=f"{office}@so.example")))
    first.stop()
    now, tries = MORNING, 0
    while now < MORNING + timedelta(minutes=10):
        done = deliver(mailed, now=now)
        assert (done.sent, done.failed) == (0, 0)
        tries += done.retrying
        now += timedelta(minutes=1)
    all_ = messages(mailed, MessageState.QUEUED)
    assert tries > len(all_) > 10
    second = mail_server(port=first.port)
    while deliver(mailed, now=now).waiting:
        now += timedelta(minutes=1)
    assert now < MORNING + timedelta(minutes=25)
    assert sorted(message_keys(second)) == sorted(message.message_key for message in all_)
    assert not notices(mailed, NoticeState.PENDING) and not notices(mailed, NoticeState.DEAD)


def test_who_does_not_answer_holds_up_nobody_else(store: Store) -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        hanging = f"json://127.0.0.1:{silent.getsockname()[1]}/?cto=0.2&rto=0.2"
        refusing = f"json://127.0.0.1:{free_port()}/"
        urls = {LEAD: hanging, "SNV": refusing}
        some = replace(
            store, contacts=Contacts({(code, "focal"): Address("json", "vi", url) for code, url in urls.items()})
        )
        all_planned(some)
        done = deliver(some, now=MORNING)
    waiting = {message.office: message.error for message in messages(some, MessageState.QUEUED)}
    assert waiting.keys() == {LEAD, "SNV"} and "chưa rõ" in waiting[LEAD]
    assert (done.sent, done.retrying) == (len(messages(some)) - 2, 2)


def test_a_full_disk_keeps_letters_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = all_planned(replace(store, settings=replace(store.settings, secret_key="k" * 40)))
    with monkeypatch.context() as patch:
        patch.setattr(mailbox.os, "fsync", full)
        done = deliver(store, now=MORNING)
    assert (done.sent, done.retrying > 10) == (0, True)
    assert "No space left" in messages(store)[0].error
    assert letters(store.settings.mailbox_dir) == []
    assert deliver(store, now=MORNING + timedelta(minutes=2)).sent == done.retrying
    assert len(letters(store.settings.mailbox_dir)) == done.retrying


def test_a_key_that_cannot_be_read_keeps_letters_waiting_and_says_so(store: Store) -> None:
    all_planned(store)
    store.settings.data_dir.joinpath("portal.key").mkdir()
    assert deliver(store, now=MORNING).retrying > 10
    assert "DONDOC_SECRET_KEY" in messages(store, MessageState.QUEUED)[0].error


def test_a_service_that_asks_for_patience_gets_it(store: Store, web_hook: Hooks) -> None:
    hook = web_hook(429, '{"ok": false, "parameters": {"retry_after": 7200}}')
    busy = replace(store, contacts=Contacts({(LEAD, "focal"): hook.address()}))
    issue(busy)
    plan_only(busy, MORNING, offices=(LEAD,))
    deliver(busy, now=MORNING)
    (message,) = messages(busy)
    asked = MORNING + timedelta(hours=2)
    assert asked <= message.next_attempt_at < asked + timedelta(seconds=10)
    deliver(busy, now=MORNING + timedelta(minutes=119))
    assert len(hook.taken) == 1
    deliver(busy, now=message.next_attempt_at)
    assert len(hook.taken) == 2


def test_a_database_that_restarts_during_a_round_forgets_nothing(
    store: Store, mail_server: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("is a file")
    server = mail_server()
    mailed = all_planned(reached(store, lambda office: server.address(to=f"{office}@so.example")))
    really_send, thrown_out = courier_round.send, threading.Event()

    def send_and_restart(*args: object, **kwargs: object) -> Outcome:
        outcome = really_send(*args, **kwargs)  # type: ignore[arg-type]
        if not thrown_out.is_set():
            thrown_out.set()
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            with Session(mailed.engine) as session:
                session.execute(text(f"{others} AND datname = current_database()"))
        return outcome

    monkeypatch.setattr(courier_round, "send", send_and_restart)
    with suppress(DatabaseUnreachable):  # when it was asked for more just then
        deliver(mailed, now=MORNING)
    assert thrown_out.is_set()
    assert deliver(mailed, now=MORNING + leases.LEASE + timedelta(seconds=5)).waiting == 0
    assert sorted(message_keys(server)) == sorted(message.message_key for message in messages(mailed))


def test_told_to_stop_it_finishes_what_is_under_way_and_leaves_the_rest_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_planned(store)
    slow = replace(store, settings=replace(store.settings, senders=1))
    stop, really_send = threading.Event(), courier_round.send

    def send_and_stop(*args: object, **kwargs: object) -> Outcome:
        stop.set()
        return really_send(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(courier_round, "send", send_and_stop)
    assert deliver(slow, now=MORNING, stop=stop).sent == 1
    waiting = messages(store, MessageState.QUEUED)
    assert {(message.attempts, message.lease_until) for message in waiting} == {(0, None)}
    assert deliver(store, now=MORNING).sent == len(waiting) > 10


class TestPoisonCandidates:
    def test_what_lost_its_lease_twice_is_taken_alone(self, store: Store) -> None:
        all_planned(store)
        with session_scope(store.engine) as session:
            group_waiting(session, now=MORNING, allowed=true())
        now = MORNING
        for _ in range(2):
            with session_scope(store.engine) as session:
                taken = leases.claim(session, now=now, limit=5)
            assert len(taken) == 5
            now += leases.LEASE + timedelta(seconds=1)
        with session_scope(store.engine) as session:
            others = leases.claim(session, now=now, limit=100)
            assert not {message.id for message in others} & {message.id for message in taken}
        assert deliver(store, now=now).sent == 5

    def test_tries_that_failed_do_not_count_as_silences(self, store: Store) -> None:
        """Else a courier killed after an outage would give up what it held."""
        issue(store)
        plan_only(store, MORNING, offices=(LEAD,))
        with session_scope(store.engine) as session:
            group_waiting(session, now=MORNING, allowed=true())
        now = MORNING
        for attempt in range(1, leases.MAX_EXPIRED_LEASES + 2):
            message = claim(store, now)
            assert message is not None
            with session_scope(store.engine) as session:
                leases.record_failure(session, message.id, attempt, now=now, reason="x", final=False, jitter=0)
            now += timedelta(hours=1)
        assert claim(store, now) is not None  # and is killed
        done = deliver(store, now=now + timedelta(minutes=2))
        assert (done.sent, done.failed) == (1, 0)


def test_what_waited_long_behind_others_is_looked_at_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    all_planned(store)
    looks: list[datetime] = []
    really_prepare = courier_round.prepare

    def prepare(*args: object, **kwargs: object) -> object:
        looks.append(MORNING)
        # The first batch is too old as soon as it is looked at.
        monkeypatch.setattr(courier_round, "FRESH_FOR", timedelta(seconds=10 if len(looks) > 1 else -1))
        return really_prepare(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(courier_round, "FRESH_FOR", timedelta(seconds=-1))
    monkeypatch.setattr(courier_round, "prepare", prepare)
    done = deliver(store, now=MORNING)
    assert (done.sent, done.waiting) == (len(messages(store)), 0)
    assert len(letters(store.settings.mailbox_dir)) == done.sent > 10
    assert {message.attempts for message in messages(store)} == {1}


@pytest.mark.slow
def test_couriers_in_two_processes_send_each_message_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin_at(monkeypatch, store, MORNING)
    all_planned(store)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        **BY_PLAN_0_1,
        "DONDOC_DATA_DIR": str(store.settings.data_dir),
        "DONDOC_DATABASE_URL": store.settings.database_url,
        "DONDOC_SAMPLE": "0",
    }
    at_that_time = f"clock.set_to(lambda: clock.parse_instant('{MORNING.isoformat()}'))"
    program = f"from cli.main import main\nfrom config import clock\nwith {at_that_time}:\n    main()"
    command = [sys.executable, "-c", program, "deliver", "--once"]
    couriers = [subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait() for each in couriers] == [0, 0]
    all_ = messages(store)
    assert {(message.state, message.attempts) for message in all_} == {(MessageState.SENT, 1)}
    assert len(letters(store.settings.mailbox_dir)) == len(all_) > 10

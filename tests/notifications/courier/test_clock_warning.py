"""Under a clock that cannot be right nothing is sent but a warning, once, and all goes on when it is right."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from config.contacts.contacts import Address, Contacts
from models.keeping.opening import Store
from models.store.clock_check import ClockReading, ClockWrong
from models.tables.lifecycle import MessageState
from notifications.channels import sending
from notifications.channels.mailbox import letters
from notifications.channels.outgoing import Outcome, OutgoingMessage
from notifications.courier import composing
from notifications.courier import round as courier_round
from notifications.courier.courier import deliver, run_forever
from notifications.courier.round import Round
from notifications.courier.warnings import warn_of_clock
from tests.support.cast import COORDINATOR, at, issue
from tests.support.clocks import TEN_YEARS, begin_at, set_clock
from tests.support.outbox import MORNING, messages, plan_only
from tests.support.outposts import MailServer, free_port

GATHERED = MORNING + timedelta(minutes=15)
"""When letters no longer wait for those of other runs."""


def reached_over(store: Store, *addresses: Address) -> Store:
    first, *further = addresses
    key = (COORDINATOR, "coordinator")
    return replace(store, contacts=Contacts({key: first}, further={key: tuple(further)}, quiet=None))


def fault_of(store: Store) -> ClockWrong:
    with pytest.raises(ClockWrong) as found:
        deliver(store, now=MORNING + TEN_YEARS)
    return found.value


@pytest.fixture
def waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Notices wait since this morning, and then the clock goes wrong."""
    begin_at(monkeypatch, store, MORNING)
    issue(store)
    plan_only(store, MORNING)
    set_clock(monkeypatch, MORNING + TEN_YEARS)
    return store


@pytest.mark.sqlite_only  # on PostgreSQL a quarter of an hour beside the server's own time is a wrong clock again
def test_nothing_is_sent_or_touched_until_the_clock_is_right(waiting: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, rounds = threading.Event(), [MORNING + TEN_YEARS] * 3 + [MORNING, GATHERED, GATHERED]

    def tick() -> datetime:
        now = rounds.pop(0)
        set_clock(monkeypatch, now)
        if not rounds:
            stop.set()
        return now

    run_forever(lambda: waiting, stop, clock=tick, every_s=0)
    assert messages(waiting, MessageState.SENT)
    assert {message.next_attempt_at for message in messages(waiting)} == {GATHERED}
    warnings = [each for each in letters(waiting.settings.mailbox_dir) if "Đồng hồ máy chủ sai" in each.subject]
    assert len(warnings) == 1


@pytest.mark.sqlite_only  # on PostgreSQL what is known of the time is the server's own
def test_the_warning_goes_to_the_coordinator_once_and_says_what_the_clock_says(
    waiting: Store, mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    house = reached_over(waiting, server.address())
    assert warn_of_clock(house, fault_of(house))
    assert not warn_of_clock(house, fault_of(house))
    (letter,) = server.letters
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "08:00 18/08/2033" in text and "dondoc clock confirm" in text
    assert "The machine's clock says" in text
    # Dated by what is known, not by the clock that is wrong.
    assert "18 Aug 2023" in letter["Date"]


def test_a_warning_that_no_channel_takes_lies_in_the_mailbox_and_is_tried_again(
    waiting: Store, mail_server: Callable[..., MailServer]
) -> None:
    port = free_port()
    house = reached_over(waiting, Address("mailto", "vi", f"mailto://127.0.0.1:{port}?from=a@b.example&to=c@d.example"))
    for _ in range(2):
        assert not warn_of_clock(house, fault_of(house))
        assert len(letters(house.settings.mailbox_dir)) == 1
    mail_server(port=port)
    assert warn_of_clock(house, fault_of(house))


@pytest.mark.sqlite_only
def test_what_is_over_is_not_warned_of(waiting: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = fault_of(waiting)
    set_clock(monkeypatch, at("2023-08-18", 9))
    assert not warn_of_clock(waiting, fault)
    assert not letters(waiting.settings.mailbox_dir)


@pytest.mark.sqlite_only
def test_a_warning_that_cannot_be_remembered_is_given_all_the_same(
    waiting: Store, mail_server: Callable[..., MailServer]
) -> None:
    server = mail_server()
    house = reached_over(waiting, server.address())
    (house.settings.data_dir / "warnings-told").mkdir()
    assert warn_of_clock(house, fault_of(house))
    assert len(server.letters) == 1


@pytest.fixture
def due(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Notices wait, and the clock is right."""
    begin_at(monkeypatch, store, MORNING)
    issue(store)
    plan_only(store, MORNING)
    return store


def test_what_was_sent_before_the_clock_went_wrong_goes_out_once(due: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a round: what is in flight is written down, and what was not begun is released."""
    monkeypatch.setattr(courier_round, "BATCH", 6)
    sent, send, claim = list[str](), sending.send, Round._claim
    claims, is_wrong = count(1), threading.Event()

    def watched(address: Address, letter: OutgoingMessage, **how: Any) -> Outcome:
        sent.append(letter.key)
        if len(sent) > 3:  # some are in flight when it is found out
            assert is_wrong.wait(20)
        return send(address, letter, **how)

    def claim_at_a_wrong_time(ours: Round, limit: int, *, poison_candidates: bool = False) -> bool:
        if next(claims) == 3:
            set_clock(monkeypatch, MORNING + TEN_YEARS)
            is_wrong.set()
        return claim(ours, limit, poison_candidates=poison_candidates)

    monkeypatch.setattr(courier_round, "send", watched)
    monkeypatch.setattr(Round, "_claim", claim_at_a_wrong_time)
    with pytest.raises(ClockWrong):
        deliver(due, now=MORNING)
    set_clock(monkeypatch, MORNING)
    assert sent
    assert {each.message_key for each in messages(due, MessageState.SENT)} == set(sent)
    assert not messages(due, MessageState.SENDING)
    assert {each.attempts for each in messages(due, MessageState.QUEUED)} == {0}
    begun = len(sent)
    deliver(due, now=MORNING)
    assert len(sent) == len(set(sent)) > begun


def test_a_clock_that_goes_wrong_while_messages_are_prepared_is_no_fault_of_theirs(
    due: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(*_: object) -> composing.Prepared:
        raise ClockWrong(ClockReading(MORNING + TEN_YEARS, MORNING), "đi trước", "ahead")

    monkeypatch.setattr(composing, "_prepare", prepare)
    with pytest.raises(ClockWrong):
        deliver(due, now=MORNING)
    assert {(each.attempts, each.lease_until) for each in messages(due, MessageState.QUEUED)} == {(0, None)}
    assert not messages(due, MessageState.SENDING)

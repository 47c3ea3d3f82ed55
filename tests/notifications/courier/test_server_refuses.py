"""A mail server that refuses everybody: no letter is lost, one alarm is raised, and all goes once it is mended."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from config.contacts.contacts import Address, Contacts
from models.delivery import leases
from models.delivery.auditor import audit_follow_up
from models.delivery.message_log import attempts
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import MessageState, NoticeState
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from notifications.words.coordinator_letters import write_gap_letter
from tests.support.cast import COORDINATOR, LEAD, issue
from tests.support.outbox import MORNING, messages, notices, plan_only
from tests.support.outposts import MailServer, WebHook, refusing

Mail = Callable[..., MailServer]
ALARM = "Máy chủ gửi thư từ chối"

STEPS = {
    "greeting": {"": "554 no service here"},
    "EHLO": {"EHLO": "500 what?", "HELO": "500 what?"},
    "STARTTLS": {"STARTTLS": "500 not now"},
    "AUTH": {"AUTH": "535 5.7.8 no"},
    "MAIL FROM": {"MAIL": "530 sign in first"},
}


def mailed(store: Store, port: int, mode: str = "insecure") -> Store:
    """Every office and the coordinator by mail over one server, signed in there."""

    def address(office: str) -> Address:
        login, query = "dondoc:s3cret@", f"from=a@b.example&to={office}@so.example&mode={mode}"
        return Address("mailto", "vi", f"mailto://{login}127.0.0.1:{port}?{query}")

    desks = {(office.code, "focal"): address(office.code) for office in store.plan.offices}
    return replace(store, contacts=Contacts(desks, quiet=None))


def waiting(store: Store) -> Store:
    issue(store)
    plan_only(store, MORNING)
    return store


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_given_up_one_alarm_lies_in_the_mailbox_and_all_goes_once_it_is_mended(
    store: Store, mail_server: Mail, step: str
) -> None:
    mode = "starttls" if step == "STARTTLS" else "insecure"
    with refusing(STEPS[step]) as port:
        house = waiting(mailed(store, port, mode))
        now = MORNING
        for _ in range(3):
            assert deliver(house, now=now).failed == 0
            now += timedelta(minutes=5)
    assert len(messages(house, MessageState.QUEUED)) > 10
    assert not notices(house, NoticeState.DEAD)
    (alarm,) = [each for each in letters(house.settings.mailbox_dir) if ALARM in each.subject]
    assert "127.0.0.1" in alarm.text and "s3cret" not in alarm.text
    server = mail_server(password="s3cret", port=port)  # mended
    now += timedelta(hours=1)
    while (done := deliver(mailed(house, port), now=now)).waiting:
        assert done.failed == 0
        now += timedelta(hours=1)
        assert now < MORNING + timedelta(hours=12)
    assert len(server.letters) > 10
    assert not notices(house, NoticeState.PENDING) and not notices(house, NoticeState.DEAD)


def test_an_account_is_not_locked_by_a_password_given_for_every_letter(store: Store) -> None:
    with refusing({"AUTH": "535 no"}) as port:
        house = waiting(replace(mailed(store, port), settings=replace(store.settings, senders=1)))
        deliver(house, now=MORNING)
    tried = [message for message in messages(house) if "mã 535" in message.error]
    assert len(tried) == 3 < len(messages(house))


def test_a_server_away_for_weeks_loses_nothing_either(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "MAX_ATTEMPTS", 3)
    with refusing({"AUTH": "535 no"}) as port:
        house = waiting(mailed(store, port))
        for hours in range(6):
            assert deliver(house, now=MORNING + timedelta(hours=hours)).failed == 0
    assert not messages(house, MessageState.DEAD)


def test_the_alarm_goes_over_another_channel_of_the_coordinator(store: Store, web_hook: Callable[..., WebHook]) -> None:
    hook = web_hook()
    with refusing({"AUTH": "535 no"}) as port:
        house = mailed(store, port)
        both = {**house.contacts.addresses, (COORDINATOR, "coordinator"): house.contacts.address(LEAD, "focal")}
        further = {(COORDINATOR, "coordinator"): (hook.address(),)}
        house = waiting(replace(house, contacts=replace(house.contacts, addresses=both, further=further)))
        for minutes in (0, 10, 20):
            deliver(house, now=MORNING + timedelta(minutes=minutes))
    (taken,) = [body for _, body in hook.taken if ALARM in json.dumps(body, ensure_ascii=False)]
    assert taken
    assert not [each for each in letters(house.settings.mailbox_dir) if ALARM in each.subject]


def test_a_full_mailbox_is_tried_hours_apart_and_given_up_after_days(store: Store, mail_server: Mail) -> None:
    server = mail_server(to_recipient={"": "552 5.2.2 mailbox full"})
    house = replace(store, contacts=Contacts({(LEAD, "focal"): server.address()}, quiet=None))
    issue(house)
    plan_only(house, MORNING, offices=(LEAD,))
    now, pauses = MORNING, []
    while deliver(house, now=now).retrying:
        (message,) = messages(house)
        pauses.append(round((message.next_attempt_at - now).total_seconds() / 3600))
        now = message.next_attempt_at
    assert pauses == [1, 2, 4, 8, 16, *[24] * 6]
    assert messages(house)[0].state is MessageState.DEAD
    assert "đã đầy" in messages(house)[0].error


def test_a_warning_that_does_not_arrive_lies_in_the_mailbox_once(store: Store) -> None:
    with refusing({"": "421 not now"}) as port:
        house = mailed(store, port)
        desk = {(COORDINATOR, "coordinator"): house.contacts.address(LEAD, "focal")}
        house = replace(house, contacts=replace(house.contacts, addresses=desk))
        with reading(house.engine) as connection:
            findings = audit_follow_up(connection, now=MORNING, calendar=house.calendar)
        with session_scope(house.engine) as session:
            write_gap_letter(session, house, findings, house.actor_context(now=MORNING, actor="flow:p1"))
        for minutes in (0, 10):
            assert deliver(house, now=MORNING + timedelta(minutes=minutes)).retrying == 1
    assert len(letters(house.settings.mailbox_dir)) == 1


def test_a_refused_copy_is_noted_in_the_log(store: Store, mail_server: Mail) -> None:
    server = mail_server(to_recipient={"luu@so.example": "550 nobody"})
    house = replace(store, contacts=Contacts({(LEAD, "focal"): server.address(query="&cc=luu@so.example")}, quiet=None))
    issue(house)
    plan_only(house, MORNING, offices=(LEAD,))
    assert deliver(house, now=MORNING).sent == 1
    with session_scope(house.engine) as session:
        ((attempt,),) = attempts(session, [messages(house)[0].id or 0]).values()
    assert "bản sao (cc, bcc) bị từ chối (mã 550)" in attempt.reason

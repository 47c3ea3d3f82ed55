"""After one refusal of all a whole round is given up; it is sent again at once, and each letter arrives once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from models.delivery import dead_letters as dead_letter_store
from models.delivery.dead_letters import dead_letter_count, dead_letters, send_all_again
from models.delivery.message_log import MessageFilter
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import session_scope
from models.tables.lifecycle import MessageState, NoticeState
from notifications.courier.courier import deliver
from tests.support.cast import LEAD, at, issue
from tests.support.outbox import MORNING, messages, notices, plan_only
from tests.support.outposts import MailServer

LATER = at("2023-08-18", 10)


@pytest.fixture
def mailed(store: Store, mail_server: Callable[..., MailServer]) -> tuple[MailServer, Store]:
    """A whole round given up: the server passes nothing on for us, until it is told to."""
    server = mail_server(to_recipient={"": "550 5.7.1 no relaying"})
    wrong = reached(store, server)
    issue(wrong)
    plan_only(wrong, MORNING)
    done = deliver(wrong, now=MORNING)
    assert (done.sent, done.failed > 10) == (0, True)
    assert {message.error for message in messages(wrong)} == {message.error for message in messages(wrong)[:1]}
    assert "550" in messages(wrong)[0].error
    return server, wrong


def reached(store: Store, server: MailServer) -> Store:
    def address(office: str) -> Address:
        return server.address(to=f"{office}@so.example")

    codes = [office.code for office in store.plan.offices]
    return replace(store, contacts=Contacts({(code, "focal"): address(code) for code in codes}))


def again(store: Store, batch: int = 500, **wanted: Any) -> int:
    context = store.actor_context(now=LATER, actor="coordinator:1")
    return send_all_again(store.engine, MessageFilter(**wanted), context, batch=batch)


@pytest.mark.parametrize("batch", [9, 500])
def test_all_arrive_once_when_the_server_takes_them(mailed: tuple[MailServer, Store], batch: int) -> None:
    server, store = mailed
    all_ = messages(store)
    with session_scope(store.engine) as session:
        assert dead_letter_count(session) == len(all_) > len(dead_letters(session, limit=10))
    assert again(store, batch) == len(all_)
    assert again(store, batch) == 0, "pressed twice"
    assert {(each.attempts, each.error, each.fallback_at) for each in messages(store)} == {(0, "", None)}
    offices = [each for each in all_ if each.desk is Desk.FOCAL]
    # That they are lost the coordinator need not be told any more.
    server.to_recipient.clear()
    assert deliver(store, now=LATER).sent == len(offices) == len(all_) - 1
    assert sorted(letter["X-Dondoc-Message"] for letter in server.letters) == sorted(
        each.message_key for each in offices
    )
    assert not notices(store, NoticeState.DEAD) and not notices(store, NoticeState.PENDING)
    with session_scope(store.engine) as session:
        subjects = session.scalars(select(col(AuditEvent.subject)).where(col(AuditEvent.verb) == "send_again")).all()
        assert sorted(subjects) == sorted(f"message:{each.id}" for each in all_)
        assert verify(session.connection()).broken_at is None


def test_only_what_is_asked_for_is_sent_again(mailed: tuple[MailServer, Store]) -> None:
    _, store = mailed
    assert again(store, channel="json") == again(store, since=LATER) == again(store, state="sent") == 0
    assert again(store, office=LEAD, channel="mailto", until=LATER) == 1
    assert [each.office for each in messages(store, MessageState.QUEUED)] == [LEAD]


def test_given_up_once_more_meanwhile_it_is_not_tried_for_ever(
    mailed: tuple[MailServer, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A courier works between two batches."""
    _, store = mailed
    all_, let_go = len(messages(store)), 0
    really = dead_letter_store.session_scope

    def scope_after_a_round(engine: Any) -> Any:
        nonlocal let_go
        let_go += 1
        assert let_go <= all_ + 1, "goes round in circles"
        deliver(store, now=LATER)
        return really(engine)

    monkeypatch.setattr(dead_letter_store, "session_scope", scope_after_a_round)
    assert again(store, batch=1) == all_

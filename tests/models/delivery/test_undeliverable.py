"""Messages that were given up: shown with what they were about, and sent again over the channel there is now."""

from dataclasses import replace

import pytest
from sqlalchemy import select, true
from sqlmodel import col

from config.contacts.contacts import Address, Contacts
from flows.forms import fill_in
from flows.steps import assign_due
from models.delivery.dead_letters import DeadLetter, dead_letters, send_again
from models.delivery.grouping import group_waiting
from models.delivery.leases import claim, record_failure
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.audit import AuditEvent, verify
from models.store.database import session_scope
from models.tables.errors import NotFound
from models.tables.lifecycle import MessageState, NoticeKind, NoticeState
from models.tables.outbox import Message
from models.work import verbs
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import at, issue, number_of, told

MORNING, LATER = at("2023-08-18", 9), at("2023-08-18", 15)


@pytest.fixture
def lost(store: Store) -> DeadLetter:
    """The letter about new work to one office, given up."""

    issue(store)
    context = store.actor_context(now=MORNING, actor="flow:p1", run_key="r")
    assign_due(store, "p1", fill_in("p1", {"offices": ("SYT",)}, store.plan), context)
    with session_scope(store.engine) as session:
        group_waiting(session, now=MORNING, allowed=true())
        (message,) = claim(session, now=MORNING, limit=2)
        record_failure(session, message.id, 1, now=LATER, reason="Máy chủ thư không nhận.", final=True, jitter=0)
    with session_scope(store.engine) as session:
        (found,) = dead_letters(session)
    return found


def again(store: Store, number: int) -> bool:
    with session_scope(store.engine) as session:
        return send_again(session, number, store.actor_context(now=LATER, actor="coordinator:1"))


def message(store: Store, number: int) -> Message:
    with session_scope(store.engine) as session:
        return session.get_one(Message, number)


def test_it_is_shown_with_when_why_and_what_it_was_about(store: Store, lost: DeadLetter) -> None:
    assert (lost.office, lost.reason, lost.given_up_at) == ("SYT", "Máy chủ thư không nhận.", LATER)
    assert number_of(store, "T0.1") in lost.assignments
    with session_scope(store.engine) as session:
        assert dead_letters(session, limit=0) == []


def test_sent_again_it_arrives_once_and_is_on_record(store: Store, lost: DeadLetter) -> None:
    assert again(store, lost.id)
    assert (message(store, lost.id).state, message(store, lost.id).attempts) == (MessageState.QUEUED, 0)
    assert not again(store, lost.id), "pressed twice"
    assert deliver(store, now=LATER).sent == 1
    assert not again(store, lost.id), "it has been sent by now"
    assert deliver(store, now=LATER).sent == 0
    assert len(letters(store.settings.mailbox_dir)) == 1
    assert told(store, number_of(store, "T0.1")) == [(NoticeKind.ASSIGNED, "assigned", "SYT/focal")]
    with session_scope(store.engine) as session:
        assert dead_letters(session) == []
        events = session.scalars(select(AuditEvent).where(col(AuditEvent.verb) == "send_again")).all()
        assert [(each.subject, each.actor) for each in events] == [(f"message:{lost.id}", "coordinator:1")]
        assert verify(session.connection()).broken_at is None


def test_what_no_longer_applies_is_left_out(store: Store, lost: DeadLetter) -> None:
    number = number_of(store, "T0.1")
    with session_scope(store.engine) as session:
        verbs.withdraw(session, number, "Giao lại.", store.actor_context(now=LATER, actor="coordinator:1"))
    again(store, lost.id)
    deliver(store, now=LATER)
    assert (NoticeKind.ASSIGNED, "assigned", "SYT/focal") in told(store, number, NoticeState.CANCELLED)
    assert [kind for kind, _, _ in told(store, number)] == [NoticeKind.WITHDRAWN]


def test_it_takes_the_channel_that_its_desk_has_now(store: Store, lost: DeadLetter) -> None:
    address = Address("json", "vi", "json://localhost:1/")
    contacts = Contacts({("SYT", "focal"): address})
    mirror_configuration(store.engine, store.plan, contacts)
    assert lost.channel == "mailbox"
    again(replace(store, contacts=contacts), lost.id)
    assert message(store, lost.id).channel == "json"


def test_there_is_no_sending_what_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound, match="số 77"):
        again(store, 77)

"""Letters with words of their own: whom copies go to, and which of them are about a sample."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from config.errors import Refused
from models.access.deputies import appoint_for_desk
from models.delivery.leases import RenderedMessage
from models.delivery.letters import send_copy, write_to_coordinator
from models.keeping.opening import Store
from models.store.database import session_scope
from models.tables.anchor import Anchor
from models.tables.lifecycle import MessageState
from models.tables.outbox import Message
from models.work.directives import samples_in_force
from notifications.courier.composing import Draft, Writer, prepare
from notifications.courier.courier import deliver
from tests.support.cast import COORDINATOR, issue
from tests.support.outbox import MORNING, claim, messages

MAIL = Contacts(
    {(COORDINATOR, "coordinator"): Address("mailto", "vi", "mailto://u:p@a.example?cc=luu@a.example&to=vp@a.example")},
    quiet=None,
)


def written(store: Store) -> None:
    context = store.actor_context(now=MORNING, actor="system")
    with session_scope(store.engine) as session:
        write_to_coordinator(session, "thu", RenderedMessage("Tiêu đề", "Lời", "<p>Lời</p>"), store.contacts, context)


def drafts(store: Store) -> list[Draft]:
    claimed = claim(store, MORNING)
    assert claimed is not None
    return [draft for prepared in prepare(store, [claimed], now=MORNING) for draft in prepared.drafts]


def copied(store: Store, number: int, seconds: int) -> bool:
    context = store.actor_context(now=MORNING + timedelta(seconds=seconds), actor="coordinator")
    with session_scope(store.engine) as session:
        return send_copy(session, number, store.contacts, context, samples=samples_in_force(session))


def make_sample(store: Store) -> None:
    with session_scope(store.engine, by_clock=False) as session:
        for anchor in session.exec(select(Anchor)):
            anchor.is_sample = True


def test_a_warning_goes_to_the_deputy_too(store: Store) -> None:
    store = replace(store, contacts=MAIL)
    day = date(2023, 8, 18)
    with session_scope(store.engine) as session:
        context = store.actor_context(now=MORNING, actor="coordinator")
        args = (session, COORDINATOR, Desk.COORDINATOR, "thay@a.example", day, day)
        appoint_for_desk(*args, contacts=MAIL, context=context)
    written(store)
    (draft,) = drafts(store)
    url = Writer(store, MORNING).write(draft).address.url
    assert draft.copies == ("thay@a.example",) and url.endswith("cc=luu@a.example,thay@a.example")


def test_a_copy_of_a_real_letter_goes_where_it_went_while_the_main_directive_is_a_sample(store: Store) -> None:
    written(store)
    deliver(store, now=MORNING)
    (letter,) = messages(store, MessageState.SENT)
    assert copied(store, letter.id or 0, 0)
    issue(store)
    make_sample(store)
    (draft,) = drafts(store)
    assert not draft.is_sample
    with pytest.raises(Refused, match="MẪU"):  # a letter that went to the local mailbox alone
        copied(store, letter.id or 0, 600)


def test_a_copy_asked_for_twice_within_a_minute_is_queued_once(store: Store) -> None:
    written(store)
    deliver(store, now=MORNING)
    (letter,) = messages(store, MessageState.SENT)
    number = letter.id or 0
    assert [copied(store, number, seconds) for seconds in (58, 62, 117, 118, 119, 180)] == [
        *(True, False, False, True, False, True),
    ]
    with session_scope(store.engine) as session:
        assert len(session.exec(select(Message.id).where(Message.message_key != "thu")).all()) == 3

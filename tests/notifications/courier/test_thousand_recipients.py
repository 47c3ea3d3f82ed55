"""A thousand recipients and a few that poison the round: all others are told in it, and in the end everybody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from config.catalogue.plan import OfficeSpec, Plan
from config.contacts.contacts import Address, Contacts
from config.contacts.desks import Desk
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.tables.lifecycle import MessageState, NoticeState
from models.tables.outbox import Message
from notifications.courier.courier import deliver
from tests.support.cast import issue
from tests.support.outbox import MORNING, messages, notices, plan_only
from tests.support.outposts import MailServer, message_keys

THOUSAND = 1000
REFUSED, CUT_OFF, SILENT = "X0100", "X0500", "X0900"


def with_communes(store: Store, address: Callable[[str], Address]) -> Store:
    """A thousand communes stand for the collective entry, each with an address of its own."""
    communes = tuple(
        OfficeSpec(
            code=f"X{number:04}",
            name_vi=f"Ủy ban nhân dân xã số {number}",
            name_en=f"Commune {number}",
            kind="locality",
            member_of="XA",
            groups=("localities",),
        )
        for number in range(THOUSAND)
    )
    shipped = store.plan
    plan = Plan.model_construct(
        directives=shipped.directives,
        priorities=shipped.priorities,
        offices=(*shipped.offices, *communes),
        ladders=shipped.ladders,
    )
    contacts = Contacts({(commune.code, "focal"): address(commune.code) for commune in communes})
    mirror_configuration(store.engine, plan, contacts)
    return replace(store, plan=plan, contacts=contacts)


@pytest.mark.later
def test_a_few_that_cannot_be_reached_hold_up_none_of_a_thousand(
    store: Store, mail_server: Callable[..., MailServer]
) -> None:
    poison = {REFUSED: "550 no such mailbox", CUT_OFF: "421 hang up", SILENT: "250 say nothing"}
    server = mail_server(to_recipient={f"{code}@so.example": reply for code, reply in poison.items()})
    in_a_hurry = {SILENT: "&cto=10"}
    store = with_communes(store, lambda code: server.address(to=f"{code}@so.example", query=in_a_hurry.get(code, "")))
    issue(store)
    plan_only(store, MORNING, offices=tuple(f"X{number:04}" for number in range(THOUSAND)))

    done = deliver(store, now=MORNING)
    arrived = [recipient for (recipient,) in server.recipients]
    assert len(arrived) == len(set(arrived)) == THOUSAND - len(poison)
    # And the coordinator, in the local mailbox, of the one that is lost.
    assert (done.sent, done.failed, done.retrying) == (THOUSAND - len(poison) + 1, 1, 2)
    (dead,) = messages(store, MessageState.DEAD)
    assert (dead.office, "550" in dead.error, dead.attempts) == (REFUSED, True, 1)
    waiting = {each.office: each.error for each in messages(store, MessageState.QUEUED)}
    assert waiting.keys() == {CUT_OFF, SILENT} and all(waiting.values())

    server.to_recipient = {f"{REFUSED}@so.example": "550 no such mailbox"}
    assert deliver(store, now=MORNING + timedelta(minutes=2)).waiting == 0
    arrived = [recipient for (recipient,) in server.recipients]
    assert sorted(arrived) == sorted(f"{each.office}@so.example" for each in of_communes(store) if each != dead)
    assert len(set(message_keys(server))) == len(arrived) == THOUSAND - 1
    assert {each.reason for each in notices(store, NoticeState.DEAD)} == {dead.error}
    assert not notices(store, NoticeState.PENDING)


def of_communes(store: Store) -> list[Message]:
    return [each for each in messages(store) if each.desk is Desk.FOCAL]

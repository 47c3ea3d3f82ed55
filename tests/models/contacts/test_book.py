"""The contacts in the store: a file of version 0.1 taken in once, what a coordinator sets, and who sees it when."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import event
from sqlmodel import select

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from config.contacts.loading import ContactErrors
from config.contacts.senders import name_of_written
from config.settings import Settings
from models.contacts.book import ContactsChanged, read_contacts, revision_of, set_contacts
from models.keeping.opening import Store, open_store, with_contacts_of_today
from models.keeping.verification import verify_store
from models.store.audit_event import AuditEvent
from models.store.database import open_database, reading, reading_session, session_scope, snapshot
from models.tables.lifecycle import MessageState
from notifications.channels.mailbox import letters
from notifications.courier.courier import deliver
from tests.support.cast import at, issue
from tests.support.contacts_file import load_contacts
from tests.support.outbox import MORNING, messages, plan_only

NOW = at("2023-08-21")

OF_0_1 = """
accounts: mailto://dondoc:${SMTP}@mail.example
offices:
  SYT:
    focal: [vanthu@syt.example, "tgram://123456789:${BOT}/-100456"]
    head: mailto://gd:rat-bi-mat@khac.example?cc=luu@syt.example&to=gd@syt.example
    quiet: 18:00-07:00
    digest_at: 9:30
  SNV: {focal: "json://127.0.0.1:1/hook-rat-bi-mat", language: en}
  STP: {focal: "tgram://123456789:${BOT}/-100457", head: "mailto://phong@stp.example"}
  SCT: {focal: "mailbox://", quiet: never}
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP", "rat-bi-mat")
    monkeypatch.setenv("BOT", "rat-bi-mat-cua-bot-nay")


def write(settings: Settings, text: str) -> Path:
    settings.contacts_file.write_text(text, encoding="utf-8")
    return settings.contacts_file


def parts(url: str) -> list[str]:
    return sorted(unquote(url).replace("?", "&").split("&"))


def said(store: Store, verb: str) -> list[AuditEvent]:
    with reading_session(store.engine) as session:
        return list(session.exec(select(AuditEvent).where(AuditEvent.verb == verb)))


def test_a_file_of_0_1_comes_in_once_and_everybody_is_reached_as_before(store: Store) -> None:
    codes = {office.code for office in store.plan.offices}
    by_file = load_contacts(write(store.settings, OF_0_1), known_offices=codes)
    taken = with_contacts_of_today(store)
    for code in codes:
        assert taken.contacts.hours(code) == by_file.hours(code)
        assert taken.contacts.language_of(code) == by_file.language_of(code)
        for desk in Desk:
            here, there = taken.contacts.in_order(code, desk), by_file.in_order(code, desk)
            assert [(a.channel, a.language) for a in here] == [(a.channel, a.language) for a in there], (code, desk)
            assert [parts(a.url) for a in here] == [parts(a.url) for a in there]
    (event,) = said(store, "take_in_contacts")
    assert event.details["offices"] == 4 and len(event.details["digest"]) == 64
    assert {"contacts:SYT", "contacts:SNV"} <= event.digests.keys()
    assert "bi-mat" not in str((event.details, event.digests))
    with reading(store.engine) as connection:
        there = read_contacts(connection)
        assert "bi-mat" not in str(there) and "${" not in str(there)
    assert there["SYT"].desks[Desk.FOCAL] == (
        SenderAddress("mail", "vanthu@syt.example"),
        SenderAddress(bot := name_of_written("tgram", "tgram://123456789:${BOT}/{to}"), "-100456"),
    )
    assert there["STP"].desks[Desk.FOCAL] == (SenderAddress(bot, "-100457"),), "one bot is one sender"
    hook = name_of_written("json", "json://127.0.0.1:1/hook-rat-bi-mat")
    assert there["SNV"].desks[Desk.FOCAL] == (SenderAddress(hook),), "a hook stays with the operator"
    write(store.settings, OF_0_1.replace("vanthu@syt", "khac@syt"))
    again = with_contacts_of_today(store)
    assert "vanthu%40syt.example" in again.contacts.address("SYT", "focal").url
    assert len(said(store, "take_in_contacts")) == 1


def test_a_sender_of_0_1_keeps_its_name_whatever_becomes_of_the_offices(store: Store) -> None:
    write(store.settings, OF_0_1)
    before = with_contacts_of_today(store).contacts
    bot = name_of_written("tgram", "tgram://123456789:${BOT}/{to}")
    above = OF_0_1.replace("offices:\n", "offices:\n  SGTVT: {head: 'tgram://123456789:${BOT}/-1'}\n")
    moved = f"{OF_0_1.partition('offices:')[0]}senders: {{{bot}: 'tgram://123456789:${{BOT}}/{{to}}'}}\n"
    without = OF_0_1.replace(', "tgram://123456789:${BOT}/-100456"', "")
    for file in (above, without, moved):
        write(store.settings, file)
        contacts = with_contacts_of_today(store).contacts
        for office in ("SYT", "STP"):
            assert contacts.in_order(office, "focal") == before.in_order(office, "focal"), file


@pytest.mark.parametrize("quiet", ["18:00 - 07:00", "18:00–07:00", " 18:00\u00a0–\u00a007:00", "18:00-07:00"])
def test_hours_of_0_1_come_in_as_the_portal_keeps_them(store: Store, quiet: str) -> None:
    file = f"offices:\n  SYT: {{quiet: '{quiet}', digest_at: ' 09:30 '}}\n  SNV: {{quiet: Never}}\n"
    write(store.settings, file)
    with_contacts_of_today(store)
    with reading(store.engine) as connection:
        there = read_contacts(connection)
    assert (there["SYT"].quiet, there["SYT"].digest_at, there["SNV"].quiet) == ("18:00-07:00", "09:30", "never")


def test_a_faulty_file_of_0_1_is_refused_until_it_is_taken_in_and_not_after(store: Store) -> None:
    write(store.settings, OF_0_1.replace("SCT:", "KHONG:"))
    with pytest.raises(ContactErrors):
        with_contacts_of_today(store)
    assert not said(store, "take_in_contacts")
    write(store.settings, OF_0_1)
    with_contacts_of_today(store)
    write(store.settings, OF_0_1.replace("SCT:", "KHONG:"))
    assert with_contacts_of_today(store).contacts.languages == {"SNV": "en"}
    write(store.settings, "senders: {nhom: khong}")
    with pytest.raises(ContactErrors) as refused:
        with_contacts_of_today(store)
    (fault,) = refused.value.errors
    assert str(fault).startswith("senders.nhom: ") and "khong://" not in str(fault)


def test_what_is_set_is_seen_at_once_and_vouched_for(store: Store) -> None:
    write(store.settings, "senders: {bot: 'tgram://123456789:abcdefghijklmnop/{to}'}")
    store = with_contacts_of_today(store)
    entry = OfficeContacts({Desk.HEAD: (SenderAddress("bot", "-1001"),)}, "en", "never", "08:00")
    context = store.actor_context(now=NOW, actor="coordinator")
    for expected in (["SYT"], []):
        with session_scope(store.engine) as session:
            assert set_contacts(session, {"SYT": entry}, context) == expected
    (event,) = said(store, "set_contacts")
    assert event.details == {"senders": {"head": ["bot"]}, "language": "en", "quiet": "never", "digest_at": "08:00"}
    today = store.of_today()
    assert today is not store and today.of_today() is today
    assert today.contacts.address("SYT", "head").url.endswith("/-1001")
    assert today.contacts.address("SYT", "focal").channel == "mailbox"
    with session_scope(store.engine) as session:
        set_contacts(session, {"SYT": OfficeContacts()}, context)
    assert today.of_today().contacts.address("SYT", "head").channel == "mailbox"
    with snapshot(store.engine) as connection:
        assert verify_store(connection, keys=None).mismatched == 0
    with session_scope(store.engine) as session:
        session.connection().exec_driver_sql("UPDATE office_contact SET quiet = '01:00-02:00' WHERE office = 'SYT'")
    with snapshot(store.engine) as connection:
        assert verify_store(connection, keys=None).mismatched == 1


def test_what_is_set_while_contacts_are_read_is_seen_the_next_time(store: Store) -> None:
    write(store.settings, "senders: {bot: 'tgram://123456789:abcdefghijklmnop/{to}'}")
    store, done = with_contacts_of_today(store), list[bool]()
    other, context = open_database(store.settings.database_url), store.actor_context(now=NOW, actor="coordinator")

    def set_to(recipient: str) -> None:
        with session_scope(other) as session:
            set_contacts(session, {"SYT": OfficeContacts({Desk.HEAD: (SenderAddress("bot", recipient),)})}, context)

    def set_meanwhile(*given: Any) -> None:
        if "FROM desk_address" in given[2] and not done:
            done.append(True)
            set_to("-1002")

    set_to("-1001")
    event.listen(store.engine, "after_cursor_execute", set_meanwhile)
    read = store.of_today()
    other.dispose()
    assert done and read.contacts.address("SYT", "head").url.endswith("/-1001")
    assert read.of_today().contacts.address("SYT", "head").url.endswith("/-1002")


def test_a_desk_whose_senders_are_all_gone_waits_for_them_and_the_coordinator_is_told(store: Store) -> None:
    file = write(store.settings, "senders: {bot: 'tgram://123456789:abcdefghijklmnop/{to}'}")
    store = with_contacts_of_today(store)
    with session_scope(store.engine) as session:
        entry = OfficeContacts({Desk.FOCAL: (SenderAddress("bot", "-1001"),)})
        set_contacts(session, {"SYT": entry}, store.actor_context(now=NOW, actor="coordinator"))
    file.unlink()
    bereft = with_contacts_of_today(store)
    contacts = bereft.contacts
    assert contacts.address("SYT", "focal").channel == contacts.address("SYT", "head").channel == "missing"
    assert contacts.lost == {("SYT", "focal"): ("bot",)}
    issue(bereft)
    plan_only(bereft, MORNING)
    assert deliver(bereft, now=MORNING).waiting == 1
    (waiting,) = messages(bereft, MessageState.QUEUED)
    assert waiting.office == "SYT" and "«bot»" in waiting.error
    told = letters(store.settings.mailbox_dir)
    assert not [each for each in told if "Sở Y tế" in each.recipient]
    assert "«bot»" in next(each for each in told if "Máy chủ gửi thư từ chối" in each.subject).text
    write(store.settings, "senders: {bot: 'json://127.0.0.1:1/{to}'}")
    assert with_contacts_of_today(store).contacts.address_over("SYT", "focal", "missing").channel == "json"


@pytest.mark.later
def test_an_operator_who_names_a_sender_first_finds_it_used(settings: Settings) -> None:
    write(settings, OF_0_1 + 'senders: {bot: "tgram://123456789:${BOT}/{to}"}\n')
    with open_store(settings) as opened, reading(opened.engine) as connection:
        assert read_contacts(connection)["STP"].desks[Desk.FOCAL] == (SenderAddress("bot", "-100457"),)


def test_what_was_set_since_it_was_looked_at_is_not_overwritten(store: Store) -> None:
    def put(to: str, seen: int | None = None) -> int:
        entry = OfficeContacts({Desk.FOCAL: (SenderAddress("mail", to),)})
        with session_scope(store.engine) as session:
            context = store.actor_context(now=NOW, actor="coordinator")
            set_contacts(session, {"SYT": entry}, context, seen=None if seen is None else {"SYT": seen})
            return revision_of(session.connection(), "SYT")

    first = put("a@syt.example", seen=0)
    second = put("b@syt.example", seen=first)
    assert put("b@syt.example", seen=first) == second, "what is there already overwrites nothing"
    with pytest.raises(ContactsChanged, match="SYT"):
        put("c@syt.example", seen=first)
    with reading(store.engine) as connection:
        assert read_contacts(connection)["SYT"].desks[Desk.FOCAL] == (SenderAddress("mail", "b@syt.example"),)
    assert put("c@syt.example") > second

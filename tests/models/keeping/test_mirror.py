"""Offices and channels are mirrored by who serves and who writes, once, and never by who only reads."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from config.settings import Settings
from flows.forms import fill_in
from flows.preview import preview
from flows.steps import assign_due
from models.contacts.book import set_contacts
from models.contacts.taking_in import are_taken_in
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, open_store, with_contacts_of_today
from models.store.database import DatabaseBusy, open_database, reading, session_scope
from models.store.upsert import table_of
from models.tables.office import Contact, Office
from models.tables.outbox import Message, Notice
from notifications.courier.courier import run_forever
from rehearsal.throwaway import copied_store, throwaway_settings
from tests.support.cast import at, issue

CONTACTS = """
accounts: mailto://dondoc:mat-khau@mail.example.vn
offices:
  SYT: {focal: [vanthu@syt.example]}
"""
NOW = at("2023-08-18", 2)
"""In quiet hours: nothing is sent."""


@pytest.fixture
def served(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a store whose SYT is reached by mail and has work that it is to be told of."""
    file = tmp_path / "of-the-service.yaml"
    file.write_text(CONTACTS, encoding="utf-8")
    settings = replace(settings, contacts_file=file)
    with open_store(settings, serves=True) as store:
        issue(store)
        form = fill_in("p1", {"offices": ("SYT",)}, store.plan)
        assign_due(store, "p1", form, store.actor_context(now=NOW, actor="flow:p1"))
    return settings


@pytest.fixture
def bare(served: Settings) -> Settings:
    """Those of a shell without the operator's contacts file, in another language."""
    return replace(served, contacts_file=served.default_contacts_file, language="en")


def kept(store: Store) -> list[list[Any]]:
    """Everything that opening a store once wrote."""
    with reading(store.engine) as connection:
        tables = [table_of(model) for model in (Office, Contact, Notice, Message)]
        return [list(connection.execute(select(table).order_by(*table.primary_key))) for table in tables]


def channels(store: Store) -> set[str]:
    """Over which SYT's notices go."""
    with reading(store.engine) as connection:
        return set(connection.execute(select(Notice.channel)).scalars())


def test_who_comes_second_finds_it_mended_and_writes_nothing(store: Store, database_url: str) -> None:
    with session_scope(store.engine, by_clock=False) as session:
        for model in (Contact, Office):
            session.exec(delete(table_of(model)))
    other, compared, written = open_database(database_url), list[bool](), list[str]()

    def the_other_mirrors(*_: Any) -> None:
        if not compared:
            compared.append(True)
            mirror_configuration(other, store.plan, store.contacts)

    event.listen(store.engine, "before_cursor_execute", lambda *given: written.append(given[2].split()[0]))
    event.listen(store.engine, "checkin", the_other_mirrors)
    mirror_configuration(store.engine, store.plan, store.contacts)
    other.dispose()
    with reading(store.engine) as connection:
        for model in (Contact, Office):
            assert connection.execute(select(table_of(model))).first()
    assert compared and not {"DELETE", "INSERT"} & set(written)


def test_who_only_reads_leaves_everything_as_it_is(served: Settings, bare: Settings) -> None:
    with open_store(served) as store:
        before = kept(store)
    with open_store(bare) as store:
        assert store.contacts.address("SYT", "focal").channel == "missing"
        assert kept(store) == before
    with open_store(served) as store:
        assert kept(store) == before


def test_who_writes_mirrors_before_that_and_who_serves_at_once(served: Settings, bare: Settings) -> None:
    with open_store(bare) as store, session_scope(store.engine):
        assert channels(store) == {"missing"}
    with open_store(served, serves=True) as store:
        assert channels(store) == {"mailto"}


def test_a_writer_whose_mirroring_failed_mirrors_at_the_next_try(
    served: Settings, bare: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    del served

    def busy(*_: Any) -> None:
        raise DatabaseBusy

    with open_store(bare) as store:
        with monkeypatch.context() as patch, pytest.raises(DatabaseBusy):
            patch.setattr("models.keeping.opening.mirror_configuration", busy)
            with session_scope(store.engine):
                raise AssertionError("began to write")
        assert channels(store) == {"mailto"}
        with session_scope(store.engine):
            assert channels(store) == {"missing"}


def test_a_late_first_write_mirrors_what_holds_by_then(served: Settings) -> None:
    with open_store(served) as store:
        with open_store(served) as other:
            put = OfficeContacts({Desk.FOCAL: (SenderAddress("local"),)})
            with session_scope(other.engine) as session:
                set_contacts(session, {"SYT": put}, other.actor_context(now=NOW, actor="coordinator"))
            with_contacts_of_today(other)
            before = kept(other)
        with session_scope(store.engine):
            assert kept(store) == before


def test_another_language_alone_is_no_reason_to_write(served: Settings) -> None:
    with open_store(served) as store:
        before = kept(store)
    with open_store(replace(served, language="en"), serves=True) as store:
        assert kept(store) == before


def test_a_file_of_version_0_1_is_read_with_its_offices_and_taken_in_by_the_first_who_writes(
    settings: Settings,
) -> None:
    with open_store(settings):
        pass
    settings.contacts_file.write_text(CONTACTS, encoding="utf-8")
    with open_store(settings) as store:
        assert store.contacts.address("SYT", "focal").channel == "mailto"
        with reading(store.engine) as connection:
            assert not are_taken_in(connection)
        with session_scope(store.engine) as session:
            assert are_taken_in(session.connection())
        assert store.of_today().contacts.address("SYT", "focal").channel == "mailto"


def test_the_courier_sends_by_its_own_senders_whatever_another_shell_mirrored(served: Settings, bare: Settings) -> None:
    with open_store(served, serves=True) as store:
        with open_store(bare) as other, session_scope(other.engine):
            pass
        assert channels(store) == {"missing"}
        run_forever(lambda: store, stop := threading.Event(), clock=once(stop))
        assert channels(store) == {"mailto"}


def once(stop: threading.Event) -> Callable[[], Any]:
    """A clock that ends the courier after the round in which it is asked."""

    def now() -> Any:
        stop.set()
        return NOW

    return now


def test_what_looks_ahead_does_so_by_this_shell_and_changes_nothing(
    served: Settings, bare: Settings, tmp_path: Path
) -> None:
    with open_store(served) as store:
        before = kept(store)
    ahead = preview(bare, "p1", fill_in("p1", {"offices": ("SYT",)}, store.plan), at("2023-09-04"))
    assert {each.channel for each in ahead.notices if each.office == "SYT"} == {"missing"}
    with open_store(bare) as store, copied_store(store, throwaway_settings(bare, tmp_path / "aside")) as copy:
        assert channels(copy) == {"missing"}
    with open_store(served) as store:
        assert kept(store) == before

"""Contacts from a filled-in sheet: values that the sheet leaves empty stay as they are set in the store.

An address is written as it is typed in the portal: «vanthu@syt.example», or «telegram: -100123», a sender of the
operator by its name. No secret stands in a cell, and none is taken from one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from config.catalogue.plan import Plan
from config.contacts.desks import DESKS, Desk
from config.contacts.entries import OfficeContacts, SenderAddress, checked_hours, checked_places, typed_address
from config.contacts.senders import Sender
from config.errors import Refused
from config.rules.quiet_hours import plain_hours, said_hours
from config.settings import Language
from intake.sheets.fill_in_sheets import CLEAR, FILL_IN, KEEP_AS_IS, choices_of
from intake.sheets.filled_rows import FilledRow, by_code
from intake.sheets.reading import CONTACTS
from intake.sheets.review import SheetReview, review_entries
from models.contacts.book import read_contacts, set_contacts
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading, session_scope

_COLUMNS = {column.key: column for column in FILL_IN[CONTACTS].columns}


def contact_cells(entry: OfficeContacts) -> dict[str, str]:
    """The cells of a sheet for what is set for an office."""
    cells = {"language": entry.language or "", "quiet": said_hours(entry.quiet), "digest_at": entry.digest_at}
    for desk, addresses in entry.desks.items():
        cells[desk.value] = "\n".join(each.in_words() for each in addresses)
    return {key: text for key, text in cells.items() if text}


def contact_rows(connection: Connection, plan: Plan, today: date) -> list[dict[str, str]]:
    """The sheet filled in: a row for each office there is today, and each other one that anything is set for."""
    entries, shown = read_contacts(connection), choices_of(plan, today)["offices"].shown
    codes = dict.fromkeys([*(each.code for each in plan.offices if each.exists_on(today)), *entries])
    return [{"office": shown(code), **contact_cells(entries.get(code, OfficeContacts()))} for code in codes]


def review_contacts(store: Store, sheet: str, rows: Sequence[FilledRow]) -> SheetReview:
    """Review what each row changes, and check it against the senders there are."""
    with reading(store.engine) as connection:
        before = read_contacts(connection)
    by_office = by_code(rows, "office", lambda row: row.code(_COLUMNS["office"]))
    entries = {code: _entry(row, before.get(code, OfficeContacts()), store) for code, row in by_office.items()}
    changed = {
        code: entry
        for code, entry in entries.items()
        if entry != before.get(code, OfficeContacts()) and not by_office[code].faults
    }
    reviewed = review_entries(rows, by_office, changed, before)

    def write(context: ActorContext) -> tuple[str, str]:
        with session_scope(store.engine) as session:
            written = set_contacts(session, changed, context)
        today = store.of_today()
        mirror_configuration(today.engine, today.plan, today.contacts)
        return f"Đã ghi liên hệ của {len(written)} cơ quan.", f"Saved the contacts of {len(written)} offices."

    return SheetReview(CONTACTS, sheet, reviewed, [fault for row in rows for fault in row.faults], write)


def _entry(row: FilledRow, before: OfficeContacts, store: Store) -> OfficeContacts:
    entry = before
    for key, column in _COLUMNS.items():
        if key == "office" or key not in row.cells or (text := row.text(column)) in ("", KEEP_AS_IS):
            continue
        if key in DESKS:
            addresses = () if text == CLEAR else _addresses(row, key, text, store.contacts.senders)
            entry = replace(entry, desks={**entry.desks, Desk(key): addresses})
        elif key == "language":
            codes: dict[str, Language] = {"vi": "vi", "en": "en"}
            entry = replace(entry, language=None if text == CLEAR else codes.get(row.code(column)))
        else:
            typed = "" if text == CLEAR else plain_hours(text)
            changed = replace(entry, quiet=typed) if key == "quiet" else replace(entry, digest_at=typed)
            try:
                checked_hours(changed.quiet, changed.digest_at, store.settings.quiet_hours)
                entry = changed
            except Refused as fault:
                row.add_fault(key, str(fault), fault.en)
    return replace(entry, desks={desk: addresses for desk, addresses in entry.desks.items() if addresses})


def _addresses(row: FilledRow, key: str, text: str, senders: Mapping[str, Sender]) -> tuple[SenderAddress, ...]:
    found = []
    try:
        for line in filter(None, map(str.strip, text.splitlines())):
            found.append(typed_address(line, senders))
        return checked_places(tuple(found), senders)
    except Refused as fault:
        row.add_fault(key, str(fault), fault.en)
        return ()

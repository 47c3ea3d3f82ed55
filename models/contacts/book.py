"""The contacts in the store: read as a whole, and set for one office at a time."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import Session, col

from config.contacts.desks import Desk
from config.contacts.entries import OfficeContacts, SenderAddress
from config.errors import Refused
from models.store.actor import Context
from models.store.audit import lock_audit_chain, record
from models.store.upsert import table_of
from models.tables.office import DeskAddress, OfficeContact

SET_CONTACTS = "set_contacts"


class ContactsChanged(Refused):
    """The contacts that were looked at are no longer those that are set."""

    def __init__(self, office: str) -> None:
        super().__init__(
            f"Liên hệ của {office}: trong lúc trang này mở, người khác hoặc thẻ khác đã ghi liên hệ khác; chưa ghi gì,"
            " nội dung đã gõ còn dưới đây. Mở trang này ở thẻ mới để xem liên hệ đang có; «Ghi» lần nữa là thay bằng"
            " nội dung dưới đây.",
            f"Contacts of {office}: someone else, or another tab, saved different contacts while this page was open. "
            "Nothing was saved, and what you typed is below. Open this page in a new tab to see the current "
            "contacts; saving again replaces them with what is below.",
        )


def last_revision(connection: Connection) -> int:
    """The number of the last change of any office's contacts; 0 while there was none."""
    return connection.scalar(_LAST_REVISION) or 0


_LAST_REVISION = select(func.max(col(OfficeContact.revision)))
"""Made once: it is asked at every request."""


def read_contacts(connection: Connection) -> dict[str, OfficeContacts]:
    """What is set for each office that anything was ever set for."""
    desks: dict[str, dict[Desk, tuple[SenderAddress, ...]]] = {}
    addresses = table_of(DeskAddress)
    for row in connection.execute(select(addresses).order_by(*addresses.primary_key)):
        of_desk = desks.setdefault(row.office, {})
        of_desk[row.desk] = (*of_desk.get(row.desk, ()), SenderAddress(row.sender, row.recipient))
    offices = table_of(OfficeContact)
    return {
        row.office: OfficeContacts(desks.get(row.office, {}), row.language, row.quiet, row.digest_at)
        for row in connection.execute(select(offices).order_by(offices.c.office))
    }


def revision_of(connection: Connection, office: str) -> int:
    """The number of the last change of an office's contacts; 0 while there was none."""
    return connection.scalar(select(col(OfficeContact.revision)).where(col(OfficeContact.office) == office)) or 0


def set_contacts(
    session: Session,
    entries: Mapping[str, OfficeContacts],
    context: Context,
    *,
    seen: Mapping[str, int] | None = None,
) -> list[str]:
    """Set the contacts of each office, one event for each that differs; returns their codes.

    What is set was checked by ``config.contacts.entries``. The event names the senders and not whom they reach.

    seen  by office the ``revision_of`` what was looked at; not asked of others

    Raises ``ContactsChanged`` where others were set since.
    """
    lock_audit_chain(session)
    before = read_contacts(session.connection())
    changed = [code for code, entry in entries.items() if entry != before.get(code, OfficeContacts())]
    for code, revision in (seen or {}).items():
        if code in changed and revision_of(session.connection(), code) != revision:
            raise ContactsChanged(code)
    write_contacts(session, {code: entries[code] for code in changed}, context)
    for code in changed:
        record(session, context, SET_CONTACTS, f"contacts:{code}", **_in_trail(entries[code]))
    return changed


def write_contacts(session: Session, entries: Mapping[str, OfficeContacts], context: Context) -> None:
    """Put rows in place of those that are there."""
    if not entries:
        return
    revision = last_revision(session.connection()) + 1
    for table in (OfficeContact, DeskAddress):
        session.exec(delete(table).where(col(table.office).in_(list(entries))))
    session.exec(insert(OfficeContact), params=[_row(code, each, revision, context) for code, each in entries.items()])
    addresses = [
        {"office": code, "desk": desk, "place": place, "sender": sender, "recipient": recipient}
        for code, each in entries.items()
        for desk, listed in each.desks.items()
        for place, (sender, recipient) in enumerate(listed, 1)
    ]
    if addresses:
        session.exec(insert(DeskAddress), params=addresses)


def _row(code: str, entry: OfficeContacts, revision: int, context: Context) -> dict[str, Any]:
    return {
        "office": code,
        "language": entry.language,
        "quiet": entry.quiet,
        "digest_at": entry.digest_at,
        "revision": revision,
        "changed_at": context.now,
        "changed_by": context.actor,
    }


def _in_trail(entry: OfficeContacts) -> dict[str, Any]:
    senders = {desk.value: [each.sender for each in listed] for desk, listed in sorted(entry.desks.items()) if listed}
    said = {"senders": senders, "language": entry.language, "quiet": entry.quiet, "digest_at": entry.digest_at}
    return {key: value for key, value in said.items() if value}

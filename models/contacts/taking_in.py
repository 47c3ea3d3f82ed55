"""The offices of a contacts.yaml of version 0.1, taken into the store once, as a fact of that day."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlmodel import Session, col

from config.contacts.entries import OfficeContacts
from models.contacts.book import read_contacts, write_contacts
from models.store.actor import Context
from models.store.audit import also_about, lock_audit_chain, record
from models.store.audit_event import AuditEvent
from models.store.dossiers import canonical

TAKE_IN_CONTACTS = "take_in_contacts"
SUBJECT = "contacts:file"


def are_taken_in(connection: Connection) -> bool:
    """Whether the offices of the file came into this store already: from then on the file is not asked about them."""
    event = select(col(AuditEvent.seq)).where(
        col(AuditEvent.subject) == SUBJECT, col(AuditEvent.verb) == TAKE_IN_CONTACTS
    )
    return connection.execute(event.limit(1)).first() is not None


def take_in(session: Session, offices: Mapping[str, OfficeContacts], context: Context) -> int:
    """Take in the offices of the file, unless that was done before; returns how many.

    An office that a coordinator has set meanwhile stays as it was set. The event holds a digest of what came in, which
    names senders and no secret.
    """
    lock_audit_chain(session)
    if are_taken_in(session.connection()):
        return 0
    there = read_contacts(session.connection())
    new = {code: entry for code, entry in sorted(offices.items()) if code not in there}
    write_contacts(session, new, context)
    also_about(session, "contacts", new)
    record(session, context, TAKE_IN_CONTACTS, SUBJECT, offices=len(new), digest=digest_of(new))
    return len(new)


def digest_of(offices: Mapping[str, OfficeContacts]) -> str:
    """A digest of the offices as they come in."""
    plain = {
        code: [each.language, each.quiet, each.digest_at, {desk.value: listed for desk, listed in each.desks.items()}]
        for code, each in offices.items()
    }
    return hashlib.sha256(canonical(plain).encode()).hexdigest()

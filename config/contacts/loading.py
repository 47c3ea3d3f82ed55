"""Reading contacts.yaml: every fault at once, named by its place and without showing an address.

The senders and the mail server of the accounts are read whenever dondoc starts or the file changes; the addresses of
offices, as version 0.1 had them there, are taken into the store once. Those that hold a secret stay in the file, and
are senders by themselves, under a name made of their place.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.contacts.contacts import Contacts
from config.contacts.entries import OfficeContacts
from config.contacts.faults import ContactErrors as ContactErrors
from config.contacts.faults import ContactFault as ContactFault
from config.contacts.faults import UnreadableContacts as UnreadableContacts
from config.contacts.file_reader import FileReader
from config.errors import Refused
from config.rules.quiet_hours import OUT_OF_OFFICE, QuietHours
from config.settings import Language
from config.text.plain_yaml import read_yaml


@dataclass(frozen=True)
class ContactsFile:
    """What the file says: the contacts by it alone, and each office as it is taken into the store."""

    contacts: Contacts
    offices: Mapping[str, OfficeContacts] = field(default_factory=dict)


def read_contacts_file(
    path: Path,
    *,
    known_offices: Collection[str],
    language: Language = "vi",
    quiet: QuietHours | None = OUT_OF_OFFICE,
    environ: Mapping[str, str] = os.environ,
    may_be_missing: bool = True,
    is_taken_in: bool = False,
) -> ContactsFile:
    """Read contacts.yaml; without the file everybody uses the local mailbox. Raises ``ContactErrors``.

    quiet           hours in which an office that states none of its own is not written to
    may_be_missing  false when somebody named the file: then a missing file is a slip, and nobody would be reached
    is_taken_in     whether its offices lie in the store: then nothing that is wrong with them there matters any more
    """
    if may_be_missing and not path.exists():
        return ContactsFile(Contacts(language=language, quiet=quiet))
    try:
        content, slips = read_yaml(path)
    except Refused as fault:
        raise UnreadableContacts(path, fault) from None
    reader = FileReader(known_offices, language, quiet, environ)
    reader.faults += [Refused(f"{slip}.", f"{slip.en}.") for slip in slips]
    contacts = reader.contacts(content)
    of_offices = [each for each in reader.faults if isinstance(each, ContactFault) and each.place.startswith("offices")]
    faults = [each for each in reader.faults if not is_taken_in or each not in of_offices]
    if faults:
        raise ContactErrors(path, faults)
    return ContactsFile(contacts, reader.entries)

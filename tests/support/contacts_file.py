"""The contacts that a contacts.yaml names by itself, without what a store says."""

from pathlib import Path
from typing import Any

from config.contacts.contacts import Contacts
from config.contacts.loading import read_contacts_file


def load_contacts(path: Path, **given: Any) -> Contacts:
    """The contacts by the file alone; ``given`` as ``read_contacts_file`` takes it."""
    return read_contacts_file(path, **given).contacts

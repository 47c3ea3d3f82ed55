"""The contacts file, loaded again when somebody has edited it while dondoc runs."""

from collections.abc import Callable
from pathlib import Path

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import Store, with_contacts_of_today


class ContactsFile:
    """The file as it was last looked at."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.contacts_file
        self._version = _version(self._file)

    def reload_if_edited(self, store: Store, say: Callable[[str], None]) -> Store:
        """The store with the contacts of the file; the same one while nobody edited it, or when it has faults."""
        before, self._version = self._version, _version(self._file)
        if self._version == before:
            return store
        try:
            store = with_contacts_of_today(store)
        except Refused as refused:
            say("\n  ".join((f"Liên hệ vẫn như cũ. {refused}", *refused.details)))
            return store
        say("Đã đọc lại tệp liên hệ. / Contacts read again.")
        return store


def _version(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

"""The contacts file, looked at again and again by what keeps running."""

from collections.abc import Callable
from pathlib import Path

from config.errors import Refused
from config.settings import Settings
from models.keeping.opening import Store, with_contacts_of_today


class EditedContacts:
    """Notices that somebody edited the file."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.contacts_file
        self._seen = _stamp(self._file)

    def read_again(self, store: Store, say: Callable[[str], None]) -> Store:
        """The store by today's contacts: the same one while nobody edited them, or when they have faults."""
        before, self._seen = self._seen, _stamp(self._file)
        if self._seen == before:
            return store
        try:
            store = with_contacts_of_today(store)
        except Refused as refused:
            say("\n  ".join((f"Liên hệ vẫn như cũ. {refused}", *refused.details)))
            return store
        say("Đã đọc lại tệp liên hệ. / Contacts read again.")
        return store


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

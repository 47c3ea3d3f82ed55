"""A store whose contacts are loaded again when somebody has edited their file while dondoc runs."""

from collections.abc import Callable
from pathlib import Path

from config.errors import Refused
from models.keeping.opening import Store, with_contacts_of_today


class StoreOfToday:
    """The store, with the contacts file as it was last looked at."""

    def __init__(self, store: Store, say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        self._version = _version(store.settings.contacts_file)

    def current(self) -> Store:
        """The store with the contacts of the file; the same one while nobody edited it, or when it has faults."""
        before, self._version = self._version, _version(self._store.settings.contacts_file)
        if self._version != before:
            try:
                self._store = with_contacts_of_today(self._store)
                self._say("Đã đọc lại tệp liên hệ. / Contacts read again.")
            except Refused as refused:
                self._say("\n  ".join((f"Liên hệ vẫn như cũ. {refused}", *refused.details)))
        return self._store


def _version(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

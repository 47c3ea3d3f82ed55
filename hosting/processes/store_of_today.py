"""A store that follows what is changed while dondoc runs: the plan in force, and the file of the contacts."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config.errors import Refused
from models.keeping.opening import Store, with_contacts_of_today
from models.store.database import DatabaseUnreachable


class StoreOfToday:
    """The store, by the plan and the contacts file as they were last looked at."""

    def __init__(self, store: Store, say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        self._version = _version(store.settings.contacts_file)

    def current(self) -> Store:
        """The store by the plan in force and with the contacts of the file; the same one while neither changed.

        A file with faults changes nothing, and neither does a database that is away.
        """
        with suppress(DatabaseUnreachable):
            in_force = self._store.of_today()
            if in_force is not self._store:
                self._store = with_contacts_of_today(in_force)
                self._say("Đã dùng bản kế hoạch mới. / A new edition of the plan is in use.")
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

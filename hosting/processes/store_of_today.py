"""A store that follows what is changed while dondoc runs: the plan in force, the contacts, the file of the senders."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from config.errors import Refused
from models.keeping.mirror import mirror_configuration
from models.keeping.opening import Store, with_contacts_of_today
from models.store.database import DatabaseUnreachable


class StoreOfToday:
    """The store, by the plan and the contacts file as they were last looked at."""

    def __init__(self, store: Store, say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        self._version = _version(store.settings.contacts_file)

    def current(self) -> Store:
        """The store by the plan in force, the contacts and the senders of the file; the same one while none changed.

        A file with faults changes nothing of the senders; a database that is away nothing at all, until it is back.
        """
        with suppress(DatabaseUnreachable):
            self._look()
        return self._store

    def _look(self) -> None:
        store, version = self._store.of_today(), _version(self._store.settings.contacts_file)
        is_new_plan, is_new_file = store.plan is not self._store.plan, version != self._version
        if store is self._store and not is_new_file:
            return
        faults = None
        try:
            store = with_contacts_of_today(store)
        except DatabaseUnreachable:
            raise
        except Refused as refused:
            faults = refused
            mirror_configuration(store.engine, store.plan, store.contacts)
        self._store, self._version = store, version
        if is_new_plan:
            self._say("Đã dùng bản kế hoạch mới. / A new edition of the plan is in use.")
        if faults is not None:
            self._say("\n  ".join((f"Liên hệ vẫn như cũ. {faults}", *faults.details)))
        elif is_new_file:
            self._say("Đã đọc lại tệp liên hệ. / Contacts read again.")


def _version(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

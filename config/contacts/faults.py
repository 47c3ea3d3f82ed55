"""What is wrong with contacts.yaml: each fault by its place, none with an address (it may hold a secret)."""

from collections.abc import Collection
from pathlib import Path

from config.errors import Refused


class ContactFault(Refused):
    """One fault at a place like ``offices.SYT.focal[2]``; ``problem`` says what it is, without the place."""

    def __init__(self, place: str, vi: str, en: str) -> None:
        super().__init__(f"{place}: {vi}", f"{place}: {en}")
        self.place = place
        self.problem = Refused(vi, en)


class ContactErrors(Refused):
    """contacts.yaml has faults; ``errors`` lists all, without showing an address (it may hold a secret)."""

    def __init__(self, path: Path, errors: Collection[Refused]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            f"Tệp liên hệ {path} có {len(errors)} lỗi:",
            f"The contacts file {path} has {len(errors)} faults:",
            details=self.errors,
        )


class UnreadableContacts(ContactErrors):
    """contacts.yaml cannot be read at all."""

    def __init__(self, path: Path, fault: Refused) -> None:
        Refused.__init__(
            self,
            f"Tệp liên hệ {path}, {fault}. Kiểm tra DONDOC_CONTACTS, quyền đọc và mã UTF-8.",
            f"The contacts file {path}, {fault.en}. Check DONDOC_CONTACTS, its rights and UTF-8.",
        )
        self.errors = (fault,)

"""A disk that is full or only read, said in words: by the error of the system, or that of a database on it."""

import errno
from pathlib import Path

from config.errors import Refused

FULL = (
    "Ổ đĩa đã đầy{where}: giải phóng chỗ trống rồi làm lại. Những gì đã ghi trước đó vẫn còn.",
    "The disk is full{where}: make room and try again. What was written before is still there.",
)
READ_ONLY = (
    "Ổ đĩa hoặc thư mục chỉ cho đọc{where}: cho phép ghi (kiểm tra ổ đĩa, quyền của thư mục) rồi làm lại.",
    "The disk or folder is read-only{where}: make it writable (check the disk and the folder's permissions) and try "
    "again.",
)
FAILING = (
    "Ổ đĩa không đọc hoặc ghi được{where}: kiểm tra ổ đĩa và nhật ký của máy.",
    "The disk cannot be read or written{where}: check the disk and the system log.",
)

_KINDS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EIO: FAILING,
}


class DiskRefused(Refused):
    """The disk did not take what was to be written."""

    def __init__(self, vi: str, en: str, *, is_full: bool) -> None:
        super().__init__(vi, en)
        self.is_full = is_full


def is_full(fault: BaseException) -> bool:
    """Whether an error of the system, or what was said of it, means that there is no room."""
    if isinstance(fault, DiskRefused):
        return fault.is_full
    return isinstance(fault, OSError) and _KINDS.get(fault.errno or 0) is FULL


def disk_fault(fault: OSError) -> DiskRefused | None:
    """What is wrong with the disk by an error of the system; None when it is about something else."""
    words = _KINDS.get(fault.errno or 0)
    if words is None or isinstance(fault, ConnectionError):
        return None
    return DiskRefused(*in_words(words, fault.filename), is_full=words is FULL)


def in_words(words: tuple[str, str], where: object = None) -> tuple[str, str]:
    """The sentences with the place, where it is known."""
    place = f" ({Path(where)})" if isinstance(where, (str, Path)) else ""
    vi, en = words
    return vi.format(where=place), en.format(where=place)

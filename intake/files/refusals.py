"""Refusals of files: the name, the place in the file and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from config.errors import Refused


def refused(name: str, vi: str, en: str) -> Refused:
    return Refused(f"Tệp «{name}»: {vi}.", f"File '{name}' {en}.")


def damaged(name: str) -> Refused:
    return refused(
        name,
        "bị hỏng, không đọc được; mở và lưu lại rồi gửi",
        "is damaged and cannot be read; open it, save it again and send it",
    )


def too_large(name: str) -> Refused:
    return refused(
        name, "mở ra quá lớn, không đọc hết được; chia nhỏ tệp", "expands to too much to be read; split the file"
    )


def refuse_old_office(name: str, content: bytes) -> None:
    """Raises ``Refused`` for RTF and Office files from before 2007; files with a password look like these."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            name,
            "là tệp Office kiểu cũ (.doc, .xls) hoặc có mật khẩu; bỏ mật khẩu, lưu lại dạng .docx, .xlsx hoặc PDF",
            "is an old Office file (.doc, .xls) or has a password; remove the password and save it as .docx, .xlsx "
            "or PDF",
        )
    if content.startswith(b"{\\rtf"):
        raise refused(
            name,
            "là tệp .rtf; mở bằng Word, lưu lại dạng .docx hoặc PDF rồi gửi",
            "is .rtf; save it as .docx or PDF",
        )


@contextmanager
def refusing_damaged(name: str) -> Iterator[None]:
    """Turn any error of a library into one refusal, since a damaged file may raise anything."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception:
        raise damaged(name) from None

"""Reads a file in a separate process (``intake.sandbox``): its type and whether all of it could be read, or why it is
refused. Its text is checked against the boundary here and never leaves the process.
"""

from collections.abc import Iterable
from typing import Any

from config.boundary import LONGEST_TEXT, refuse_personal_or_secret
from intake import sandbox
from intake.files.office_documents import office_paragraphs
from intake.files.refusals import refuse_old_office, refused

PDF = "application/pdf"
_ZIP = b"PK\x03\x04"
# No pattern of the boundary is longer.
_OVERLAP = 200


def read_file(name: str, content: bytes) -> tuple[str, bool]:
    """The media type of a file and whether all of it could be read; raises ``Refused`` naming what to do."""
    # A program may hide the mark of a PDF further in, so the file must begin with it.
    if content[:64].lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-"):
        # What reads PDF takes longer to import than everything else here, and each file has a process of its own.
        from intake.files.pdf import pdf_lines

        lines, read = pdf_lines(name, content)
        _check_boundary(name, lines)
        return PDF, read
    if content.startswith(_ZIP):
        office = office_paragraphs(name, content)
        has_text = _check_boundary(name, office.paragraphs)
        return office.media_type, has_text or not office.pictures
    refuse_old_office(name, content)
    raise refused(
        name,
        "không phải tệp PDF, Word (.docx) hay Excel (.xlsx), dù tên là gì; lưu lại đúng dạng rồi gửi",
        "is not PDF, Word (.docx) or Excel (.xlsx), whatever its name says",
    )


def _check_boundary(name: str, paragraphs: Iterable[tuple[str, str]]) -> bool:
    """Whether there was any text; raises ``Refused`` naming the place of what the boundary refuses."""
    has_text = False
    for place, text in paragraphs:
        has_text = has_text or bool(text.strip())
        for start in range(0, len(text), LONGEST_TEXT - _OVERLAP):
            refuse_personal_or_secret(text[start : start + LONGEST_TEXT], f"Tệp «{name}», {place}")
    return has_text


def _read(name: str, content: bytes) -> dict[str, Any]:
    media_type, read = read_file(name, content)
    return {"media_type": media_type, "readable": read}


if __name__ == "__main__":
    sandbox.serve(_read)

"""Reads a file in a separate process (``intake.sandbox``): its type and whether all of it could be read, or why it is
refused. Its text is checked against the boundary here and never leaves the process.
"""

import io
import zipfile
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from config.boundary import Strength, pieces, refuse_personal_or_secret
from config.personal_data.papers import PaperContext
from intake import sandbox
from intake.files.office_documents import office_paragraphs
from intake.files.other_archives import refuse_other_archives
from intake.files.pictures import is_picture, picture_as_pdf, refuse_other_pictures
from intake.files.refusals import refuse_old_office, refused

PDF = "application/pdf"
_PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"


def read_file(name: str, content: bytes) -> tuple[str, bool]:
    """The media type of a file and whether all of it could be read; raises ``Refused`` naming what to do."""
    is_zip = content.startswith(_ZIP)
    # A program may hide the mark of a PDF further in, so the file must begin with it.
    if content[:64].lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(_PDF):
        _refuse_two_in_one(name, zipfile.is_zipfile(io.BytesIO(content)))
        # What reads PDF takes longer to import than everything else here, and each file has a process of its own.
        from intake.files.pdf import pdf_lines

        lines, read = pdf_lines(name, content)
        _check_boundary(name, lines)
        return PDF, read
    if is_zip:
        office = office_paragraphs(name, content)
        _refuse_two_in_one(name, _PDF in content[:1024])  # where readers of PDF look for its mark
        has_text = _check_boundary(name, office.paragraphs)
        return office.media_type, has_text or not office.pictures
    refuse_old_office(name, content)
    refuse_other_pictures(name, content)
    refuse_other_archives(name, content)
    raise refused(
        name,
        "không phải tệp PDF, Word (.docx), Excel (.xlsx) hay ảnh (JPEG, PNG), dù tên là gì; lưu lại đúng dạng rồi gửi",
        "is not a PDF, Word (.docx), Excel (.xlsx) or image (JPEG, PNG) file, whatever its name; save it in one of "
        "these formats and send it again",
    )


def _refuse_two_in_one(name: str, found: bool) -> None:
    if found:
        raise refused(
            name,
            "vừa là PDF vừa là tệp nén trong một; in lại thành PDF thường rồi gửi",
            "is both a PDF and an archive; print it to a plain PDF and send that",
        )


def _check_boundary(name: str, paragraphs: Iterable[tuple[str, str]]) -> bool:
    """Whether there was any text; raises ``Refused`` naming the place of what the boundary refuses."""
    has_text, paper = False, PaperContext()
    for place, text in paragraphs:
        if not text or text.isspace():
            continue
        has_text = True
        for piece in pieces(text):
            vi, en = f"Tệp «{name}», {place}", f"File '{name}', {place}"
            refuse_personal_or_secret(piece, vi, en, Strength.EVIDENCE, paper)
    return has_text


def _read(name: str, content: bytes) -> dict[str, Any]:
    if is_picture(content):
        made = picture_as_pdf(name, content)
        return {"media_type": PDF, "readable": False, "made": b64encode(made).decode("ascii")}
    media_type, read = read_file(name, content)
    return {"media_type": media_type, "readable": read}


if __name__ == "__main__":
    sandbox.serve(_read)

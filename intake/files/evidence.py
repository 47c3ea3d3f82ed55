"""A file before it is stored: identified by content, never by name; its text is checked against the boundary."""

import hashlib
import re
import unicodedata
from typing import BinaryIO

from config.boundary import refuse_personal_or_secret
from intake import sandbox
from intake.files.office_documents import DOCX, XLSX
from intake.files.reading import PDF
from intake.files.refusals import refused
from models.work.attachments import ExaminedFile

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_NAME = 150

_EXTENSION = {PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
_LONGEST_ENDING = 10
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[_-]+|[_-]+(?=[^\W\d_])")


def examine(name: str, file: BinaryIO) -> ExaminedFile:
    """Read an uploaded file; raises ``Refused`` naming the file, the place in it and what to do."""
    shown = clean_name(name)
    # First, since every other refusal repeats the name; «_» and «-» are used for spaces in file names.
    refuse_personal_or_secret(_BETWEEN_LETTERS.sub(" ", shown), "Tên tệp")
    content = content_of(shown, file)
    read = sandbox.run("intake.files.reading", shown, content)
    media_type, readable = read["media_type"], read["readable"]
    return ExaminedFile(
        name=_with_extension(shown, _EXTENSION[media_type]),
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        readable=readable,
    )


def content_of(shown: str, file: BinaryIO) -> bytes:
    """The content of a file; raises ``Refused`` for one that is empty or too large."""
    file.seek(0)
    content = file.read(MAX_FILE_BYTES + 1)
    if not content:
        raise refused(shown, "tệp rỗng; chọn lại tệp", "is empty; choose it again")
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise refused(
            shown, f"lớn hơn {limit} MB; giảm dung lượng hoặc tách tệp", f"is larger than {limit} MB; make it smaller"
        )
    return content


def clean_name(name: str) -> str:
    """The last part of a path, in NFC, without invisible characters, cut to the length that can be stored."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name[-500:]))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, extension = seen.rpartition(".")
    if not dot:
        stem, extension = seen, ""
    return f"{stem[: MAX_NAME - _LONGEST_ENDING]}{dot}{extension[: _LONGEST_ENDING - 1]}" or "tep"


def _with_extension(name: str, extension: str) -> str:
    stem, dot, written = name.rpartition(".")
    if f".{written.lower()}" == extension:
        return name
    base = stem if dot and len(written) <= 5 else name
    return f"{base[: MAX_NAME - len(extension)]}{extension}"

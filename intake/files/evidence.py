"""A file before it is stored: identified by content, never by name; its text is checked against the boundary."""

import hashlib
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from config.boundary import Strength, refuse_personal_or_secret
from config.errors import Refused
from intake import sandbox
from intake.files.office_documents import DOCX, XLSX
from intake.files.reading import PDF
from intake.files.refusals import refused
from intake.sandbox import Busy
from models.work.attachments import ExaminedFile

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_NAME = 150

_EXTENSION = {PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
_ENDINGS = {
    *("pdf", "doc", "docx", "docm", "dot", "dotx", "rtf", "odt", "txt", "xls", "xlsx", "xlsm", "xlsb", "csv", "ods"),
    *("jpg", "jpeg", "jpe", "png", "heic", "heif", "gif", "bmp", "tif", "tiff", "webp", "zip", "rar", "7z", "ppt"),
    *("pptx", "html", "htm", "xml", "exe", "tmp", "p7m"),
}
_LONGEST_ENDING = 10
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[_-]+|[_-]+(?=[^\W\d_])")


def examine(name: str, file: BinaryIO) -> ExaminedFile:
    """Read an uploaded file; raises ``Refused`` naming the file, the place in it and what to do."""
    shown = clean_name(name)
    # First, since every other refusal repeats the name; «_» and «-» are used for spaces in file names.
    refuse_personal_or_secret(_BETWEEN_LETTERS.sub(" ", shown), "Tên tệp", "File name", Strength.FILE_NAME)
    content = content_of(shown, file)
    read = sandbox.run("intake.files.reading", shown, content)
    media_type, readable = read["media_type"], read["readable"]
    if "made" in read:  # a photo, which became a PDF
        content = b64decode(read["made"])
    return ExaminedFile(
        name=_with_extension(shown, _EXTENSION[media_type]),
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        readable=readable,
    )


def examine_all(files: Iterable[tuple[str, BinaryIO]]) -> tuple[list[ExaminedFile], Refused | None]:
    """Every file that may be kept, and one refusal that names every other with its fault; None without any."""
    examined, faults = [], []
    for name, file in files:
        try:
            examined.append(examine(name, file))
        except Refused as refused:
            faults.append(refused)
    return examined, all_of(faults)


def all_of(faults: Sequence[Refused]) -> Refused | None:
    """One refusal of all that was refused; None for nothing."""
    if len(faults) < 2:
        return faults[0] if faults else None
    kind = Busy if any(isinstance(fault, Busy) for fault in faults) else Refused
    each = [detail for fault in faults for detail in fault.faults]
    return kind(f"Có {len(each)} tệp chưa nhận được:", f"{len(each)} files were not accepted:", details=each)


def content_of(shown: str, file: BinaryIO) -> bytes:
    """The content of a file; raises ``Refused`` for one that is empty or too large."""
    file.seek(0)
    content = file.read(MAX_FILE_BYTES + 1)
    if not content:
        raise refused(shown, "tệp rỗng; chọn lại tệp", "is empty; choose the file again")
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise refused(
            shown,
            f"lớn hơn {limit} MB; giảm dung lượng hoặc tách tệp",
            f"is larger than {limit} MB; reduce its size or split it",
        )
    return content


def clean_name(name: str) -> str:
    """The last part of a path, in NFC, without invisible characters, cut to the length that can be stored."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name[-500:]))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, ending = _ending(seen)
    return f"{stem[: MAX_NAME - _LONGEST_ENDING]}{ending}" or "tep"


def _with_extension(name: str, extension: str) -> str:
    stem, ending = _ending(name)
    return name if ending.lower() == extension else f"{stem[: MAX_NAME - len(extension)]}{extension}"


def _ending(name: str) -> tuple[str, str]:
    """The name and the ending that says of what kind it is; a dot may stand in a name: «Báo cáo T8.2023»."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if dot and ending.lower() in _ENDINGS else (name, "")

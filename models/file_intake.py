"""A file before it is kept: judged by content and never by its name, and its text held against the boundary."""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from typing import Any, BinaryIO

from config.boundary import LONGEST_TEXT, refuse_personal_or_secret
from config.errors import Refused
from models.file_reading import CPU_SECONDS, DOCX, PDF, XLSX, refused, too_much

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 5
MAX_NAME = 150

_EXTENSION = {PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
_LONGEST_ENDING = 10


@dataclass(frozen=True)
class Examined:
    """A file that may be kept. ``readable`` is false for a scan, whose text could not be held against the boundary."""

    name: str
    media_type: str
    content: bytes
    sha256: str
    readable: bool


def examine(name: str, file: BinaryIO) -> Examined:
    """Read an uploaded file; raises ``Refused`` naming the file, the place in it and what to do."""
    shown = clean_name(name)
    file.seek(0)
    content = file.read(MAX_FILE_BYTES + 1)
    if not content:
        raise refused(shown, "tệp rỗng; chọn lại tệp", "is empty; choose it again")
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise refused(
            shown, f"lớn hơn {limit} MB; giảm dung lượng hoặc tách tệp", f"is larger than {limit} MB; make it smaller"
        )
    media_type, paragraphs = _read_apart(shown, content)
    for place, text in paragraphs:
        for start in range(0, len(text), LONGEST_TEXT):
            refuse_personal_or_secret(text[start : start + LONGEST_TEXT], f"Tệp «{shown}», {place}")
    return Examined(
        name=_with_extension(shown, _EXTENSION[media_type]),
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        readable=any(text.strip() for _, text in paragraphs),
    )


def _read_apart(name: str, content: bytes) -> tuple[str, list[tuple[str, str]]]:
    """``file_reading.read_file`` in a process of its own, which a file that eats time or memory takes down alone."""
    try:
        reader = subprocess.run(
            [sys.executable, "-m", "models.file_reading", name],
            input=content,
            capture_output=True,
            timeout=2 * CPU_SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise too_much(name) from None
    answer: dict[str, Any] = json.loads(reader.stdout)
    if "refused" in answer:
        raise Refused(*answer["refused"])
    return answer["media_type"], [(place, text) for place, text in answer["paragraphs"]]


def clean_name(name: str) -> str:
    """The last part of a path, in NFC, without what cannot be seen; short enough to be kept."""
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
    kept = stem if dot and len(written) <= 5 else name
    return f"{kept[: MAX_NAME - len(extension)]}{extension}"

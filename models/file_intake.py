"""Reading a file before it is kept: what it truly is, that it does nothing by itself, and that its text may be here.

Judged by content, never by name. Text is read paragraph by paragraph (also of headers, footers, notes and comments) and
held against the boundary, so that a table's neighbouring numbers are not taken for one.
"""

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader

from config.boundary import refuse_personal_or_secret
from config.errors import Refused

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FILES = 5
MAX_PAGES = 200
MAX_NAME = 150

_MAX_PARTS = 2_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 40 * 1024 * 1024
_MAX_PARAGRAPH = 20_000

_PDF = "application/pdf"
_OOXML = "application/vnd.openxmlformats-officedocument."
_DOCX = f"{_OOXML}wordprocessingml.document"
_XLSX = f"{_OOXML}spreadsheetml.sheet"
_EXTENSION = {_PDF: ".pdf", _DOCX: ".docx", _XLSX: ".xlsx"}

# A workbook's settings of a printer are the one binary part that does nothing.
_ACTIVE = re.compile(
    r"vbaProject|activeX|oleObject|/embeddings/|\.(?:exe|dll|js|vbs|ps1|bat|cmd|scr|lnk)$", re.IGNORECASE
)


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
    shown = _clean_name(name)
    file.seek(0)
    content = file.read(MAX_FILE_BYTES + 1)
    if not content:
        raise _refused(shown, "tệp rỗng; chọn lại tệp", "is empty; choose it again")
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise _refused(
            shown, f"lớn hơn {limit} MB; giảm dung lượng hoặc tách tệp", f"is larger than {limit} MB; make it smaller"
        )
    media_type = _type_of(shown, content)
    read = _read_pdf if media_type == _PDF else _read_office
    readable = False
    for place, text in read(shown, content):
        readable = readable or bool(text.strip())
        for start in range(0, len(text), _MAX_PARAGRAPH):
            refuse_personal_or_secret(text[start : start + _MAX_PARAGRAPH], f"Tệp «{shown}», {place}")
    return Examined(
        name=_with_extension(shown, _EXTENSION[media_type]),
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        readable=readable,
    )


# --- what it is ------------------------------------------------------------------------------------------


def _type_of(name: str, content: bytes) -> str:
    if b"%PDF-" in content[:1024]:
        return _PDF
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(
            name,
            "là tệp Office kiểu cũ (.doc, .xls) hoặc có mật khẩu; bỏ mật khẩu, lưu lại dạng .docx, .xlsx hoặc PDF",
            "is an old Office file or has a password; save it as .docx, .xlsx or PDF without one",
        )
    if content.startswith(b"PK\x03\x04"):
        return _office_type(name, content)
    raise _refused(
        name,
        "không phải tệp PDF, Word (.docx) hay Excel (.xlsx), dù tên là gì; lưu lại đúng dạng rồi gửi",
        "is not PDF, Word (.docx) or Excel (.xlsx), whatever its name says",
    )


def _office_type(name: str, content: bytes) -> str:
    with _opened(name, content) as archive:
        types = _xml(name, archive, "[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else ()
        kinds = {element.get("ContentType", "") for element in types}
        active = [part for part in archive.namelist() if _ACTIVE.search(part)]
    if active or any("macroEnabled" in kind for kind in kinds):
        raise _refused(
            name,
            "có macro hoặc tệp nhúng bên trong; lưu lại không có chúng, hoặc xuất ra PDF",
            "holds macros or embedded files; save it without them, or as PDF",
        )
    for media_type in (_DOCX, _XLSX):
        if f"{media_type}.main+xml" in kinds:
            return media_type
    raise _refused(
        name,
        "không phải tệp Word (.docx) hay Excel (.xlsx); tệp nén thì giải nén rồi gửi từng tệp",
        "is neither .docx nor .xlsx; unpack archives and send each file",
    )


# --- its text --------------------------------------------------------------------------------------------


def _read_pdf(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    reader = _of_library(name, lambda: PdfReader(io.BytesIO(content)))
    if _of_library(name, lambda: reader.is_encrypted):
        raise _refused(name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove it and send again")
    pages = _of_library(name, lambda: len(reader.pages))
    if pages > MAX_PAGES:
        raise _refused(name, f"dài {pages} trang; tối đa {MAX_PAGES}", f"has {pages} pages; at most {MAX_PAGES}")
    if _of_library(name, lambda: _is_active(reader)):
        raise _refused(
            name,
            "có mã chạy tự động hoặc tệp đính kèm bên trong; in lại thành PDF thường rồi gửi",
            "holds scripts or attachments; print it to a plain PDF and send that",
        )
    for number in range(pages):
        text = _of_library(name, reader.pages[number].extract_text)
        for line in text.splitlines():
            yield f"trang {number + 1}", line


def _is_active(reader: PdfReader) -> bool:
    root = reader.root_object
    names = root.get("/Names", {})
    names = names.get_object() if hasattr(names, "get_object") else names
    if "/AA" in root or "/JavaScript" in names or "/EmbeddedFiles" in names or _acts(root.get("/OpenAction")):
        return True
    return any(
        "/AA" in page or any(_acts(note.get_object().get("/A")) for note in page.get("/Annots") or ())
        for page in reader.pages
    )


def _acts(action: Any) -> bool:
    action = action.get_object() if hasattr(action, "get_object") else action
    return isinstance(action, dict) and action.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")


_PARAGRAPHS = {"p", "si", "is", "comment", "c"}
"""Elements whose text belongs together: paragraphs of Word; strings, comments and cells of Excel."""

_LONG_NUMBER = re.compile(r"\d{11,12}")


def _read_office(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    with _opened(name, content) as archive:
        for part in archive.namelist():
            if part.startswith(("word/", "xl/")) and part.endswith(".xml"):
                for text in _paragraphs(_xml(name, archive, part)):
                    yield _place(part), text


def _paragraphs(element: Any) -> Iterator[str]:
    tag = element.tag.rpartition("}")[2]
    if tag not in _PARAGRAPHS:
        for child in element:
            yield from _paragraphs(child)
        return
    if tag == "c" and element.get("t") not in ("inlineStr", "str"):
        # A plain number is a count; of eleven or twelve digits it is an identity number without its leading zero.
        yield from (child.text.zfill(12) for child in element if child.text and _LONG_NUMBER.fullmatch(child.text))
        return
    # One word may be spread over several runs.
    yield "".join(_letters(piece.tag.rpartition("}")[2], piece.text or "") for piece in element.iter())


def _letters(tag: str, text: str) -> str:
    if tag in ("t", "v"):
        return text
    return " " if tag in ("tab", "br", "cr") else ""


def _place(part: str) -> str:
    stem = PurePosixPath(part).stem
    for beginning, place in (
        ("header", "đầu trang"),
        ("footer", "chân trang"),
        ("comments", "nhận xét"),
        ("footnotes", "chú thích"),
        ("endnotes", "chú thích"),
        ("sharedStrings", "ô chữ trong bảng"),
        ("sheet", "trang tính"),
    ):
        if stem.startswith(beginning):
            return place
    return "nội dung"


# --- with care -------------------------------------------------------------------------------------------


def _opened(name: str, content: bytes) -> zipfile.ZipFile:
    """The archive, when it is whole and unpacks to a bearable size."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        encrypted = any(part.flag_bits & 1 for part in parts)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _damaged(name) from None
    if encrypted:
        raise _refused(name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove it and send again")
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise _refused(name, "giải nén ra quá lớn; chia nhỏ tệp", "unpacks to too much; split it")
    return archive


def _xml(name: str, archive: zipfile.ZipFile, part: str) -> Any:
    try:
        with archive.open(part) as file:
            # What the archive says of a part's size may be a lie.
            content = file.read(_MAX_XML + 1)
        if len(content) > _MAX_XML:
            raise _refused(name, "giải nén ra quá lớn; chia nhỏ tệp", "unpacks to too much; split it")
        return fromstring(content)
    except (ParseError, DefusedXmlException, RecursionError, ValueError, LookupError):
        raise _damaged(name) from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
        raise _damaged(name) from None
    except Exception as fault:  # zlib and lzma each have an error of their own
        if type(fault).__module__ in ("zlib", "_lzma", "lzma"):
            raise _damaged(name) from None
        raise


def _of_library(name: str, step: Callable[[], Any]) -> Any:
    try:
        return step()
    except Refused:
        raise
    except Exception:  # whatever a damaged file makes a PDF reader stumble over
        raise _damaged(name) from None


def _clean_name(name: str) -> str:
    """The last part of a path, in NFC, without what cannot be seen; short enough to be kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, extension = seen.rpartition(".")
    if not dot:
        stem, extension = seen, ""
    return f"{stem[: MAX_NAME - 10]}{dot}{extension[:9]}" or "tep"


def _with_extension(name: str, extension: str) -> str:
    stem, dot, written = name.rpartition(".")
    return name if f".{written.lower()}" == extension else f"{stem if dot and len(written) <= 5 else name}{extension}"


def _damaged(name: str) -> Refused:
    return _refused(
        name, "bị hỏng, không đọc được; mở và lưu lại rồi gửi", "is damaged; open it, save it again and send that"
    )


def _refused(name: str, vi: str, en: str) -> Refused:
    return Refused(f"Tệp «{name}»: {vi}.", f"File '{name}' {en}.")

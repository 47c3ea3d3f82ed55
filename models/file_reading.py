"""What a file holds, read in a process of its own with little time and memory: a file may be made to eat both.

``python -m models.file_reading NAME`` reads a file from its input and writes JSON: what it is and its paragraphs with
their places, or why it is refused. Paragraph by paragraph, so that a table's neighbouring numbers are not one number.
"""

import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, TypeVar
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from config.errors import Refused

CPU_SECONDS = 20
MEMORY_BYTES = 512 * 1024 * 1024
MAX_PAGES = 200

_MAX_PARTS = 2_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 40 * 1024 * 1024
_MAX_OBJECTS = 200_000

PDF = "application/pdf"
_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OOXML}wordprocessingml.document"
XLSX = f"{_OOXML}spreadsheetml.sheet"

_OLE, _ZIP, _EXECUTABLES = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", (b"MZ", b"\x7fELF", b"#!")

_T = TypeVar("_T")


def read_file(name: str, content: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The media type of a file and its paragraphs, each with its place; raises ``Refused`` naming what to do."""
    if b"%PDF-" in content[:1024]:
        return PDF, list(_pdf_lines(name, content))
    if content.startswith(_OLE):
        raise refused(
            name,
            "là tệp Office kiểu cũ (.doc, .xls) hoặc có mật khẩu; bỏ mật khẩu, lưu lại dạng .docx, .xlsx hoặc PDF",
            "is an old Office file or has a password; save it as .docx, .xlsx or PDF without one",
        )
    if content.startswith(_ZIP):
        with _opened(name, content) as archive:
            return _office_type(name, archive), list(_office_paragraphs(name, archive))
    raise refused(
        name,
        "không phải tệp PDF, Word (.docx) hay Excel (.xlsx), dù tên là gì; lưu lại đúng dạng rồi gửi",
        "is not PDF, Word (.docx) or Excel (.xlsx), whatever its name says",
    )


def refused(name: str, vi: str, en: str) -> Refused:
    return Refused(f"Tệp «{name}»: {vi}.", f"File '{name}' {en}.")


def damaged(name: str) -> Refused:
    return refused(
        name, "bị hỏng, không đọc được; mở và lưu lại rồi gửi", "is damaged; open it, save it again and send that"
    )


# --- PDF -------------------------------------------------------------------------------------------------

_ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMediaContent"}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}
_ACTIVE_NOTES = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D", "/Screen"}


def _pdf_lines(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    reader = _of_library(name, lambda: PdfReader(io.BytesIO(content)))
    if _of_library(name, lambda: reader.is_encrypted):
        raise refused(name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove it and send again")
    pages = _of_library(name, lambda: len(reader.pages))
    if pages > MAX_PAGES:
        raise refused(name, f"dài {pages} trang; tối đa {MAX_PAGES}", f"has {pages} pages; at most {MAX_PAGES}")
    notes = _of_library(name, lambda: _walk(name, reader))
    for note in notes:
        yield "ghi chú", note
    title = _of_library(name, lambda: reader.metadata.title if reader.metadata else None)
    if isinstance(title, str):
        yield "tiêu đề", title
    for number in range(pages):
        for line in _of_library(name, reader.pages[number].extract_text).splitlines():
            yield f"trang {number + 1}", line


def _walk(name: str, reader: PdfReader) -> list[str]:
    """The words of every note; refuses a document in which anything acts by itself or is attached."""
    notes, waiting, seen = [], [reader.trailer.get("/Root")], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen:
                continue
            seen.add(each.idnum)
            each = each.get_object()
        if len(seen) > _MAX_OBJECTS or len(waiting) > _MAX_OBJECTS:
            raise damaged(name)
        if isinstance(each, ArrayObject):
            waiting.extend(each)
        elif isinstance(each, DictionaryObject):
            acts = each.get("/S") in _ACTIVE_ACTIONS or each.get("/Subtype") in _ACTIVE_NOTES
            if acts or _ACTIVE_KEYS & each.keys():
                raise refused(
                    name,
                    "có mã chạy tự động hoặc tệp đính kèm bên trong; in lại thành PDF thường rồi gửi",
                    "holds scripts or attachments; print it to a plain PDF and send that",
                )
            if isinstance(words := each.get("/Contents"), str):
                notes.append(str(words))
            waiting.extend(each.raw_get(key) for key in each)
    return notes


# --- Word and Excel --------------------------------------------------------------------------------------

_ACTIVE_PART = re.compile(
    r"vbaProject|activeX|oleObject|/embeddings/|\.(?:exe|dll|js|vbs|ps1|bat|cmd|scr|lnk)$", re.IGNORECASE
)
_ACTIVE_KIND = re.compile(r"macroEnabled|oleObject|activeX|vbaProject", re.IGNORECASE)
# Who made the file, its looks and its settings say nothing of the work; a name in them is the machine's.
_NOT_READ = re.compile(r"^docProps/|/theme/|/styles|/fontTable|/settings|/webSettings|/numbering", re.IGNORECASE)
_PARAGRAPHS = {"p", "si", "is", "comment", "c", "oddHeader", "oddFooter", "evenHeader", "evenFooter"}
"""Elements whose text belongs together: paragraphs; strings, comments, cells, headers of a workbook."""
_WORDS = {"t", "v", "f", "delText", "instrText", "oddHeader", "oddFooter", "evenHeader", "evenFooter"}
_LONG_NUMBER = re.compile(r"\d{11,12}")


def _office_type(name: str, archive: zipfile.ZipFile) -> str:
    parts = archive.namelist()
    types = _xml(name, archive, "[Content_Types].xml") if "[Content_Types].xml" in parts else ()
    kinds = {element.get("ContentType", "") for element in types}
    active = any(_ACTIVE_PART.search(part) for part in parts) or any(_ACTIVE_KIND.search(kind) for kind in kinds)
    if active or any(_begins_badly(name, archive, part) for part in parts) or _reaches_out(name, archive):
        raise refused(
            name,
            "có macro, tệp nhúng hoặc phần lấy từ nơi khác; lưu lại không có chúng, hoặc xuất ra PDF",
            "holds macros, embedded files or parts from elsewhere; save it without them, or as PDF",
        )
    for media_type in (DOCX, XLSX):
        if f"{media_type}.main+xml" in kinds:
            return media_type
    raise refused(
        name,
        "không phải tệp Word (.docx) hay Excel (.xlsx); tệp nén thì giải nén rồi gửi từng tệp",
        "is neither .docx nor .xlsx; unpack archives and send each file",
    )


def _begins_badly(name: str, archive: zipfile.ZipFile, part: str) -> bool:
    if part.lower().endswith((".xml", ".rels", "/")):
        return False
    with _careful(name), archive.open(part) as file:
        return file.read(8).startswith((_OLE, *_EXECUTABLES))


def _reaches_out(name: str, archive: zipfile.ZipFile) -> bool:
    """Whether opening the file would fetch something from elsewhere; a link that is clicked does not."""
    for part in archive.namelist():
        if part.lower().endswith(".rels"):
            for link in _xml(name, archive, part):
                if link.get("TargetMode") == "External" and not str(link.get("Type", "")).endswith("/hyperlink"):
                    return True
    return False


def _office_paragraphs(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for part in archive.namelist():
        if part.lower().endswith(".xml") and part != "[Content_Types].xml" and not _NOT_READ.search(part):
            for text in _paragraphs(_xml(name, archive, part)):
                if re.match(r"\s*DDE", text):
                    raise refused(
                        name, "có lệnh lấy dữ liệu từ chương trình khác; bỏ đi rồi gửi lại", "holds a DDE command"
                    )
                yield _place(part), text


def _paragraphs(root: Any) -> Iterator[str]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag = _tag(element)
        if tag not in _PARAGRAPHS:
            waiting.extend(reversed(element))
        elif tag == "c" and element.get("t") not in ("inlineStr", "str"):
            # A plain number is a count; of eleven or twelve digits it is an identity number without its first zero.
            yield from (child.text.zfill(12) for child in element if child.text and _LONG_NUMBER.fullmatch(child.text))
        else:
            # One word may be spread over several runs.
            yield "".join(_letters(_tag(piece), piece.text or "") for piece in element.iter())


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _letters(tag: str, text: str) -> str:
    if tag in _WORDS:
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


@contextmanager
def _careful(name: str) -> Iterator[None]:
    """Whatever a damaged archive makes the readers stumble over is told as one thing."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, EOFError, OSError):
        raise damaged(name) from None
    except (ValueError, LookupError, RuntimeError, NotImplementedError):
        raise damaged(name) from None
    except Exception as fault:
        if type(fault).__module__ in ("_lzma", "lzma"):
            raise damaged(name) from None
        raise


def _opened(name: str, content: bytes) -> zipfile.ZipFile:
    """The archive, when it is whole, holds each part once, and unpacks to a bearable size."""
    with _careful(name):
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove it and send again")
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(name)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise too_much(name)
    return archive


def too_much(name: str) -> Refused:
    return refused(name, "mở ra quá lớn, không đọc hết được; chia nhỏ tệp", "unpacks to too much to be read; split it")


def _xml(name: str, archive: zipfile.ZipFile, part: str) -> Any:
    with _careful(name):
        with archive.open(part) as file:
            # What the archive says of a part's size may be a lie.
            content = file.read(_MAX_XML + 1)
        if len(content) <= _MAX_XML:
            return fromstring(content)
    raise too_much(name)


def _of_library(name: str, step: Callable[[], _T]) -> _T:
    try:
        return step()
    except (Refused, MemoryError):
        raise
    except Exception:  # whatever a damaged file makes a PDF reader stumble over
        raise damaged(name) from None


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    name = sys.argv[1]
    try:
        media_type, paragraphs = read_file(name, sys.stdin.buffer.read())
        answer: dict[str, Any] = {"media_type": media_type, "paragraphs": paragraphs}
    except Refused as fault:
        answer = {"refused": [str(fault), fault.en]}
    except MemoryError:
        raise SystemExit(1) from None
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _main()

"""The text of a Word or Excel file by paragraph, and whether the file holds active or external content.

By paragraph, so that neighbouring numbers in a table are not one number; the runs of a paragraph are one text.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from defusedxml.ElementTree import fromstring

from config.errors import Refused
from intake.files.refusals import damaged, refused, refusing_damaged, too_large

_MAX_PARTS = 2_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_XML = 40 * 1024 * 1024

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OOXML}wordprocessingml.document"
XLSX = f"{_OOXML}spreadsheetml.sheet"

_TYPES = "[Content_Types].xml"
_ACTIVE_PART = re.compile(
    r"vbaProject|activeX|oleObject|/embeddings/|\.(?:exe|dll|js|vbs|ps1|bat|cmd|scr|lnk)$", re.IGNORECASE
)
_ACTIVE_KIND = re.compile(r"macroEnabled|oleObject|activeX|vbaProject", re.IGNORECASE)
_ACTIVE_BEGINNINGS = (b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"#!", b"PK\x03\x04", b"%PDF-")
_ACTIVE_ELEMENTS = {"ddeLink", "oleLink"}
# Another document embedded in this one, in a format that is not read here.
_EMBEDDED_DOCUMENT = "/aFChunk"

# Author, styles and settings are not part of the report; a name in them comes from the machine.
_NOT_READ = re.compile(
    r"^docProps/(?!core)|/theme/|/styles|/fontTable|/settings|/webSettings|/numbering|/persons/", re.IGNORECASE
)
_PARAGRAPHS = {
    *("p", "si", "is", "comment", "threadedComment", "pt", "oddHeader", "oddFooter", "evenHeader", "evenFooter"),
    *("firstHeader", "firstFooter", "title", "subject", "keywords", "description", "category"),
}
"""Elements whose text belongs together: paragraphs; strings, comments and headers of a workbook; file properties."""
_WORDS = {
    *("t", "v", "text", "delText", "instrText", "oddHeader", "oddFooter", "evenHeader", "evenFooter"),
    *("firstHeader", "firstFooter", "title", "subject", "keywords", "description", "category"),
}
_TEXT_ATTRIBUTES = {"sheet": "name", "s": "v", "docPr": "descr", "cNvPr": "descr"}
"""Attributes with text: the name of a sheet, the cached source of a pivot table, the description of a picture."""
_NUMBERS_OF_A_CHART = {"numCache", "numLit"}
_LONG_NUMBER = re.compile(r"\d{11,12}")
_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")


@dataclass(frozen=True)
class OfficeFile:
    """``paragraphs`` are read lazily, each with its place; ``pictures``: the file holds some, which cannot be read."""

    media_type: str
    pictures: bool
    paragraphs: Iterator[tuple[str, str]]
    archive: zipfile.ZipFile


def office_paragraphs(name: str, content: bytes) -> OfficeFile:
    """Open a Word or Excel file; raises ``Refused``, also while its paragraphs are read."""
    archive = _opened(name, content)
    types = _xml(name, archive, _TYPES) if _TYPES in archive.namelist() else ()
    media_type = _office_type(name, archive, types)
    return OfficeFile(
        media_type=media_type,
        pictures=any("/media/" in part for part in archive.namelist()),
        paragraphs=_paragraphs_of_parts(name, archive, _texts(archive, types)),
        archive=archive,
    )


# --- what it is ------------------------------------------------------------------------------------------


def _opened(name: str, content: bytes) -> zipfile.ZipFile:
    """The archive; refused when it is damaged, holds a part twice or unpacks to too much."""
    with refusing_damaged(name):
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refused(name, "có mật khẩu; bỏ mật khẩu rồi gửi lại", "has a password; remove it and send again")
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(name)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise too_large(name)
    return archive


def _office_type(name: str, archive: zipfile.ZipFile, types: Any) -> str:
    parts = archive.namelist()
    kinds = {element.get("ContentType", "") for element in types}
    active = any(_ACTIVE_PART.search(part) for part in parts) or any(_ACTIVE_KIND.search(kind) for kind in kinds)
    if active or any(_is_executable(name, archive, part) for part in parts) or _fetches_external(name, archive):
        raise _active_content(name)
    for media_type in (DOCX, XLSX):
        if f"{media_type}.main+xml" in kinds:
            return media_type
    raise refused(
        name,
        "không phải tệp Word (.docx) hay Excel (.xlsx); tệp nén thì giải nén rồi gửi từng tệp",
        "is neither .docx nor .xlsx; unpack archives and send each file",
    )


def _active_content(name: str) -> Refused:
    return refused(
        name,
        "có macro, tệp nhúng hoặc phần lấy từ nơi khác; lưu lại không có chúng, hoặc xuất ra PDF",
        "holds macros, embedded files or parts from elsewhere; save it without them, or as PDF",
    )


def _is_executable(name: str, archive: zipfile.ZipFile, part: str) -> bool:
    if part.lower().endswith((".xml", ".rels", "/")):
        return False
    with refusing_damaged(name), archive.open(part) as file:
        return file.read(8).startswith(_ACTIVE_BEGINNINGS)


def _fetches_external(name: str, archive: zipfile.ZipFile) -> bool:
    """Whether opening the file would fetch external content; a hyperlink is only fetched when clicked."""
    for part in archive.namelist():
        if part.lower().endswith(".rels"):
            for link in _xml(name, archive, part):
                kind = str(link.get("Type", ""))
                fetched = link.get("TargetMode") == "External" and not kind.endswith("/hyperlink")
                if fetched or kind.endswith(_EMBEDDED_DOCUMENT):
                    return True
    return False


# --- what it says ----------------------------------------------------------------------------------------


def _texts(archive: zipfile.ZipFile, types: Any) -> list[str]:
    """The parts with text, whatever their names; sheets before the shared strings that they refer to."""
    written = [(each, str(each.get("ContentType", "")).endswith(("+xml", "/xml"))) for each in types]
    by_ending = {f".{each.get('Extension', '')}".lower() for each, is_xml in written if is_xml} - {".", ".rels"}
    by_name = {str(each.get("PartName", "")).lstrip("/") for each, is_xml in written if is_xml}
    texts = [
        part
        for part in archive.namelist()
        if (PurePosixPath(part).suffix.lower() in by_ending | {".xml"} or part in by_name)
        and part != _TYPES
        and not _NOT_READ.search(part)
    ]
    return sorted(texts, key=lambda part: (not part.endswith("workbook.xml"), "sharedStrings" in part))


def _paragraphs_of_parts(name: str, archive: zipfile.ZipFile, parts: list[str]) -> Iterator[tuple[str, str]]:
    sheets = sheet_names(name, archive)
    cells: dict[str, str] = {}
    for part in parts:
        place = f"trang tính «{sheets[part]}»" if part in sheets else _place(part)
        for where, text in _placed(_paragraphs(name, _xml(name, archive, part)), place, cells):
            if re.match(r"\s*DDE", text):
                raise refused(
                    name, "có lệnh lấy dữ liệu từ chương trình khác; bỏ đi rồi gửi lại", "holds a DDE command"
                )
            yield where, text


def _placed(paragraphs: Iterator[tuple[Any, str]], place: str, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each paragraph with its place in its part. ``cells`` maps each shared string to its first cell."""
    count = strings = 0
    for element, text in paragraphs:
        match _tag(element):
            case "c":
                where = f"{place}, ô {element.get('r')}" if _CELL.fullmatch(element.get("r", "")) else place
                if element.get("t") == "s":
                    cells.setdefault(_value(element), where)
                yield from ((where, text) for text in _cell_texts(element))
            case "si":
                yield cells.get(str(strings), place), text
                strings += 1
            case "p":
                count += bool(text.strip())
                yield f"{place}, đoạn {count}", text
            case _:
                yield place, text


def _paragraphs(name: str, root: Any) -> Iterator[tuple[Any, str]]:
    """The elements with text, and their text; cells as they are. A nested one, like a text box, is separate."""
    opened: list[list[str]] = []
    waiting = [(root, False)]
    while waiting:
        element, read = waiting.pop()
        tag = _tag(element)
        if read:
            yield element, "".join(opened.pop())
            continue
        if tag in _ACTIVE_ELEMENTS:
            raise _active_content(name)
        if tag in _NUMBERS_OF_A_CHART:
            continue
        if attribute := _TEXT_ATTRIBUTES.get(tag):
            yield element, element.get(attribute, "")
        if tag == "c":
            yield element, ""
            continue
        if tag in _PARAGRAPHS:
            opened.append([])
            waiting.append((element, True))
        if opened:
            opened[-1].append(_letters(tag, element.text or ""))
        waiting.extend((child, False) for child in reversed(element))


def _cell_texts(cell: Any) -> Iterator[str]:
    match cell.get("t"):
        case "s":
            return
        case "inlineStr" | "str":
            yield "".join(_letters(_tag(piece), piece.text or "") for piece in cell.iter() if _tag(piece) != "f")
        case _:
            # A plain number is a count; one of 11 or 12 digits may be an identity number without its first zero.
            if _LONG_NUMBER.fullmatch(value := _value(cell)):
                yield value.zfill(12)
    yield from (piece.text for piece in cell if _tag(piece) == "f" and piece.text)


def _value(cell: Any) -> str:
    return next((piece.text or "" for piece in cell if _tag(piece) == "v"), "")


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _letters(tag: str, text: str) -> str:
    if tag in _WORDS:
        return text
    if tag == "noBreakHyphen":
        return "-"
    return " " if tag in ("tab", "br", "cr") else ""


def sheet_names(name: str, archive: zipfile.ZipFile) -> dict[str, str]:
    """The names of a workbook's sheets by their parts."""
    parts = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return {}
    links = {link.get("Id"): str(link.get("Target")) for link in _xml(name, archive, "xl/_rels/workbook.xml.rels")}
    names = {}
    for sheet in _xml(name, archive, "xl/workbook.xml").iter():
        if _tag(sheet) == "sheet":
            link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            names[posixpath.normpath(posixpath.join("/xl", links.get(link, ""))).lstrip("/")] = sheet.get("name", "")
    return names


def _place(part: str) -> str:
    stem = PurePosixPath(part).stem
    for beginning, place in (
        ("header", "đầu trang"),
        ("footer", "chân trang"),
        ("comments", "nhận xét"),
        ("threadedComment", "nhận xét"),
        ("footnotes", "chú thích"),
        ("endnotes", "chú thích"),
        ("sharedStrings", "ô chữ trong bảng"),
        ("sheet", "trang tính"),
        ("workbook", "tên trang tính"),
        ("pivotCache", "số liệu của bảng tổng hợp (pivot)"),
        ("chart", "biểu đồ"),
        ("core", "thuộc tính tệp"),
    ):
        if stem.startswith(beginning):
            return place
    return "nội dung"


def _xml(name: str, archive: zipfile.ZipFile, part: str) -> Any:
    with refusing_damaged(name):
        with archive.open(part) as file:
            # The size that the archive states may be false.
            content = file.read(_MAX_XML + 1)
        if len(content) <= _MAX_XML:
            return fromstring(content)
    raise too_large(name)

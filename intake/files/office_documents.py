"""The text of a Word or Excel file by paragraph, and whether the file holds active or external content.

By paragraph, so that neighbouring numbers in a table are not one number; the runs of a paragraph are one text.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from intake.files.active_office import refuse_acting_elements, refuse_active_parts
from intake.files.acts import Acts, acting
from intake.files.other_archives import not_an_office_file
from intake.files.package import beginning, opened, xml
from intake.files.package import tag as tag_of
from intake.files.refusals import refusing_damaged, too_large

_OOXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OOXML}wordprocessingml.document"
XLSX = f"{_OOXML}spreadsheetml.sheet"

_OF_OFFICE = re.compile(r"(?:wordprocessingml|spreadsheetml|ms-word|ms-excel).*main\+xml$", re.IGNORECASE)
_LARGEST_DATA = 20 * 1024 * 1024
_CHART_OF_CHART = "/embeddings/"

_TYPES = "[Content_Types].xml"
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
    archive = opened(name, content)
    types = xml(name, archive, _TYPES) if _TYPES in archive.namelist() else ()
    kinds = {element.get("ContentType", "") for element in types}
    if not any(_OF_OFFICE.search(kind) for kind in kinds):
        raise not_an_office_file(name, archive)
    charts = refuse_active_parts(name, archive, kinds)
    media_type = _office_type(name, archive, kinds)
    return OfficeFile(
        media_type=media_type,
        pictures=any("/media/" in part for part in archive.namelist()),
        paragraphs=_everything(name, archive, _texts(archive, types), charts),
        archive=archive,
    )


# --- what it is ------------------------------------------------------------------------------------------


def _office_type(name: str, archive: zipfile.ZipFile, kinds: set[str]) -> str:
    for media_type in (DOCX, XLSX):
        if f"{media_type}.main+xml" in kinds:
            return media_type
    raise not_an_office_file(name, archive)


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


def _everything(name: str, archive: zipfile.ZipFile, parts: list[str], charts: list[str]) -> Iterator[tuple[str, str]]:
    """The paragraphs of the file and of the workbooks that hold the data of its charts."""
    yield from _paragraphs_of_parts(name, archive, parts)
    for chart in charts:
        with refusing_damaged(name):
            content = beginning(archive, chart, _LARGEST_DATA + 1)
        if len(content) > _LARGEST_DATA:
            raise too_large(name)
        inner = office_paragraphs(name, content)
        if any(_CHART_OF_CHART in part for part in inner.archive.namelist()):
            raise acting(name, Acts.EMBEDDED)
        yield from ((f"số liệu của biểu đồ, {place}", text) for place, text in inner.paragraphs)


def _paragraphs_of_parts(name: str, archive: zipfile.ZipFile, parts: list[str]) -> Iterator[tuple[str, str]]:
    sheets = sheet_names(name, archive)
    cells: dict[str, str] = {}
    for part in parts:
        place = f"trang tính «{sheets[part]}»" if part in sheets else _place(part)
        root = xml(name, archive, part)
        refuse_acting_elements(name, root)
        yield from _placed(_paragraphs(root), place, cells)


def _placed(paragraphs: Iterator[tuple[Any, str]], place: str, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each paragraph with its place in its part. ``cells`` maps each shared string to its first cell."""
    count = strings = 0
    for element, text in paragraphs:
        match tag_of(element):
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


def _paragraphs(root: Any) -> Iterator[tuple[Any, str]]:
    """The elements with text, and their text; cells as they are. A nested one, like a text box, is separate."""
    opened: list[list[str]] = []
    waiting = [(root, False)]
    while waiting:
        element, read = waiting.pop()
        tag = tag_of(element)
        if read:
            yield element, "".join(opened.pop())
            continue
        if tag in _NUMBERS_OF_A_CHART:
            continue
        if attribute := _TEXT_ATTRIBUTES.get(tag):
            yield element, element.get(attribute, "")
        if tag == "c":
            yield element, ""
            continue
        if tag in _PARAGRAPHS:
            if not len(element) and not element.text:
                continue
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
            yield "".join(_letters(tag_of(piece), piece.text or "") for piece in cell.iter() if tag_of(piece) != "f")
        case _:
            # A plain number is a count; one of 11 or 12 digits may be an identity number without its first zero.
            if _LONG_NUMBER.fullmatch(value := _value(cell)):
                yield value.zfill(12)
    yield from (piece.text for piece in cell if tag_of(piece) == "f" and piece.text)


def _value(cell: Any) -> str:
    return next((piece.text or "" for piece in cell if tag_of(piece) == "v"), "")


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
    links = {link.get("Id"): str(link.get("Target")) for link in xml(name, archive, "xl/_rels/workbook.xml.rels")}
    names = {}
    for sheet in xml(name, archive, "xl/workbook.xml").iter():
        if tag_of(sheet) == "sheet":
            link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            names[posixpath.normpath(posixpath.join("/xl", links.get(link, ""))).lstrip("/")] = sheet.get("name", "")
    return names


def _place(part: str) -> str:
    stem = PurePosixPath(part).stem
    for begins, place in (
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
        if stem.startswith(begins):
            return place
    return "nội dung"

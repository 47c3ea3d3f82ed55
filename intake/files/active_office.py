"""What in a Word or Excel file would act or fetch when it is opened: each kind refused by its own words.

A document made from the office's own template, a chart with its data and links that are only followed when clicked are
none of it.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from intake.files.acts import Acts, acting
from intake.files.package import attribute, beginning, relations, tag, tags, xml
from intake.files.refusals import refusing_damaged

_CHARTS_DATA = re.compile(r"^(?:xl|word)/embeddings/[^/]+\.xlsx$", re.IGNORECASE)


def refuse_active_parts(name: str, archive: zipfile.ZipFile, kinds: set[str]) -> list[str]:
    """Raise ``Refused`` for a part or relation that acts or fetches; return the workbooks that hold a chart's data.

    ``kinds`` are the content types of the parts.
    """
    charts = _data_of_charts(name, archive)
    for kind in kinds:
        if what := _acting_kind(kind):
            raise acting(name, what)
    for part in archive.namelist():
        if what := _acting_part(name, archive, part, charts):
            raise acting(name, what)
    for _, link in relations(name, archive):
        if what := _acting_relation(link):
            raise acting(name, what)
        if str(link.get("Type", "")).endswith("/aFChunk"):
            raise acting(name, Acts.HTML)
    return sorted(charts)


def refuse_acting_elements(name: str, root: Any) -> None:
    """Raise ``Refused`` for a field, formula or link in a part's XML that acts or fetches."""
    if not tags(root) & _ACTING_ELEMENTS:
        return
    for instruction, computed in _fields(root):
        if what := _acting_field(instruction, computed):
            raise acting(name, what)
    for element in root.iter():
        if what := _acting_element(element):
            raise acting(name, what)


# --- parts ----------------------------------------------------------------------------------------------

_KINDS = (
    (re.compile(r"macrosheet", re.IGNORECASE), Acts.MACRO_SHEET),
    (re.compile(r"macroEnabled|vbaProject|vbaData", re.IGNORECASE), Acts.MACRO),
    (re.compile(r"activeX", re.IGNORECASE), Acts.CONTROL),
    (re.compile(r"oleObject", re.IGNORECASE), Acts.EMBEDDED),
    (re.compile(r"text/html|xhtml|message/rfc822|multipart/related", re.IGNORECASE), Acts.HTML),
)
_PARTS = (
    (re.compile(r"macrosheets/", re.IGNORECASE), Acts.MACRO_SHEET),
    (re.compile(r"vbaProject|vbaData", re.IGNORECASE), Acts.MACRO),
    (re.compile(r"activeX", re.IGNORECASE), Acts.CONTROL),
    (re.compile(r"oleObject|/embeddings/", re.IGNORECASE), Acts.EMBEDDED),
    (re.compile(r"\.(?:html?|xhtml|mht|mhtml|eml)$", re.IGNORECASE), Acts.HTML),
    (re.compile(r"\.(?:exe|dll|js|jse|vbs|vbe|ps1|bat|cmd|scr|lnk|hta|wsf|jar|com)$", re.IGNORECASE), Acts.PROGRAM),
)
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0", Acts.EMBEDDED),
    (b"PK\x03\x04", Acts.EMBEDDED),
    (b"%PDF-", Acts.EMBEDDED),
    (b"MZ", Acts.PROGRAM),
    (b"\x7fELF", Acts.PROGRAM),
    (b"#!", Acts.PROGRAM),
)
_CALLBACK = re.compile(r"^(?:on|get)[A-Z]|^loadImage$")
_LONGEST_PICTURE = 5 * 1024 * 1024


def _acting_kind(kind: str) -> Acts | None:
    return next((what for pattern, what in _KINDS if pattern.search(kind)), None)


def _acting_part(name: str, archive: zipfile.ZipFile, part: str, charts: set[str]) -> Acts | None:
    if part in charts:
        return None
    if by_name := next((what for pattern, what in _PARTS if pattern.search(part)), None):
        return by_name
    lower = part.lower()
    if lower.endswith("connections.xml"):
        return Acts.QUERY if any(_is_query(each) for each in xml(name, archive, part).iter()) else None
    if "customui" in lower and lower.endswith(".xml"):
        called = (key for each in xml(name, archive, part).iter() for key in each.attrib)
        return Acts.RIBBON if any(_CALLBACK.match(key) for key in called) else None
    if lower.endswith((".xml", ".rels", "/")):
        return None
    with refusing_damaged(name):
        begins = beginning(archive, part, 512)
    if by_content := next((what for mark, what in _BEGINNINGS if begins.startswith(mark)), None):
        return by_content
    return (
        Acts.PICTURE if begins.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and _draws(name, archive, part) else None
    )


def _is_query(element: Any) -> bool:
    return tag(element) in ("webPr", "dbPr", "olapPr", "textPr", "oledbPr", "dataFeedPr")


def _draws(name: str, archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a picture written in XML or HTML acts or fetches; a plain SVG drawing does not."""
    with refusing_damaged(name):
        begins = beginning(archive, part, _LONGEST_PICTURE).lower()
    if b"<svg" not in begins[:4096]:
        return True
    return any(_acts_in_a_drawing(each) for each in xml(name, archive, part).iter())


def _acts_in_a_drawing(element: Any) -> bool:
    if tag(element).lower() in ("script", "foreignobject", "iframe", "handler", "set", "animate"):
        return True
    if tag(element).lower() == "style" and re.search(r"@import|url\(", element.text or ""):
        return True
    for key, value in element.items():
        plain = key.rpartition("}")[2].lower()
        if plain.startswith("on") or (plain == "href" and not value.strip().startswith(("#", "data:image/"))):
            return True
    return False


# --- relations --------------------------------------------------------------------------------------------

_LINKS = (
    ("/attachedTemplate", Acts.TEMPLATE),
    ("/image", Acts.LINKED_PICTURE),
    ("/externalLinkPath", Acts.WORKBOOK_LINK),
    ("/externalLink", Acts.WORKBOOK_LINK),
    ("/xlPathMissing", Acts.WORKBOOK_LINK),
    ("/oleObject", Acts.ELSEWHERE),
)
_ON_THIS_MACHINE = re.compile(r"(?:file:/{1,3})?(?:[A-Za-z]:[\\/]|[^\\/:]+$)", re.IGNORECASE)


def _acting_relation(link: Any) -> Acts | None:
    """What a relation fetches when the file is opened; a link to the web is only followed when clicked."""
    kind, target = str(link.get("Type", "")), str(link.get("Target", ""))
    if link.get("TargetMode") != "External" or kind.endswith("/hyperlink"):
        return None
    if kind.endswith("/attachedTemplate") and _ON_THIS_MACHINE.match(target):
        return None
    return next((what for ending, what in _LINKS if kind.endswith(ending)), Acts.ELSEWHERE)


def _data_of_charts(name: str, archive: zipfile.ZipFile) -> set[str]:
    """The embedded workbooks that charts, and nothing else, refer to as their data."""
    used: dict[str, set[bool]] = {}
    for part, link in relations(name, archive):
        home = PurePosixPath(part).parent.parent
        target = posixpath.normpath(posixpath.join("/", str(home), str(link.get("Target", "")))).lstrip("/")
        of_chart = "charts/" in part and str(link.get("Type", "")).endswith("/package")
        used.setdefault(target, set()).add(of_chart)
    return {part for part in archive.namelist() if _CHARTS_DATA.match(part) and used.get(part) == {True}}


# --- fields and formulas -----------------------------------------------------------------------------------

_FETCHES = {"LINK", "INCLUDETEXT", "INCLUDE", "IMPORT", "DATABASE", "RD"}
_ADDRESS = re.compile(r"[a-z]{2,}:(?://|\\\\)|\\\\", re.IGNORECASE)
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula", "totalsRowFormula"}
_ACTING_ELEMENTS = _FORMULAS | {"fldSimple", "fldChar", "instrText", "ddeLink", "oleLink"}
_CALLS = re.compile(
    r"\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|DDE(?:INITIATE|AUTO)?|STOCKHISTORY|IMAGE)\s*\(", re.IGNORECASE
)
_DDE_FORMULA = re.compile(r"(?:^|[=+\-@,(;])\s*[\w.]+\s*\|\s*'?[^|]*'?!", re.IGNORECASE)


def _fields(root: Any) -> Iterator[tuple[str, bool]]:
    """The instruction of each field, and whether it begins with what another field comes to."""
    open_fields: list[tuple[list[str], list[bool]]] = []
    for element in root.iter():
        match tag(element):
            case "fldSimple":
                yield attribute(element, "instr"), False
            case "fldChar":
                kind = attribute(element, "fldCharType")
                if kind == "begin":
                    if open_fields and not "".join(open_fields[-1][0]).strip() and not open_fields[-1][1]:
                        open_fields[-1][0].append("\0")
                    open_fields.append(([], []))
                elif kind == "separate" and open_fields:
                    open_fields[-1][1].append(True)
                elif kind == "end" and open_fields:
                    yield _instruction(open_fields.pop()[0])
            case "instrText":
                if not open_fields:
                    yield element.text or "", False
                elif not open_fields[-1][1]:
                    open_fields[-1][0].append(element.text or "")
    yield from (_instruction(texts) for texts, _ in open_fields)


def _instruction(texts: list[str]) -> tuple[str, bool]:
    written = "".join(texts)
    return written.replace("\0", " "), written.lstrip().startswith("\0")


def _acting_field(instruction: str, computed: bool) -> Acts | None:
    word = (instruction.split() or [""])[0].upper().strip("\"'")
    if word in ("DDE", "DDEAUTO"):
        return Acts.DDE
    if word == "INCLUDEPICTURE" and (computed or _ADDRESS.search(instruction)):
        return Acts.LINKED_PICTURE
    return Acts.FIELD if computed or word in _FETCHES else None


def _acting_element(element: Any) -> Acts | None:
    kind = tag(element)
    if kind in ("ddeLink", "oleLink"):
        return Acts.DDE if kind == "ddeLink" else Acts.WORKBOOK_LINK
    if kind not in _FORMULAS:
        return None
    text = element.text or ""
    if kind == "definedName" and re.match(
        r"_xlnm\.Auto_|Auto_(?:Open|Close)", attribute(element, "name"), re.IGNORECASE
    ):
        return Acts.MACRO_SHEET
    return Acts.FORMULA if _CALLS.search(text) or _DDE_FORMULA.search(text) else None

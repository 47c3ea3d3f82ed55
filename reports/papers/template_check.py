"""Whether a Word template of an office's own can be filled: each placeholder is whole and stands where Word keeps it.

What is wrong is told with its place, all at once, before anything is filled: a placeholder that is not closed would
swallow what follows it without a word.
"""

import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from config.errors import Refused

SEE_VI, SEE_EN = "Xem các chỗ điền có sẵn trong docs/documents.md.", "See docs/documents.md for those there are."

_LONGEST = 60
_MARK = re.compile(r"{{|{%|{#|}}|%}|#}")
_CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_TAG = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_OF_WORD = re.compile(r"({[{%])(tr|tc|p|r)\s")
_APART = re.compile(r"{%-?\s+(tr|tc|p)\s")
_BLOCK = re.compile(r"{%-?\s*(?:(?:tr|tc|p)\s+)?(for|if|endfor|endif)\b")
_SINGLE = re.compile(r"(?<![{%#])\{\s*([a-z_]\w*)(?:[.|]\w+)*\s*\}(?!\})")


@dataclass(frozen=True)
class _Paragraph:
    """The words of a paragraph, and where it stands, in Vietnamese and English."""

    element: Any
    text: str
    vi: str
    en: str

    def fault(self, vi: str, en: str) -> Refused:
        return Refused(f"{self.vi}: {vi}", f"{self.en}: {en}")


def opened(path: Path) -> DocumentObject:
    """The template as a Word file; raises ``Refused`` saying what else it is."""
    try:
        return Document(str(path))
    except (PackageNotFoundError, BadZipFile, zlib.error, KeyError, ValueError, OSError, SyntaxError):
        vi, en = _what_else(path)
        raise Refused(
            f"Mẫu {path} không đọc được như tệp Word (.docx): {vi}; hoặc bỏ tệp để dùng mẫu có sẵn.",
            f"Template {path} cannot be read as a Word file (.docx): {en}; or remove it for the shipped one.",
        ) from None


_SAVE_VI, _SAVE_EN = "mở bằng Word rồi lưu thành «Word Document (*.docx)»", "open it in Word and save it as .docx"


def _what_else(path: Path) -> tuple[str, str]:
    """What a file is that is no .docx, and what to do."""
    try:
        head = path.read_bytes()[:8]
    except OSError as fault:
        return f"máy không cho đọc ({fault.strerror})", f"the machine does not let it be read ({fault.strerror})"
    if not head:
        return "tệp rỗng", "the file is empty"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        vi = "đây là tệp .doc đời cũ đổi tên, hoặc tệp có mật khẩu; bỏ mật khẩu"
        return f"{vi}, {_SAVE_VI}", f"it is a renamed .doc, or has a password; take that off, {_SAVE_EN}"
    if head.startswith(b"{\\rtf"):
        return f"đây là tệp .rtf đổi tên; {_SAVE_VI}", f"it is a renamed .rtf; {_SAVE_EN}"
    try:
        with ZipFile(path) as parts:
            names, types = set(parts.namelist()), b""
            if "[Content_Types].xml" in names:
                types = parts.read("[Content_Types].xml")
    except (BadZipFile, zlib.error):
        return f"tệp hỏng hoặc không phải tệp Word; {_SAVE_VI}", f"it is damaged or no Word file; {_SAVE_EN}"
    kinds = {
        b"wordprocessingml.template": "mẫu .dotx",
        b"macroEnabled": "tệp có macro (.docm, .dotm)",
        b"spreadsheetml": "tệp Excel",
        b"presentationml": "tệp PowerPoint",
    }
    if "mimetype" in names:
        return f"đây là tệp LibreOffice (.odt) đổi tên; {_SAVE_VI}", f"it is a renamed .odt; {_SAVE_EN}"
    for mark, kind in kinds.items():
        if mark in types:
            return f"đây là {kind} đổi tên; {_SAVE_VI}", f"it is another kind of file, renamed; {_SAVE_EN}"
    return f"tệp hỏng; {_SAVE_VI}", f"it is damaged; {_SAVE_EN}"


def check_template(path: Path, document: DocumentObject, names: Collection[str]) -> None:
    """Raise ``Refused`` with every placeholder that cannot be filled as it stands.

    names  of the placeholders that there are
    """
    if document.element.body.xpath(".//w:ins[.//w:r] | .//w:del[.//w:r]"):
        raise Refused(
            f"Mẫu {path} còn thay đổi đang theo dõi (Track Changes); mở bằng Word, chấp nhận tất cả (Review, Accept All"
            " Changes), tắt theo dõi rồi lưu lại.",
            f"Template {path} still has tracked changes; open it in Word, accept all of them and save it again.",
        )
    paragraphs = list(_paragraphs(document))
    faults = [*chain.from_iterable(_faults(each, names) for each in paragraphs)]
    faults = faults or [*_rows_across_cells(document)] or [*_unbalanced(paragraphs)]
    if len(faults) == 1:
        raise Refused(
            f"Mẫu {path}: chỗ điền không dùng được: {faults[0]}. {SEE_VI}",
            f"Template {path}: a placeholder cannot be used: {faults[0].en}. {SEE_EN}",
        )
    if faults:
        raise Refused(
            f"Mẫu {path}: có {len(faults)} chỗ điền không dùng được. {SEE_VI}",
            f"Template {path}: {len(faults)} placeholders cannot be used. {SEE_EN}",
            details=faults,
        )


def place_of(document: DocumentObject, word: str) -> tuple[str, str]:
    """Where a placeholder holds a word, to begin a sentence with, in Vietnamese and English; empty where none does."""
    for each in _paragraphs(document):
        if word and any(word in tag for tag in _TAG.findall(each.text)):
            return f"{each.vi}: ", f"{each.en}: "
    return "", ""


def plain_spaces(document: DocumentObject) -> None:
    """Word puts spaces that do not break where it likes; within a placeholder they are spaces."""
    for paragraph in _paragraphs(document):
        at = 0
        inside = [place for tag in _TAG.finditer(paragraph.text) for place in range(*tag.span())]
        for text in _texts(paragraph.element) if inside else ():
            words = text.text or ""
            text.text = "".join(
                " " if letter == "\N{NO-BREAK SPACE}" and at + place in inside else letter
                for place, letter in enumerate(words)
            )
            at += len(words)


def _paragraphs(document: DocumentObject) -> Iterator[_Paragraph]:
    parts = [(document.element.body, "", "")]
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("header", "footer") and hasattr(relation.target_part, "element"):
            where = ("đầu trang, ", "header, ") if kind == "header" else ("chân trang, ", "footer, ")
            parts.append((relation.target_part.element, *where))
    for root, vi, en in parts:
        tables = {table: number for number, table in enumerate(root.iter(qn("w:tbl")), 1)}
        for element in root.iter(qn("w:p")):
            text = "".join(each.text or "" for each in _texts(element))
            if "{" not in text and "}" not in text:
                continue
            shown = text.strip() if len(text.strip()) <= _LONGEST else f"{text.strip()[:_LONGEST]}…"
            row = next(element.iterancestors(qn("w:tr")), None)
            if row is None:
                yield _Paragraph(element, text, f"{vi}đoạn «{shown}»", f"{en}paragraph '{shown}'")
                continue
            table = next(row.iterancestors(qn("w:tbl")))
            number = [each for each in table if each.tag == row.tag].index(row) + 1 if row in table else 0
            vi_, en_ = f"{vi}bảng {tables[table]}, hàng {number}", f"{en}table {tables[table]}, row {number}"
            yield _Paragraph(element, text, f"{vi_}, «{shown}»", f"{en_}, '{shown}'")


def _texts(paragraph: Any) -> Iterator[Any]:
    """The texts of a paragraph itself: a text box within it has paragraphs of its own."""
    for each in paragraph.iter(qn("w:t")):
        if next(each.iterancestors(qn("w:p"))) is paragraph:
            yield each


def _faults(paragraph: _Paragraph, names: Collection[str]) -> Iterator[Refused]:
    begun = ""
    for mark in _MARK.findall(paragraph.text):
        if mark in _CLOSES:
            if begun:
                break
            begun = mark
        elif mark == _CLOSES.get(begun):
            begun = ""
        elif not begun:
            yield paragraph.fault(f"thừa «{mark}», hoặc thiếu dấu mở", f"'{mark}' closes nothing")
    if begun:
        closes = _CLOSES[begun]
        vi = f"«{begun}» chưa đóng bằng «{closes}» trong cùng đoạn"
        yield paragraph.fault(vi, f"'{begun}' is not closed by '{closes}' in the same paragraph")
        return
    for single in _SINGLE.finditer(_TAG.sub("", paragraph.text)):
        if single[1] in names:
            vi = f"«{single[0]}» chỉ có một dấu ngoặc; viết «{{{{ {single[1]} }}}}»"
            yield paragraph.fault(vi, f"'{single[0]}' has single braces; write '{{{{ {single[1]} }}}}'")
    if apart := _APART.search(paragraph.text):
        vi = f"viết liền «{{%{apart[1]}», không có dấu cách"
        yield paragraph.fault(vi, f"write '{{%{apart[1]}' without a space")
    yield from _not_alone(paragraph)


def _not_alone(paragraph: _Paragraph) -> Iterator[Refused]:
    """Word loses what stands beside «{%p …%}» in its paragraph, or beside «{%tr …%}» in its row."""
    for tag in _TAG.findall(paragraph.text):
        found = _OF_WORD.match(tag)
        if found is None or found[2] == "r":
            continue
        row = next(paragraph.element.iterancestors(qn("w:tr")), None)
        if found[2] != "p" and row is None:
            vi = f"«{found[1]}{found[2]} …» chỉ dùng trong bảng; ngoài bảng viết «{found[1]}p …»"
            yield paragraph.fault(vi, f"'{found[1]}{found[2]} …' is for tables; elsewhere write '{found[1]}p …'")
            continue
        beside = paragraph.text
        if found[2] == "tr" and row is not None:
            beside = "".join(each.text or "" for each in row.iter(qn("w:t")))
        if beside.replace(tag, "", 1).strip() and found[2] != "tc":
            where = ("hàng", "row") if found[2] == "tr" else ("đoạn", "paragraph")
            vi = f"«{tag}» phải đứng một mình trong một {where[0]}, vì chữ bên cạnh sẽ mất"
            yield paragraph.fault(vi, f"'{tag}' must stand alone in its {where[1]}: what is beside it would be lost")


def _rows_across_cells(document: DocumentObject) -> Iterator[Refused]:
    """«{% for %}» begun in one cell of a table and ended in another: Word would lose the table by it."""
    found: dict[int, str] = {}
    for number, table in enumerate(document.tables, 1):
        for begun in (_open_block(cell.text) for row in table.rows for cell in row.cells):
            if begun:
                found.setdefault(number, begun)
    if found:
        tables, begun = ", ".join(map(str, found)), next(iter(found.values()))
        end = f"{{%tr end{begun} %}}"
        yield Refused(
            f"bảng {tables}: «{{% {begun} … %}}» không đóng trong cùng một ô. Để lặp hoặc bỏ cả hàng, viết"
            f" «{{%tr {begun} … %}}» và «{end}», mỗi lệnh trong một hàng riêng",
            f"table {tables}: '{{% {begun} … %}}' is not closed in the same cell. To repeat or leave out whole rows"
            f" write '{{%tr {begun} … %}}' and '{end}', each in a row of its own",
        )


_IN_CELL = re.compile(r"{%-?\s*(for|if|endfor|endif)\b")


def _open_block(text: str) -> str:
    """A block that a cell begins or ends without the other half; empty where each is whole."""
    waiting: list[str] = []
    for found in _IN_CELL.finditer(text):
        word = found[1]
        if not word.startswith("end"):
            waiting.append(word)
        elif not waiting or waiting.pop() != word.removeprefix("end"):
            return word.removeprefix("end")
    return waiting[0] if waiting else ""


def _unbalanced(paragraphs: Collection[_Paragraph]) -> Iterator[Refused]:
    waiting: list[tuple[str, _Paragraph]] = []
    for paragraph in paragraphs:
        for word in _BLOCK.findall(paragraph.text):
            if not word.startswith("end"):
                waiting.append((word, paragraph))
            elif not waiting or waiting[-1][0] != word.removeprefix("end"):
                vi = f"không có lệnh «{word}», hoặc thừa lệnh này"
                yield paragraph.fault(vi, f"there is no command '{word}', or it is superfluous")
                return
            else:
                waiting.pop()
    for word, paragraph in waiting:
        vi = f"lệnh «{word}» chưa đóng bằng «end{word}»"
        yield paragraph.fault(vi, f"'{word}' is not closed by 'end{word}'")

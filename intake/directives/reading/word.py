"""The paragraphs and tables of a Word file in their order, as it reads when all tracked changes are accepted.

Text boxes stand behind the paragraph they are anchored to, footnotes at the end; hidden text and deletions are left
out. A table inside a cell is a table of its own behind the outer one.
"""

from typing import Any
from zipfile import ZipFile

from defusedxml.ElementTree import fromstring

from intake.directives.reading.lines import LABEL, paragraphs_and_cells
from intake.directives.reading.numbering import Numbering, W, numbering_of
from intake.directives.text import TextBuilder
from intake.files.refusals import refusing_damaged

_LEFT_OUT = {f"{W}{tag}" for tag in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "sectPr", "tblPr")}
_CHANGED = {f"{W}{tag}" for tag in ("ins", "del", "moveFrom", "moveTo")}
_CONTAINERS = {f"{W}{tag}" for tag in ("ins", "moveTo", "sdt", "sdtContent", "customXml")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = f"{W}txbxContent"
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}noBreakHyphen": "-"}
_MAX_SPAN = 60


def read_word(name: str, archive: ZipFile, builder: TextBuilder) -> None:
    """Add the text of a Word file."""
    with refusing_damaged(name):
        parts = set(archive.namelist())

        def part(path: str) -> Any:
            return fromstring(archive.read(path)) if path in parts else None

        document = part("word/document.xml")
        reader = _Reader(numbering_of(part("word/numbering.xml"), part("word/styles.xml")), builder)
        reader.read(document.find(f"{W}body"))
        notes = part("word/footnotes.xml"), part("word/endnotes.xml")
        for number, note in enumerate((each for notes_ in notes if notes_ is not None for each in notes_), 1):
            if note.get(f"{W}type") not in ("separator", "continuationSeparator", "continuationNotice"):
                words = " ".join(reader.words(each) for each in note.iter(f"{W}p"))
                if words.strip():
                    builder.paragraph(f"Chú thích {number - 2 if number > 2 else number}: {words}", "footnote")
    if reader.changed:
        builder.note(
            "Tệp có sửa đổi đang theo dõi (Track Changes): đọc như khi đã chấp nhận mọi sửa đổi.",
            "The file has tracked changes; it was read as if all changes were accepted.",
        )
    if reader.struck:
        builder.note("Chữ gạch ngang trong tệp được bỏ qua.", "Words that are struck through were left out.")
    if reader.nested:
        builder.note("Có bảng nằm trong bảng: đọc thành bảng riêng.", "A nested table was read as a separate table.")
    if reader.boxes:
        builder.note(
            "Có chữ trong khung (text box): đọc sau đoạn chứa khung.",
            "Text boxes were read after the paragraph that contains them.",
        )


def _is_on(run: Any, name: str) -> bool:
    """Whether a run has a property, such as strike."""
    found = run.find(f"{W}rPr/{W}{name}")
    return found is not None and found.get(f"{W}val", "1") not in ("0", "false", "off")


class _Reader:
    def __init__(self, numbering: Numbering, builder: TextBuilder) -> None:
        self._numbering, self._builder = numbering, builder
        self.changed, self.struck, self.nested, self.boxes = False, False, False, False
        self._lines: list[str] = []

    def read(self, parent: Any) -> None:
        """The whole body of the document."""
        self.body(parent)
        self._settle()

    def body(self, parent: Any, kind: str = "body") -> None:
        for element in parent:
            if element.tag == f"{W}p":
                self._paragraph(element, kind)
            elif element.tag == f"{W}tbl":
                self._table(element)
            elif element.tag in _CONTAINERS:
                self.body(element, kind)

    def _paragraph(self, element: Any, kind: str) -> None:
        label = self._numbering.label(element.find(f"{W}pPr"))
        text = self.words(element)
        lines = text.split("\n")
        # A line broken by hand may begin an item of its own.
        pieces: list[str] = []
        for line in lines:
            if pieces and not LABEL.match(line.strip()):
                pieces[-1] += "\n" + line
            else:
                pieces.append(line)
        if text.strip():
            pieces[0] = f"{label} {pieces[0]}" if label else pieces[0]
            if kind == "body":
                self._lines += [" ".join(line.split()) for piece in pieces for line in piece.split("\n")]
            else:
                self._settle()
                for piece in pieces:
                    self._builder.paragraph(piece, kind)
        for box in self._boxes(element):
            self.boxes = True
            self.body(box, "box")

    def _settle(self) -> None:
        """Add the paragraphs that wait: those pasted from a page, each of one line, are put together again."""
        for each in paragraphs_and_cells(self._lines):
            self._builder.paragraph(each)
        self._lines = []

    def words(self, element: Any) -> str:
        """The text of a paragraph or run, without what is deleted, struck through, hidden, or in a box of its own."""
        if element.tag in _LEFT_OUT or element.tag in (_BOX, _FALLBACK):
            self.changed = self.changed or element.tag in _CHANGED
            return ""
        self.changed = self.changed or element.tag in _CHANGED
        if element.tag == f"{W}t":
            return str(element.text or "")
        if element.tag in _BREAKS:
            return _BREAKS[element.tag]
        if element.tag == f"{W}r":
            struck = any(_is_on(element, each) for each in ("strike", "dstrike"))
            self.struck = self.struck or struck
            if struck or _is_on(element, "vanish"):
                return ""
        return "".join(self.words(child) for child in element)

    def _boxes(self, element: Any) -> list[Any]:
        found: list[Any] = []
        waiting = [element]
        while waiting:
            each = waiting.pop()
            if each.tag == _BOX:
                found.append(each)
            elif each.tag != _FALLBACK and each.tag not in _LEFT_OUT:
                waiting.extend(reversed(list(each)))
        return found

    def _table(self, table: Any) -> None:
        self._settle()
        rows: list[list[tuple[Any, str]]] = []
        above: dict[int, tuple[Any, str]] = {}
        inner: list[Any] = []
        for row in self._rows(table):
            cells: list[tuple[Any, str]] = []
            before = row.find(f"{W}trPr/{W}gridBefore")
            cells += [(None, "")] * (int(before.get(f"{W}val", "0")) if before is not None else 0)
            for cell in self._cells(row):
                properties = cell.find(f"{W}tcPr")
                span, merge = 1, None
                if properties is not None:
                    wide, merge = properties.find(f"{W}gridSpan"), properties.find(f"{W}vMerge")
                    span = min(int(wide.get(f"{W}val", "1")), _MAX_SPAN) if wide is not None else 1
                column = len(cells)
                if merge is not None and merge.get(f"{W}val") != "restart" and column in above:
                    known = above[column]
                else:
                    known = (id(cell), self._cell_text(cell, inner))
                    above.pop(column, None)
                if merge is not None:
                    above[column] = known
                cells += [known] * max(span, 1)
            rows.append(cells)
        self._builder.table(rows)
        for each in inner:
            self.nested = True
            self._table(each)

    def _cell_text(self, cell: Any, inner: list[Any]) -> str:
        lines: list[str] = []
        for element in self._content(cell):
            if element.tag == f"{W}tbl":
                inner.append(element)
                continue
            label, words = self._numbering.label(element.find(f"{W}pPr")), self.words(element)
            lines.append(f"{label} {words}" if label and words.strip() else label or words)
            for box in self._boxes(element):
                lines += [self.words(each) for each in box.iter(f"{W}p")]
        return "\n".join(lines)

    def _rows(self, table: Any) -> list[Any]:
        return [row for row in self._content(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]

    def _cells(self, row: Any) -> list[Any]:
        return self._content(row, f"{W}tc")

    def _content(self, parent: Any, *tags: str) -> list[Any]:
        """The children of these kinds (paragraphs and tables by default), also inside content controls."""
        wanted, found = tags or (f"{W}p", f"{W}tbl"), []
        for child in parent:
            if child.tag in wanted:
                found.append(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
                found += self._content(child, *tags)
        return found

"""A plain Word file of headings, sentences and tables, for what managers print: no letterhead, as it is not issued.

It has the page, the font and the page numbers of the shipped templates.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from docx.table import _Row
from docx.text.paragraph import Paragraph

from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of
from models.store.database import reading
from reports.papers.document import issuer
from reports.papers.filling import add_run, empty_document, sign_off

TEXT_WIDTH = 16.0
"""Centimetres between the margins of A4."""

_SIZE, _SMALL = Pt(13), Pt(11)

_KEPT_LINES, _LETTER_WIDTH = 12, 0.19
"""Rows of more lines than this may be torn, or much of a page would be left empty; a small letter in centimetres."""


class TablePaper:
    """One such file, written from top to bottom."""

    def __init__(self, title: str, about: str, *, now: datetime, sample: bool = False) -> None:
        self._document, self._title, self._now = empty_document(), title, now
        head = [self._paragraph(title, bold=True, size=Pt(14))]
        head += [self._paragraph(line, italic=True) for line in about.splitlines()]
        head += [self._paragraph("(DỮ LIỆU MẪU – không phải việc thật)", bold=True, italic=True)] if sample else []
        for each in head:
            each.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def heading(self, words: str) -> None:
        """A heading, kept on the page of what follows it."""
        paragraph = self._paragraph(words, bold=True)
        paragraph.paragraph_format.keep_with_next = True

    def sentence(self, words: str) -> None:
        self._paragraph(words).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def table(
        self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], *, texts: int = 1
    ) -> None:
        """A table whose head is repeated on each page, whose rows are not torn apart and do not stand alone on one.

        widths  in centimetres, ``TEXT_WIDTH`` in all
        texts   how many of the first columns hold words; the others are centred
        """
        table = self._document.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)  # LibreOffice goes by the grid, Word by the cells
        for number, (row, words) in enumerate(zip(table.rows, [head, *rows], strict=True)):
            is_long = any(
                len(said) * _LETTER_WIDTH > _KEPT_LINES * width for said, width in zip(words, widths, strict=True)
            )
            _mark(row, *([] if is_long else ["w:cantSplit"]), *([] if number else ["w:tblHeader"]))
            for place, (cell, said, width) in enumerate(zip(row.cells, words, widths, strict=True)):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.keep_with_next = number < len(rows) and number in (0, 1, len(rows) - 1)
                if not number or place >= texts:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _write(paragraph, said, bold=not number, size=_SMALL, after=Pt(0))
        self._paragraph("", size=Pt(4))

    def _paragraph(self, words: str, *, bold: bool = False, italic: bool = False, size: Pt = _SIZE) -> Paragraph:
        return _write(self._document.add_paragraph(), words, bold=bold, italic=italic, size=size, after=Pt(6))

    def as_file(self, store: Store, directive: str | None = None) -> bytes:
        """The bytes of the file; its footer ends with the number and hash of the last event of the trail.

        directive  whose coordinator the file names as its author; the main one where none is named
        """
        with reading(store.engine) as connection:
            trail = f"Nhật ký đến sự kiện số {anchor_of(connection, self._now).printed}"
        author = issuer(store, store.plan.directive(directive), self._now).name_vi
        sign_off(self._document, author=author, title=self._title, now=self._now, trail=trail)
        self._document.save(file := BytesIO())
        return file.getvalue()


def _write(
    paragraph: Paragraph, words: str, *, bold: bool = False, italic: bool = False, size: Pt, after: Pt
) -> Paragraph:
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(0), after
    paragraph.paragraph_format.line_spacing = 1.0
    run = add_run(paragraph, words)
    run.font.size, run.bold, run.italic = size, bold, italic
    if not words:
        paragraph.paragraph_format.line_spacing = size
    return paragraph


def _mark(row: _Row, *names: str) -> None:
    for name in names:
        row._tr.get_or_add_trPr().append(OxmlElement(name))

"""A plain Word file of headings, sentences and tables, for what managers print: no letterhead, as it is not issued."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from config.clock import HANOI
from models.keeping.opening import Store
from models.keeping.trail_anchor import anchor_of
from models.store.database import reading

_FONT, _SIZE, _SMALL = "Times New Roman", Pt(13), Pt(11)


class TablePaper:
    """One such file, written from top to bottom."""

    def __init__(self, title: str, about: str, *, now: datetime, sample: bool = False) -> None:
        self._document, self._title, self._now = Document(), title, now
        page = self._document.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(1.5), Cm(2), Cm(2)
        normal = self._document.styles["Normal"]
        normal.font.name, normal.font.size = _FONT, _SIZE
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
        head = self._document.add_paragraph()
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = head.add_run(title)
        run.bold, run.font.size = True, Pt(14)
        below = self._document.add_paragraph(about)
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if sample:
            self.sentence("DỮ LIỆU MẪU – không phải việc thật")

    def heading(self, words: str) -> None:
        """A heading, kept on the page of what follows it."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(words).bold = True

    def sentence(self, words: str) -> None:
        self._document.add_paragraph(words)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose head is repeated on each page and whose rows are not torn apart; widths in centimetres."""
        table = self._document.add_table(rows=1, cols=len(head), style="Table Grid")
        table.autofit = False
        _repeat(table.rows[0])
        for number, row in enumerate([head, *rows]):
            cells = (table.rows[0] if not number else table.add_row()).cells
            for cell, words, width in zip(cells, row, widths, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                run = paragraph.add_run(words)
                run.font.size, run.bold = _SMALL, not number
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        self._document.add_paragraph().paragraph_format.space_after = Pt(0)

    def as_file(self, store: Store) -> bytes:
        """The bytes of the file; its footer ends with the number and hash of the last event of the trail."""
        with reading(store.engine) as connection:
            trail = f"Nhật ký đến sự kiện số {anchor_of(connection, self._now).printed}"
        line = self._document.sections[0].footer.paragraphs[0].add_run(trail)
        line.font.size = Pt(7)
        about = self._document.core_properties
        about.title, about.language, about.author = self._title[:255], "vi-VN", ""
        about.created = about.modified = self._now.astimezone(HANOI).replace(tzinfo=None)
        file = BytesIO()
        self._document.save(file)
        return file.getvalue()


def _repeat(row: object) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]

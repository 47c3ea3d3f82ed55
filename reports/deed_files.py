"""The preview of a deed as a file for whoever signs it: in Word, or in Excel with a row for each assignment."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import chain
from typing import BinaryIO

import xlsxwriter
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph as DocxParagraph

from config.clock import HANOI
from reports.deed_preview import ANNEX, AnnexRow, Paragraph, Preview
from reports.papers.filling import add_run, empty_document, own_properties
from reports.sheets.styles import Styles, height_of, open_workbook, set_up_page, write_cell

DRAFT_VI = "DỰ THẢO – BẢN XEM TRƯỚC"

_WIDTHS = (68, 42, 92, 29, 36)
"""Of the annex in Word, in mm: an A4 sheet on its side without its margins."""

_BY_ASSIGNMENT = (10, 54, 20, 26, 44, 26, 10, 22)
_SENTENCES = (9, 48, 110)

_HEAD_FILL, _SUBTASK_FILL = "E3E8F0", "F4F6FA"


def preview_document(preview: Preview, annex: Iterable[tuple[str, list[AnnexRow]]]) -> bytes:
    """The preview as a Word file: sentences on upright pages, the annex on its side."""
    document = empty_document()
    for text, is_bold in ((DRAFT_VI, True), (preview.title, True), (_grounds(preview), False)):
        _add(document, text, bold=is_bold).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in preview.summary:
        _add(document, text)
    for paragraph in preview.paragraphs:
        if paragraph.heading:
            heading = _add(document, paragraph.heading, bold=True)
            heading.paragraph_format.space_before = Pt(10)
            heading.paragraph_format.keep_with_next = True
        title = _add(document, f"{_about(paragraph)}:", bold=bool(paragraph.code))
        title.paragraph_format.keep_with_next = True
        for number, sentence in enumerate(paragraph.sentences, start=1):
            line = _add(document, f"– {sentence}{'.' if number == len(paragraph.sentences) else ';'}")
            line.paragraph_format.left_indent = Mm(6)
    rows = iter(annex)
    if first := next(rows, None):
        _annex(document, chain([first], rows))
    own_properties(document, author=preview.author, title=preview.title, now=preview.made_at)
    spool = BytesIO()
    document.save(spool)
    return spool.getvalue()


def write_preview_workbook(file: BinaryIO, preview: Preview, rows: Iterable[tuple[str, AnnexRow]]) -> None:
    """The preview as a workbook: a sheet of sentences, and one with a row for each assignment.

    rows  each with the subtask it belongs to
    """
    with open_workbook(file, constant_memory=True) as book:
        styles = Styles(book)
        sheet = book.add_worksheet("Thay đổi")
        set_up_page(sheet, "Trang", landscape=True)
        for place, width in enumerate(_SENTENCES):
            sheet.set_column(place, place, width)
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, f"{DRAFT_VI}: {preview.title}", styles.title)
        for line, text in enumerate((_grounds(preview), *preview.summary), start=1):
            whole = styles.of(lined=False)
            sheet.set_row(line, height_of([(text, sum(_SENTENCES))]))
            sheet.merge_range(line, 0, line, 2, text, whole)
        head = len(preview.summary) + 3
        for place, name in enumerate(("Nhiệm vụ", "Tên", "Thay đổi")):
            sheet.write_string(head, place, name, styles.head)
        sheet.freeze_panes(head + 1, 0)
        for line, paragraph in enumerate(preview.paragraphs, start=head + 1):
            cells = (paragraph.code, paragraph.title, "\n".join(f"– {each}" for each in paragraph.sentences))
            sheet.set_row(line, height_of(zip(cells, _SENTENCES, strict=True)))
            for place, text in enumerate(cells):
                write_cell(sheet, line, place, text, styles.of())
        _by_assignment(book, styles, rows)


def _by_assignment(book: xlsxwriter.Workbook, styles: Styles, rows: Iterable[tuple[str, AnnexRow]]) -> None:
    sheet = book.add_worksheet("Từng phần việc")
    set_up_page(sheet, "Trang", landscape=True)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    heads = ("Nhiệm vụ", "Nội dung", "Kỳ", "Thay đổi", "Cơ quan", "Hạn", "Việc số", "Ghi chú")
    for place, (name, width) in enumerate(zip(heads, _BY_ASSIGNMENT, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, styles.head)
    last = 0
    for last, (subtask, row) in enumerate(rows, start=1):
        cells = (subtask, *row)
        sheet.set_row(last, height_of(zip(cells, _BY_ASSIGNMENT, strict=True)))
        for place, text in enumerate(cells):
            write_cell(sheet, last, place, int(text) if text.isdigit() else text, styles.of())
    sheet.autofilter(0, 0, last, len(heads) - 1)


def _annex(document: DocumentObject, annex: Iterable[tuple[str, list[AnnexRow]]]) -> None:
    section = document.add_section()
    section.different_first_page_header_footer = False  # only the first page of all bears no number
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    _add(document, "PHỤ LỤC: TỪNG PHẦN VIỆC", bold=True).alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = document.add_table(rows=0, cols=len(_WIDTHS))
    table.style, table.autofit = "Table Grid", False
    # Word goes by the cells and LibreOffice by the columns.
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(width)
    _row(table, ANNEX, bold=True, fill=_HEAD_FILL, is_head=True)
    for subtask, rows in annex:
        cells = _new_row(table).cells
        whole = cells[0].merge(cells[-1])
        _fill(whole, subtask, bold=True, fill=_SUBTASK_FILL)
        whole.paragraphs[0].paragraph_format.keep_with_next = True
        for row in rows:
            _row(table, row.brief)


def _row(table: Table, row: Sequence[str], *, bold: bool = False, fill: str = "", is_head: bool = False) -> None:
    added = _new_row(table)
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        added._tr.get_or_add_trPr().append(OxmlElement(name))
    for cell, width, text in zip(added.cells, _WIDTHS, row, strict=True):
        cell.width = Mm(width)
        _fill(cell, text, bold=bold, fill=fill)


def _new_row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    return row


def _fill(cell: _Cell, text: str, *, bold: bool, fill: str) -> None:
    run = add_run(cell.paragraphs[0], text)
    run.bold, run.font.size = bold, Pt(11)
    cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    if fill:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _add(document: DocumentObject, text: str, *, bold: bool = False) -> DocxParagraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    run = add_run(paragraph, text)
    run.bold, run.font.size = bold, Pt(13)
    return paragraph


def _about(paragraph: Paragraph) -> str:
    return f"Nhiệm vụ {paragraph.code} – {paragraph.title}" if paragraph.code else paragraph.title


def _grounds(preview: Preview) -> str:
    made_at = f"lập lúc {preview.made_at.astimezone(HANOI):%H:%M, %d/%m/%Y}"
    return f"{preview.grounds[:1].upper()}{preview.grounds[1:].rstrip('.')} ({made_at})"

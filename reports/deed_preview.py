"""What a change would do to open work, as a paper for whoever signs it: in Word, or as a table in Excel."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO

import xlsxwriter
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from config.catalogue.plan import Plan
from config.rules.due_words import day_in_words
from config.rules.periods import period_in_words
from models.tables.deed import ItemKind, LeftBecause
from models.work.deeds.prepared import PreparedItem
from reports.sheets.styles import Styles, height_of, write_cell

HEAD = ("Việc", "Nội dung", "Kỳ", "Thay đổi", "Cơ quan", "Hạn", "Ghi chú")
_WIDTHS = (9, 44, 18, 16, 40, 28, 15)

CHANGES_VI = {
    ItemKind.MADE: "giao mới",
    ItemKind.WITHDRAWN: "thu hồi",
    ItemKind.RESTORED: "giao lại",
    ItemKind.REASSIGNED: "chuyển cơ quan",
    ItemKind.MOVED: "đổi hạn",
    ItemKind.MONITOR: "đổi cơ quan theo dõi",
    ItemKind.PARTIES: "đổi cơ quan cùng chủ trì, phối hợp",
    ItemKind.LEFT: "giữ nguyên",
}
"""What a deed does to one assignment."""

LEFT_VI = {
    LeftBecause.DUE_BEFORE: "đến hạn trước ngày có hiệu lực",
    LeftBecause.RHYTHM: "đổi nhịp báo cáo: theo nhịp mới từ kỳ sau",
    LeftBecause.EXTENDED: "đã được gia hạn muộn hơn hạn mới",
    LeftBecause.REPORT_WAITING: "báo cáo đang chờ quyết định",
    LeftBecause.LEAD_CLOSED: "phần chủ trì đã xong hoặc đã thu hồi",
}
"""Why a deed leaves an assignment as it is."""


def preview_rows(items: Iterator[PreparedItem], plan: Plan) -> Iterator[tuple[str, ...]]:
    """Each item in the words of ``HEAD``: from which office and date to which."""
    for item in items:
        offices = dict.fromkeys((item.from_office or item.to_office, item.to_office))
        days = dict.fromkeys(
            day_in_words(day, timing)
            for day, timing in (
                (item.from_due_date or item.to_due_date, item.from_timing or item.to_timing),
                (item.to_due_date, item.to_timing),
            )
        )
        yield (
            str(item.assignment_id or "mới"),
            f"{item.subtask} {plan.step_title(item.subtask, item.step, item.variant)}",
            period_in_words(item.period, "vi"),
            CHANGES_VI[item.kind],
            " → ".join(plan.office(code).name_vi for code in offices),
            " → ".join(days),
            "quá hạn ngay" if item.is_late_now else LEFT_VI[item.left_because] if item.left_because else "",
        )


def preview_document(title: str, summary: str, rows: Iterator[Sequence[str]]) -> bytes:
    """The preview as a Word file, an A4 sheet lying on its side."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(15)
    font = document.styles["Normal"].font
    font.name, font.size = "Times New Roman", Pt(12)
    for text, is_bold in (("DỰ THẢO – BẢN XEM TRƯỚC", True), (title, True), (summary, False)):
        document.add_paragraph().add_run(text).bold = is_bold
    table = document.add_table(rows=1, cols=len(HEAD))
    table.style, table.autofit = "Table Grid", False
    for cell, head in zip(table.rows[0].cells, HEAD, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    # Word goes by the cells and LibreOffice by the columns.
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Mm(267 * width / sum(_WIDTHS))
        for cell in column.cells:
            cell.width = column.width
    spool = BytesIO()
    document.save(spool)
    return spool.getvalue()


def write_preview_workbook(file: BinaryIO, title: str, summary: str, rows: Iterator[Sequence[str]]) -> None:
    """The preview as a sheet, one row for each assignment."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        styles = Styles(book)
        sheet = book.add_worksheet("Thay đổi")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(3)
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, f"DỰ THẢO – {title}", styles.title)
        sheet.write_string(1, 0, summary, styles.subtitle)
        for place, (head, width) in enumerate(zip(HEAD, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(3, place, head, styles.head)
        for number, row in enumerate(rows, start=4):
            sheet.set_row(number, height_of(zip(row, _WIDTHS, strict=True)))
            for place, text in enumerate(row):
                write_cell(sheet, number, place, text, styles.of())

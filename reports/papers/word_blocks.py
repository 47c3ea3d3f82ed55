"""The building blocks of Word templates, by the form of NĐ 30/2020/NĐ-CP (phụ lục I).

A4; margins 20, 20, 30 and 20 mm; 14 point; the name of the state and its motto at the right, the issuing office at the
left; page numbers in the middle of the head from the second page on.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
_LEFT, _CENTRE, _RIGHT, _JUSTIFY = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_TEXT_MM = 160


def new_document() -> WordDocument:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = _CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    number._p.append(field)
    return document


def letterhead(document: WordDocument, kind: str, *, about: str = "") -> None:
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _set_widths(table, (66, 104))
    _line(left.paragraphs[0], "{{ issuer|upper }}", size=13, bold=True)
    _rule(left, 22)
    mark = f"{kind}-{{{{ symbol }}}}" if kind else "{{ symbol }}"  # a plain letter has no kind
    _line(left.add_paragraph(), f"Số:        /{mark}", size=13, before=4)
    if about:
        _line(left.add_paragraph(), about, size=12, before=4)
    _line(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12.5, bold=True)
    _line(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=13.5, bold=True)
    _rule(right, 23)
    _line(right.add_paragraph(), "{{ place }}, ngày      tháng      năm {{ year }}", size=13.5, italic=True, before=4)


def title(document: WordDocument, kind: str, about: str) -> None:
    _line(document.add_paragraph(), kind, size=14, bold=True, before=18)
    for line in about.split("\n"):
        _line(document.add_paragraph(), line, size=14, bold=True)
    _rule(document, 55)


def addressee(document: WordDocument, text: str) -> None:
    _line(document.add_paragraph(), text, size=14, before=18, after=12)


def sample_mark(document: WordDocument) -> None:
    when(document, "is_sample")
    _line(
        document.add_paragraph(),
        "(DỮ LIỆU MẪU – không phải việc thật)",
        size=13,
        bold=True,
        italic=True,
        before=6,
        after=6,
    )
    end_when(document)


def heading(document: WordDocument, text: str, *, level: int = 1) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, bold=True, align=_JUSTIFY, before=10 if level == 1 else 6, after=4)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.first_line_indent = Mm(10)


def body(document: WordDocument, text: str, *, italic: bool = False, before: float = 0) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, italic=italic, align=_JUSTIFY, before=before, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)


def bullet(document: WordDocument, text: str) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, align=_JUSTIFY, after=6)
    paragraph.paragraph_format.left_indent = Mm(10)


def footnote(document: WordDocument, text: str) -> None:
    _line(document.add_paragraph(), text, size=11, italic=True, align=_JUSTIFY, before=3, after=6)


def quotes(document: WordDocument, quoted: str) -> None:
    for_each(document, f"q in {quoted}.texts")
    bullet(document, "- {{ q.office }}: {{ q.text|one_line }}")
    end_for(document)
    when(document, f"{quoted}.more")
    bullet(document, f"… và {{{{ {quoted}.more }}}} ý kiến khác trong báo cáo của các cơ quan trên trang đôn đốc.")
    end_when(document)


def assignment_table(
    document: WordDocument, items: str, heads: tuple[str, ...], cells: tuple[str, ...], widths: tuple[int, ...]
) -> None:
    free = _TEXT_MM - 10 - 26 - 24 - sum(widths)
    table(
        document,
        ("TT", "Nhiệm vụ", "Kỳ", "Thời hạn", *heads),
        f"i in {items}",
        ("{{ loop.index }}", "{{ i.what }}", "{{ i.period }}", "{{ i.due }}", *cells),
        (10, free, 26, 24, *widths),
        right_from=9,
    )


def signature(document: WordDocument, recipients: tuple[str, ...]) -> None:
    # Nobody signs an empty page: what is said last goes with the signature.
    for before in (document.paragraphs[-1], document.add_paragraph()):
        before.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _set_widths(table, (80, 80))
    _line(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=_LEFT)
    for recipient in recipients:
        _line(left.add_paragraph(), recipient, size=11, align=_LEFT)
    _line(right.paragraphs[0], "THỦ TRƯỞNG CƠ QUAN", size=14, bold=True)
    _line(right.add_paragraph(), "(Ký, ghi rõ họ tên, đóng dấu)", size=13, italic=True, after=48)
    for row in table.rows:
        _keep_row_whole(row._tr)


def annex(document: WordDocument, name: str, about: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.page_break_before = True
    _line(paragraph, name, size=14, bold=True)
    _line(document.add_paragraph(), about, size=14, bold=True)
    of = "(Kèm theo Báo cáo số        /BC-{{ symbol }} ngày      tháng      năm {{ year }} của {{ issuer }})"
    _line(document.add_paragraph(), of, size=13, italic=True, after=8)


def table(
    document: WordDocument,
    heads: tuple[str, ...],
    loop: str,
    cells: tuple[str, ...],
    widths: tuple[int, ...],
    *,
    total: tuple[str, ...] = (),
    right_from: int = 1,
) -> None:
    """A table whose row is repeated for each of ``loop``; the head comes again on every page."""
    table = document.add_table(rows=4 + bool(total), cols=len(heads))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _set_widths(table, widths)
    head, begin, row, end = table.rows[:4]
    for cell, text in zip(head.cells, heads, strict=True):
        _line(cell.paragraphs[0], text, size=12, bold=True)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _set(head._tr.get_or_add_trPr(), "w:tblHeader")
    _line(begin.cells[0].paragraphs[0], f"{{%tr for {loop} %}}", size=12)
    _line(end.cells[0].paragraphs[0], "{%tr endfor %}", size=12)
    rows = [(row, cells, False)] + ([(table.rows[4], total, True)] if total else [])
    for each, texts, bold in rows:
        for number, (cell, text) in enumerate(zip(each.cells, texts, strict=True)):
            short = number >= right_from or any(name in text for name in ("loop.index", ".days", ".due"))
            _line(cell.paragraphs[0], text, size=12, bold=bold, align=_CENTRE if short else _LEFT)
        _keep_row_whole(each._tr)


def for_each(document: WordDocument, loop: str) -> None:
    """Begin what is repeated for each of ``loop``, a placeholder's «for» without its brackets."""
    document.add_paragraph(f"{{%p for {loop} %}}")


def end_for(document: WordDocument) -> None:
    document.add_paragraph("{%p endfor %}")


def when(document: WordDocument, condition: str) -> None:
    document.add_paragraph(f"{{%p if {condition} %}}")


def end_when(document: WordDocument) -> None:
    document.add_paragraph("{%p endif %}")


def _line(
    paragraph: Paragraph,
    text: str,
    *,
    size: float,
    bold: bool = False,
    italic: bool = False,
    align: Any = _CENTRE,
    before: float = 0,
    after: float = 0,
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing_rule = WD_LINE_SPACING.SINGLE


def _rule(place: WordDocument | _Cell, indent_mm: int) -> None:
    """The short line under a name: the lower edge of an empty paragraph."""
    paragraph = place.add_paragraph()
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(indent_mm)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    edge = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        edge.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(edge)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _set_widths(table: Table, widths: tuple[int, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _keep_row_whole(row: Any) -> None:
    _set(row.get_or_add_trPr(), "w:cantSplit")


def _set(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))


def to_bytes(document: WordDocument) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()

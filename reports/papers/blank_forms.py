"""The shipped Word templates, drawn by the form of NĐ 30/2020/NĐ-CP (phụ lục I) with placeholders in them.

A4; margins 20, 20, 30 and 20 mm; 14 point; the name of the state and its motto at the right, the issuing office at the
left; page numbers in the middle of the head from the second page on. An office that wants its own writes them out by
`dondoc document templates`, edits them in Word and names their folder (docs/documents.md).
"""

from collections.abc import Callable, Mapping
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


def report_form() -> bytes:
    """The consolidated report of a period."""
    document = _blank()
    _head(document, "BC")
    _title(document, "BÁO CÁO", "Kết quả thực hiện {{ directive }}\n{{ period }}")
    _sample(document)
    _body(document, "{{ opening }}")
    _heading(document, "I. TÌNH HÌNH CHUNG")
    _body(document, "{{ overall }}")
    _body(document, "{{ compared }}")
    _table(
        document,
        ("Nhiệm vụ", "Tổng số", "Đúng hạn", "Quá hạn", "Trong hạn", "Đang chậm", "Tỷ lệ đúng hạn"),
        "p in priorities",
        ("{{ p.numeral }}", *(f"{{{{ p.figures.{name} }}}}" for name in _COUNTS), "{{ p.figures.on_time_rate|rate }}"),
        (46, 17, 19, 19, 19, 19, 21),
        total=("Cộng", *(f"{{{{ figures.{name} }}}}" for name in _COUNTS), "{{ figures.on_time_rate|rate }}"),
    )
    _small(
        document,
        "«Đúng hạn», «Quá hạn»: đã hoàn thành; «Trong hạn», «Đang chậm»: chưa hoàn thành."
        " Tỷ lệ tính trên số việc đã đến hạn.",
    )
    _body(document, "Kết quả của từng cơ quan tại Phụ lục I, nhiệm vụ quá hạn tại Phụ lục II kèm theo.")
    _heading(document, "II. KẾT QUẢ THEO TỪNG NHIỆM VỤ")
    _for(document, "p in priorities")
    _heading(document, "{{ loop.index }}. {{ p.numeral }}: {{ p.title }}", level=2)
    _for(document, "s in p.subtasks")
    _body(document, "{{ s.code }} {{ s.title }}: {{ s.figures|in_words }}.")
    _for(document, "label, value in s.sums")
    _point(document, "- {{ label }}: {{ value }}.")
    _end(document)
    _quoted(document, "s.results")
    _end(document)
    _if(document, "p.difficulties.texts")
    _body(document, "Khó khăn, vướng mắc:", italic=True)
    _quoted(document, "p.difficulties")
    _endif(document)
    _if(document, "p.proposals.texts")
    _body(document, "Đề xuất, kiến nghị của các cơ quan:", italic=True)
    _quoted(document, "p.proposals")
    _endif(document)
    _end(document)
    _heading(document, "III. NHIỆM VỤ TRỌNG TÂM KỲ TỚI")
    _body(document, "{{ ahead }}")
    _signature(document, ("- Thường trực cấp ủy (để báo cáo);", "- Các cơ quan liên quan;", "- Lưu: VT."))
    _annex(document, "Phụ lục I", "KẾT QUẢ THEO TỪNG CƠ QUAN")
    _table(
        document,
        ("TT", "Cơ quan", "Tổng số", "Đúng hạn", "Quá hạn", "Trong hạn", "Đang chậm", "Tỷ lệ đúng hạn"),
        "o in offices",
        ("{{ loop.index }}", "{{ o[0] }}", *(f"{{{{ o[1].{n} }}}}" for n in _COUNTS), "{{ o[1].on_time_rate|rate }}"),
        (10, 50, 15, 16, 16, 16, 17, 20),
        right_from=2,
    )
    _annex(document, "Phụ lục II", "NHIỆM VỤ QUÁ HẠN TÍNH ĐẾN {{ moment|upper }}")
    _if(document, "not late")
    _body(document, "Không có nhiệm vụ nào quá hạn.")
    _endif(document)
    _if(document, "late")
    _table(
        document,
        ("TT", "Nhiệm vụ", "Kỳ", "Cơ quan", "Thời hạn", "Chậm (ngày làm việc)"),
        "l in late",
        ("{{ loop.index }}", "{{ l.what }}", "{{ l.period }}", "{{ l.office }}", "{{ l.due }}", "{{ l.days }}"),
        (10, 54, 24, 32, 25, 18),
        right_from=4,
    )
    _endif(document)
    _if(document, "late_more")
    _body(document, "… và {{ late_more }} nhiệm vụ quá hạn khác; danh sách đầy đủ ở bảng theo dõi Excel.")
    _endif(document)
    return _bytes(document)


def slip_form() -> bytes:
    """The slip of all that one office is assigned."""
    document = _blank()
    _head(document, "PGV")
    _title(document, "PHIẾU GIAO VIỆC", "{{ office }}")
    _sample(document)
    _for(document, "ground in grounds")
    _body(document, "{{ ground }}", italic=True)
    _end(document)
    _body(document, "{{ opening }}")
    product = "{{ i.product }}{% if i.report_to %}, gửi {{ i.report_to }}{% endif %}"
    _items(document, "all", ("Vai trò", "Sản phẩm, nơi nhận"), ("{{ i.role }}", product), (22, 40))
    _body(document, "{{ closing }}", before=6)
    _signature(document, ("- {{ office }};", "- Lưu: VT."))
    return _bytes(document)


def reminder_form() -> bytes:
    """The letter that urges one office on."""
    document = _blank()
    _head(document, "", about="V/v đôn đốc thực hiện nhiệm vụ được giao")
    _to(document, "Kính gửi: {{ addressee }}.")
    _sample(document)
    _body(document, "{{ opening }}")
    _if(document, "late")
    _heading(document, "1. Nhiệm vụ quá hạn", level=2)
    _items(document, "late", ("Chậm (ngày làm việc)", "Đã nhắc"), ("{{ i.days }}", "{{ i.reminded or '–' }}"), (20, 32))
    _endif(document)
    _if(document, "soon")
    _heading(document, "{{ 2 if late else 1 }}. Nhiệm vụ sắp đến hạn", level=2)
    _items(document, "soon", ("Vai trò", "Đã nhắc"), ("{{ i.role }}", "{{ i.reminded or '–' }}"), (20, 32))
    _endif(document)
    _body(document, "{{ closing }}", before=6)
    _signature(document, ("- Như trên;", "- Lưu: VT."))
    return _bytes(document)


FORMS: Mapping[str, Callable[[], bytes]] = {
    "bao-cao.docx": report_form,
    "phieu-giao-viec.docx": slip_form,
    "don-doc.docx": reminder_form,
}
"""The shipped templates by the file name under which an office may put its own in their place."""

_COUNTS = ("total", "done_on_time", "done_late", "open_within_term", "open_overdue")


# --- pieces of a document ----------------------------------------------------------------------------------


def _blank() -> WordDocument:
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


def _head(document: WordDocument, kind: str, *, about: str = "") -> None:
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _widths(table, (66, 104))
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


def _title(document: WordDocument, kind: str, about: str) -> None:
    _line(document.add_paragraph(), kind, size=14, bold=True, before=18)
    for line in about.split("\n"):
        _line(document.add_paragraph(), line, size=14, bold=True)
    _rule(document, 55)


def _to(document: WordDocument, text: str) -> None:
    _line(document.add_paragraph(), text, size=14, before=18, after=12)


def _sample(document: WordDocument) -> None:
    _if(document, "is_sample")
    _line(
        document.add_paragraph(),
        "(DỮ LIỆU MẪU – không phải việc thật)",
        size=13,
        bold=True,
        italic=True,
        before=6,
        after=6,
    )
    _endif(document)


def _heading(document: WordDocument, text: str, *, level: int = 1) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, bold=True, align=_JUSTIFY, before=10 if level == 1 else 6, after=4)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _body(document: WordDocument, text: str, *, italic: bool = False, before: float = 0) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, italic=italic, align=_JUSTIFY, before=before, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)


def _point(document: WordDocument, text: str) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, size=14, align=_JUSTIFY, after=6)
    paragraph.paragraph_format.left_indent = Mm(10)


def _small(document: WordDocument, text: str) -> None:
    _line(document.add_paragraph(), text, size=11, italic=True, align=_JUSTIFY, before=3, after=6)


def _quoted(document: WordDocument, quoted: str) -> None:
    _for(document, f"q in {quoted}.texts")
    _point(document, "- {{ q.office }}: {{ q.text|one_line }}")
    _end(document)
    _if(document, f"{quoted}.more")
    _point(document, f"… và {{{{ {quoted}.more }}}} ý kiến khác trong báo cáo của các cơ quan trên trang đôn đốc.")
    _endif(document)


def _items(
    document: WordDocument, items: str, heads: tuple[str, ...], cells: tuple[str, ...], widths: tuple[int, ...]
) -> None:
    free = _TEXT_MM - 10 - 26 - 24 - sum(widths)
    _table(
        document,
        ("TT", "Nhiệm vụ", "Kỳ", "Thời hạn", *heads),
        f"i in {items}",
        ("{{ loop.index }}", "{{ i.what }}", "{{ i.period }}", "{{ i.due }}", *cells),
        (10, free, 26, 24, *widths),
        right_from=9,
    )


def _signature(document: WordDocument, recipients: tuple[str, ...]) -> None:
    # Nobody signs an empty page: what is said last goes with the signature.
    for before in (document.paragraphs[-1], document.add_paragraph()):
        before.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _widths(table, (80, 80))
    _line(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=_LEFT)
    for recipient in recipients:
        _line(left.add_paragraph(), recipient, size=11, align=_LEFT)
    _line(right.paragraphs[0], "THỦ TRƯỞNG CƠ QUAN", size=14, bold=True)
    _line(right.add_paragraph(), "(Ký, ghi rõ họ tên, đóng dấu)", size=13, italic=True, after=48)
    for row in table.rows:
        _keep_whole(row._tr)


def _annex(document: WordDocument, name: str, about: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.page_break_before = True
    _line(paragraph, name, size=14, bold=True)
    _line(document.add_paragraph(), about, size=14, bold=True)
    of = "(Kèm theo Báo cáo số        /BC-{{ symbol }} ngày      tháng      năm {{ year }} của {{ issuer }})"
    _line(document.add_paragraph(), of, size=13, italic=True, after=8)


def _table(
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
    _widths(table, widths)
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
        _keep_whole(each._tr)


def _for(document: WordDocument, loop: str) -> None:
    document.add_paragraph(f"{{%p for {loop} %}}")


def _end(document: WordDocument) -> None:
    document.add_paragraph("{%p endfor %}")


def _if(document: WordDocument, condition: str) -> None:
    document.add_paragraph(f"{{%p if {condition} %}}")


def _endif(document: WordDocument) -> None:
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


def _widths(table: Table, widths: tuple[int, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _keep_whole(row: Any) -> None:
    _set(row.get_or_add_trPr(), "w:cantSplit")


def _set(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))


def _bytes(document: WordDocument) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()

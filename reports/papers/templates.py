"""The shipped Word templates: the period report, the slip and the reminder, with placeholders in them.

An office that wants its own writes them out by `dondoc document templates`, edits them in Word and names their folder
(docs/documents.md).
"""

from collections.abc import Callable, Mapping

from reports.papers import word_blocks as word

_COUNTS = ("total", "done_on_time", "done_late", "open_within_term", "open_overdue")


def report_template() -> bytes:
    """The consolidated report of a period."""
    document = word.new_document()
    word.letterhead(document, "BC")
    word.title(document, "BÁO CÁO", "Kết quả thực hiện {{ directive }}\n{{ period }}")
    word.sample_mark(document)
    word.body(document, "{{ opening }}")
    word.heading(document, "I. TÌNH HÌNH CHUNG")
    word.body(document, "{{ overall }}")
    word.body(document, "{{ compared }}")
    word.table(
        document,
        ("Nhiệm vụ", "Tổng số", "Đúng hạn", "Quá hạn", "Trong hạn", "Đang chậm", "Tỷ lệ đúng hạn"),
        "p in priorities",
        ("{{ p.numeral }}", *(f"{{{{ p.figures.{name} }}}}" for name in _COUNTS), "{{ p.figures.on_time_rate|rate }}"),
        (46, 17, 19, 19, 19, 19, 21),
        total=("Cộng", *(f"{{{{ figures.{name} }}}}" for name in _COUNTS), "{{ figures.on_time_rate|rate }}"),
    )
    word.footnote(
        document,
        "«Đúng hạn», «Quá hạn»: đã hoàn thành; «Trong hạn», «Đang chậm»: chưa hoàn thành."
        " Tỷ lệ tính trên số việc đã đến hạn.",
    )
    word.body(document, "Kết quả của từng cơ quan tại Phụ lục I, nhiệm vụ quá hạn tại Phụ lục II kèm theo.")
    word.heading(document, "II. KẾT QUẢ THEO TỪNG NHIỆM VỤ")
    word.for_each(document, "p in priorities")
    word.heading(document, "{{ loop.index }}. {{ p.numeral }}: {{ p.title }}", level=2)
    word.for_each(document, "s in p.subtasks")
    word.body(document, "{{ s.code }} {{ s.title }}: {{ s.figures|in_words }}.")
    word.for_each(document, "label, value in s.sums")
    word.bullet(document, "- {{ label }}: {{ value }}.")
    word.end_for(document)
    word.quotes(document, "s.results")
    word.end_for(document)
    word.when(document, "p.difficulties.texts")
    word.body(document, "Khó khăn, vướng mắc:", italic=True)
    word.quotes(document, "p.difficulties")
    word.end_when(document)
    word.when(document, "p.proposals.texts")
    word.body(document, "Đề xuất, kiến nghị của các cơ quan:", italic=True)
    word.quotes(document, "p.proposals")
    word.end_when(document)
    word.end_for(document)
    word.heading(document, "III. NHIỆM VỤ TRỌNG TÂM KỲ TỚI")
    word.body(document, "{{ ahead }}")
    word.signature(document, ("- Thường trực cấp ủy (để báo cáo);", "- Các cơ quan liên quan;", "- Lưu: VT."))
    word.annex(document, "Phụ lục I", "KẾT QUẢ THEO TỪNG CƠ QUAN")
    word.table(
        document,
        ("TT", "Cơ quan", "Tổng số", "Đúng hạn", "Quá hạn", "Trong hạn", "Đang chậm", "Tỷ lệ đúng hạn"),
        "o in offices",
        ("{{ loop.index }}", "{{ o[0] }}", *(f"{{{{ o[1].{n} }}}}" for n in _COUNTS), "{{ o[1].on_time_rate|rate }}"),
        (10, 50, 15, 16, 16, 16, 17, 20),
        right_from=2,
    )
    word.annex(document, "Phụ lục II", "NHIỆM VỤ QUÁ HẠN TÍNH ĐẾN {{ moment|upper }}")
    word.when(document, "not late")
    word.body(document, "Không có nhiệm vụ nào quá hạn.")
    word.end_when(document)
    word.when(document, "late")
    word.table(
        document,
        ("TT", "Nhiệm vụ", "Kỳ", "Cơ quan", "Thời hạn", "Chậm (ngày làm việc)"),
        "l in late",
        ("{{ loop.index }}", "{{ l.what }}", "{{ l.period }}", "{{ l.office }}", "{{ l.due }}", "{{ l.days }}"),
        (10, 54, 24, 32, 25, 18),
        right_from=4,
    )
    word.end_when(document)
    word.when(document, "late_more")
    word.body(document, "… và {{ late_more }} nhiệm vụ quá hạn khác; danh sách đầy đủ ở bảng theo dõi Excel.")
    word.end_when(document)
    return word.to_bytes(document)


def slip_template() -> bytes:
    """The slip of all that one office is assigned."""
    document = word.new_document()
    word.letterhead(document, "PGV")
    word.title(document, "PHIẾU GIAO VIỆC", "{{ office }}")
    word.sample_mark(document)
    word.for_each(document, "ground in grounds")
    word.body(document, "{{ ground }}", italic=True)
    word.end_for(document)
    word.body(document, "{{ opening }}")
    product = "{{ i.product }}{% if i.report_to %}, gửi {{ i.report_to }}{% endif %}"
    word.assignment_table(document, "all", ("Vai trò", "Sản phẩm, nơi nhận"), ("{{ i.role }}", product), (22, 40))
    word.body(document, "{{ closing }}", before=6)
    word.signature(document, ("- {{ office }};", "- Lưu: VT."))
    return word.to_bytes(document)


def reminder_template() -> bytes:
    """The letter that urges one office on."""
    document = word.new_document()
    word.letterhead(document, "", about="V/v đôn đốc thực hiện nhiệm vụ được giao")
    word.addressee(document, "Kính gửi: {{ addressee }}.")
    word.sample_mark(document)
    word.body(document, "{{ opening }}")
    word.when(document, "late")
    word.heading(document, "1. Nhiệm vụ quá hạn", level=2)
    word.assignment_table(
        document, "late", ("Chậm (ngày làm việc)", "Đã nhắc"), ("{{ i.days }}", "{{ i.reminded or '–' }}"), (20, 32)
    )
    word.end_when(document)
    word.when(document, "soon")
    word.heading(document, "{{ 2 if late else 1 }}. Nhiệm vụ sắp đến hạn", level=2)
    word.assignment_table(
        document, "soon", ("Vai trò", "Đã nhắc"), ("{{ i.role }}", "{{ i.reminded or '–' }}"), (20, 32)
    )
    word.end_when(document)
    word.body(document, "{{ closing }}", before=6)
    word.signature(document, ("- Như trên;", "- Lưu: VT."))
    return word.to_bytes(document)


TEMPLATES: Mapping[str, Callable[[], bytes]] = {
    "bao-cao.docx": report_template,
    "phieu-giao-viec.docx": slip_template,
    "don-doc.docx": reminder_template,
}
"""The shipped templates by the file name under which an office may put its own in their place."""

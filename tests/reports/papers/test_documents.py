"""Papers in Word: what stands in them, by whose template, and that LibreOffice and its users can open them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from sqlalchemy import select
from sqlmodel import col

from config.contacts.desks import Desk
from config.errors import Refused
from config.rules.periods import parse_period
from models.keeping.opening import Store
from models.store.database import reading, session_scope
from models.tables.lifecycle import REMINDERS, NoticeState, Role
from models.tables.outbox import Notice
from models.tables.report import ReportContent
from models.work import verbs
from reports.figures import Tally
from reports.papers.document import reminder_document, report_document, slip_document
from reports.papers.filling import SHIPPED, write_templates
from reports.papers.first_page import BAR_LENGTH, bar
from reports.papers.gathering import MAX_NAMES, MAX_QUOTES, Quotes
from reports.papers.office_letters import office_assignments
from reports.papers.pdf import to_pdf
from reports.papers.period_report import PeriodReport, period_report
from tests.support.cast import assignment_of, at, begin, number_of, t0_report
from tests.support.past import live
from tests.support.word_files import text_of

NOW = at("2023-10-20")


def report(store: Store, number: int, content: ReportContent, *, on_day: str) -> None:
    with session_scope(store.engine) as session:
        context = store.actor_context(now=at(on_day), actor="office:SYT")
        verbs.report(session, number, content, context)
        verbs.accept(session, number, replace(context, actor="coordinator"))


@pytest.fixture
def lived(store: Store) -> Store:
    """Two offices reported on T0.1, one of them late; the rest is silent."""
    live(store, _past)
    return store


def _past(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2023-10-16"), offices=("SYT", "STC", "CAT"))
    report(store, number_of(store, "T0.1"), t0_report(text="Đã rà soát <b>&\n'\"xong."), on_day="2023-08-21")
    report(store, number_of(store, "T0.1", office="STC"), t0_report(difficulties=""), on_day="2023-10-02")


def gathered(store: Store, period: str = "2023-Q3") -> PeriodReport:
    with reading(store.engine) as connection:
        return period_report(connection, store, parse_period(period), now=NOW)


def of_office(store: Store, paper: Callable[..., bytes], office: str = "SYT") -> bytes:
    with reading(store.engine) as connection:
        found = office_assignments(connection, store, office, now=NOW)
    return paper(found, store)


def test_the_report_adds_up_counts_and_gathers_texts_by_kind(lived: Store) -> None:
    found = gathered(lived)
    (p1,) = found.priorities
    t01 = next(part for part in p1.subtasks if part.code == "T0.1")
    assert dict(t01.sums) == {"Số tồn tại, hạn chế đã phân tích": "6", "Số nguyên nhân chủ quan đã làm rõ": "4"}
    assert [said.office for said in t01.results.texts] == ["Sở Tài chính", "Sở Y tế"]
    assert [said.office for said in p1.difficulties.texts] == ["Sở Y tế"]
    assert [said.office for said in p1.proposals.texts] == ["Sở Tài chính; Sở Y tế"], "the same words stand once"
    assert (t01.figures.done_on_time, t01.figures.done_late) == (1, 1)
    assert found.figures.total == sum(each.total for _, each in found.offices)
    assert sum(row.count for row in found.late) == found.figures.open_overdue > len(found.late)


def test_percentages_are_averaged_and_named_so(lived: Store) -> None:
    for office, percent in (("SYT", 90), ("STC", 96)):
        number = number_of(lived, "T1.1", office=office)
        with session_scope(lived.engine) as session:
            form = lived.plan.subtask("T1.1").form(assignment_of(session, "T1.1", office=office).step)
        counts = {field.key: percent if field.kind == "percent" else 3 for field in form.counts}
        content = ReportContent(counts=counts, document_number="5/BC", document_date=NOW.date(), text="Xong.")
        report(lived, number, content, on_day="2023-10-20")
    (p1,) = gathered(lived, "2023-Q4").priorities
    sums = dict(next(part for part in p1.subtasks if part.code == "T1.1").sums)
    assert sums["Tỷ lệ cán bộ được quán triệt (bình quân)"] == "93%"
    assert sums["Số hội nghị quán triệt"] == "6"


def test_the_report_reads_as_it_did(lived: Store) -> None:
    golden = Path(__file__).parents[2] / "golden" / "report-2023-Q3.txt"
    written = text_of(report_document(gathered(lived), lived)).replace("\N{NO-BREAK SPACE}", " ")
    assert written == golden.read_text(encoding="utf-8").rstrip("\n")


def test_long_lists_are_cut_and_counted() -> None:
    quoted = Quotes()
    for number in range(MAX_QUOTES + 3):
        quoted.add("Sở Y tế", f"Ý kiến {number}")
    quoted.add("Sở Y tế", "Ý kiến 0")  # said twice is said once
    quoted.add("Sở Y tế", "")
    assert (len(quoted.texts), quoted.more) == (MAX_QUOTES, 3)
    for number in range(MAX_NAMES + 71):
        quoted.add(f"Xã {number}", "ý  kiến 1")
    assert quoted.texts[1].office.startswith("Sở Y tế; Xã 0; Xã 1;") and quoted.texts[1].office.endswith(
        "và 72 cơ quan khác"
    )


def test_a_period_without_work_says_so(lived: Store) -> None:
    written = text_of(report_document(gathered(lived, "2022-Q1"), lived))
    assert "- Kỳ này không có phần việc nào.\n" in written
    assert "Không có việc nào đang quá hạn." in written


def test_the_slip_lists_what_is_open_and_the_letter_what_is_late(lived: Store) -> None:
    slip, letter = text_of(of_office(lived, slip_document)), text_of(of_office(lived, reminder_document))
    assert "PHIẾU GIAO VIỆC\nSở Y tế" in slip
    assert "T0.2 Rà soát, điều chỉnh, bổ sung quy chế phối hợp" in slip
    assert "T0.1" not in slip, "it is done"
    assert "Kính gửi: Sở Y tế\n" in letter
    assert "1. Đang quá hạn" in letter
    assert "Sở Y tế còn 3 nhiệm vụ (3 phần việc) đang quá hạn.\n" in letter, "nothing is said of what there is none of"


def test_the_letter_asks_for_reasons_new_dates_and_an_answer_by_a_day(lived: Store) -> None:
    letter = text_of(of_office(lived, reminder_document)).replace("\N{NO-BREAK SPACE}", " ")
    assert "TT | Nhiệm vụ | Kỳ | Quá hạn từ | Quá hạn (ngày làm việc) | Đã nhắc" in letter
    assert "Công an tỉnh đề nghị Sở Y tế:" in letter
    assert "nêu rõ nguyên nhân và đề nghị thời hạn hoàn thành mới." in letter
    assert "Báo cáo gửi về Công an tỉnh chậm nhất ngày 27 tháng 10 năm 2023 tại trang đôn đốc" in letter, (
        "five working days"
    )


def test_papers_rest_on_the_document_that_assigned_the_work(lived: Store) -> None:
    slip = text_of(of_office(lived, slip_document))
    issued = "Thông báo số 123-TB/TU ngày~17 tháng~8 năm~2023 của Tỉnh ủy".replace("~", "\N{NO-BREAK SPACE}")
    assert f"Căn cứ {issued}." in slip
    for paper in (of_office(lived, reminder_document), report_document(gathered(lived), lived)):
        assert f"và {issued}" in text_of(paper) and text_of(paper).count("123-TB/TU") == 1, "it is cited once"


def test_what_helping_offices_hand_in_is_not_asked_as_of_the_lead(lived: Store) -> None:
    with reading(lived.engine) as connection:
        stc, cat = (office_assignments(connection, lived, code, now=NOW) for code in ("STC", "CAT"))
    asked = {(item.role, item.product) for item in (*stc.all, *cat.all)}
    assert {product for role, product in asked if role == "Phối hợp"} == {"Báo cáo phần việc phối hợp"}
    assert ("Chủ trì", "Văn bản và số liệu theo biểu") in asked


def test_a_rung_is_one_reminder_whomever_else_it_told(lived: Store) -> None:
    """The head is told with the main desk, and those who watch are told beside the office."""
    with session_scope(lived.engine) as session:
        told = session.execute(
            select(col(Notice.assignment_id), col(Notice.rung), col(Notice.desk), col(Notice.office)).where(
                col(Notice.kind).in_(REMINDERS), col(Notice.state) == NoticeState.SENT
            )
        ).all()
    number = number_of(lived, "T0.2", role=Role.COORDINATING)
    own = [(rung, desk) for each, rung, desk, _ in told if each == number]
    assert {desk for _, desk in own} >= {Desk.FOCAL, Desk.HEAD, Desk.MONITOR}
    rungs = {rung for rung, desk in own if desk in (Desk.FOCAL, Desk.HEAD)}
    with reading(lived.engine) as connection:
        found = office_assignments(connection, lived, "SYT", now=NOW)
    late = next(item for item in found.late if item.what.startswith("T0.2"))
    assert late.reminded == f"{len(rungs)} lần, gần nhất 16/10/2023"


def test_the_coordinating_office_does_not_write_to_itself(lived: Store) -> None:
    letter = text_of(of_office(lived, reminder_document, "CAT"))
    assert "Kính gửi: Các đơn vị được giao nhiệm vụ thuộc Công an tỉnh\n" in letter
    assert "các đơn vị thuộc Công an tỉnh còn" in letter and "Công an tỉnh yêu cầu các đơn vị:" in letter


def test_a_report_names_the_offices_with_most_overdue_first(lived: Store) -> None:
    order = [office.name_vi for office in lived.plan.offices]
    offices = gathered(lived).offices
    assert [name for name, _ in offices] == [
        name
        for name, _ in sorted(offices, key=lambda one: (-one[1].open_overdue, -one[1].done_late, order.index(one[0])))
    ]
    assert offices[0][0] == "Công an tỉnh" and offices[1][0] == "Sở Tài chính", "of equals, who was late more often"


def test_overdue_work_of_many_offices_stands_in_one_row(lived: Store) -> None:
    late = gathered(lived).late
    assert [row.days for row in late] == sorted((row.days for row in late), reverse=True)
    assert len({(row.what, row.due) for row in late}) == len(late)
    shared = next(row for row in late if row.what.startswith("T0.2"))
    assert (shared.office, shared.count) == ("Sở Y tế; Sở Tài chính", 2)
    (helping,) = (row for row in late if row.what.startswith("T0.1"))
    assert helping.office == "Công an tỉnh" and helping.count == 15 and helping.what.count(";") == 14


def test_the_first_page_says_what_a_manager_needs(lived: Store) -> None:
    written = text_of(report_document(gathered(lived), lived))
    first = written[: written.index("II. KẾT QUẢ")]
    assert "- 35 phần việc đang quá hạn thuộc: Công an tỉnh (31); Sở Tài chính (2); Sở Y tế (2)." in first
    assert "- Từ đầu kỳ (15/06/2023) đến nay: 2 phần việc hoàn thành; 38 phần việc mới quá hạn." in first
    assert "mới quá hạn. Tính trên toàn bộ bảng theo dõi.\n" in first, "these are not those of the period"
    assert "- Báo cáo tính 37 phần việc của kỳ; toàn bộ bảng theo dõi có" in first
    assert "- Đề xuất: Tiếp tục đôn đốc 35 phần việc đang quá hạn." in first
    assert first.count("█") == 2 * BAR_LENGTH + 4, "a bar for each priority, one for all, and the legend"


@pytest.mark.parametrize("counts", [(1, 0, 0, 0), (1, 1, 1, 997), (3, 3, 3, 3), (0, 0, 0, 0), (1, 200, 1, 1)])
def test_a_bar_has_one_length_and_shows_whatever_is_there(counts: tuple[int, int, int, int]) -> None:
    drawn = bar(Tally(*counts)).xml
    assert drawn.count("█") == (BAR_LENGTH if sum(counts) else 0)
    assert drawn.count("<w:color") == sum(1 for each in counts if each)


def by_party(store: Store) -> Store:
    """The same store where a Party office coordinates."""
    directive = store.plan.directive(None)
    changed = {"coordinator": "BNC", "superior_vi": "Tỉnh ủy Thanh Hóa", "place_vi": "Thanh Hóa", "report_to": ("TU",)}
    directives = tuple(
        each.model_copy(update=changed) if each.code == directive.code else each for each in store.plan.directives
    )
    return replace(store, plan=store.plan.model_copy(update={"directives": directives}))


def test_a_party_office_writes_by_the_guidance_of_the_party(lived: Store) -> None:
    store = by_party(lived)
    papers = [
        report_document(gathered(store), store),
        of_office(store, reminder_document),
        of_office(store, slip_document),
    ]
    for paper, symbol in zip(papers, ("-BC/BNC", "-CV/BNC", "-PGV/BNC"), strict=True):
        written = text_of(paper)
        head = written.splitlines()[0]
        assert "TỈNH ỦY THANH HÓA / BAN NỘI CHÍNH TỈNH ỦY" in head and "ĐẢNG CỘNG SẢN VIỆT NAM" in head
        assert f"Số        {symbol}" in head and "Thanh Hóa, ngày" in head
        assert "CỘNG HÒA" not in written and "Số:" not in written and "Lưu Văn phòng." in written
    assert "Kính gửi: Tỉnh ủy (Thường trực, Ban Thường vụ)\n" in text_of(papers[0])


def test_a_report_goes_to_whom_the_plan_names(lived: Store) -> None:
    written = text_of(report_document(gathered(lived), lived))
    assert "Thường trực cấp ủy" not in written
    for name in gathered(lived).recipients:
        assert f"- {name}" in written
    assert "- Như trên;" in written


def test_the_file_says_who_wrote_it_about_what_and_in_which_language(lived: Store) -> None:
    about = Document(BytesIO(of_office(lived, reminder_document))).core_properties
    assert (about.author, about.last_modified_by, about.language) == ("Công an tỉnh", "Công an tỉnh", "vi-VN")
    assert about.title == "Đôn đốc thực hiện nhiệm vụ: Sở Y tế" and about.created == NOW.replace(tzinfo=UTC)
    with ZipFile(BytesIO(of_office(lived, slip_document))) as parts:
        said = b"".join(parts.read(name) for name in parts.namelist()).lower()
    assert b"python-docx" not in said and b"microsoft macintosh" not in said and b"thumbnail" not in said


def test_numbers_are_written_as_vietnamese_writes_them(lived: Store) -> None:
    found = replace(gathered(lived), figures=Tally(done_on_time=2130, open_overdue=1000))
    written = text_of(report_document(found, lived))
    assert "Trong 3.130 phần việc: 2.130 hoàn thành đúng hạn; 1.000 đang thực hiện, quá hạn." in written
    assert "3.130 | 2.130 | 0 | 0 | 1.000" in written and "năm 2023" in written


def test_the_slip_of_who_leads_says_where_the_finished_report_goes(lived: Store) -> None:
    with reading(lived.engine) as connection:
        cat = office_assignments(connection, lived, "CAT", now=NOW)
    to = "Tỉnh ủy (Thường trực, Ban Thường vụ), Ủy ban nhân dân tỉnh"
    assert to in {item.report_to for item in cat.all if item.role == "Chủ trì"}
    assert {item.report_to for item in cat.all if item.role == "Phối hợp"} <= {""}
    assert f", gửi {to}" in text_of(of_office(lived, slip_document, "CAT"))
    assert ", gửi" not in text_of(of_office(lived, slip_document, "STC"))


@pytest.mark.parametrize("paper", [slip_document, reminder_document])
def test_the_signature_never_stands_alone_on_a_page(lived: Store, paper: Callable[..., bytes]) -> None:
    for document in (of_office(lived, paper), report_document(gathered(lived), lived)):
        blocks = list(Document(BytesIO(document)).iter_inner_content())
        signed = next(
            place
            for place, block in enumerate(blocks)
            if isinstance(block, Table) and block.rows[0].cells[0].text.startswith("Nơi nhận:")
        )
        last_said, empty = blocks[signed - 2 : signed]
        assert isinstance(last_said, Paragraph) and isinstance(empty, Paragraph)
        assert last_said.text and last_said.paragraph_format.keep_with_next and empty.paragraph_format.keep_with_next


def test_an_office_with_nothing_open_gets_no_paper(lived: Store) -> None:
    with pytest.raises(Refused, match="không có việc nào đang thực hiện"):
        of_office(lived, slip_document, "BCHQS")


@pytest.fixture
def own(lived: Store, tmp_path: Path) -> Store:
    """The store with templates of its own, which begin as those shipped."""
    folder = tmp_path / "mau"
    assert {path.name for path in write_templates(folder)} == {path.name for path in SHIPPED.iterdir()}
    return replace(lived, settings=replace(lived.settings, templates_dir=folder))


def edited(store: Store, text: str) -> None:
    folder = store.settings.templates_dir
    assert folder is not None
    word = Document()
    word.add_paragraph(text)
    word.save(str(folder / "phieu-giao-viec.docx"))


def test_an_office_may_have_templates_of_its_own(own: Store) -> None:
    edited(own, "Phiếu riêng của {{ issuer }} cho {{ office }}: {{ all|length }} việc.")
    assert text_of(of_office(own, slip_document)).startswith("Phiếu riêng của Công an tỉnh cho Sở Y tế:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ ofice }}", "không có chỗ điền «ofice»"),
        ("{{ office.nam }}", "không có phần «nam» ở chỗ điền này"),
        ("{{ all[99].office }}", "danh sách không có phần tử ấy"),
        ("{% for i in all %}", "chưa đóng"),
        ("{{ office", "chưa đóng"),
        ("{% endfor %}", "không có lệnh «endfor», hoặc thừa lệnh này"),
        ("{{ office|viết_hoa }}", "không có bộ lọc «viết_hoa»"),
        ("{{ office..name }}", "viết sai cú pháp"),
        ("{{ all.__class__.__mro__ }}", "«__class__» không được dùng trong mẫu"),
    ],
)
def test_a_placeholder_that_cannot_be_used_is_told_in_words(own: Store, text: str, told: str) -> None:
    edited(own, text)
    with pytest.raises(Refused, match=r"phieu-giao-viec\.docx: chỗ điền không dùng được") as refusal:
        of_office(own, slip_document)
    assert told in str(refusal.value)


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.iterdir()))
def test_a_table_that_repeats_a_row_the_wrong_way_is_refused(own: Store, name: str) -> None:
    """Written «{% for %}» for «{%tr for %}», Word would lose the table without a word."""
    folder = own.settings.templates_dir
    assert folder is not None
    word = Document(str(folder / name))
    for table in word.tables:
        for cell in (each for row in table.rows for each in row.cells):
            for run in (each for paragraph in cell.paragraphs for each in paragraph.runs):
                run.text = run.text.replace("{%tr", "{%")
    word.save(str(folder / name))
    store = by_party(own) if name.endswith("-dang.docx") else own
    with pytest.raises(Refused, match=r"«\{%tr for … %\}»"):
        if name.startswith("bao-cao"):
            report_document(gathered(store), store)
        else:
            of_office(store, slip_document if name.startswith("phieu") else reminder_document)


def test_a_template_that_is_no_word_file_is_refused(own: Store) -> None:
    folder = own.settings.templates_dir
    assert folder is not None
    (folder / "phieu-giao-viec.docx").write_text("Kính gửi", encoding="utf-8")
    with pytest.raises(Refused, match="không đọc được như tệp Word"):
        of_office(own, slip_document)
    with pytest.raises(Refused, match="để không ghi đè"):
        write_templates(folder)


@pytest.mark.slow
def test_libreoffice_turns_it_into_pdf_on_a4(lived: Store) -> None:
    pages = PdfReader(BytesIO(to_pdf(report_document(gathered(lived), lived)))).pages
    for page in pages:
        assert [round(float(side) * 25.4 / 72) for side in (page.mediabox.width, page.mediabox.height)] == [210, 297]
    assert len(pages) >= 3
    assert pages[1].extract_text().lstrip().startswith("2"), "pages are numbered from the second on"


def test_without_libreoffice_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="libreoffice-writer"):
        to_pdf(b"")

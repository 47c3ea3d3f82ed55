"""Papers in Word: what stands in them, by whose template, and that LibreOffice and its users can open them."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

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
from reports.papers.document import SHIPPED, reminder_document, report_document, slip_document, to_pdf, write_templates
from reports.papers.office_letters import office_assignments
from reports.papers.period_report import MAX_QUOTES, PeriodReport, Quotes, period_report
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
    assert [said.office for said in p1.proposals.texts] == ["Sở Tài chính", "Sở Y tế"]
    assert (t01.figures.done_on_time, t01.figures.done_late) == (1, 1)
    assert found.figures.total == sum(each.total for _, each in found.offices)
    assert len(found.late) == found.figures.open_overdue > 0


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


def test_a_period_without_work_says_so(lived: Store) -> None:
    written = text_of(report_document(gathered(lived, "2022-Q1"), lived))
    assert "Tổng số 0 nhiệm vụ: 0 hoàn thành, 0 quá hạn · 0 phần việc. Trong 0 phần việc được giao: không có" in written
    assert "Không có nhiệm vụ nào quá hạn." in written


def test_the_slip_lists_what_is_open_and_the_letter_what_is_late(lived: Store) -> None:
    slip, letter = text_of(of_office(lived, slip_document)), text_of(of_office(lived, reminder_document))
    assert "PHIẾU GIAO VIỆC\nSở Y tế" in slip
    assert "T0.2 Rà soát, điều chỉnh, bổ sung quy chế phối hợp" in slip
    assert "T0.1" not in slip, "it is done"
    assert "Kính gửi: Sở Y tế." in letter
    assert "1. Nhiệm vụ quá hạn" in letter
    assert "Sở Y tế có 3 nhiệm vụ (3 phần việc) quá hạn.", "nothing is said of what there is none of" in letter


def test_papers_rest_on_the_document_that_assigned_the_work(lived: Store) -> None:
    slip = text_of(of_office(lived, slip_document))
    assert "(ngày\N{NO-BREAK SPACE}17/08/2023);\nCăn cứ Văn bản giao việc số 123-TB/TU ngày" in slip
    for paper in (of_office(lived, reminder_document), report_document(gathered(lived), lived)):
        assert "và Văn bản giao việc số 123-TB/TU ngày" in text_of(paper)


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
    assert "Kính gửi: Các đơn vị được giao nhiệm vụ thuộc Công an tỉnh." in letter


def test_a_report_names_offices_in_the_order_of_the_plan(lived: Store) -> None:
    order = [office.name_vi for office in lived.plan.offices]
    names = [name for name, _ in gathered(lived).offices]
    assert names == sorted(names, key=order.index) and names[0] == "Công an tỉnh"


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


@pytest.mark.parametrize("text", ["{{ ofice }}", "{% for i in all %}", "{{ all.__class__.__mro__ }}"])
def test_a_placeholder_that_cannot_be_used_is_named(own: Store, text: str) -> None:
    edited(own, text)
    with pytest.raises(Refused, match=r"phieu-giao-viec\.docx: chỗ điền không dùng được"):
        of_office(own, slip_document)


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

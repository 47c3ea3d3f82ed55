"""Papers as they are printed: columns, page numbers, annexes, whose file it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt

from config.clock import end_of_day
from config.rules.periods import parse_period
from models.keeping.opening import Store
from models.store.database import reading
from models.work.looking_back.changes import changes_between
from reports.deed_files import preview_document
from reports.deed_preview import Preview
from reports.papers.changes_paper import changes_paper
from reports.papers.document import reminder_document, report_document, slip_document
from reports.papers.filling import SHIPPED
from reports.papers.office_letters import office_assignments
from reports.papers.period_report import period_report
from reports.papers.review_paper import review_paper
from reports.papers.table_paper import TEXT_WIDTH, TablePaper
from reports.papers.yearly_review import yearly_review
from tests.support.cast import at, begin
from tests.support.past import live
from tests.support.two_directives import plan_of_both
from tests.support.word_files import text_of

NOW = at("2023-10-20")


@pytest.fixture
def lived(store: Store) -> Store:
    live(store, _past)
    return store


def _past(store: Store) -> None:
    begin(store, "p1", at("2023-08-18"), at("2023-10-16"), offices=("SYT", "STC", "CAT"))


def changes(store: Store) -> bytes:
    since = date(2023, 8, 17)
    with reading(store.engine) as connection:
        found = changes_between(connection, end_of_day(since), NOW, limit=200)
    return changes_paper(found, store, since, now=NOW, sample=False)


def review(store: Store) -> bytes:
    with reading(store.engine) as connection:
        found = yearly_review(connection, store, 2023, now=NOW)
    return review_paper(found, store)


def report(store: Store) -> bytes:
    with reading(store.engine) as connection:
        return report_document(period_report(connection, store, parse_period("2023-Q3"), now=NOW), store)


def of_office(store: Store, paper: Callable[..., bytes], office: str = "SYT") -> bytes:
    with reading(store.engine) as connection:
        return paper(office_assignments(connection, store, office, now=NOW), store)


def preview(_store: Store) -> bytes:
    said = Preview("Sửa đổi kế hoạch", "chưa có văn bản", ("Không thay đổi gì.",), (), (), NOW, "Công an tỉnh")
    return preview_document(said, [])


EVERY_PAPER: dict[str, Callable[[Store], bytes]] = {
    "report": report,
    "slip": lambda store: of_office(store, slip_document),
    "letter": lambda store: of_office(store, reminder_document),
    "changes": changes,
    "review": review,
    "preview": preview,
}


@pytest.mark.parametrize("name", EVERY_PAPER)
def test_a_paper_is_of_the_house_alone(lived: Store, name: str) -> None:
    """Its author and language, pages numbered from the second on, and nothing that a library left."""
    written = EVERY_PAPER[name](lived)
    document = Document(BytesIO(written))
    about = document.core_properties
    assert (about.author, about.last_modified_by, about.language) == ("Công an tỉnh", "Công an tỉnh", "vi-VN")
    assert about.title and not about.comments
    with ZipFile(BytesIO(written)) as parts:
        said = b"".join(parts.read(each) for each in parts.namelist()).lower()
        assert not [each for each in parts.namelist() if "thumbnail" in each or each == "docProps/app.xml"]
    assert b"python-docx" not in said and b"microsoft macintosh" not in said
    first = document.sections[0]
    assert first.different_first_page_header_footer and "PAGE" in first.header._element.xml
    assert [round((each or 0) / Cm(1), 1) for each in (first.left_margin, first.right_margin, first.top_margin)] == [
        3,
        2,
        2,
    ]


@pytest.mark.parametrize("name", EVERY_PAPER)
def test_tables_are_as_wide_as_the_page_and_repeat_their_heads(lived: Store, name: str) -> None:
    document = Document(BytesIO(EVERY_PAPER[name](lived)))
    for table in document.tables:
        grid = [each.w or Cm(0) for each in table._tbl.tblGrid.gridCol_lst]
        for row in table.rows:
            assert all(abs((cell.width or 0) - width) < Cm(0.01) for cell, width in zip(row.cells, grid, strict=True))
        if table.style is not None and table.style.name == "Table Grid":
            assert abs(sum(grid) - Cm(TEXT_WIDTH)) < Cm(0.05)
            assert len(set(grid)) > 1, "a title needs more room than a number"
            assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader") and all(
                row._tr.xpath("w:trPr/w:cantSplit") for row in table.rows
            )


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.iterdir()))
def test_a_number_of_three_digits_stands_on_one_line(name: str) -> None:
    """In letters of 12 points between the margins of a cell; what is counted for each office may have four."""
    numbered = [each for each in Document(str(SHIPPED / name)).tables if each.rows[0].cells[0].text == "TT"]
    assert numbered
    for table in numbered:
        digits = 4 if "Tổng số" in [cell.text for cell in table.rows[0].cells] else 3
        assert (table.columns[0].width or 0) - Cm(0.38) > Pt(6) * digits


@pytest.mark.parametrize("paper", [report, lambda store: of_office(store, reminder_document)])
def test_the_trail_stands_on_a_single_page_too(lived: Store, paper: Callable[[Store], bytes]) -> None:
    for foot in (_first(paper(lived)).first_page_footer, _first(paper(lived)).footer):
        assert sum("Nhật ký đến sự kiện số" in each.text for each in foot.paragraphs) == 1


def _first(written: bytes) -> Section:
    return Document(BytesIO(written)).sections[0]


@pytest.mark.parametrize("party", [False, True])
def test_each_annex_numbers_its_own_pages(lived: Store, party: bool) -> None:
    """NĐ 30/2020/NĐ-CP, phụ lục I, mục III."""
    name = "bao-cao-dang.docx" if party else "bao-cao.docx"
    body, *annexes = Document(str(SHIPPED / name)).sections
    assert len(annexes) == 2 and body._sectPr.find(qn("w:pgNumType")) is None
    for annex in annexes:
        number = annex._sectPr.find(qn("w:pgNumType"))
        assert number is not None and number.get(qn("w:start")) == "1"


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.iterdir()))
def test_a_line_parts_the_title_from_what_follows(name: str) -> None:
    """A short rule by NĐ 30/2020/NĐ-CP, five dashes by HD 36-HD/VPTW; letters have neither."""
    document = Document(str(SHIPPED / name))
    if name.startswith("don-doc"):
        assert not _rules(document)
    elif name.endswith("-dang.docx"):
        assert "-----" in [each.text for each in document.paragraphs] and not _rules(document)
    else:
        ((left, right),) = _rules(document)
        assert left == right and Cm(2) < Cm(TEXT_WIDTH) - left - right < Cm(8)


def _rules(document: DocumentObject) -> list[tuple[int, int]]:
    found = [each for each in document.paragraphs if each._p.xpath("w:pPr/w:pBdr/w:bottom")]
    return [(each.paragraph_format.left_indent or 0, each.paragraph_format.right_indent or 0) for each in found]


def test_a_slip_says_in_one_place_whom_an_office_helps(lived: Store) -> None:
    rows = [line for line in text_of(of_office(lived, slip_document)).splitlines() if " | Phối hợp" in line]
    assert rows and all("| Phối hợp với Công an tỉnh |" in row and "(phối hợp" not in row for row in rows)


def test_a_slip_of_the_coordinator_is_for_its_own_units(lived: Store) -> None:
    """It asks nothing of itself under its own name, as it does not urge itself."""
    own, other = (text_of(of_office(lived, slip_document, office)) for office in ("CAT", "SYT"))
    assert "Yêu cầu các đơn vị thuộc Công an tỉnh thực hiện đúng thời hạn" in own and "Đề nghị Công an tỉnh" not in own
    assert "Đề nghị Sở Y tế thực hiện đúng thời hạn" in other


def test_what_has_changed_for_many_offices_stands_in_one_row(lived: Store) -> None:
    written = text_of(changes(lived))
    assert "Sau ngày 17/08/2023 đến" in written
    late = written[written.index("Mới quá hạn (") : written.index("Mới giao (")]
    assert "Việc | Cơ quan | Hạn" in late
    rows = [line for line in late.splitlines() if line.startswith("T1.1 ") and "(phối hợp)" not in line]
    assert len(rows) == 1 and "; " in rows[0].split(" | ")[1] and "(số" not in rows[0]


def test_changes_are_told_under_the_name_of_their_directive(lived: Store) -> None:
    """And are of its coordinator, not of the main one's."""
    both = replace(lived, plan=plan_of_both()[0])
    main, other = both.plan.directives
    assert main.title_vi in text_of(changes(lived))
    written = changes_paper({}, both, date(2023, 8, 17), now=NOW, sample=False, directive=other.code)
    assert other.title_vi in text_of(written) and main.title_vi not in text_of(written)
    author = Document(BytesIO(written)).core_properties.author
    assert author == both.plan.office(other.coordinator).name_vi != "Công an tỉnh"


def test_no_row_stands_alone_on_a_page_and_only_a_long_one_is_torn(lived: Store) -> None:
    """A row kept whole that is as high as half a page would leave that half empty."""
    paper = TablePaper("Bảng", "thử", now=NOW)
    offices = "; ".join(f"Ủy ban nhân dân xã số {number}" for number in range(40))
    paper.table(("Việc", "Cơ quan"), [("Báo cáo", said) for said in ("A", "B", offices, "C")], (8, 8))
    rows = Document(BytesIO(paper.as_file(lived))).tables[0].rows
    assert [bool(row._tr.xpath("w:trPr/w:cantSplit")) for row in rows] == [True, True, True, False, True]
    kept = [row.cells[1].paragraphs[0].paragraph_format.keep_with_next for row in rows]
    assert kept == [True, True, False, True, False]


def test_a_review_says_first_how_the_year_went(lived: Store) -> None:
    """In one sentence; the plan's codes, lines of nothing and a year before without figures are left out."""
    written = text_of(review(lived))
    assert "SƠ KẾT THỰC HIỆN NHIỆM VỤ NĂM 2023\nPhát biểu chỉ đạo" in written
    first = written[: written.index("Quá hạn lâu nhất")]
    assert "đã đến hạn: 0 hoàn thành đúng hạn, 0 hoàn thành quá hạn," in first and "Tỷ lệ đúng hạn 0%." in first
    assert "Năm trước" not in written and "\np1 " not in written and "| 0 | 0 | 0 | 0 |" not in written
    offices = written[written.index("Theo cơ quan") :].splitlines()[2:]
    late = [int(line.split(" | ")[4]) for line in offices if line.count(" | ") == 5]
    assert late == sorted(late, reverse=True) and len(late) > 1


def test_a_review_says_of_which_period_is_what_is_late_longest(lived: Store) -> None:
    """Else the same title with another due date looks like the same work."""
    written = text_of(review(lived))
    longest = written[written.index("Quá hạn lâu nhất") : written.index("Theo nhiệm vụ trọng tâm")]
    assert "T0.1 Báo cáo phân tích nguyên nhân tồn tại (phối hợp), văn bản 123-TB/TU |" in longest
    assert "Việc | Cơ quan | Hạn | Quá hạn (ngày làm việc)" in longest


def test_a_review_compares_with_a_year_before_that_has_figures(lived: Store) -> None:
    with reading(lived.engine) as connection:
        found = yearly_review(connection, lived, 2023, now=NOW)
    compared = replace(found, whole=replace(found.whole, before=found.whole.now))
    assert "| Năm trước | Thay đổi (điểm)" in text_of(review_paper(compared, lived))


def test_a_text_that_was_kept_with_what_no_word_file_holds_is_printed(lived: Store) -> None:
    paper = TablePaper("Báo cáo\x0b", "tháng 8\ufffe", now=at("2023-09-01"))
    paper.table(("Việc",), (("Báo cáo \uffffkết quả",),), (TEXT_WIDTH,))
    word = Document(BytesIO(paper.as_file(lived)))
    assert word.tables[0].cell(1, 0).text == "Báo cáo kết quả"

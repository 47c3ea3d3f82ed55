"""Directives read into one text: every paragraph and cell has its place in it, whatever the file."""

import io
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from config.errors import Refused
from intake.directives.reading.lines import paragraphs_of, without_running_heads
from intake.directives.reading.process import read, read_directive
from intake.directives.text import DirectiveText, Paragraph, Table, clean
from tests.support.directive_files import add_table, docx, saved, text_box, tracked, xlsx
from tests.support.evidence_files import pdf

FIXTURES = Path(__file__).parents[2] / "fixtures" / "directives"


def paragraphs(document: DirectiveText) -> list[str]:
    return [document.text[each.start : each.end] for each in document.blocks if isinstance(each, Paragraph)]


def tables(document: DirectiveText) -> list[list[list[str]]]:
    return [
        [[document.text[a:b] for a, b in row] for row in each.rows]
        for each in document.blocks
        if isinstance(each, Table)
    ]


def refusal(content: bytes, name: str = "chi-dao.docx") -> str:
    with pytest.raises(Refused) as refused:
        read(name, content)
    assert name in str(refused.value)
    assert name in refused.value.en
    return str(refused.value)


class TestWord:
    def test_automatic_numbers_are_part_of_the_text(self) -> None:
        document = Document()
        for text in ("Sở Y tế rà soát", "Sở Nội vụ báo cáo"):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph("Thường xuyên kiểm tra", style="List Bullet")
        assert paragraphs(read("a.docx", saved(document))) == [
            "1. Sở Y tế rà soát",
            "2. Sở Nội vụ báo cáo",
            "- Thường xuyên kiểm tra",
        ]

    def test_a_merged_cell_has_one_place_in_all_its_rows(self) -> None:
        document = Document()
        table = add_table(document, [["1", "Việc A", "Sở Y tế"], ["2", "Việc B", ""], ["3", "Việc C", "Sở Nội vụ"]])
        table.cell(0, 2).merge(table.cell(1, 2))
        found = read("a.docx", saved(document))
        (read_table,) = (each for each in found.blocks if isinstance(each, Table))
        assert read_table.rows[0][2] == read_table.rows[1][2]
        assert [row[2].strip() for row in tables(found)[0]] == ["Sở Y tế", "Sở Y tế", "Sở Nội vụ"]
        assert found.text.count("Sở Y tế") == 1

    def test_tracked_changes_are_read_as_accepted(self) -> None:
        document = Document()
        paragraph = document.add_paragraph("Hoàn thành trước ngày ")
        tracked(paragraph, "del", "30/6/2025")
        tracked(paragraph, "ins", "31/7/2025")
        found = read("a.docx", saved(document))
        assert paragraphs(found) == ["Hoàn thành trước ngày 31/7/2025"]
        assert "Track Changes" in found.notes[0][0]

    def test_what_is_struck_through_is_left_out(self) -> None:
        document = Document()
        words = document.add_paragraph("Sở Y tế rà soát, xong trước ngày ")
        words.add_run("30/9/2026").font.strike = True
        words.add_run(" 15/10/2026").font.strike = False
        words.add_run(" (mới)").font.double_strike = True
        content = read("chi-dao.docx", saved(document))
        assert paragraphs(content) == ["Sở Y tế rà soát, xong trước ngày 15/10/2026"]
        assert any("gạch ngang" in vi for vi, _ in content.notes)

    def test_a_text_box_follows_its_paragraph_once(self) -> None:
        document = Document()
        text_box(document.add_paragraph("Kính gửi"), "HỎA TỐC")
        found = read("a.docx", saved(document))
        assert paragraphs(found) == ["Kính gửi", "HỎA TỐC"]
        assert "khung" in found.notes[0][0]

    def test_a_table_in_a_table_is_one_of_its_own(self) -> None:
        document = Document()
        cell = add_table(document, [["ngoài", ""]]).cell(0, 1)
        cell.add_table(1, 2).cell(0, 0).text = "trong"
        found = read("a.docx", saved(document))
        assert [each[0][0] for each in tables(found)] == ["ngoài", "trong"]

    def test_signs_that_are_not_seen_are_left_out(self) -> None:
        assert paragraphs(read("a.docx", docx("Sở\u00a0Y\u200b tế  rà\u00ad soát"))) == ["Sở Y tế rà soát"]


class TestExcel:
    def test_dates_merged_cells_and_hidden_sheets(self) -> None:
        content = xlsx(
            [
                ["Phụ lục", None, None],
                ["STT", "Nhiệm vụ", "Thời hạn"],
                [1, "A", date(2026, 6, 30)],
                [2, "B", None],
                [3.0, "C", "Quý II"],
            ],
            merged=["C3:C4"],
            hidden="Nháp",
        )
        found = read("a.xlsx", content)
        assert paragraphs(found) == ["Phụ lục"]
        assert [row[2] for row in tables(found)[0]] == ["Thời hạn", "30/06/2026", "30/06/2026", "Quý II"]
        assert [row[0] for row in tables(found)[0]] == ["STT", "1", "2", "3"]
        assert "Nháp" in found.notes[0][0]


class TestPdf:
    def test_ruled_tables_keep_their_cells_and_lose_the_foot_of_the_page(self) -> None:
        found = read("a.pdf", (FIXTURES / "table-ministries.pdf").read_bytes())
        first = tables(found)[0]
        assert first[0] == [
            "STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối\nhợp", "Thời hạn hoàn\nthành", "Sản phẩm",
        ]  # fmt: skip
        assert first[1][1].startswith("Hoàn thiện thể chế")
        assert "Chương trình hành động của Chính phủ" not in paragraphs(found)

    def test_a_scan_a_password_and_too_many_pages_are_refused(self) -> None:
        assert "bản chụp (scan)" in refusal(pdf(""), "quet.pdf")
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Chi thi"))))
        writer.encrypt("bi mat")
        file = io.BytesIO()
        writer.write(file)
        assert "mật khẩu" in refusal(file.getvalue(), "khoa.pdf")
        long = PdfWriter()
        for _ in range(201):
            long.add_blank_page(200, 200)
        file = io.BytesIO()
        long.write(file)
        assert "dài 201 trang" in refusal(file.getvalue(), "dai.pdf")


class TestPlainText:
    def test_decomposed_letters_are_composed(self) -> None:
        text = "Sở Khoa học và Công nghệ"
        assert read("a.txt", unicodedata.normalize("NFD", text).encode()).text == text + "\n"

    def test_lines_cut_at_a_width_are_one_paragraph_and_items_are_not(self) -> None:
        lines = [
            "1. Sở Tư pháp chủ trì, phối hợp với các cơ quan liên quan rà soát văn bản",
            "quy phạm pháp luật thuộc phạm vi quản lý nhà nước của tỉnh, báo cáo kết",
            "quả trước ngày 30/6/2025.",
            "2. Sở Tài chính tham mưu bố trí kinh phí bảo đảm cho các hoạt động nêu tại",
            "kế hoạch này.",
        ]
        assert [each.split()[0] for each in paragraphs_of(lines)] == ["1.", "2."]
        assert "\n".join(lines) == "\n".join(paragraphs_of(lines))

    def test_each_line_is_a_paragraph_where_nothing_is_cut(self) -> None:
        lines = ["I. NHIỆM VỤ", "Sở Y tế", "Sở Nội vụ", "Rà soát, báo cáo kết quả thực hiện trong năm"]
        assert paragraphs_of(lines) == lines

    def test_a_pasted_table_is_a_table(self) -> None:
        found = read("a.txt", "STT\tNhiệm vụ\tChủ trì\n1\tRà soát\tSở Y tế\n".encode())
        assert tables(found) == [[["STT", "Nhiệm vụ", "Chủ trì"], ["1", "Rà soát", "Sở Y tế"]]]
        marked = read("a.txt", "| STT | Nhiệm vụ | Chủ trì |\n|---|---|---|\n| 1 | Rà soát | Sở Y tế |\n".encode())
        assert tables(marked) == tables(found)

    @pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"S?\xe9\xff", b" \n"])
    def test_what_is_no_text_is_refused(self, content: bytes) -> None:
        refusal(content, "chi-dao.txt")


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [["UBND TỈNH AN LẠC", f"{n}", f"Nội dung {'ABCD'[n]}", "hết"] for n in range(4)]
    assert without_running_heads(pages)[1] == ["Nội dung B"]


def test_cleaning_leaves_letters_and_lines() -> None:
    assert clean("a\u00a0b\u200bc\r\n\u2022 d\u0000") == "a bc\n- d"


def test_the_text_is_read_in_a_process_of_its_own() -> None:
    found = read_directive("../chỉ đạo.docx", io.BytesIO(docx("Giao Sở Y tế rà soát.")))
    assert paragraphs(found) == ["Giao Sở Y tế rà soát."]
    with pytest.raises(Refused, match="rỗng"):
        read_directive("chi-dao.docx", io.BytesIO(b""))


def placed_pdf(lines: list[tuple[int, int, str]]) -> bytes:
    """A page with each text at its place, in points."""
    writer = PdfWriter()
    page = writer.add_blank_page(600, 800)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): named})}
    )
    content = DecodedStreamObject()
    content.set_data("\n".join(f"BT /F1 10 Tf {x} {y} Td ({text}) Tj ET" for x, y, text in lines).encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [(50, 700 - 14 * n, f"trai {n} muoi hai chu") for n in range(10)]
    right = [(320, 700 - 14 * n, f"phai {n} muoi hai chu") for n in range(10)]
    found = read("a.pdf", placed_pdf([line for pair in zip(left, right, strict=True) for line in pair]))
    words = found.text.split()
    assert words.index("phai") > max(at for at, word in enumerate(words) if word == "trai")
    assert "hai cột" in found.notes[0][0]


def test_words_broken_by_spaces_are_joined_and_told_of() -> None:
    broken = [(50, 700 - 14 * n, f"{n}. Giao th anh tra tr uong h oc b ao cao.") for n in range(6)]
    found = read("a.pdf", placed_pdf(broken))
    assert "Giao thanh tra truong hoc bao cao." in found.text
    assert "tách rời" in found.notes[0][0]

"""Files before they are kept: judged by content, read in full, refused in words with their place."""

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from config.errors import Refused
from intake.files.evidence import MAX_FILE_BYTES, clean_name, examine
from intake.files.reading import read_file
from models.work.attachments import ExaminedFile
from tests.support.evidence_files import NAMESPACE, SHEET, packed, pdf, word
from tests.support.examples import examples


def read(content: bytes, name: str = "bao-cao.docx") -> ExaminedFile:
    return examine(name, io.BytesIO(content))


def refusal(content: bytes, name: str = "bao-cao.docx") -> str:
    with pytest.raises(Refused) as refused:
        read(content, name)
    return str(refused.value)


class TestWhatMayBeKept:
    def test_word_excel_and_pdf_by_their_content(self) -> None:
        assert read(word("Kết quả thực hiện")).media_type.endswith("wordprocessingml.document")
        sheet = packed({"xl/sharedStrings.xml": "<sst><si><t>Kết quả</t></si></sst>"}, kind=SHEET)
        assert read(sheet, "bang.xlsx").media_type.endswith("spreadsheetml.sheet")
        assert read(pdf("Ket qua"), "bc.pdf").media_type == "application/pdf"

    def test_a_scan_is_kept_and_known_as_one(self) -> None:
        assert not read(pdf(""), "quet.pdf").readable
        assert not read(pdf("", title="Scan 0001"), "quet.pdf").readable, "a title is no page"
        assert not read(pdf("Ket qua", ""), "quet.pdf").readable, "one page that could not be read"
        assert read(pdf("Ket qua"), "chu.pdf").readable
        picture = {"word/document.xml": f"<w:document {NAMESPACE}/>", "word/media/image1.png": b"\x89PNG"}
        assert not read(packed(picture)).readable
        assert read(packed({"xl/worksheets/sheet1.xml": "<w><c><v>5</v></c></w>"}, kind=SHEET)).readable

    def test_a_signed_pdf_whose_signature_looks_like_anything(self) -> None:
        signature = DictionaryObject(
            {
                NameObject("/ByteRange"): ArrayObject(),
                NameObject("/Contents"): TextStringObject("CMND 0912345678"),
                NameObject("/Name"): TextStringObject("So Y te"),
            }
        )
        assert read(pdf("Ket qua", Kept=signature), "a.pdf").readable

    @pytest.mark.parametrize(
        ("given_name", "kept"),
        [
            ("C:\\Users\\A\\bc.docx", "bc.docx"),
            ("../../etc/passwd", "passwd.docx"),
            ("bc.pdf", "bc.docx"),
            ("Báo cáo T8.2023", "Báo cáo T8.2023.docx"),
            ("BC số 12.KH-SYT.v2.doc", "BC số 12.KH-SYT.v2.docx"),
            ("Quý III.2023.DOCX", "Quý III.2023.DOCX"),
            ("b\u0000c\r\nX: y.docx", "bcX: y.docx"),
            ("\u202excod.docx", "xcod.docx"),
            ("", "tep.docx"),
            ("a" * 400 + ".docx", "a" * 140 + ".docx"),
        ],
    )
    def test_its_name_is_a_name_and_fits_its_content(self, given_name: str, kept: str) -> None:
        assert read(word("Kết quả"), given_name).name == kept


class TestWhatIsRefused:
    def test_a_renamed_executable(self) -> None:
        assert "không phải tệp PDF" in refusal(b"MZ\x90\x00" + b"\0" * 500)
        assert "không phải tệp PDF" in refusal(b"MZ\x90\x00" + b"\0" * 80 + pdf("Ket qua"), "a.pdf")

    @pytest.mark.parametrize(
        "name", ["0912345678.docx", "Đơn của ông Nguyễn Văn A.docx", "don_ong_Nguyễn_Văn_A.docx", "Kế hoạch (Mật).pdf"]
    )
    def test_a_name_that_says_too_much_and_is_not_repeated(self, name: str) -> None:
        said = refusal(word("Kết quả"), name)
        assert said.startswith("Tên tệp: có") and name not in said

    def test_an_archive_of_something_else(self) -> None:
        assert "tệp nén" in refusal(packed({"a.txt": "x"}, kind="text/plain"))

    def test_macros_and_what_is_embedded(self) -> None:
        assert "macro" in refusal(packed({"word/vbaProject.bin": b"x"}))
        assert "macro" in refusal(
            packed({"word/document.xml": "<a/>"}, kind="application/vnd.ms-word.document.macroEnabled.main+xml")
        )
        assert "nhúng" in refusal(packed({"word/embeddings/oleObject1.bin": b"x"}))

    def test_an_old_or_locked_office_file(self) -> None:
        assert "mật khẩu" in refusal(b"\xd0\xcf\x11\xe0" + b"\0" * 600)

    def test_a_locked_or_active_pdf(self) -> None:
        assert "mật khẩu" in refusal(pdf("x", password="abc"), "a.pdf")
        assert "chạy tự động" in refusal(pdf("x", script=True), "a.pdf")
        hidden = pdf("x", script=True).replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")
        assert "chạy tự động" in refusal(hidden, "a.pdf")

    def test_a_program_started_by_a_pdf_also_when_the_action_is_pointed_at(self) -> None:
        file = pdf("x", Kept=DictionaryObject({NameObject("/S"): NameObject("/Launch")}))
        assert "mở chương trình" in refusal(file, "a.pdf")
        writer = PdfWriter(clone_from=io.BytesIO(pdf("x")))
        pointed_at = writer._add_object(NameObject("/Launch"))
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): pointed_at})
        written = io.BytesIO()
        writer.write(written)
        assert "mở chương trình" in refusal(written.getvalue(), "a.pdf")

    def test_a_file_far_too_large_is_not_read_to_its_end(self) -> None:
        file = io.BytesIO(b"\0" * (50 * 1024 * 1024))
        with pytest.raises(Refused, match="20 MB"):
            examine("a.pdf", file)
        assert file.tell() == MAX_FILE_BYTES + 1

    def test_what_is_empty_too_large_or_damaged(self) -> None:
        assert "rỗng" in refusal(b"")
        assert "20 MB" in refusal(b"%PDF-" + b"\0" * MAX_FILE_BYTES)
        assert "hỏng" in refusal(b"%PDF-1.7 nothing follows", "a.pdf")
        assert "hỏng" in refusal(word("x")[:-40])

    def test_bombs(self) -> None:
        assert "quá lớn" in refusal(packed({"word/document.xml": b"0" * (201 * 1024 * 1024)}))
        many = packed({f"word/p{number}.xml": "<a/>" for number in range(2_100)})
        assert "quá lớn" in refusal(many)
        entities = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
        assert "hỏng" in refusal(packed({"word/document.xml": entities}))


class TestWhatMayNotBeSaid:
    @pytest.mark.parametrize(
        "runs",
        [
            ("Liên hệ 0912 345 678",),
            ("Liên hệ 09", "12 34", "5 678"),
            ("Xác minh ông Nguyễn Văn A",),
            ("CCCD 001", "203004567"),
            ("Tài liệu TỐI MẬT",),
        ],
    )
    def test_in_word_also_over_several_runs(self, runs: tuple[str, ...]) -> None:
        assert "Tệp «bao-cao.docx», nội dung" in refusal(word(*runs))

    @pytest.mark.parametrize(
        ("part", "place"),
        [("word/header1.xml", "đầu trang"), ("word/footnotes.xml", "chú thích"), ("word/comments.xml", "nhận xét")],
    )
    def test_in_every_corner_of_it(self, part: str, place: str) -> None:
        assert place in refusal(word("Gọi 0912345678", part=part))

    def test_in_a_workbook_as_text_or_as_a_number(self) -> None:
        shared = packed(
            {"xl/sharedStrings.xml": "<sst><si><r><t>0912</t></r><r><t>345678</t></r></si></sst>"}, kind=SHEET
        )
        assert "số điện thoại" in refusal(shared, "a.xlsx")
        cell = packed({"xl/worksheets/sheet1.xml": "<w><c><v>12030045678</v></c></w>"}, kind=SHEET)
        assert "CCCD" in refusal(cell, "a.xlsx")
        count = packed(
            {"xl/worksheets/sheet1.xml": "<w><c><v>1203004567</v></c><c><v>912345678</v></c></w>"}, kind=SHEET
        )
        assert read(count, "a.xlsx")

    def test_in_a_pdf_with_its_page(self) -> None:
        assert "trang 1" in refusal(pdf("Goi 0912 345 678"), "a.pdf")

        assert "trang 2, dòng 2" in refusal(pdf("Ket qua", "Ket qua\nGoi 0912 345 678"), "a.pdf")

    def test_in_a_pdf_over_the_end_of_a_line_but_not_over_two_numbers(self) -> None:
        assert "trang 1, dòng 1–2: có dãy" in refusal(pdf("Xac minh CMND\n171.234.567"), "a.pdf")
        assert read(pdf("091 234\n567 890"), "a.pdf")

    def test_in_a_pdf_beside_its_pages(self) -> None:
        field = DictionaryObject(
            {NameObject("/FT"): NameObject("/Tx"), NameObject("/V"): TextStringObject("0912345678")}
        )
        assert "ô điền" in refusal(pdf("Ket qua", Kept=field), "a.pdf")
        assert "thuộc tính" in refusal(pdf("Ket qua", title="Goi 0912345678"), "a.pdf")

    def test_in_text_boxes_which_word_writes_twice(self) -> None:
        box = "<w:txbxContent><w:p><w:r><w:t>0912345678</w:t></w:r></w:p></w:txbxContent>"
        twice = f"<m:Any xmlns:m='m'><m:Choice>{box}</m:Choice><m:Fallback>{box}</m:Fallback></m:Any>"
        text = f"<w:document {NAMESPACE}><w:body><w:p><w:r>{twice}</w:r></w:p></w:body></w:document>"
        assert "số điện thoại" in refusal(packed({"word/document.xml": text}))

    def test_with_the_accents_written_apart(self) -> None:
        apart = unicodedata.normalize("NFD", "Xác minh ông Nguyễn Văn Á")
        assert "tên người" in refusal(word(apart))
        assert read(word("Kết quả"), unicodedata.normalize("NFD", "kết quả.docx")).name == "kết quả.docx"

    def test_where_one_windows_end_cuts_a_long_text(self) -> None:
        long = "a " * 9_995 + "0912345678" + " a" * 9_995
        assert "số điện thoại" in refusal(word(long))

    def test_in_a_workbook_with_sheet_and_cell(self) -> None:
        parts = {
            "xl/workbook.xml": '<w xmlns:r="r"><sheet name="Quý III" r:id="a"/></w>',
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="a" Type="x/worksheet" Target="worksheets/s.xml"/></R>',
            "xl/sharedStrings.xml": "<sst><si><t>Kết quả</t></si><si><t>Gọi 0912345678</t></si></sst>",
            "xl/worksheets/s.xml": '<w><c r="A1" t="s"><v>0</v></c><c r="B12" t="s"><v>1</v></c></w>',
        }
        assert "trang tính «Quý III», ô B12: có số điện thoại" in refusal(packed(parts, kind=SHEET), "a.xlsx")
        inline = {"xl/worksheets/s.xml": '<w><c r="C3" t="inlineStr"><is><t>ông Nam</t></is></c></w>'}
        assert "«Quý III», ô C3" in refusal(packed(parts | inline, kind=SHEET), "a.xlsx")

    @pytest.mark.parametrize(
        ("part", "content", "place"),
        [
            ("xl/workbook.xml", '<a><sheet name="ông Nam"/></a>', "tên trang tính"),
            ("xl/pivotCache/pivotCacheDefinition1.xml", '<a><s v="ông Nam"/></a>', "pivot"),
            (
                "xl/threadedComments/threadedComment1.xml",
                "<a><threadedComment><text>ông Nam</text></threadedComment></a>",
                "nhận xét",
            ),
            ("xl/charts/chart1.xml", "<a><strCache><pt><v>ông Nam</v></pt></strCache></a>", "biểu đồ"),
            ("docProps/core.xml", "<a><title>Đơn của ông Nam</title><creator>ông Nam</creator></a>", "thuộc tính"),
        ],
    )
    def test_in_what_a_workbook_keeps_aside(self, part: str, content: str, place: str) -> None:
        assert place in refusal(packed({part: content}, kind=SHEET), "a.xlsx")

    def test_but_not_in_the_name_of_who_made_it_or_in_a_charts_numbers(self) -> None:
        aside = {
            "docProps/core.xml": "<a><creator>ông Nguyễn Văn Nam</creator></a>",
            "xl/charts/chart1.xml": "<a><numCache><pt><v>123456789</v></pt></numCache></a>",
        }
        assert read(packed(aside, kind=SHEET), "a.xlsx")

    def test_neighbouring_cells_are_not_one_number(self) -> None:
        cells = "".join(f"<w:p><w:r><w:t>{number}</w:t></w:r></w:p>" for number in ("091", "234", "567", "890"))
        assert read(packed({"word/document.xml": f"<w:document {NAMESPACE}><w:body>{cells}</w:body></w:document>"}))

    def test_in_a_deleted_passage_a_header_of_a_sheet_and_a_part_laid_elsewhere(self) -> None:
        deleted = f"<w:document {NAMESPACE}><w:p><w:del><w:delText>0912345678</w:delText></w:del></w:p></w:document>"
        assert "số điện thoại" in refusal(packed({"word/document.xml": deleted}))
        assert "số điện thoại" in refusal(word("0912345678", part="elsewhere/Main.XML"))
        header = packed({"xl/worksheets/sheet1.xml": "<w><oddHeader>Gọi 0912345678</oddHeader></w>"}, kind=SHEET)
        assert "số điện thoại" in refusal(header, "a.xlsx")


@pytest.mark.slow
def test_a_file_that_eats_time_or_memory_is_refused_and_takes_nothing_down() -> None:
    cells = "<w>" + "<c/>" * 9_900_000 + "</w>"
    assert "quá lớn" in refusal(packed({"xl/worksheets/sheet1.xml": cells}, kind=SHEET), "a.xlsx")


def test_deep_nesting_and_parts_that_hide_each_other_are_refused_or_read() -> None:
    deep = "<a>" * 5_000 + "</a>" * 5_000
    read(packed({"word/document.xml": deep}))
    file = io.BytesIO(packed({"word/document.xml": "<a/>"}))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", "<b/>")
    assert "hỏng" in refusal(file.getvalue())


def test_what_would_fetch_or_run_something_is_refused() -> None:
    link = '<Relationships><Relationship TargetMode="External" Type="x/attachedTemplate" Target="http://e"/></Relationships>'
    assert "mẫu nằm trên mạng" in refusal(packed({"word/_rels/settings.xml.rels": link}))
    laid_in = '<Relationships><Relationship Type="x/aFChunk" Target="a.htm"/></Relationships>'
    assert "HTML" in refusal(packed({"word/_rels/document.xml.rels": laid_in, "word/a.htm": "<p/>"}))
    assert "DDE" in refusal(packed({"xl/externalLinks/e.xml": "<a><ddeLink/></a>"}, kind=SHEET))
    for hidden in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"MZ\x90\x00"):
        assert "bên trong" in refusal(packed({"word/media/picture.dat": hidden + b"x" * 20}))
    command = f"<w:document {NAMESPACE}><w:p><w:instrText>DDEAUTO cmd</w:instrText></w:p></w:document>"
    assert "chương trình khác" in refusal(packed({"word/document.xml": command}))


_BEGINNINGS = (b"", b"%PDF-1.4\n", b"PK\x03\x04", word("x")[:200], pdf("x")[:400])


@settings(max_examples=examples(300))
@given(st.sampled_from(_BEGINNINGS), st.binary(max_size=600), st.text(max_size=40))
def test_any_bytes_are_read_or_refused_in_words(beginning: bytes, rest: bytes, name: str) -> None:
    try:
        read_file(clean_name(name), beginning + rest)
    except Refused as refused:
        assert str(refused) and refused.en


@settings(max_examples=examples(150))
@given(st.sampled_from((word("Kết quả"), pdf("Ket qua"))), st.integers(0, 3_000), st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused_in_words(content: bytes, place: int, value: int) -> None:
    place %= len(content)
    try:
        read_file("a.pdf", content[:place] + bytes([value]) + content[place + 1 :])
    except Refused as refused:
        assert str(refused) and refused.en

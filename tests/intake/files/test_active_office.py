"""What would act or fetch when a Word or Excel file is opened is refused, each by its own words; the rest is not."""

import io
import resource
import zipfile

import pytest

from config.errors import Refused
from intake.files.evidence import examine
from intake.files.reading import read_file
from tests.support.evidence_files import NAMESPACE, SHEET, packed, word


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_file("a", content)
    assert refused.value.en.isascii()
    return str(refused.value)


def taken(content: bytes) -> bool:
    return bool(read_file("a", content)[0])


def body(xml: str) -> bytes:
    return packed({"word/document.xml": f"<w:document {NAMESPACE}><w:body>{xml}</w:body></w:document>"})


def related(kind: str, target: str, *, external: bool = True) -> bytes:
    mode = 'TargetMode="External" ' if external else ""
    link = f'<Relationships><Relationship {mode}Type="http://x/{kind}" Target="{target}"/></Relationships>'
    return packed({"word/document.xml": "<a/>", "word/_rels/settings.xml.rels": link})


def workbook(parts: dict[str, str | bytes]) -> bytes:
    return packed({"xl/worksheets/sheet1.xml": "<w><c><v>5</v></c></w>", **parts}, kind=SHEET)


BEGIN, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))


def said_in(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def field(*pieces: str, text: str = "") -> str:
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{BEGIN}{runs}{END}</w:p>"


class TestFields:
    @pytest.mark.parametrize(
        ("xml", "words"),
        [
            ('<w:p><w:fldSimple w:instr=" DDEAUTO c:\\\\x cmd "/></w:p>', "DDE"),
            ('<w:p><w:fldSimple w:instr="dde excel a b"/></w:p>', "DDE"),
            (field("DDEAUTO cmd"), "DDE"),
            (field(" D", "DE", "AUTO cmd", text="Kết quả thực hiện"), "DDE"),
            (field('INCLUDEPICTURE "http://x/a.png" \\d'), "ảnh lấy từ nơi khác"),
            (field('INCLUDEPICTURE "\\\\\\\\server\\\\a.png"'), "ảnh lấy từ nơi khác"),
            (field('INCLUDETEXT "c:/a.docx"'), "tệp khác"),
            (field("LINK Excel.Sheet.8 a b"), "tệp khác"),
            ('<w:p><w:fldSimple w:instr="IMPORT http://x"/></w:p>', "tệp khác"),
        ],
    )
    def test_that_act_or_fetch_wherever_they_stand(self, xml: str, words: str) -> None:
        assert words in refusal(body(xml))
        assert words in refusal(body(f"<w:p><w:r><w:t>Kết quả</w:t></w:r></w:p><w:tbl><w:tc>{xml}</w:tc></w:tbl>"))

    def test_over_several_paragraphs_and_put_together_of_another(self) -> None:
        apart = f"<w:p>{BEGIN}{said_in('DDE')}</w:p><w:p>{said_in('AUTO x')}{END}</w:p>"
        assert "DDE" in refusal(body(apart))
        quoted = f"<w:p>{BEGIN}{BEGIN}{said_in('QUOTE 68 68 69')}{END}{said_in(' cmd')}{END}</w:p>"
        assert "ghép" in refusal(body(quoted))

    @pytest.mark.parametrize(
        "instruction",
        ["PAGE", 'HYPERLINK "https://thanhhoa.gov.vn"', "TOC \\o", "REF x", "INCLUDEPICTURE a.png", "DATE"],
    )
    def test_of_every_day_are_taken(self, instruction: str) -> None:
        assert taken(body(field(instruction)))
        assert taken(body(f"<w:p><w:fldSimple w:instr='{instruction}'/></w:p>"))

    def test_words_that_only_look_like_one_are_taken(self) -> None:
        assert taken(word("DDEAUTO là một trường của Word"))


class TestPartsAndRelations:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (packed({"word/document.xml": "<a/>", "word/a.html": "<p/>"}), "HTML"),
            (packed({"word/document.xml": "<a/>", "word/a.mht": "x"}), "HTML"),
            (packed({"word/media/image1.svg": "<svg><script>x()</script></svg>"}), "hình vẽ chứa mã"),
            (packed({"word/media/image1.svg": '<svg onload="x()"/>'}), "hình vẽ chứa mã"),
            (packed({"word/media/image1.svg": '<svg><image href="http://x/a"/></svg>'}), "hình vẽ chứa mã"),
            (packed({"word/media/image1.png": "<html><script/></html>"}), "hình vẽ chứa mã"),
            (packed({"customUI/customUI.xml": '<customUI onLoad="Run"/>'}), "customUI"),
            (packed({"customUI/customUI14.xml": '<customUI><button onAction="Run"/></customUI>'}), "customUI"),
            (packed({"word/activeX/activeX1.bin": b"x"}), "ActiveX"),
            (packed({"word/media/run.js": b"x"}), "chương trình"),
            (related("attachedTemplate", "https://x/a.dotm"), "mẫu nằm trên mạng"),
            (related("attachedTemplate", "\\\\server\\a.dotm"), "mẫu nằm trên mạng"),
            (related("attachedTemplate", "file://server/a.dotm"), "mẫu nằm trên mạng"),
            (related("attachedTemplate", "file:////server/a.dotm"), "mẫu nằm trên mạng"),
            (related("image", "http://x/a.png"), "ảnh lấy từ nơi khác"),
            (related("subDocument", "b.docx"), "tệp hay địa chỉ khác"),
            (workbook({"xl/macrosheets/sheet1.xml": "<a/>"}), "XLM"),
            (workbook({"xl/workbook.xml": '<a><definedName name="_xlnm.Auto_Open">M!$A$1</definedName></a>'}), "XLM"),
            (workbook({"xl/connections.xml": '<a><connection><webPr url="http://x"/></connection></a>'}), "truy vấn"),
            (workbook({"xl/connections.xml": '<a><connection><dbPr connection="x"/></connection></a>'}), "truy vấn"),
            (workbook({"xl/worksheets/s.xml": "<w><c><f>_xlfn.WEBSERVICE(A1)</f></c></w>"}), "WEBSERVICE"),
            (workbook({"xl/worksheets/s.xml": "<w><formula1>webservice (A1)</formula1></w>"}), "WEBSERVICE"),
            (workbook({"xl/worksheets/s.xml": "<w><c><f>cmd|'/c calc'!A0</f></c></w>"}), "công thức"),
            (workbook({"xl/worksheets/s.xml": '<w><c><f>RTD("a",,"b")</f></c></w>'}), "công thức"),
        ],
    )
    def test_each_by_its_own_words(self, content: bytes, words: str) -> None:
        said = refusal(content)
        assert words in said and ("gửi" in said)

    @pytest.mark.parametrize(
        "content",
        [
            related("attachedTemplate", "file:///C:\\Users\\VT\\Mau-bao-cao.dotx"),
            related("attachedTemplate", "C:/Mau/SYT.dotm"),
            related("attachedTemplate", "Normal.dotm"),
            related("hyperlink", "https://thanhhoa.gov.vn"),
            packed({"word/document.xml": "<a/>", "word/media/image1.svg": '<svg><use href="#a"/></svg>'}),
            packed(
                {"word/document.xml": "<a/>", "customUI/customUI.xml": '<customUI><tab idMso="TabHome"/></customUI>'}
            ),
            workbook({"xl/worksheets/s.xml": '<w><c><f>HYPERLINK("https://x")</f></c><c><f>SUM(A1:A3)</f></c></w>'}),
        ],
    )
    def test_what_does_nothing_by_itself_is_taken(self, content: bytes) -> None:
        assert taken(content)


class TestCharts:
    DATA = "word/embeddings/Microsoft_Excel_Sheet.xlsx"

    def chart(self, data: bytes) -> bytes:
        link = (
            '<Relationships><Relationship Type="http://x/package" Target="../embeddings/Microsoft_Excel_Sheet.xlsx"/>'
            "</Relationships>"
        )
        return packed(
            {
                "word/document.xml": "<a/>",
                "word/charts/chart1.xml": "<a/>",
                "word/charts/_rels/chart1.xml.rels": link,
                self.DATA: data,
            }
        )

    def test_a_chart_with_its_data_is_taken_and_the_data_are_read(self) -> None:
        assert taken(self.chart(workbook({})))
        named = workbook({"xl/sharedStrings.xml": "<sst><si><t>Hộ ông Lê Văn Bảy</t></si></sst>"})
        with pytest.raises(Refused, match=r"số liệu của biểu đồ.* có tên người"):
            read_file("a", self.chart(named))

    def test_its_data_may_not_act_nor_anything_else_be_laid_in_with_it(self) -> None:
        assert "XLM" in refusal(self.chart(workbook({"xl/macrosheets/sheet1.xml": "<a/>"})))
        assert "nhúng" in refusal(packed({"word/document.xml": "<a/>", self.DATA: workbook({})}))


class TestOtherArchives:
    def test_open_documents_are_named_rightly(self) -> None:
        for kind, ending in (("text", ".odt"), ("spreadsheet", ".ods")):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
            assert ending in refusal(file.getvalue())

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"Rar!\x1a\x07\x01\0" + b"x" * 50, "tệp nén (.rar); bấm chuột phải, chọn Giải nén"),
            (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "tệp nén (.7z)"),
            (b"\x1f\x8b\x08" + b"x" * 50, "tệp nén (.gz)"),
            (rb"{\rtf1\ansi x}", "tệp .rtf; mở bằng Word, lưu lại dạng .docx"),
        ],
    )
    def test_other_kinds_are_named_rightly(self, content: bytes, words: str) -> None:
        assert words in refusal(content)

    def test_an_archive_of_one_file_is_told_to_be_unpacked(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("Báo cáo.pdf", "%PDF-1.4 …")
        assert "Giải nén" in refusal(file.getvalue())


@pytest.mark.later
def test_nine_hundred_thousand_empty_paragraphs_are_read_in_time() -> None:
    content = body("<w:p/>" * 900_000)
    assert len(content) < 60_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert examine("a.docx", io.BytesIO(content)).name == "a.docx"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10

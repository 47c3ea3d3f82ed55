"""What would act or fetch when a PDF is opened is refused by its own words; what is declared but empty is not."""

import io
import zipfile

import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, TextStringObject

from config.errors import Refused
from intake.files.reading import read_file
from tests.support.evidence_files import pdf, word


def entries(**given: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in given.items()})


def action(kind: str, **given: PdfObject) -> DictionaryObject:
    return entries(S=NameObject(f"/{kind}"), **given)


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_file("a.pdf", content)
    assert refused.value.en.isascii()
    return str(refused.value)


WEB, SHARE = TextStringObject("https://x.example"), TextStringObject("\\\\server\\a.pdf")


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ({"OpenAction": action("URI", URI=WEB)}, "địa chỉ mạng ngay khi mở"),
        ({"OpenAction": action("GoToR", F=SHARE)}, "tệp khác trên mạng"),
        ({"OpenAction": action("GoToR", F=TextStringObject("b.pdf"))}, "tệp khác trên mạng"),
        ({"Kept": action("GoToR", F=entries(F=SHARE))}, "tệp khác trên mạng"),
        ({"Kept": action("SubmitForm")}, "biểu mẫu"),
        ({"AA": entries(O=action("URI", URI=WEB))}, "lệnh tự chạy"),
        ({"Names": entries(JavaScript=entries(Names=ArrayObject([TextStringObject("a")])))}, "JavaScript"),
        ({"Names": entries(EmbeddedFiles=entries(Names=ArrayObject([TextStringObject("a")])))}, "đính kèm"),
        ({"Kept": entries(Subtype=NameObject("/RichMedia"))}, "phim"),
        ({"AcroForm": entries(XFA=TextStringObject("x"))}, "XFA"),
    ],
)
def test_each_kind_by_its_own_words(root: dict[str, PdfObject], words: str) -> None:
    said = refusal(pdf("Ket qua", **root))
    assert words in said and "gửi" in said


@pytest.mark.parametrize(
    "root",
    [
        {"AA": entries()},
        {"Names": entries(JavaScript=entries(Names=ArrayObject()), EmbeddedFiles=entries(Names=ArrayObject()))},
        {"OpenAction": action("GoTo", D=ArrayObject())},
        {"Kept": action("URI", URI=WEB)},
        {"Kept": action("GoToR", F=TextStringObject("phu-luc.pdf"))},
    ],
)
def test_what_is_empty_or_only_clicked_is_taken(root: dict[str, PdfObject]) -> None:
    assert read_file("a.pdf", pdf("Ket qua", **root)) == ("application/pdf", True)


def test_a_password_for_changing_only_keeps_nobody_from_reading() -> None:
    assert read_file("a.pdf", pdf("Ket qua", owner_password="chu")) == ("application/pdf", True)
    assert "mật khẩu" in refusal(pdf("Ket qua", password="mo", owner_password="chu"))


def test_a_pdf_and_an_archive_in_one() -> None:
    behind = io.BytesIO(pdf("Ket qua"))
    with zipfile.ZipFile(behind, "a") as archive:
        archive.writestr("a.txt", "x")
    assert "vừa là PDF vừa là tệp nén" in refusal(behind.getvalue())
    before = io.BytesIO()
    with zipfile.ZipFile(before, "w") as archive:
        archive.writestr("%PDF-1.4.xml", "<a/>")
        with zipfile.ZipFile(io.BytesIO(word("Kết quả"))) as report:
            for part in report.namelist():
                archive.writestr(part, report.read(part))
    assert "trong một" in refusal(before.getvalue())

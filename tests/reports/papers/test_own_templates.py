"""Templates as clerks edit them in Word and LibreOffice: filled, or refused in words that name the place."""

import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import RichText

from config.clock import HANOI
from config.errors import Refused
from reports.papers.filling import SHIPPED, filled
from reports.papers.pdf import office_program
from tests.support.word_files import text_of

NAME = "phieu-giao-viec.docx"
ROW = SimpleNamespace(
    title="T1 Lập kế hoạch",
    what="T1 Lập kế hoạch",
    helped="với Sở Tài chính",
    period="quý I/2026",
    due="31/03/2026",
    role="Phối hợp",
    product="Báo cáo",
    report_to="",
)
CONTENT: dict[str, Any] = {
    "superior": "",
    "issuer": "Công an tỉnh",
    "symbol": "CAT",
    "drafting_unit": "",
    "place": "…",
    "year": "2026",
    "moment": "08:00 ngày 01/02/2026",
    "directive": "Chỉ thị",
    "office": "Sở Y tế",
    "is_sample": False,
    "opening": "Sở Y tế được giao:",
    "grounds": ("Căn cứ Chỉ thị;",),
    "closing": "Đề nghị thực hiện.",
    "all": [ROW, ROW],
    "late": [ROW],
    "soon": [],
    "bar": RichText("█"),
}


def fill(folder: Path, name: str = NAME) -> str:
    now = datetime(2026, 2, 1, 8, tzinfo=HANOI)
    return text_of(filled(name, CONTENT, own=folder, author="Công an tỉnh", title="Phiếu", now=now, trail=""))


def edited(folder: Path, edit: Callable[[DocumentObject], object]) -> Path:
    document = Document(str(SHIPPED / NAME))
    edit(document)
    document.save(str(folder / NAME))
    return folder


def paragraph(document: DocumentObject, text: str) -> Paragraph:
    """The paragraph with this text, in a table or outside."""
    cells: list[Any] = [cell for table in document.tables for row in table.rows for cell in row.cells]
    found: Paragraph = next(each for part in (document, *cells) for each in part.paragraphs if text in each.text)
    return found


def wrote(text: str, instead: str) -> Callable[[DocumentObject], None]:
    def edit(document: DocumentObject) -> None:
        first, *others = paragraph(document, text).runs
        first.text = instead
        for run in others:
            run._r.getparent().remove(run._r)

    return edit


def split(text: str, at: int) -> Callable[[DocumentObject], None]:
    """What Word does to a text in which a clerk corrected a letter: runs of their own, marks of spelling between."""

    def edit(document: DocumentObject) -> None:
        found = paragraph(document, text)
        run = found.runs[0]
        whole, run.text = run.text, run.text[:at]
        rest = deepcopy(run._r)
        run._r.addnext(rest)
        Run(rest, found).text = whole[at:]
        for mark in ('w:proofErr {} w:type="spellStart"', 'w:bookmarkStart {} w:id="9" w:name="x"'):
            run._r.addnext(parse_xml(f"<{mark.format(nsdecls('w'))}/>"))

    return edit


@pytest.mark.parametrize("at", [1, 2, 5, 9])
@pytest.mark.parametrize("text", ["{{ opening }}", "{%tr for i in all %}", "{%p for ground in grounds %}"])
def test_a_placeholder_in_pieces_is_filled(tmp_path: Path, text: str, at: int) -> None:
    written = fill(edited(tmp_path, split(text, at)))
    assert "Sở Y tế được giao:\n" in written and written.count("T1 Lập kế hoạch") == 2 and "Căn cứ Chỉ thị;" in written
    assert "{" not in written


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("{{ i.period or", "{{ i.period or ‘–’ }}"),
        ("{{ i.period or", "{{ i.period or “–” }}"),
        ("{{ opening }}", "{{~opening~}}"),
        ("{%tr for", "{%tr~for i in~all %}"),
        ("{%p for", "{%p~for ground in grounds~%}"),
        ("{{ opening }}", "{{opening}} {{ '{' }}"),
    ],
)
def test_quotes_and_spaces_that_word_puts_are_read(tmp_path: Path, text: str, instead: str) -> None:
    written = fill(edited(tmp_path, wrote(text, instead.replace("~", "\N{NO-BREAK SPACE}"))))
    assert "Sở Y tế được giao:" in written and written.count("T1 Lập kế hoạch") == 2
    assert "quý I/2026" in written and "Căn cứ Chỉ thị;" in written


@pytest.mark.parametrize(
    ("text", "instead", "told"),
    [
        ("{{ opening }}", "{{ opening }", "đoạn «{{ opening }»: «{{» chưa đóng bằng «}}» trong cùng đoạn"),
        ("{{ opening }}", "{ opening }}", "thừa «}}», hoặc thiếu dấu mở"),
        ("{{ opening }}", "Kính gửi {office}:", "«{office}» chỉ có một dấu ngoặc; viết «{{ office }}»"),
        ("{{ opening }}", "{# bỏ", "«{#» chưa đóng bằng «#}»"),
        ("{{ opening }}", "{{ ofice }}", "đoạn «{{ ofice }}»: không có chỗ điền «ofice»"),
        ("{{ opening }}", "{{ all }}", "là danh sách hoặc bản ghi, không phải chữ"),
        ("{{ opening }}", "{{ bar }}", "phải viết «{{r bar }}»"),
        ("{{ opening }}", "{{ 1 / 0 }}", "một phép tính hoặc bộ lọc không làm được"),
        ("{{ opening }}", "{{ office + 1 }}", "một phép tính hoặc bộ lọc không làm được"),
        ("{%p for", "{%p for ground in grounds }", "«{%» chưa đóng bằng «%}»"),
        ("{%p for", "{% p for ground in grounds %}", "viết liền «{%p»"),
        ("{%p for", "Căn cứ: {%p for ground in grounds %}", "phải đứng một mình trong một đoạn"),
        ("{%p for", "{%tr for ground in grounds %}", "chỉ dùng trong bảng; ngoài bảng viết «{%p …»"),
        ("{%p endif", "", "đoạn «{%p if is_sample %}»: lệnh «if» chưa đóng bằng «endif»"),
        ("{%tr for", "", "bảng 2, hàng 4, «{%tr endfor %}»: không có lệnh «endfor»"),
        ("{%tr endfor", "", "bảng 2, hàng 2, «{%tr for i in all %}»: lệnh «for» chưa đóng"),
        ("{%tr for", "Việc: {%tr for i in all %}", "phải đứng một mình trong một hàng"),
        ("{%tr for", "{% for i in all %}", "bảng 2: «{% for … %}» không đóng trong cùng một ô"),
    ],
)
def test_what_would_be_half_written_is_refused_at_its_place(tmp_path: Path, text: str, instead: str, told: str) -> None:
    with pytest.raises(Refused, match="chỗ điền không dùng được") as refusal:
        fill(edited(tmp_path, wrote(text, instead)))
    assert told in str(refusal.value) and str(tmp_path / NAME) in str(refusal.value)
    assert refusal.value.en != str(refusal.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    def edit(document: DocumentObject) -> None:
        wrote("{{ opening }}", "{{ opening }")(document)
        wrote("{{ closing }}", "{closing}")(document)
        document.sections[0].header.add_paragraph("{{ office")

    with pytest.raises(Refused, match="có 3 chỗ điền không dùng được") as refusal:
        fill(edited(tmp_path, edit))
    assert [each.partition(":")[0] for each in refusal.value.details] == [
        "đoạn «{{ opening }»",
        "đoạn «{closing}»",
        "đầu trang, đoạn «{{ office»",
    ]


@pytest.mark.parametrize("kind", ["ins", "del"])
def test_tracked_changes_are_asked_to_be_accepted_first(tmp_path: Path, kind: str) -> None:
    text = "t" if kind == "ins" else "delText"
    change = f'<w:{kind} {nsdecls("w")} w:id="3"><w:r><w:{text}>{{{{ old }}}}</w:{text}></w:r></w:{kind}>'

    def edit(document: DocumentObject) -> None:
        paragraph(document, "{{ opening }}")._p.append(parse_xml(change))

    with pytest.raises(Refused, match="Track Changes"):
        fill(edited(tmp_path, edit))


def zipped(**parts: bytes) -> bytes:
    with ZipFile(made := BytesIO(), "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    with ZipFile(SHIPPED / NAME) as file:
        return zipped(
            **{name: change(file.read(name)) if name == part else file.read(name) for name in file.namelist()}
        )


def garbled(part: str) -> bytes:
    content = bytearray((SHIPPED / NAME).read_bytes())
    with ZipFile(SHIPPED / NAME) as file:
        begins = file.getinfo(part).header_offset + 30 + len(part)
    content[begins : begins + 40] = b"\xff" * 40
    return bytes(content)


OTHER_FILES = {
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "tệp .doc đời cũ đổi tên, hoặc tệp có mật khẩu"),
    "rtf": (rb"{\rtf1 x}", "tệp .rtf đổi tên"),
    "odt": (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "tệp LibreOffice (.odt) đổi tên"),
    "dotx": (changed("[Content_Types].xml", lambda xml: xml.replace(b"document.main", b"template.main")), "mẫu .dotx"),
    "xml": (changed("word/document.xml", lambda xml: xml[:-40]), "tệp hỏng"),
    "garbled": (garbled("word/document.xml"), "tệp hỏng"),
    "garbled list of parts": (garbled("[Content_Types].xml"), "tệp hỏng"),
    "half": ((SHIPPED / NAME).read_bytes()[:9_000], "tệp hỏng hoặc không phải tệp Word"),
    "text": ("Kính gửi".encode(), "tệp hỏng hoặc không phải tệp Word"),
    "empty": (b"", "tệp rỗng"),
}


@pytest.mark.parametrize("kind", OTHER_FILES)
def test_another_file_with_the_name_of_a_template_is_told_for_what_it_is(tmp_path: Path, kind: str) -> None:
    content, told = OTHER_FILES[kind]
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(Refused, match=r"không đọc được như tệp Word \(\.docx\)") as refusal:
        fill(tmp_path)
    assert told in str(refusal.value)


@pytest.mark.slow
@pytest.mark.skipif(office_program() is None, reason="needs LibreOffice")
def test_a_template_saved_by_libreoffice_is_filled_as_before(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / NAME, tmp_path / NAME)
    command = [office_program() or "", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    saved = tmp_path / "saved"
    subprocess.run([*command, "docx", "--outdir", str(saved), str(tmp_path / NAME)], check=True, capture_output=True)
    assert fill(saved).split() == fill(tmp_path).split()

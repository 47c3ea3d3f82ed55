"""Word, Excel and PDF files made in memory: the evidence that offices attach."""

import io
import zipfile
from collections.abc import Mapping

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, PdfObject, StreamObject, TextStringObject

from intake.files.evidence import examine
from models.work.attachments import ExaminedFile

_KIND = "application/vnd.openxmlformats-officedocument."
WORD = f"{_KIND}wordprocessingml.document.main+xml"
SHEET = f"{_KIND}spreadsheetml.sheet.main+xml"
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(parts: Mapping[str, str | bytes], *, kind: str = WORD) -> bytes:
    """An Office file of these parts, the same bytes each time: its entries are of no particular moment."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="{kind}"/></Types>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {"[Content_Types].xml": types, **parts}.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def word(*runs: str, part: str = "word/document.xml") -> bytes:
    """A Word file with one paragraph of these runs."""
    text = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return packed({part: f"<w:document {NAMESPACE}><w:body><w:p>{text}</w:p></w:body></w:document>"})


def pdf(*pages: str, script: bool = False, password: str = "", title: str = "", **root: PdfObject) -> bytes:
    """A PDF whose pages say these ASCII texts, line by line; ``root`` is laid into its catalogue."""
    writer = PdfWriter()
    for text in pages:
        _say(writer, text)
    for key, value in root.items():
        writer.root_object[NameObject(f"/{key}")] = writer._add_object(value)
    if title:
        writer.add_metadata({"/Title": title})
    if script:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
        )
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _say(writer: PdfWriter, text: str) -> None:
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): font})})
    content = StreamObject()
    lines = " T* ".join(f"({line}) Tj" for line in text.split("\n"))
    content.set_data(f"BT /F 12 Tf 14 TL 10 200 Td {lines} ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)


def examined(text: str = "Kết quả") -> ExaminedFile:
    return examine("bao-cao.docx", io.BytesIO(word(text)))

"""Word, Excel and PDF files made in memory: the evidence that offices attach."""

import io
import struct
import zipfile
import zlib
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


def jpeg(width: int = 40, height: int = 20, *, exif: bytes = b"", data: bytes = b"\x12\x34\xff\x00\x56") -> bytes:
    """The segments of a JPEG with this size; ``exif`` is laid in as a phone does."""

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body

    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
    told = segment(0xE1, b"Exif\0\0" + exif) if exif else b""
    scan = segment(0xDA, bytes([3, 1, 0, 2, 17, 3, 17, 0, 63, 0])) + data
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + told + segment(0xC0, frame) + scan + b"\xff\xd9"


def turned(orientation: int, said: bytes = b"") -> bytes:
    """The EXIF data that tells how a phone was held, followed by whatever else it says."""
    return b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0) + said


def png(width: int = 4, height: int = 3, colour: int = 2, *, chunks: bytes = b"", rows: bytes | None = None) -> bytes:
    """A PNG of one shade; ``colour`` as its header says: 0 gray, 2 RGB, 3 palette, 4 and 6 with transparency."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    written = rows if rows is not None else (b"\0" + b"\0" * width * channels) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    palette = chunk(b"PLTE", b"\x10\x20\x30") if colour == 3 else b""
    data = chunk(b"IDAT", zlib.compress(written))
    return b"\x89PNG\r\n\x1a\n" + head + palette + chunks + data + chunk(b"IEND", b"")


def word(*runs: str, part: str = "word/document.xml") -> bytes:
    """A Word file with one paragraph of these runs."""
    text = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return packed({part: f"<w:document {NAMESPACE}><w:body><w:p>{text}</w:p></w:body></w:document>"})


def pdf(
    *pages: str, script: bool = False, password: str = "", owner_password: str = "", title: str = "", **root: PdfObject
) -> bytes:
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
    if password or owner_password:
        writer.encrypt(password, owner_password or None)
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

"""Reads a directive in a separate process (``intake.sandbox``): its text with paragraphs and tables, or a refusal."""

from typing import Any, BinaryIO

from intake import sandbox
from intake.directives.reading.plain import read_plain
from intake.directives.text import DirectiveText, TextBuilder, from_json
from intake.files.evidence import clean_name, content_of
from intake.files.office_documents import DOCX, office_paragraphs
from intake.files.refusals import refuse_old_office, refused

_ZIP = b"PK\x03\x04"


def read_directive(name: str, file: BinaryIO) -> DirectiveText:
    """The text of an uploaded directive; raises ``Refused`` naming the file and what to do."""
    shown = clean_name(name)
    return from_json(sandbox.run("intake.directives.reading.process", shown, content_of(shown, file)))


def read(name: str, content: bytes) -> DirectiveText:
    """Read in this process; for ``read_directive`` and for tests."""
    builder = TextBuilder()
    if content[:64].lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-"):
        # What reads PDF takes longer to import than everything else here.
        from intake.directives.reading.pdf import read_pdf

        read_pdf(name, content, builder)
    elif content.startswith(_ZIP):
        office = office_paragraphs(name, content)
        if office.media_type == DOCX:
            from intake.directives.reading.word import read_word

            read_word(name, office.archive, builder)
        else:
            from intake.directives.reading.workbook import read_workbook

            read_workbook(name, content, builder)
        if not builder.length and office.pictures:
            raise refused(
                name,
                "chỉ có ảnh chụp, không có chữ để đọc; dùng bản có chữ (.docx, PDF xuất từ Word), hoặc dán nội "
                "dung vào",
                "contains only images, no readable text; use a version with text (.docx, a PDF exported from Word), "
                "or paste the text",
            )
    else:
        refuse_old_office(name, content)
        read_plain(name, content, builder)
    if not builder.length:
        raise refused(name, "không có chữ nào; chọn lại tệp", "contains no text; choose another file")
    return builder.built()


def _read(name: str, content: bytes) -> dict[str, Any]:
    return read(name, content).as_json()


if __name__ == "__main__":
    sandbox.serve(_read)

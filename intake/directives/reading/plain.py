"""A plain or pasted text: its letters, its paragraphs, and tables pasted with tabs or with «|» between the cells."""

import re
import unicodedata
from collections.abc import Iterator

from intake.directives.reading.lines import paragraphs_and_cells, without_running_heads
from intake.directives.text import TextBuilder
from intake.files.refusals import refused

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKDOWN_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|?)+\s*")
_LEAST_COLUMNS = 3


def read_plain(name: str, content: bytes, builder: TextBuilder) -> None:
    """Add a plain text; raises ``Refused`` for bytes that are no text."""
    text = _decoded(name, content)
    pages = [page.split("\n") for page in unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\f")]
    if len(pages) > 1:
        pages = without_running_heads(pages)
    lines = [line for page in pages for line in page]
    for is_table, part in _parts(lines):
        if is_table:
            _add_table(part, builder)
        else:
            for each in paragraphs_and_cells(part):
                builder.paragraph(each)


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if not _BINARY.search(content[:4096]):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    raise refused(
        name,
        "không phải Word (.docx), Excel (.xlsx), PDF hay văn bản thuần Unicode (UTF-8); lưu lại thành .docx rồi gửi"
        " (phông TCVN3, VNI: chuyển mã sang Unicode trước)",
        "is not Word (.docx), Excel (.xlsx), PDF or plain UTF-8 text; save it as .docx and send it again",
    )


def _parts(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines that are rows of a table, and of others."""
    part: list[str] = []
    in_table = False
    for line in lines:
        row = len(_cells(line)) >= _LEAST_COLUMNS or (in_table and bool(_MARKDOWN_RULE.fullmatch(line)) and "|" in line)
        if row != in_table and part:
            yield in_table and len(part) > 1, part
            part = []
        in_table = row
        part.append(line)
    if part:
        yield in_table and len(part) > 1, part


def _cells(line: str) -> list[str]:
    bare = line.strip("\n ")
    if "\t" in bare:
        return bare.split("\t")
    if bare.startswith("|") and bare.endswith("|") and len(bare) > 1:
        return bare[1:-1].split("|")
    return []


def _add_table(lines: list[str], builder: TextBuilder) -> None:
    rows = [_cells(line) for line in lines if not _MARKDOWN_RULE.fullmatch(line)]
    width = max(map(len, rows), default=0)
    builder.table([[(None, cell.replace("<br>", "\n")) for cell in (*row, *[""] * (width - len(row)))] for row in rows])

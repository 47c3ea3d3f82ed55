"""The text of a PDF in the order in which it reads: lines joined to paragraphs, ruled tables as tables, two columns."""

import io
import re
from collections import Counter
from typing import Any

from pypdf import PdfReader

from intake.directives.reading.lines import paragraphs_of, without_running_heads
from intake.directives.reading.pdf_tables import Fragment, RuledTable, Rulings, lines_of, ruled_tables
from intake.directives.text import TextBuilder
from intake.files.refusals import refused, refusing_damaged

MAX_PAGES = 200
_LETTERS_OF_A_PAGE = 40
_LEAST_LINES_OF_COLUMNS = 8
_CONSONANTS = re.compile(
    r"\b(ngh|ng|nh|th|tr|ch|kh|ph|gh|gi|qu|[bcdđhklmnrstvx]) (?=[aăâeêioôơuưyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩị"
    r"óòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ])"
)
_BROKEN_ENOUGH = 3


def read_pdf(name: str, content: bytes, builder: TextBuilder) -> None:
    """Add the text of a PDF; raises ``Refused`` for a scan, a password or too many pages."""
    with refusing_damaged(name):
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise refused(
                name,
                "có mật khẩu; bỏ mật khẩu rồi gửi lại",
                "has a password; remove the password and send the file again",
            )
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise refused(
                name,
                f"dài {count} trang; tối đa {MAX_PAGES}: tách lấy phần giao nhiệm vụ (và phụ lục) rồi gửi",
                f"has {count} pages; at most {MAX_PAGES}: extract the part that assigns tasks (and annexes) and send "
                "that",
            )
        pages = [_read_page(page) for page in reader.pages]
    letters = [sum(len(each.text.strip()) for each in fragments) for fragments, _ in pages]
    scanned = sum(count < _LETTERS_OF_A_PAGE for count in letters)
    if scanned > len(pages) / 2:
        raise refused(
            name,
            f"là bản chụp (scan): {scanned} trên {len(pages)} trang không có chữ để đọc; dùng bản .docx hay PDF xuất từ"
            " Word, hoặc dán nội dung vào",
            f"is a scan: {scanned} of {len(pages)} pages contain no readable text; use the .docx or a PDF exported "
            "from Word, or paste the text",
        )
    if scanned:
        builder.note(
            f"{scanned} trên {len(pages)} trang không có chữ (ảnh chụp) nên không đọc được.",
            f"{scanned} of {len(pages)} pages contain no text (images) and were not read.",
        )
    _add(pages, builder)


def _read_page(page: Any) -> tuple[list[Fragment], Rulings]:
    fragments: list[Fragment] = []
    rulings = Rulings()

    def on_text(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if text.strip("\n"):
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scale = abs(tm[3] or tm[1]) * abs(cm[3] or cm[1])
            fragments.append(Fragment(x, y, max(size * scale, 1.0), text.replace("\n", " ")))

    page.extract_text(visitor_text=on_text, visitor_operand_before=rulings.on_operator)
    return fragments, rulings


def _add(pages: list[tuple[list[Fragment], Rulings]], builder: TextBuilder) -> None:
    parts: list[list[str | RuledTable]] = []
    for fragments, rulings in pages:
        tables = ruled_tables(rulings, fragments)
        inside = {id(each) for table in tables for each in table.fragments}
        outside = [each for each in fragments if id(each) not in inside]
        lines = _in_reading_order(outside, builder)
        parts.append(_merged(lines, tables))
    for page, kept in zip(parts, without_running_heads([_texts(page) for page in parts]), strict=True):
        lost = Counter(_texts(page)) - Counter(kept)
        for at in [*range(len(page))][::-1]:
            each = page[at]
            if isinstance(each, str) and lost[each] and (at < 2 or at >= len(page) - 2):
                lost[each] -= 1
                del page[at]
    flow = [each for page in parts for each in page]
    broken = sum(len(_CONSONANTS.findall(each)) for each in flow if isinstance(each, str))
    mend = broken >= _BROKEN_ENOUGH and broken > len(flow) / 20
    if mend:
        builder.note(
            "Chữ trong PDF bị tách rời (dấu cách giữa tiếng); đã nối lại, hãy soát kỹ.",
            "Words in the PDF were split by spaces and have been joined; check them carefully.",
        )
    waiting: list[str] = []
    for each in [*flow, None]:
        if isinstance(each, str):
            waiting.append(_CONSONANTS.sub(r"\1", each) if mend else each)
            continue
        for paragraph in paragraphs_of(waiting):
            builder.paragraph(paragraph)
        waiting = []
        if each is not None:
            builder.table(each.cells)


def _texts(page: list[str | RuledTable]) -> list[str]:
    return [each for each in page if isinstance(each, str)]


def _merged(lines: list[tuple[float, str]], tables: list[RuledTable]) -> list[str | RuledTable]:
    """Lines and tables from the top of the page; lines of columns keep their order."""
    page: list[str | RuledTable] = []
    waiting = sorted(tables, key=lambda table: -table.top)
    for y, line in lines:
        while waiting and y < waiting[0].bottom:
            page.append(waiting.pop(0))
        page.append(line)
    return page + waiting


def _in_reading_order(fragments: list[Fragment], builder: TextBuilder) -> list[tuple[float, str]]:
    right = _second_column(fragments)
    if right is None:
        return [(y, text) for y, _, text in lines_of(fragments)]
    builder.note(
        "Trang có hai cột: đọc cột trái rồi cột phải.", "The pages have two columns: the left one was read first."
    )
    of_left = [each for each in fragments if each.x < right - 1]
    of_right = [each for each in fragments if each.x >= right - 1]
    return [(y, text) for column in (of_left, of_right) for y, _, text in lines_of(column)]


def _second_column(fragments: list[Fragment]) -> float | None:
    """Where the right one of two columns begins, or None."""
    starts = [each for each in fragments if each.text.strip()]
    if not starts:
        return None
    left, most = min(each.x for each in starts), max(each.x for each in starts)
    middle = (left + most) / 2
    common = Counter(round(each.x) for each in starts if each.x > left + 0.3 * (most - left))
    if not common or most - left < 150:
        return None
    x, count = common.most_common(1)[0]
    lines = {round(each.y) for each in starts}
    crossing = sum(each.x < x - 5 and each.x + 0.4 * each.size * len(each.text.strip()) > x + 20 for each in starts)
    enough = count >= max(_LEAST_LINES_OF_COLUMNS, 0.4 * len(lines))
    return float(x) if enough and crossing <= 0.1 * count and x > middle - 0.35 * (most - left) else None

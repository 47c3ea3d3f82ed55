"""How our workbooks look: fonts, lines, colours that also tell apart on paper, and the page they are printed on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from string import ascii_uppercase
from typing import Any, BinaryIO
from unicodedata import combining, normalize

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.tables.lifecycle import Status

INK, GREY, BORDER = "#1B1B1B", "#5A5A5A", "#A6A6A6"
HEAD_FILL, INPUT_FILL = "#E3E8F0", "#FFFBE6"

STATUS_INK = {
    Status.DONE_ON_TIME: "#1B6E2F",
    Status.DONE_LATE: "#8A5A00",
    Status.OPEN_WITHIN_TERM: INK,
    Status.OPEN_OVERDUE: "#B00020",
}

FONT, SIZE = "Times New Roman", 11
_FONT = {"font_name": FONT, "font_size": SIZE, "valign": "top"}
PAPERS = {"A4": 9, "A3": 8}
"""The sizes of paper a table is printed on, as Excel numbers them."""

_LINE_POINTS, _HIGHEST_POINTS = 15.0, 409.0
_WIDE, _NARROW = dict.fromkeys(ascii_uppercase, 1.4) | dict.fromkeys("mwMW", 1.6), dict.fromkeys("fijlrt.,;:()/-", 0.62)
_LETTERS = _WIDE | _NARROW
"""How wide letters of Times New Roman are, counted in digits as columns are; others are ``_LETTER``."""

_LETTER, _SPACE = 0.98, 0.5


def open_workbook(file: BinaryIO, **options: object) -> Workbook:
    """A workbook to write into ``file``.

    Its widths of columns, counted in digits of the font of cells that say no other, and its page footers are of the
    font that all cells have: where Calibri is missing, another one would make the columns wider than their rows are
    high.
    """
    return Workbook(file, {"default_format_properties": {"font_name": FONT, "font_size": SIZE}, **options})


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._add = book.add_format
        self.title = self._plain(bold=True, font_size=16)
        self.subtitle = self._plain(font_color=GREY)
        self.hint = self._plain(font_size=10, italic=True, font_color=GREY, text_wrap=True, valign="bottom")
        self.warning = self._plain(bold=True, font_color="#B00020")
        self.head = self._plain(
            bold=True,
            border=1,
            border_color=BORDER,
            bg_color=HEAD_FILL,
            align="center",
            valign="vcenter",
            text_wrap=True,
        )
        self.of = cache(self._cell)

    def _plain(self, **changes: Any) -> Format:
        return self._add({**_FONT, **changes})

    def _cell(
        self,
        *,
        ink: str = INK,
        bold: bool = False,
        centred: bool = False,
        form: str = "",
        lined: bool = True,
        fill: bool = False,
    ) -> Format:
        """A cell of a table.

        form  how a number or a date shows, «@» for what stays text
        fill  a cell to be filled in, in a colour of its own
        """
        cell: dict[str, Any] = {"font_color": ink, "bold": bold, "text_wrap": True}
        if lined:
            cell |= {"border": 1, "border_color": BORDER}
        if fill:
            cell["bg_color"] = INPUT_FILL
        if centred:
            cell["align"] = "center"
        if form:
            cell["num_format"] = form
        return self._plain(**cell)


def height_of(cells: Iterable[tuple[object, float]]) -> float:
    """How high a row must be, in points, for the wrapped texts of cells of these widths.

    Only Excel works that out by itself, and not always; other programs would show the first line.
    """
    lines = max(
        (_lines(each, width) for each, width in cells if isinstance(each, str) and each),
        default=1,
    )
    return min(lines * _LINE_POINTS + 3, _HIGHEST_POINTS)


def write_cell(sheet: Worksheet, row: int, place: int, value: str | int | Decimal | date | None, style: Format) -> None:
    """Write a value as what it is: a text stays one, whatever it begins with."""
    if isinstance(value, date):
        sheet.write_datetime(row, place, value, style)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, place, value, style)
    elif value:
        sheet.write_string(row, place, value, style)
    else:
        sheet.write_blank(row, place, None, style)


@lru_cache(maxsize=5_000)
def _lines(text: str, width: float) -> int:
    """On how many lines a text stands in a column, as programs break it: between words, and a word where it must."""
    lines = 0
    for line in text.splitlines():
        lines, used = lines + 1, 0.0
        for word in map(_width, line.split()):
            if used and used + _SPACE + word > width:
                lines, used = lines + 1, 0.0
            more, used = divmod(used + (_SPACE if used else 0) + word, width)
            lines += int(more)
    return lines


@lru_cache(maxsize=20_000)
def _width(word: str) -> float:
    """Letters with accents are as wide as those without."""
    return sum(_LETTERS.get(letter, _LETTER) for letter in normalize("NFD", word) if not combining(letter))


def set_up_page(sheet: Worksheet, page_word: str, *, landscape: bool, paper: str = "A4") -> None:
    """As wide as the paper and as long as need be, with the number of each page."""
    sheet.set_paper(PAPERS[paper])
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&A&R{page_word} &P/&N")

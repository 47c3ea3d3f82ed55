"""Tables as an Excel workbook: one sheet each, numbers as numbers, shares as per cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from reports.sheets.styles import Styles, height_of, open_workbook, set_up_page, write_cell

_HEAD_ROW = 3

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table with its name, its columns with their widths, and its rows; a cell that is a fraction is a share."""

    name: str
    head: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]


def write_tables(title: str, about: str, tables: Sequence[Table], file: BinaryIO, *, page: str) -> None:
    """Write the workbook into ``file``; ``page`` is the word before the number of a printed page."""
    with open_workbook(file, in_memory=True) as book:
        styles = Styles(book)
        for table in tables:
            sheet = book.add_worksheet(table.name[:31])
            set_up_page(sheet, page, landscape=True)
            sheet.write_string(0, 0, title, styles.title)
            sheet.write_string(1, 0, about, styles.subtitle)
            sheet.set_row(_HEAD_ROW, 32)
            for place, (words, width) in enumerate(table.head):
                sheet.set_column(place, place, width)
                sheet.write_string(_HEAD_ROW, place, words, styles.head)
            sheet.freeze_panes(_HEAD_ROW + 1, 2)
            sheet.repeat_rows(_HEAD_ROW)
            for number, row in enumerate(table.rows, _HEAD_ROW + 1):
                beside = zip(row, (width for _, width in table.head), strict=True)
                sheet.set_row(number, height_of((cell, width) for cell, width in beside if isinstance(cell, str)))
                for place, cell in enumerate(row):
                    is_share = isinstance(cell, float)
                    value = Decimal(str(cell)) if isinstance(cell, float) else cell
                    form, centred = "0%" if is_share else "", not isinstance(cell, str)
                    write_cell(sheet, number, place, value, styles.of(form=form, centred=centred))
            sheet.autofilter(_HEAD_ROW, 0, max(_HEAD_ROW + len(table.rows), _HEAD_ROW), len(table.head) - 1)

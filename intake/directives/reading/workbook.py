"""The sheets of an Excel workbook as tables: shown values, merged cells as one, hidden sheets left out."""

import io
from contextlib import closing
from datetime import date, datetime
from typing import Any

from intake.directives.text import TextBuilder
from intake.files.refusals import refused, refusing_damaged

MAX_ROWS = 5_000
_MAX_COLUMNS = 40
_LEAST_COLUMNS = 3


def read_workbook(name: str, content: bytes, builder: TextBuilder) -> None:
    """Add the sheets of a workbook; a row outside any table is a paragraph."""
    from openpyxl import load_workbook

    with (
        refusing_damaged(name),
        closing(load_workbook(io.BytesIO(content), data_only=True, keep_links=False)) as book,
    ):
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                builder.note(
                    f"Trang tính ẩn «{sheet.title}» không đọc.", f"The hidden sheet '{sheet.title}' was not read."
                )
                continue
            if sheet.max_row > MAX_ROWS:
                raise refused(
                    name,
                    f"trang «{sheet.title}» có hơn {MAX_ROWS} dòng; chỉ giữ bảng nhiệm vụ rồi gửi",
                    f"has more than {MAX_ROWS} rows on the sheet '{sheet.title}'; keep only the task table and send "
                    "it again",
                )
            _add_sheet(sheet, builder)


def _add_sheet(sheet: Any, builder: TextBuilder) -> None:
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, min(area.max_col, _MAX_COLUMNS) + 1):
                merged[row, column] = (area.min_row, area.min_col)
    table: list[list[tuple[Any, str]]] = []
    for number, row in enumerate(sheet.iter_rows(max_col=min(sheet.max_column, _MAX_COLUMNS)), 1):
        cells: list[tuple[Any, str]] = []
        for column, cell in enumerate(row, 1):
            at = merged.get((number, column), (number, column))
            cells.append((at, _shown(sheet.cell(*at) if at != (number, column) else cell)))
        filled = list(dict.fromkeys(key for key, text in cells if text))
        if not filled or (not table and len(filled) < _LEAST_COLUMNS):
            if table and not filled:
                continue
            for _, text in dict(cells).items():
                builder.paragraph(text)
            continue
        table.append(cells)
    if table:
        width = max(at for cells in table for at, (_, text) in enumerate(cells, 1) if text)
        builder.table([cells[:width] for cells in table])


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        if "d" not in cell.number_format.lower() and "m" in cell.number_format.lower():
            return f"{value:%m/%Y}"
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

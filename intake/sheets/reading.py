"""Reads the cells of a filled-in sheet in a separate process (``intake.sandbox``).

Only values are read, never formulas or styles, from the first sheet whose name is known here. The size of the sheet
that the file states is not trusted.
"""

import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.text.suggestions import without_accents
from intake import sandbox
from intake.files.office_documents import XLSX, office_paragraphs, sheet_names
from intake.files.refusals import refuse_old_office, refused, refusing_damaged

ASSIGNMENTS, CONTACTS, OFFICES, TRACKING = "assignments", "contacts", "offices", "tracking"

SHEETS: dict[str, tuple[str, ...]] = {ASSIGNMENTS: ("Giao việc",), CONTACTS: ("Liên hệ",), OFFICES: ("Cơ quan",)}
SHEETS[TRACKING] = ("Bảng theo dõi", "Tracking table")
"""The names of the sheets of each kind."""

MAX_ROWS = 2_000
LAST_ROW_OF_EXCEL = 1_048_576
"""Filled-in rows of one file; more must be split into several files."""

MAX_TRACKED_ROWS = 10_000
"""Rows of a returned tracking table; of more, a part is exported and returned."""

_MAX_COLUMNS = 40
_LONGEST = 20_000

TEXT, NUMBER, DAY, ERROR, FORMULA, OTHER = "text", "number", "day", "error", "formula", "other"
"""Kinds of cells; a formula is one whose value was not computed when the file was saved."""


def read_sheet(name: str, content: bytes) -> dict[str, Any]:
    """Which sheet was found, its merged cells, its hidden rows, and its cells that are not empty: row, column from 0,
    kind and value.

    Raises ``Refused`` for what is no workbook, would act by itself, holds no sheet that is known, or too much.
    """
    refuse_old_office(name, content)
    file = office_paragraphs(name, content) if content.startswith(b"PK") else None
    if file is None or file.media_type != XLSX:
        raise refused(name, "không phải bảng Excel (.xlsx); lưu lại đúng dạng", "is not an Excel workbook (.xlsx)")
    with refusing_damaged(name):
        parts = {sheet: part for part, sheet in sheet_names(name, file.archive).items()}
        kind, sheet = _known(parts)
        if not kind:
            there, wanted = ", ".join(list(parts)[:8]), ", ".join(each[0] for each in SHEETS.values())
            raise refused(
                name,
                f"không có trang tính nào nhập được (có: {there}); cần một trong: {wanted}. Đừng đổi tên trang của mẫu",
                f"has no sheet that can be imported (it has: {there}); one of these is needed: {wanted}. Do not "
                "rename the form's sheets",
            )
        with file.archive.open(parts[sheet]) as part:
            layout = _layout(part.read())
        if layout.furthest > LAST_ROW_OF_EXCEL:
            raise refused(
                name,
                f"có dòng số {layout.furthest}, quá lớn: trang tính chỉ có {LAST_ROW_OF_EXCEL} dòng; lưu lại từ Excel",
                f"has a row numbered {layout.furthest}, which is too large: a sheet has only {LAST_ROW_OF_EXCEL} "
                "rows; save it again in Excel",
            )
        most = MAX_TRACKED_ROWS if kind == TRACKING else MAX_ROWS
        since_1904, cells = _cells(name, content, sheet, most, layout.last_row)
    return {
        "kind": kind,
        "sheet": sheet,
        "merged": layout.merged,
        "hidden": layout.hidden,
        "cells": cells,
        "since_1904": since_1904,
    }


@dataclass(frozen=True)
class _Layout:
    """``hidden`` are the rows that do not show, by hand or by a filter; below ``last_row`` nothing is written.

    furthest  the largest number of a row
    """

    merged: list[str]
    hidden: list[int]
    last_row: int | None
    furthest: int


_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([^\"]{1,30})\"")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_ROW_NUMBER = re.compile(rb"\br=\"(\d{1,20})\"")
_DOES_NOT_SHOW = re.compile(rb"\bhidden=\"(?:1|true)\"|\bht=\"0(?:\.0*)?\"")
_WRITTEN = re.compile(rb"<(?:\w+:)?(?:v|f|is|t)[\s>]")
_ENDS = re.compile(rb"</(?:\w+:)?worksheet>\s*$")
_FAR_ENOUGH = 4096


def _layout(xml: bytes) -> _Layout:
    """What of a sheet's XML concerns whole rows; read by its bytes, as hundreds of thousands of rows may be blank."""
    merged = [each.decode("ascii", "replace") for each in _MERGED.findall(xml)[:50]]
    hidden, furthest = list[int](), 0
    for row in _ROW.finditer(xml):
        if (found := _ROW_NUMBER.search(row[1])) is not None:
            furthest = max(furthest, number := int(found[1]))
            if _DOES_NOT_SHOW.search(row[1]):
                hidden.append(number)
    return _Layout(merged, hidden[:MAX_TRACKED_ROWS], _last_row(xml), furthest)


def _last_row(xml: bytes) -> int | None:
    """The number of the last row with a value; None where rows are not numbered, or the sheet is cut off."""
    if b"<!" in xml or not _ENDS.search(xml, max(0, len(xml) - 100)):
        return None
    end = len(xml)
    while end > 0:
        start = max(0, end - _FAR_ENOUGH)
        for found in reversed(list(_WRITTEN.finditer(xml, start, min(len(xml), end + 16)))):
            begins = max(xml.rfind(b"<row", 0, found.start()), xml.rfind(b":row", 0, found.start()))
            number = _ROW_NUMBER.search(xml, begins, begins + 300) if begins >= 0 else None
            return int(number[1]) if number else None
        end = start
    return 1


def _known(sheets: Any) -> tuple[str, str]:
    for kind, names in SHEETS.items():
        for sheet in sheets:
            if without_accents(sheet) in map(without_accents, names):
                return kind, str(sheet)
    return "", ""


def _cells(name: str, content: bytes, sheet: str, most: int, last_row: int | None) -> tuple[bool, list[list[Any]]]:
    # Imported here: it takes a fifth of a second, and only this process needs it.
    from openpyxl import load_workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    found: list[list[Any]] = []
    with (
        closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)) as values,
        closing(load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)) as formulas,
    ):
        filled = 0
        # One workbook has the value of a formula, the other the formula itself.
        for shown, written in zip(_rows(values[sheet], last_row), _rows(formulas[sheet], last_row), strict=True):
            row = [each for pair in zip(shown, written, strict=True) if (each := _cell(*pair)) is not None]
            filled += bool(row)
            found += row
            if filled > most:
                raise refused(
                    name,
                    f"có hơn {most} dòng; chia thành nhiều tệp",
                    f"has more than {most} rows; split it into several files",
                )
        return values.epoch == CALENDAR_MAC_1904, found


def _rows(sheet: Any, last_row: int | None) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=_MAX_COLUMNS, max_row=last_row)  # type: ignore[no-any-return]


def _cell(shown: Any, written: Any) -> list[Any] | None:
    if written.data_type == "f" and shown.value is None:
        kind, value = FORMULA, ""
    elif shown.value is None or (isinstance(shown.value, str) and not shown.value.strip()):
        return None
    elif shown.data_type == "e":
        kind, value = ERROR, str(shown.value)
    elif isinstance(shown.value, str):
        kind, value = TEXT, shown.value[: _LONGEST + 1]
    elif isinstance(shown.value, bool):
        kind, value = TEXT, "có" if shown.value else "không"
    elif isinstance(shown.value, int | float):
        kind, value = NUMBER, repr(shown.value)
    elif isinstance(shown.value, date | datetime):
        kind, value = DAY, f"{shown.value:%Y-%m-%d}"
    else:
        kind, value = OTHER, str(shown.value)
    return [written.row, written.column - 1, kind, value]


if __name__ == "__main__":
    sandbox.serve(read_sheet)

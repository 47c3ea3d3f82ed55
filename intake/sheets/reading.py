"""Reads the cells of a filled-in sheet in a separate process (``intake.sandbox``).

Only values are read, never formulas or styles, from the first sheet whose name is known here. The size of the sheet
that the file states is not trusted.
"""

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any

from defusedxml.ElementTree import iterparse

from config.text.suggestions import without_accents
from intake import sandbox
from intake.files.office_documents import XLSX, office_paragraphs, sheet_names
from intake.files.refusals import refuse_old_office, refused, refusing_damaged

ASSIGNMENTS, CONTACTS, OFFICES, TRACKING = "assignments", "contacts", "offices", "tracking"

SHEETS: dict[str, tuple[str, ...]] = {ASSIGNMENTS: ("Giao việc",), CONTACTS: ("Liên hệ",), OFFICES: ("Cơ quan",)}
SHEETS[TRACKING] = ("Bảng theo dõi", "Tracking table")
"""The names of the sheets of each kind."""

MAX_ROWS = 2_000
"""Filled-in rows of one file; more must be split into several files."""

MAX_TRACKED_ROWS = 10_000
"""Rows of a returned tracking table; of more, a part is exported and returned."""

_MAX_COLUMNS = 40
_LONGEST = 20_000

TEXT, NUMBER, DAY, ERROR, FORMULA, OTHER = "text", "number", "day", "error", "formula", "other"
"""Kinds of cells; a formula is one whose value was not computed when the file was saved."""


def read_sheet(name: str, content: bytes) -> dict[str, Any]:
    """Which sheet was found, its merged cells, and its cells that are not empty: row, column from 0, kind and value.

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
                f"has no sheet that can be read in (it has: {there}); one of these is needed: {wanted}",
            )
        with file.archive.open(parts[sheet]) as part:
            merged = [
                str(element.get("ref"))
                for _, element in iterparse(part)
                if str(element.tag).endswith("}mergeCell") or element.clear()
            ]
        since_1904, cells = _cells(name, content, sheet, MAX_TRACKED_ROWS if kind == TRACKING else MAX_ROWS)
    return {"kind": kind, "sheet": sheet, "merged": merged[:50], "cells": cells, "since_1904": since_1904}


def _known(sheets: Any) -> tuple[str, str]:
    for kind, names in SHEETS.items():
        for sheet in sheets:
            if without_accents(sheet) in map(without_accents, names):
                return kind, str(sheet)
    return "", ""


def _cells(name: str, content: bytes, sheet: str, most: int) -> tuple[bool, list[list[Any]]]:
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
        for shown, written in zip(_rows(values[sheet]), _rows(formulas[sheet]), strict=True):
            row = [each for pair in zip(shown, written, strict=True) if (each := _cell(*pair)) is not None]
            filled += bool(row)
            found += row
            if filled > most:
                raise refused(name, f"có hơn {most} dòng; chia thành nhiều tệp", f"has more than {most} rows; split it")
        return values.epoch == CALENDAR_MAC_1904, found


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    return sheet.iter_rows(max_col=_MAX_COLUMNS)  # type: ignore[no-any-return]


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

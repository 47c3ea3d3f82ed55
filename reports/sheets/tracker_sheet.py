"""What leads have to do, in the few columns that a province's own tracker asks for, so that nobody types it twice.

Each assignment once under its lead, in one of the four states that trackers know: work that is returned, suspended or
without a date is not completed and within its term.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO, TextIO

from config.settings import Language
from reports.sheets.styles import Styles, height_of, open_workbook, set_up_page, write_cell
from reports.sheets.tracking_table import TrackingRow
from reports.wording import STATUS_EN, STATUS_VI

_COLUMNS = (
    ("TT", "No.", 6),
    ("Nhiệm vụ", "Task", 52),
    ("Kỳ", "Period", 18),
    ("Cơ quan chủ trì", "Lead", 30),
    ("Cơ quan phối hợp", "Coordinating", 30),
    ("Thời hạn", "Due", 12),
    ("Trạng thái", "State", 26),
    ("Ngày hoàn thành", "Done on", 12),
    ("Kết quả", "Result", 40),
    ("Mã ở dondoc", "Id in dondoc", 12),
)


def write_tracker(rows: Iterable[TrackingRow], file: BinaryIO, language: Language = "vi") -> int:
    """A workbook of one sheet without a title, as programs take them in; returns how many rows it has.

    rows  of leads only
    """
    last = 0
    with open_workbook(file, constant_memory=True) as book:
        styles, sheet = Styles(book), book.add_worksheet("Nhiệm vụ" if language == "vi" else "Tasks")
        set_up_page(sheet, "Trang" if language == "vi" else "Page", landscape=True)
        sheet.repeat_rows(0)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 0)
        widths = [width for *_, width in _COLUMNS]
        for place, (head, width) in enumerate(zip(_head(language), widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, head, styles.head)
        for last, cells in enumerate(_cells(rows, language), start=1):
            sheet.set_row(last, height_of(zip(cells, widths, strict=True)))
            for place, value in enumerate(cells):
                form = "dd/mm/yyyy" if isinstance(value, date) else ""
                write_cell(sheet, last, place, value, styles.of(form=form, centred=isinstance(value, date | int)))
        sheet.autofilter(0, 0, max(last, 1), len(_COLUMNS) - 1)
    return last


def write_tracker_csv(rows: Iterable[TrackingRow], file: TextIO, language: Language = "vi") -> None:
    """The same as CSV (RFC 4180), days as yyyy-mm-dd; begins with a byte order mark, so that Excel reads Vietnamese.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    file.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    lines = csv.writer(file)
    lines.writerow(_head(language))
    for cells in _cells(rows, language):
        lines.writerow([f"'{each}" if isinstance(each, str) and each.startswith(_FORMULA) else each for each in cells])


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _head(language: Language) -> list[str]:
    return [vi if language == "vi" else en for vi, en, _ in _COLUMNS]


def _cells(rows: Iterable[TrackingRow], language: Language) -> Iterator[tuple[str | int | date | None, ...]]:
    states = STATUS_VI if language == "vi" else STATUS_EN
    for number, row in enumerate(rows, start=1):
        task, state = f"{row.subtask} {row.title}", states[row.status]
        yield number, task, row.period, row.lead, row.coordinating, row.due, state, row.done_on, row.result, row.id

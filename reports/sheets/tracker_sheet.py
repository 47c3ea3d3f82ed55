"""What leads have to do, in the few columns that a province's own tracker asks for, so that nobody types it twice.

Each assignment once under its lead, in one of the four states that trackers know: work that is returned, suspended or
without a date is not completed and within its term.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

from xlsxwriter import Workbook

from config.settings import Language
from reports.sheets.styles import Styles, height_of, set_up_page, write_cell
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
    states = STATUS_VI if language == "vi" else STATUS_EN
    last = 0
    with Workbook(file, {"constant_memory": True}) as book:
        styles, sheet = Styles(book), book.add_worksheet("Nhiệm vụ" if language == "vi" else "Tasks")
        set_up_page(sheet, "Trang" if language == "vi" else "Page", landscape=True)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        widths = [width for *_, width in _COLUMNS]
        for place, (vi, en, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, vi if language == "vi" else en, styles.head)
        for last, row in enumerate(rows, start=1):
            task = f"{row.subtask} {row.title}"
            state = states[row.status]
            cells = (
                last,
                task,
                row.period,
                row.lead,
                row.coordinating,
                row.due,
                state,
                row.done_on,
                row.result,
                row.id,
            )
            sheet.set_row(last, height_of(zip(cells, widths, strict=True)))
            for place, value in enumerate(cells):
                form = "dd/mm/yyyy" if isinstance(value, date) else ""
                write_cell(sheet, last, place, value, styles.of(form=form))
        sheet.autofilter(0, 0, max(last, 1), len(_COLUMNS) - 1)
    return last

"""The sheet of targets: what is wanted and what has come of it, as numbers that Excel reckons with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from config.settings import Language
from reports.sheets.styles import Styles, height_of, set_up_page, write_cell
from reports.targets import TargetLine

_COLUMNS = (
    ("Mã", "Code", 8),
    ("Chỉ tiêu", "Target", 50),
    ("Đơn vị", "Unit", 12),
    ("Phải đạt", "Target value", 14),
    ("Cách tính", "How", 14),
    ("Thực hiện", "Actual", 14),
    ("Kết quả", "Result", 14),
    ("Số báo cáo", "Reports", 10),
    ("Thời hạn trong chỉ đạo", "Deadline, in the directive's words", 30),
)
_NUMBER_FORM = "#,##0.######"


def write_targets(lines: Sequence[TargetLine], sheet: Worksheet, styles: Styles, language: Language) -> None:
    """A row for each target; a percentage is written as the number that stands before «%»."""

    def t(vi: str, en: str) -> str:
        return vi if language == "vi" else en

    set_up_page(sheet, t("Trang", "Page"), landscape=True)
    widths = [width for *_, width in _COLUMNS]
    for place, (vi, en, width) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, t(vi, en), styles.head)
    results = {None: ("chưa có số liệu", "no figure yet"), True: ("đạt", "met"), False: ("chưa đạt", "not met")}
    for row, line in enumerate(lines, 1):
        target = line.target
        cells: tuple[str | int | Decimal | None, ...] = (
            line.subtask,
            t(target.indicator_vi, target.indicator_en),
            target.unit,
            target.amount,
            t("không vượt quá", "at most") if target.at_most else t("từ mức này", "at least"),
            line.actual,
            t(*results[line.is_met]),
            line.reports,
            target.words,
        )
        sheet.set_row(row, height_of(zip(cells, widths, strict=True)))
        for place, value in enumerate(cells):
            form = _NUMBER_FORM if isinstance(value, Decimal) else ""
            write_cell(sheet, row, place, value, styles.of(form=form))

"""A rehearsal as an Excel workbook: days, offices, weeks, dates that may not stand, subtasks without a date."""

from datetime import date
from typing import BinaryIO

from config.settings import Language
from reports.months_ahead.outcome import Rehearsal
from reports.sheets.plain_workbook import Table, write_tables


def write_months_ahead(found: Rehearsal, file: BinaryIO, *, language: Language) -> None:
    """Write the workbook into ``file``."""
    vi = language == "vi"

    def t(in_vi: str, in_en: str) -> str:
        return in_vi if vi else in_en

    def name(code: str) -> str:
        return found.names.get(code, code)

    days = Table(
        t("Theo ngày", "By day"),
        ((t("Ngày", "Day"), 14), (t("Thư", "Letters"), 10), (t("Cơ quan", "Offices"), 10)),
        [(_day(each.date), each.letters, each.offices) for each in found.days],
    )
    offices = Table(
        t("Theo cơ quan", "By office"),
        (
            (t("Cơ quan", "Office"), 40),
            (t("Thư", "Letters"), 10),
            (t("Việc đến hạn", "Due"), 12),
            (t("Tuần nhiều hạn nhất", "Busiest week"), 16),
            (t("Thư đầu tiên", "First letter"), 14),
            (t("Đến thủ trưởng", "Head notified"), 14),
            (t("Đến cơ quan đôn đốc", "Coordinator notified"), 16),
            (t("Địa chỉ", "Address"), 12),
        ),
        [
            (
                name(each.office),
                each.letters,
                each.due,
                _day(each.busiest_week),
                _day(each.first_on),
                _day(each.head_on),
                _day(each.coordinator_on),
                t("chưa có", "none") if each.without_address else "",
            )
            for each in found.offices
        ],
    )
    weeks = Table(
        t("Cơ quan theo tuần", "Office by week"),
        (
            (t("Cơ quan", "Office"), 40),
            (t("Tuần từ", "Week of"), 14),
            (t("Thư", "Letters"), 10),
            (t("Việc đến hạn", "Due"), 12),
        ),
        [(name(each.office), _day(each.week), each.letters, each.due) for each in found.weeks],
    )
    risks = Table(
        t("Hạn đáng lo", "Dates at risk"),
        (
            (t("Ngày", "Day"), 14),
            (t("Cơ quan", "Office"), 36),
            (t("Nội dung", "Subtask"), 50),
            (t("Vì sao", "Why"), 40),
        ),
        [
            (_day(each.date), name(each.office), f"{each.subtask} {name(each.subtask)}", t(*each.why))
            for each in found.dates_at_risk
        ],
    )
    undated = Table(
        t("Chưa định hạn", "No due date"),
        ((t("Nội dung", "Subtask"), 60), (t("Phần việc", "Assignments"), 12)),
        [(f"{code} {name(code)}", count) for code, count in found.without_date.items()],
    )
    span = f"{_day(found.first)} – {_day(found.last)}"
    title = t("Diễn tập các tháng tới", "The months ahead, rehearsed")
    write_tables(title, span, [days, offices, weeks, risks, undated], file, page=t("Trang", "Page"))


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""

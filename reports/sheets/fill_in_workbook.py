"""The workbooks that are filled in and read back: empty or with what is there now, with lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from xlsxwriter.worksheet import Worksheet

from config.catalogue.plan import Plan
from intake.sheets.ad_hoc import AssignedAdHoc
from intake.sheets.fill_in_sheets import FILL_IN, Choices, Column, FillInSheet, choices_of
from models.tables.lifecycle import Urgency
from reports.sheets.styles import Styles, height_of, open_workbook, set_up_page, write_cell

_CHOICES, _HOW_TO = "Danh mục", "Hướng dẫn"

_HELP_ROW, _HEAD_ROW = 2, 3
_ROOM = 1_000
"""Rows that come with lists to choose from."""

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_EXAMPLE_ROWS = 12
"""Rows with lines around them, so that a printed form shows where to write."""

Row = Mapping[str, str | date]


def write_fill_in(kind: str, plan: Plan, today: date, file: BinaryIO, rows: Sequence[Row] = ()) -> None:
    """Write the workbook of one kind; ``rows`` are what is there now, by the keys of the columns."""
    form, choices = FILL_IN[kind], choices_of(plan, today)
    with open_workbook(file, default_date_format="dd/mm/yyyy") as book:
        styles = Styles(book)
        sheet, lists = book.add_worksheet(form.name), book.add_worksheet(_CHOICES)
        places = _write_choices(form, choices, lists, styles)
        _write_form(form, sheet, styles, rows, places)
        _write_how_to(form, book.add_worksheet(_HOW_TO), styles)


def ad_hoc_row(work: AssignedAdHoc, choices: Mapping[str, Choices]) -> dict[str, str | date]:
    """One work as a row of the form."""
    return {
        "title": work.title,
        "subtask": choices["subtasks"].shown(work.subtask),
        "lead": choices["offices"].shown(work.lead),
        "coordinating": "; ".join(sorted(work.coordinating)),
        "due_on": work.due_on,
        "urgency": "" if work.urgency is Urgency.NORMAL else choices["urgencies"].shown(work.urgency.value),
    }


def _write_form(
    form: FillInSheet, sheet: Worksheet, styles: Styles, rows: Sequence[Row], places: Mapping[str, str]
) -> None:
    set_up_page(sheet, "Trang", landscape=True)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, form.title.upper(), styles.title)
    sheet.write_string(1, 0, form.about_vi, styles.subtitle)
    last = max(len(rows), _ROOM) + _HEAD_ROW
    sheet.set_row(_HELP_ROW, height_of((column.help_vi, column.width) for column in form.columns))
    sheet.set_row(_HEAD_ROW, 24)
    for place, column in enumerate(form.columns):
        sheet.set_column(place, place, column.width, styles.of(form=_form_of(column), lined=False))
        sheet.write_string(_HELP_ROW, place, column.help_vi, styles.hint)
        head = f"{column.head} *" if column.required else column.head
        sheet.write_string(_HEAD_ROW, place, head, styles.head)
        if validation := _validation(column, places):
            sheet.data_validation(_HEAD_ROW + 1, place, last, place, validation)
    for number in range(max(len(rows), _EXAMPLE_ROWS)):
        values = rows[number] if number < len(rows) else {}
        cells = [(values.get(column.key, ""), column) for column in form.columns]
        sheet.set_row(_HEAD_ROW + 1 + number, height_of((value, column.width) for value, column in cells))
        for place, (value, column) in enumerate(cells):
            style = styles.of(form=_form_of(column), centred=column.is_day, fill=True)
            write_cell(sheet, _HEAD_ROW + 1 + number, place, value, style)
    sheet.autofilter(_HEAD_ROW, 0, last, len(form.columns) - 1)


def _form_of(column: Column) -> str:
    """Text stays as it is typed: Excel would make a day of 1-2 and a number of 08."""
    return "dd/mm/yyyy" if column.is_day else "@"


def _validation(column: Column, places: Mapping[str, str]) -> dict[str, Any] | None:
    if column.is_day:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": _FIRST_DAY,
            "maximum": _LAST_DAY,
            "error_title": "Không phải là ngày",
            "error_message": "Viết ngày/tháng/năm, ví dụ 31/12/2026.",
        }
    if column.choices and not column.many:
        return {
            "validate": "list",
            "source": places[column.choices],
            "error_title": "Không có trong danh mục",
            "error_message": f"Chọn trong danh sách hoặc trang «{_CHOICES}».",
        }
    return None


def _write_choices(
    form: FillInSheet, choices: Mapping[str, Choices], sheet: Worksheet, styles: Styles
) -> dict[str, str]:
    """The lists, each in a column of its own; gives where each is, as a formula of Excel."""
    places = {}
    by_list: dict[str, list[str]] = {}
    for column in form.columns:
        if column.choices:
            by_list.setdefault(column.choices, []).append(column.head)
    set_up_page(sheet, "Trang", landscape=False)
    sheet.freeze_panes(1, 0)
    for place, (name, heads) in enumerate(by_list.items()):
        offered = choices[name].offered()
        sheet.set_column(place, place, min(max(map(len, offered)) + 2, 70))
        sheet.write_string(0, place, ", ".join(heads), styles.head)
        for row, text in enumerate(offered, 1):
            sheet.write_string(row, place, text, styles.of())
        letter = chr(ord("A") + place)
        places[name] = f"='{_CHOICES}'!${letter}$2:${letter}${len(offered) + 1}"
    return places


def _write_how_to(form: FillInSheet, sheet: Worksheet, styles: Styles) -> None:
    """In both languages, as the form itself speaks one."""
    set_up_page(sheet, "Trang", landscape=True)
    widths = (26, 62, 62)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, f"CÁCH ĐIỀN – {form.title.upper()}", styles.title)
    lines = [
        ("Cột · Column", "Cách ghi", "What to write"),
        ("(chung)", form.about_vi, form.about_en),
        *(
            (f"{column.head}{' *' if column.required else ''}", column.help_vi, column.help_en)
            for column in form.columns
        ),
        ("*", "Phải ghi.", "Must be filled in."),
        (
            "Nhập vào",
            "dondoc workbook import TỆP --dry-run: chỉ kiểm tra, báo lỗi theo từng ô. Bỏ --dry-run để nhập thật; có một"
            " lỗi thì không dòng nào được nhập, trừ khi thêm --good-rows.",
            "dondoc workbook import FILE --dry-run: checks only and shows errors cell by cell. Without --dry-run the "
            "rows are imported, all or none; with --good-rows, the valid rows are imported.",
        ),
    ]
    for row, line in enumerate(lines, 2):
        sheet.set_row(row, height_of(zip(line, widths, strict=True)))
        for place, text in enumerate(line):
            sheet.write_string(row, place, text, styles.head if row == 2 else styles.of(bold=place == 0))

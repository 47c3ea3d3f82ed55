"""Workbooks as people fill them in: the template of ours with values put into its cells."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl

from config.catalogue.plan import Plan
from intake.sheets.fill_in_sheets import FILL_IN
from intake.sheets.intake import review_workbook
from intake.sheets.review import SheetReview
from models.keeping.opening import Store
from reports.sheets.fill_in_workbook import Row, write_fill_in
from tests.support.cast import at

TODAY = date(2023, 8, 21)
NOW = at("2023-08-21")

AD_HOC: Mapping[str, Any] = {
    "title": "Báo cáo nhanh công tác phối hợp",
    "subtask": "T3.4 – Báo cáo số liệu giải quyết khiếu kiện theo lĩnh vực",
    "lead": "SYT – Sở Y tế",
    "coordinating": "CAT; Sở Nội vụ",
    "due_on": date(2023, 9, 20),
    "urgency": "hỏa tốc",
}
FIRST = 5
"""The row below the heads."""


def template(plan: Plan, kind: str, rows: Sequence[Row] = ()) -> bytes:
    file = BytesIO()
    write_fill_in(kind, plan, TODAY, file, rows)
    return file.getvalue()


def filled(plan: Plan, kind: str, *rows: Mapping[str, Any], cells: Mapping[str, Any] | None = None) -> bytes:
    """The template with ``rows`` by the keys of its columns, and any other ``cells`` by their names."""
    book = openpyxl.load_workbook(BytesIO(template(plan, kind)))
    sheet = book[FILL_IN[kind].name]
    places = {column.key: place for place, column in enumerate(FILL_IN[kind].columns, 1)}
    for number, row in enumerate(rows, FIRST):
        for key, value in row.items():
            sheet.cell(number, places[key]).value = value
    for name, value in (cells or {}).items():
        sheet[name] = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def reviewed(store: Store, content: bytes, **options: Any) -> SheetReview:
    context = store.actor_context(now=NOW, actor="coordinator")
    return review_workbook(store, "viec.xlsx", BytesIO(content), context, **options)


def write(store: Store, found: SheetReview) -> str:
    return found.write(store.actor_context(now=NOW, actor="coordinator"))[0]

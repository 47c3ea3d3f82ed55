"""A tracking table that comes back: held cell by cell against what it said when it was made, and against today.

Each of its cells follows from something else, a rule, a decision, a report. So what was written into it changes
nothing; it is told cell by cell, with the way by which that would be changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any

import pendulum
from sqlalchemy import Connection

from config.clock import HANOI
from config.settings import Language
from intake.sheets.fill_in_sheets import Column, FillInSheet
from intake.sheets.filled_rows import FilledRow, by_code, filled_rows
from intake.sheets.reading import SHEETS, TRACKING
from intake.sheets.review import Outcome, ReviewedRow, SheetReview
from models.keeping.as_of import reading_as_it_was
from models.keeping.opening import Store
from models.store.actor import ActorContext
from models.store.database import reading
from models.work.queries import assignment_filter
from reports.sheets.columns import COLUMNS
from reports.sheets.columns import Column as TableColumn
from reports.sheets.tracking_table import tracking_cells, tracking_rows

_DAYS = ("due", "original_due", "done_on")
_MADE_AT = re.compile(r"(?:Tính đến|As of) (\d\d:\d\d \d\d/\d\d/\d{4})")

_OTHERWISE = "sửa ở đây không đổi gì trong dondoc", "a change here changes nothing in dondoc"
_BY_REPORT = (
    "kết quả vào dondoc bằng báo cáo của cơ quan, được xác nhận",
    "results come from the office's report once it is accepted",
)
_WAY: Mapping[str, tuple[str, str]] = {
    "due": (
        "thời hạn đổi bằng gia hạn, trên trang của việc",
        "due dates are changed by an extension, on the assignment's page",
    ),
    "status": _BY_REPORT,
    "done_on": _BY_REPORT,
    "result": _BY_REPORT,
}

_Cells = Mapping[str, str | date | None]


def review_returned_table(store: Store, read: Mapping[str, Any], context: ActorContext) -> SheetReview:
    """What differs in a tracking table, as ``intake.sheets.reading`` found it, from what dondoc said or says.

    Raises ``Refused`` when its heads are not those of the table. There is never anything to write.
    """
    language: Language = "en" if read["sheet"] == SHEETS[TRACKING][1] else "vi"
    columns = _columns(language)
    rows = filled_rows(FillInSheet(TRACKING, "", "", "", "id", columns), read, {})
    typed = {row.number: _typed(row, columns) for row in rows}
    by_code(rows, "id", lambda row: str(typed[row.number].get("id") or ""))
    numbers = {str(cells["id"]) for cells in typed.values() if cells.get("id")}
    shown = [column for column in COLUMNS if any(column[0] in row.letters for row in rows)]
    with reading(store.engine) as connection:
        today = _said(connection, store, numbers, context.now, language, shown)
    moved = {
        str(cells["id"]) for cells in typed.values() if cells.get("id") and _edited(cells, today.get(str(cells["id"])))
    }
    then: Mapping[str, _Cells] = {}
    if moved and (made_at := _made_at(read)):
        with reading_as_it_was(store.engine, made_at) as connection:
            then = _said(connection, store, moved, made_at, language, shown)
    reviewed = []
    for row in rows:
        cells = typed[row.number]
        number = str(cells.get("id") or "")
        _add_faults(row, columns, cells, today.get(number), then.get(number))
        since = number in moved and not row.faults
        note = ("việc đã thay đổi từ khi lập bảng", "has changed since the table was made") if since else ("", "")
        about = (today.get(number) or then.get(number) or {}).get("title")
        reviewed.append(ReviewedRow(row.number, str(about or ""), Outcome.WRONG if row.faults else Outcome.SAME, *note))
    faults = [fault for row in rows for fault in row.faults]
    return SheetReview(TRACKING, str(read["sheet"]), reviewed, faults, lambda _: ("Không đổi gì.", "Nothing changed."))


def _columns(language: Language) -> tuple[Column, ...]:
    heads = ((key, vi if language == "vi" else en, width) for key, vi, en, width in COLUMNS)
    return tuple(Column(key, head, width, "", "", key == "id", is_day=key in _DAYS) for key, head, width in heads)


def _made_at(read: Mapping[str, Any]) -> datetime | None:
    """The end of the minute that stands above the table."""
    found = next((text for *_, value in read["cells"][:20] if (text := _MADE_AT.search(value))), None)
    if found is None:
        return None
    try:
        return pendulum.from_format(found[1], "HH:mm DD/MM/YYYY", tz=HANOI).end_of("minute")
    except ValueError:  # 31/02/2026
        return None


def _said(
    connection: Connection,
    store: Store,
    numbers: Set[str],
    now: datetime,
    language: Language,
    shown: Sequence[TableColumn],
) -> dict[str, _Cells]:
    """What each cell of the table says at a moment, by the number of the row. ``shown`` are the columns it has."""
    return {
        str(work.id): {
            key: value if isinstance(value, date) else _plain(str(value or ""))
            for (key, *_), value in zip(shown, tracking_cells(work, 0, language, shown), strict=True)
        }
        for work in tracking_rows(connection, assignment_filter(store.plan), store.plan, now=now, language=language)
        if str(work.id) in numbers
    }


def _typed(row: FilledRow, columns: Iterable[Column]) -> _Cells:
    """What the cells of a row say now; what cannot be read is among the row's faults."""
    found: dict[str, str | date | None] = {}
    for column in columns:
        if column.key in row.letters and column.key != "number":
            there = column.key in row.cells
            found[column.key] = (row.day(column) if column.is_day else _plain(row.text(column))) if there else ""
    return found


def _edited(cells: _Cells, said: _Cells | None) -> list[str]:
    """The columns that say something else than was said."""
    return [key for key, value in cells.items() if said is None or (value or "") != (said[key] or "")]


def _plain(text: str) -> str:
    """Programs break and space lines in their own ways."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _add_faults(
    row: FilledRow, columns: Iterable[Column], cells: _Cells, today: _Cells | None, then: _Cells | None
) -> None:
    """Add a fault for each cell that says neither what dondoc says today nor what it said when the table was made."""
    number = str(cells.get("id") or "")
    if "id" in row.faulty_keys:
        return
    if not number:
        row.add_fault(
            "id",
            "dòng không có số việc; việc mới thì giao bằng mẫu «Giao việc».",
            "a row without an assignment number; assign new work with the form “Giao việc”.",
        )
        return
    if today is None and then is None:
        row.add_fault("id", f"không có việc số {number[:20]}.", f"there is no assignment no. {number[:20]}.")
        return
    heads = {column.key: column.head for column in columns}
    then_edited = _edited(cells, then)
    for key in _edited(cells, today):
        if key in row.faulty_keys or key not in then_edited:
            continue
        vi, en = _WAY.get(key, _OTHERWISE)
        here = (today or then or {}).get(key)
        day = f" ({here:%d/%m/%Y})" if isinstance(here, date) else ""
        # What was typed is not repeated: nothing says that it holds no name.
        row.add_fault(
            key,
            f"việc số {number}: «{heads[key]}» khác dondoc{day}; {vi}.",
            f"assignment no. {number}: “{heads[key]}” differs from dondoc{day}; {en}.",
        )

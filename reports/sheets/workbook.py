"""The tracking table as an Excel workbook, with a second sheet that tallies it by priority and office.

What it says is gathered first, in one look at the store that ends at once; writing the workbook, which takes ten times
as long, holds nobody up. Neither keeps more than some thousand rows in memory.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO

from sqlalchemy import Connection, and_
from sqlmodel import col
from xlsxwriter.worksheet import Worksheet

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.errors import Refused
from config.rules.working_time import WorkingCalendar
from config.settings import Language
from models.tables.assignment import Assignment
from models.tables.lifecycle import STATE_WORDS, Role, Status
from models.work.queries import AssignmentFilter, conditions, count_assignments
from reports.board.board import is_sample
from reports.figures import Tally, sum_tallies, tally, tally_by_office
from reports.sheets.columns import Print
from reports.sheets.styles import GREY, INK, STATUS_INK, Styles, height_of, open_workbook, set_up_page, write_cell
from reports.sheets.targets_sheet import write_targets
from reports.sheets.tracking_table import TrackingRow, role_in_words, tracking_cells, tracking_rows
from reports.subtask_count import SubtaskCount, count_subtasks
from reports.targets import TargetLine, target_lines
from reports.wording import STATUS_EN, STATUS_VI

SHEET_VI, SHEET_EN = "Bảng theo dõi", "Tracking table"
_TALLY_VI, _TALLY_EN = "Tổng hợp", "Tally"

MAX_ROWS = 400_000
"""What is written in about a minute; a sheet would hold a million, but whoever asked has gone away by then."""

_HEAD_ROW = 4
"""Counted from 0; above it stand the title, the directive, the moment, and what this is a sample of."""

_BATCH = 500
"""Rows that are spooled together."""

_NAME_WIDTH = 60

_TALLIED = (
    ("Số phần việc", "Assignments"),
    ("Hoàn thành đúng hạn", "Done on time"),
    ("Hoàn thành quá hạn", "Done late"),
    ("Chưa hoàn thành, trong hạn", "Open, within term"),
    ("– sắp đến hạn", "– due soon"),
    ("– tạm dừng", "– suspended"),
    ("Chưa hoàn thành, quá hạn", "Open, overdue"),
    ("Tỷ lệ đúng hạn", "On-time rate"),
)


@dataclass(frozen=True)
class WorkbookContents:
    """What a workbook is to say: its rows, spooled to a file, and the tallies over the same work."""

    plan: Plan
    now: datetime
    language: Language
    about: str
    rows: int
    subtasks: SubtaskCount
    is_sample: bool
    by_priority: Mapping[str, Tally]
    by_office: Mapping[str, Tally]
    targets: Sequence[TargetLine]
    spool: BinaryIO

    def works(self, progress: Callable[[int], None] | None = None) -> Iterator[TrackingRow]:
        self.spool.seek(0)
        for _ in range(0, self.rows, _BATCH):
            batch = pickle.load(self.spool)
            yield from batch
            if progress:
                progress(len(batch))


def gather(
    connection: Connection,
    plan: Plan,
    calendar: WorkingCalendar,
    wanted: AssignmentFilter,
    *,
    now: datetime,
    spool: BinaryIO,
    language: Language = "vi",
) -> WorkbookContents:
    """What the store says at ``now`` of the assignments that are wanted; the connection is not needed afterwards.

    spool  a file for the rows, kept open until the workbook is written
    Raises ``Refused`` when there are more than ``MAX_ROWS``.
    """
    total = count_assignments(connection, wanted, now=now)
    if total > MAX_ROWS:
        raise Refused(
            f"Có {total} phần việc, một bảng Excel lập nhiều nhất {MAX_ROWS} phần việc; chọn nhiệm vụ, cơ quan, kỳ.",
            f"There are {total} assignments, and {MAX_ROWS} go into one workbook; choose a priority task, an office "
            "or a period.",
        )
    works, rows = tracking_rows(connection, wanted, plan, now=now, language=language), 0
    # One batch is one pickle: what it remembers of objects seen before would grow with the table.
    while batch := list(islice(works, _BATCH)):
        pickle.dump(batch, spool, pickle.HIGHEST_PROTOCOL)
        rows += len(batch)
    only = and_(*conditions(connection, wanted, now))
    of_priorities = tally(connection, col(Assignment.priority), now=now, calendar=calendar, only=only)
    of_offices = tally_by_office(connection, now=now, calendar=calendar, only=only)
    by_priority, by_office = ({key: each for (key,), each in found.items()} for found in (of_priorities, of_offices))
    return WorkbookContents(
        plan=plan,
        now=now,
        language=language,
        about=_in_words(wanted, plan, language),
        rows=rows,
        subtasks=count_subtasks(connection, now=now, assignments=rows, only=only),
        is_sample=any(is_sample(connection, each) for each in {plan.directive_of(code).code for code in by_priority}),
        by_priority=by_priority,
        by_office=by_office,
        targets=target_lines(connection, plan, now=now, only=only),
        spool=spool,
    )


def write_workbook(
    found: WorkbookContents,
    file: BinaryIO,
    printed: Print = Print(),
    *,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write the workbook into ``file``, row by row; ``progress`` is told of rows as they are done."""
    # Constant memory: a row that is begun sends the one before it to disk.
    with open_workbook(file, constant_memory=True, default_date_format="dd/mm/yyyy") as book:
        book.set_properties({"title": _t(found, "Bảng theo dõi thực hiện nhiệm vụ", "Tracking table")})
        styles = Styles(book)
        _write_table(found, book.add_worksheet(_t(found, SHEET_VI, SHEET_EN)), styles, printed, progress)
        _write_tally(found, book.add_worksheet(_t(found, _TALLY_VI, _TALLY_EN)), styles)
        if found.targets:
            write_targets(found.targets, book.add_worksheet(_t(found, "Chỉ tiêu", "Targets")), styles, found.language)


def _t(found: WorkbookContents, vi: str, en: str) -> str:
    return vi if found.language == "vi" else en


def _write_table(
    found: WorkbookContents,
    sheet: Worksheet,
    styles: Styles,
    printed: Print,
    progress: Callable[[int], None] | None,
) -> None:
    columns = printed.columns
    set_up_page(sheet, _t(found, "Trang", "Page"), landscape=True, paper=printed.paper)
    sheet.repeat_rows(_HEAD_ROW)
    widths = [width for *_, width in columns]
    sheet.freeze_panes(_HEAD_ROW + 1, min(4, len(columns) - 1))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    _write_title(found, sheet, styles, _t(found, "BẢNG THEO DÕI THỰC HIỆN NHIỆM VỤ", "TRACKING TABLE"))
    sheet.set_row(_HEAD_ROW, 32)
    for place, (_, vi, en, _) in enumerate(columns):
        sheet.write_string(_HEAD_ROW, place, _t(found, vi, en), styles.head)
    row = _HEAD_ROW
    for row, work in enumerate(found.works(progress), _HEAD_ROW + 1):
        # Who helps stands back a little behind who leads.
        ink = INK if work.role is Role.LEAD else GREY
        cells = tracking_cells(work, row - _HEAD_ROW, found.language, columns)
        sheet.set_row(row, height_of(zip(cells, widths, strict=True)))
        for place, ((key, *_), value) in enumerate(zip(columns, cells, strict=True)):
            style = styles.of(ink=ink, centred=key in _CENTRED)
            if key == "status":
                style = styles.of(ink=STATUS_INK[work.status], bold=work.status is Status.OPEN_OVERDUE)
            elif isinstance(value, date):
                style = styles.of(ink=ink, centred=True, form="dd/mm/yyyy")
            write_cell(sheet, row, place, value, style)
        # The row before has left memory, but its height would be kept: 40 MiB of a large table.
        sheet.row_info.pop(row - 1, None)
        sheet.row_sizes.pop(row - 1, None)
    sheet.autofilter(_HEAD_ROW, 0, max(row, _HEAD_ROW), len(columns) - 1)


_CENTRED = {"number", "id", "subtask", "role"}


def _write_title(found: WorkbookContents, sheet: Worksheet, styles: Styles, title: str) -> None:
    plan = found.plan
    directives = dict.fromkeys(plan.directive_of(code).code for code in found.by_priority) or [plan.main_directive.code]
    titles = [_t(found, each.title_vi, each.title_en) for each in map(plan.directive, directives)]
    moment = f"{found.now.astimezone(HANOI):%H:%M %d/%m/%Y}"
    what = f"{moment} · {found.subtasks.in_words(found.language)} · {found.about}"
    vi = f"Tính đến {what}. Ngày hoàn thành là ngày gửi báo cáo đã được xác nhận."
    en = f"As of {what}. Done on: when the accepted report came in."
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, "; ".join(titles), styles.subtitle)
    sheet.write_string(2, 0, _t(found, vi, en), styles.subtitle)
    if found.is_sample:
        sheet.write_string(
            3, 0, _t(found, "DỮ LIỆU MẪU – không phải việc thật", "SAMPLE DATA – not real work"), styles.warning
        )


def _write_tally(found: WorkbookContents, sheet: Worksheet, styles: Styles) -> None:
    set_up_page(sheet, _t(found, "Trang", "Page"), landscape=True)
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, len(_TALLIED), 12)
    _write_title(found, sheet, styles, _t(found, "TỔNG HỢP THEO TÌNH TRẠNG", "TALLY BY STATUS"))
    priorities = {
        each.code: f"{each.code} · {_t(found, each.title_vi, each.title_en)}" for each in found.plan.priorities
    }
    offices = {each.code: _t(found, each.name_vi, each.name_en) for each in found.plan.offices}
    row, whole = _HEAD_ROW, sum_tallies(found.by_priority.values())
    for heading, names, tallies in (
        (_t(found, "Nhiệm vụ trọng tâm", "Priority"), priorities, found.by_priority),
        (_t(found, "Cơ quan", "Office"), offices, found.by_office),
    ):
        sheet.set_row(row, 46)
        for place, text in enumerate((heading, *(_t(found, *pair) for pair in _TALLIED))):
            sheet.write_string(row, place, text, styles.head)
        for code in (code for code in names if code in tallies):
            row += 1
            _write_tallied(sheet, row, names[code], tallies[code], styles)
        row += 1
        _write_tallied(sheet, row, _t(found, "Tất cả", "All"), whole, styles, bold=True)
        row += 2
    if sum_tallies(found.by_office.values()).total > whole.total:
        vi = "Việc nhiều cơ quan cùng chủ trì tính một lần trong số chung và tính cho từng cơ quan."
        sheet.write_string(row, 0, _t(found, vi, "Work led jointly counts once in all and once for each office."))


def _write_tallied(sheet: Worksheet, row: int, name: str, each: Tally, styles: Styles, *, bold: bool = False) -> None:
    numbers = (
        *(each.total, each.done_on_time, each.done_late, each.open_within_term),
        *(each.due_soon, each.suspended, each.open_overdue),
    )
    sheet.set_row(row, height_of([(name, _NAME_WIDTH)]))
    sheet.write_string(row, 0, name, styles.of(bold=bold))
    for place, number in enumerate(numbers, 1):
        sheet.write_number(row, place, number, styles.of(bold=bold, centred=True))
    if each.on_time_rate is None:
        sheet.write_string(row, len(_TALLIED), "–", styles.of(bold=bold, centred=True))
    else:
        sheet.write_number(row, len(_TALLIED), each.on_time_rate, styles.of(bold=bold, centred=True, form="0%"))


def _in_words(wanted: AssignmentFilter, plan: Plan, language: Language) -> str:
    """Which work the table is about, so that a part is not taken for the whole."""
    vi = language == "vi"
    parts = []
    if not plan.is_whole:
        parts += [each.code for each in plan.directives]
    if wanted.priority:
        parts.append(wanted.priority)
    if wanted.subtask:
        parts.append(wanted.subtask)
    if wanted.office:
        office = plan.office(wanted.office)
        parts.append(office.name_vi if vi else office.name_en)
    if wanted.period:
        parts.append(f"kỳ {wanted.period}" if vi else f"period {wanted.period}")
    if wanted.role:
        parts.append(role_in_words(wanted.role, language))
    if wanted.state:
        parts.append(STATE_WORDS[wanted.state][0] if vi else wanted.state.value)
    if wanted.status:
        parts.append((STATUS_VI if vi else STATUS_EN)[wanted.status].lower())
    if wanted.search:
        parts.append("tìm theo từ" if vi else "searched for")
    return ", ".join(parts) or ("toàn bộ" if vi else "everything")

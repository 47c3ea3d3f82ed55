"""Who has answered for one subtask and period, as an Excel workbook: a row for each office's part, and the counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import BinaryIO

from xlsxwriter.worksheet import Worksheet

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.rules.due import NO_DATE
from config.rules.due_words import due_in_words
from config.rules.kinds import Timing
from config.rules.periods import period_in_words
from config.settings import Language
from models.tables.lifecycle import STATE_WORDS, Role
from reports.answers import Answer, Answers, AnswerTable
from reports.sheets.styles import STATUS_INK, Styles, height_of, open_workbook, set_up_page, write_cell
from reports.wording import status_words

_COLUMNS = (
    ("TT", "No.", 6),
    ("Số việc", "Id", 9),
    ("Cơ quan", "Office", 34),
    ("Vai trò", "Role", 12),
    ("Nội dung phải gửi", "To be submitted", 40),
    ("Cơ quan chủ trì", "Lead", 30),
    ("Thời hạn", "Due", 14),
    ("Tình trạng", "Status", 18),
    ("Trạng thái", "State", 18),
    ("Gửi lúc", "Submitted", 17),
)
_COUNTED = (("Nội dung", "What", 60), ("Phải gửi", "Expected", 12), ("Đã gửi", "Answered", 12))
_MISSING = (("Chưa gửi", "Missing", 12), ("Trong đó quá hạn", "of which overdue", 14))
_HEAD_ROW = 3
_DAY, _MOMENT = "dd/mm/yyyy", "hh:mm dd/mm/yyyy"


def write_answers(found: Answers, plan: Plan, file: BinaryIO, *, now: datetime, language: Language = "vi") -> None:
    """Write the workbook into ``file``; dates and moments as Excel knows them, in Vietnamese time."""
    with open_workbook(file, in_memory=True, default_date_format=_DAY) as book:
        writer = _Writer(found, plan, now, language, Styles(book))
        writer.rows(book.add_worksheet(writer.t("Ai đã gửi", "Who has submitted")))
        writer.counts(book.add_worksheet(writer.t("Tổng hợp", "Tally")))


class _Writer:
    def __init__(self, found: Answers, plan: Plan, now: datetime, language: Language, styles: Styles) -> None:
        self.found, self.plan, self.now, self.language, self.styles = found, plan, now, language, styles

    def t(self, vi: str, en: str) -> str:
        return vi if self.language == "vi" else en

    def office(self, code: str) -> str:
        office = self.plan.office(code)
        return self.t(office.name_vi, office.name_en)

    def role(self, role: Role) -> str:
        return self.t("chủ trì", "lead") if role is Role.LEAD else self.t("phối hợp", "coordinating")

    def title(self, table: AnswerTable) -> str:
        return self.plan.step_title(
            self.found.subtask, table.step, table.variant, self.language, occasion=self.found.occasion
        )

    def head(self, sheet: Worksheet, columns: tuple[tuple[str, str, int], ...]) -> None:
        subtask = self.plan.subtask(self.found.subtask)
        period = period_in_words(self.found.period, self.language, occasion=self.found.occasion)
        moment = f"{self.now.astimezone(HANOI):%H:%M %d/%m/%Y}"
        set_up_page(sheet, self.t("Trang", "Page"), landscape=True)
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, f"{subtask.code} {self.t(subtask.title_vi, subtask.title_en)}", self.styles.title)
        sheet.write_string(1, 0, f"{period} · {self.t('tính đến', 'as of')} {moment}", self.styles.subtitle)
        sheet.set_row(_HEAD_ROW, 32)
        for place, (vi, en, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(_HEAD_ROW, place, self.t(vi, en), self.styles.head)

    def rows(self, sheet: Worksheet) -> None:
        self.head(sheet, _COLUMNS)
        sheet.freeze_panes(_HEAD_ROW + 1, 3)
        sheet.repeat_rows(_HEAD_ROW)
        row, widths = _HEAD_ROW, [width for *_, width in _COLUMNS]
        for table in self.found.tables:
            title = self.title(table)
            for answer in table.answers:
                row += 1
                cells = self.cells(answer, row - _HEAD_ROW, title)
                sheet.set_row(row, height_of(zip(cells, widths, strict=True)))
                for place, value in enumerate(cells):
                    form = _MOMENT if isinstance(value, datetime) else _DAY if isinstance(value, date) else ""
                    ink = {"ink": STATUS_INK[answer.status]} if place == _STATUS_COLUMN else {}
                    centred = not isinstance(value, str)
                    write_cell(sheet, row, place, value, self.styles.of(form=form, centred=centred, **ink))
        sheet.autofilter(_HEAD_ROW, 0, max(row, _HEAD_ROW), len(_COLUMNS) - 1)

    def cells(self, answer: Answer, number: int, title: str) -> tuple[str | int | date | None, ...]:
        vi, en = status_words(answer.status, answer.state, is_dated=answer.timing is Timing.DATED)
        answered = answer.answered_at.astimezone(HANOI).replace(tzinfo=None) if answer.answered_at else None
        return (
            number,
            answer.assignment,
            "; ".join(self.office(each) for each in answer.offices),
            self.role(answer.role),
            title,
            self.office(answer.lead) if answer.role is not Role.LEAD else "",
            answer.due_date if answer.due_date != NO_DATE else due_in_words(answer, self.language),
            self.t(vi, en),
            self.t(*STATE_WORDS[answer.state]),
            answered,
        )

    def counts(self, sheet: Worksheet) -> None:
        self.head(sheet, (*_COUNTED, *_MISSING))
        for row, table in enumerate(self.found.tables, _HEAD_ROW + 1):
            count = table.count
            name = f"{self.title(table)} ({self.role(table.role)})"
            sheet.set_row(row, height_of([(name, _COUNTED[0][2])]))
            cells: tuple[str | int, ...] = (name, count.asked, count.answered, count.missing, count.overdue)
            for place, value in enumerate(cells):
                write_cell(sheet, row, place, value, self.styles.of(centred=not isinstance(value, str)))


_STATUS_COLUMN = 7

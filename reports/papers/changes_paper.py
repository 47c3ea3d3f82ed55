"""What has changed since a day, as a paper for a meeting."""

from collections.abc import Mapping
from datetime import date, datetime

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.rules.due_words import due_in_words
from models.keeping.opening import Store
from models.work.looking_back.changes import Change, ChangedWork
from models.work.rows import ListedAssignment
from reports.papers.table_paper import TablePaper

CHANGE_WORDS: Mapping[Change, tuple[str, str]] = {
    Change.NEWLY_LATE: ("Mới quá hạn", "Newly overdue"),
    Change.DONE_LATE: ("Hoàn thành quá hạn", "Done late"),
    Change.DONE_ON_TIME: ("Hoàn thành đúng hạn", "Done on time"),
    Change.MOVED: ("Thay đổi hạn", "Due date moved"),
    Change.RETURNED: ("Báo cáo bị trả lại", "Reports returned"),
    Change.ASSIGNED: ("Mới giao", "Newly assigned"),
}
"""In Vietnamese and English."""

_PREVIEW_SIZE = 60
"""Rows of each kind that the paper lists; the rest is counted."""


def changes_paper(
    found: Mapping[Change, ChangedWork], store: Store, since: date, *, now: datetime, sample: bool
) -> bytes:
    """The paper, in Vietnamese, as a Word file."""
    paper = TablePaper(
        "THAY ĐỔI TRONG THỰC HIỆN NHIỆM VỤ",
        f"Từ ngày {since:%d/%m/%Y} đến {now.astimezone(HANOI):%H:%M ngày %d/%m/%Y}",
        now=now,
        sample=sample,
    )
    paper.table(
        ["Nội dung", "Số phần việc"],
        [[CHANGE_WORDS[change][0], str(work.total)] for change, work in found.items()],
        [12, 4],
    )
    for change, work in found.items():
        if not work.total:
            continue
        paper.heading(f"{CHANGE_WORDS[change][0]} ({work.total})")
        rows = [_row(each, store.plan) for each in work.rows[:_PREVIEW_SIZE]]
        paper.table(["Cơ quan", "Việc", "Hạn"], rows, [5, 8.5, 3])
        if work.total > len(rows):
            paper.sentence(f"… và {work.total - len(rows)} phần việc khác.")
    return paper.as_file(store)


def _row(each: ListedAssignment, plan: Plan) -> list[str]:
    title = plan.step_title(each.subtask, each.step, each.variant, "vi", occasion=each.occasion)
    offices = "; ".join(plan.office(code).name_vi for code in each.leads)
    return [offices, f"{each.subtask} {title} (số {each.id})", due_in_words(each, "vi")]

"""What has changed since a day, as a paper for a meeting."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from config.catalogue.plan import Plan
from config.clock import HANOI
from config.rules.due_words import due_in_words, original_clause
from config.text.counts import thousands
from models.keeping.opening import Store
from models.work.looking_back.changes import Change, ChangedWork
from models.work.rows import ListedAssignment
from reports.papers.table_paper import TablePaper
from reports.wording import what_of

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
    found: Mapping[Change, ChangedWork],
    store: Store,
    since: date,
    *,
    now: datetime,
    sample: bool,
    directive: str | None = None,
) -> bytes:
    """The paper, in Vietnamese, as a Word file; the same work of many offices stands in one row.

    directive  whose work it tells of; all of the plan where none is named
    """
    told = [store.plan.directive(directive)] if directive else store.plan.directives
    paper = TablePaper(
        "THAY ĐỔI TRONG THỰC HIỆN NHIỆM VỤ",
        "\n".join(
            (
                *(each.title_vi for each in told),
                f"Sau ngày {since:%d/%m/%Y} đến {now.astimezone(HANOI):%H:%M ngày %d/%m/%Y}",
            )
        ),
        now=now,
        sample=sample,
    )
    paper.table(
        ["Nội dung", "Số phần việc"],
        [[CHANGE_WORDS[change][0], thousands(work.total)] for change, work in found.items()],
        [12, 4],
    )
    for change, work in found.items():
        if not work.total:
            continue
        paper.heading(f"{CHANGE_WORDS[change][0]} ({thousands(work.total)} phần việc)")
        rows = _gathered(work.rows, store.plan, moved=change is Change.MOVED)[:_PREVIEW_SIZE]
        paper.table(
            ["Việc", "Cơ quan", "Hạn"], [[what, offices, due] for what, offices, due, _ in rows], _WIDTHS, texts=2
        )
        if rest := work.total - sum(count for *_, count in rows):
            paper.sentence(f"… và {thousands(rest)} phần việc khác.")
    return paper.as_file(store, directive)


_WIDTHS = (7.4, 5.6, 3.0)


def _gathered(rows: Sequence[ListedAssignment], plan: Plan, *, moved: bool) -> list[tuple[str, str, str, int]]:
    """Work, its offices, its due date and how many assignments these are, in the order of the rows."""
    by_work: dict[tuple[str, str], list[ListedAssignment]] = {}
    for row in rows:
        by_work.setdefault((what_of(row, plan), _due(row, moved=moved)), []).append(row)
    found = []
    for (what, due), same in by_work.items():
        offices = "; ".join(dict.fromkeys(plan.office(code).name_vi for each in same for code in each.leads))
        found.append((f"{what} (số {same[0].id})" if len(same) == 1 else what, offices, due, len(same)))
    return found


def _due(row: ListedAssignment, *, moved: bool) -> str:
    due = due_in_words(row)
    if not moved or row.due_date == row.original_due_date:
        return due
    return f"{due} ({original_clause(row.original_due_date, row.original_timing)})"

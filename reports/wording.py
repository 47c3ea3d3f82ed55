"""The words for an assignment and how it stands, and a table in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Any

from config.catalogue.plan import Plan
from config.rules.periods import period_in_words
from models.tables.lifecycle import Role, State, Status
from models.work.rows import ListedAssignment

STATUS_VI = {
    Status.DONE_ON_TIME: "Hoàn thành đúng hạn",
    Status.DONE_LATE: "Hoàn thành quá hạn",
    Status.OPEN_WITHIN_TERM: "Chưa hoàn thành, trong hạn",
    Status.OPEN_OVERDUE: "Chưa hoàn thành, quá hạn",
}


STATUS_EN = {
    Status.DONE_ON_TIME: "Done on time",
    Status.DONE_LATE: "Done late",
    Status.OPEN_WITHIN_TERM: "Open, within term",
    Status.OPEN_OVERDUE: "Open, overdue",
}


SUSPENDED_VI, SUSPENDED_EN = "Tạm dừng", "Suspended"


_UNDATED = {
    Status.DONE_ON_TIME: ("Hoàn thành", "Done"),
    Status.OPEN_WITHIN_TERM: ("Chưa hoàn thành, không có hạn", "Open, no due date"),
}


def status_vi(status: Status, state: State, *, is_dated: bool = True) -> str:
    """How an assignment stands, in a word: suspended work is neither within its term nor late.

    is_dated  without a due date it is neither on time nor within its term either
    """
    return status_words(status, state, is_dated=is_dated)[0]


def status_words(status: Status, state: State, *, is_dated: bool = True) -> tuple[str, str]:
    """The same in Vietnamese and English."""
    if state is State.SUSPENDED:
        return SUSPENDED_VI, SUSPENDED_EN
    if not is_dated and status in _UNDATED:
        return _UNDATED[status]
    return STATUS_VI[status], STATUS_EN[status]


def office_names(codes: Iterable[str], plan: Plan) -> str:
    """«Sở Y tế, Sở Nội vụ»."""
    return ", ".join(plan.office(code).name_vi for code in codes)


def markdown_table(head: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> str:
    """A table in markdown; a bar in a cell would end it."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)


def what_of(row: ListedAssignment, plan: Plan) -> str:
    """What is to be done, whether its office only helps, and for which period or occasion, in Vietnamese."""
    title = f"{row.subtask} {plan.step_title(row.subtask, row.step, row.variant, occasion=row.occasion)}"
    helping = " (phối hợp)" if row.role is Role.COORDINATING else ""
    return f"{title}{helping}, {period_in_words(row.period, 'vi', occasion=row.occasion)}"

"""The fields of a row as they are typed: what may not be kept of them, and what a stale form is told."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.boundary import text_faults
from config.catalogue.office_names import visible
from config.errors import Refused
from intake.directives.correcting.rows import Row
from intake.directives.drafting.draft import DraftTask

LONGEST_TITLE, LONGEST_PRODUCT, LONGEST_TARGET = 300, 900, 300
MOST_OFFICES, LONGEST_OFFICES = 200, 1000
"""Lines of one field, and letters of one of them, which may name several offices."""


@dataclass(frozen=True)
class Changes:
    """The fields of a row as they were typed; offices one a line.

    role      of several leads: joint or each
    is_again  whether it still repeats the row that it was read to repeat
    """

    title: str
    leads: str
    coordinating: str
    report_to: str
    deadline: str
    product: str
    target: str
    role: str = ""
    is_again: bool = False


def faults_of(typed: Changes, task: DraftTask) -> Iterator[Refused]:
    """Everything for which this may not be kept in the place of ``task``.

    What is typed as an office becomes one of the register; what stood there before was looked through with the text.
    """
    fields = (
        (typed.title, "Tên nhiệm vụ", "Title", 3, LONGEST_TITLE),
        (typed.product, "Sản phẩm", "Product", 0, LONGEST_PRODUCT),
        (typed.target, "Chỉ tiêu", "Target", 0, LONGEST_TARGET),
    )
    for text, vi, en, shortest, longest in fields:
        yield from text_faults(visible(text), vi, en, shortest=shortest, longest=longest)
    offices = (
        (typed.leads, "Chủ trì", "Lead", task.leads),
        (typed.coordinating, "Phối hợp", "Coordinating", task.coordinating),
        (typed.report_to.replace(";", "\n"), "Báo cáo ai", "Reports to", task.reported_to),
    )
    for text, vi, en, before in offices:
        lines = [line for each in text.splitlines() if (line := visible(each))]
        if len(lines) > MOST_OFFICES:
            yield Refused(
                f"{vi}: {len(lines)} cơ quan; tối đa {MOST_OFFICES}. Ghi tên nhóm, như «các sở, ban, ngành».",
                f"{en}: {len(lines)} offices; at most {MOST_OFFICES}. Enter a group name instead.",
            )
            continue
        known = {visible(each.text) for each in before}
        for line in dict.fromkeys(lines):
            if line not in known:
                yield from text_faults(line, vi, en, longest=LONGEST_OFFICES)


def as_typed(task: DraftTask) -> Changes:
    """The fields of a row as they stand, as if they had been typed."""
    return Changes(
        title=task.title,
        leads="\n".join(each.text for each in task.leads),
        coordinating="\n".join(each.text for each in task.coordinating),
        report_to="; ".join(each.text for each in task.reported_to),
        deadline=task.deadline.words if task.deadline else "",
        product=task.product or "",
        target=task.target or "",
        role=task.role,
        is_again=task.duplicate_of is not None,
    )


def changed_meanwhile(row: Row, typed: Changes) -> Refused:
    """What somebody is told whose form is not of the row as it is: what stands there now."""
    there = as_typed(row.task)
    now = (
        ("Tên nhiệm vụ", "Title", typed.title, there.title),
        ("Chủ trì", "Lead", typed.leads, there.leads),
        ("Phối hợp", "Coordinating", typed.coordinating, there.coordinating),
        ("Thời hạn", "Deadline", typed.deadline, there.deadline),
        ("Báo cáo ai", "Reports to", typed.report_to, there.report_to),
        ("Sản phẩm", "Product", typed.product, there.product),
        ("Chỉ tiêu", "Target", typed.target, there.target),
    )
    differing = [(vi, en, visible(kept)[:200] or "–") for vi, en, sent, kept in now if visible(sent) != visible(kept)]
    return Refused(
        "Nhiệm vụ này đã thay đổi từ lúc mở; chưa ghi gì. Đối chiếu với nội dung hiện nay rồi lưu lại.",
        "This task has changed since you opened it; nothing was saved. Compare with what it is now, then save again.",
        details=[Refused(f"{vi}: hiện là «{kept}».", f"{en}: it is now '{kept}'.") for vi, en, kept in differing],
    )

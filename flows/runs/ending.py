"""How a completed run of a priority presents itself: its name, its sentence and its tags."""

from dataclasses import dataclass

from config.clock import HANOI
from flows.runs.tasks import Opened, RunOrder
from flows.steps import Summary


@dataclass(frozen=True)
class Ending:
    """How a run presents itself once it is over.

    The state keeps Prefect's own name: the pages of a deployment list runs by those names and would leave out
    one called «5 quá hạn».
    """

    run_name: str
    sentence: str
    tags: list[str]


def ending_of(order: RunOrder, opened: Opened, summary: Summary) -> Ending:
    """The ending of a run that did what it should; finding late reports is its work, not its failure."""
    late = f"{summary.overdue} quá hạn" if summary.overdue else "không có việc quá hạn"
    failed = f" · {summary.messages_failed} thư gửi lỗi" if summary.messages_failed else ""
    occasion = " ".join(order.form.periods) or f"{order.now.astimezone(HANOI):%d/%m/%Y}"
    marks = {
        "co-qua-han": summary.overdue,
        "gui-loi": summary.messages_failed,
        "ngay-nghi": opened.day_off,
        "chay-lai": order.form.as_of is not None,
    }
    return Ending(
        run_name=f"{order.priority} · {occasion} · {late}{failed}",
        sentence=_counts(summary) + _held_back(opened),
        tags=[order.priority, *(tag for tag, applies in marks.items() if applies)],
    )


def _counts(summary: Summary) -> str:
    return (
        f"Giao mới {summary.assigned} việc. Đang có {summary.acknowledged_missing} việc chưa tiếp nhận,"
        f" {summary.due_soon} việc sắp đến hạn, {summary.overdue} việc quá hạn."
        f" {summary.notices} thông báo mới, {summary.messages_sent} thư đã gửi,"
        f" {summary.messages_failed} thư lỗi."
    )


def _held_back(opened: Opened) -> str:
    """What is said of messages that wait for the delivery window; nothing while it is open."""
    if opened.window_opens is None:
        return ""
    occasion = "Ngày nghỉ" if opened.day_off else "Ngoài giờ"
    opens_at = f"{opened.window_opens.astimezone(HANOI):%H:%M %d/%m/%Y}"
    return f" {occasion}: đã ghi nhận, chỉ gửi ngay văn bản hỏa tốc; còn lại gửi từ {opens_at}."

"""The body that the flows of all priorities share: assign → track → send → publish, and a name for the end."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from config import clock
from config.clock import HANOI
from config.errors import Refused
from config.rules.due_words import due_in_words
from config.settings import load_settings
from flows.forms import FollowUpForm
from flows.preview import Preview
from flows.runs.refusals import refused_run
from flows.runs.run_names import rename_run
from flows.runs.run_scope import is_unwatched, run_id, run_scope
from flows.runs.tasks import (
    Opened,
    RunOrder,
    assign_due,
    look_ahead,
    open_run_store,
    publish_boards,
    send_notices,
    track_deadlines,
)
from flows.steps import NothingIssued, Summary
from models.delivery.auditor import Findings
from models.delivery.windows import GATHERED_FOR

PREVIEW_LINES = 200
"""So many assignments, and notices, of a preview stand in the run's log; all of them in `dondoc run --dry-run`."""


def run_priority(priority: str, form: FollowUpForm) -> State[Summary]:
    """Follow up one priority, or only look ahead when the form says so; returns the state the run ends in.

    What nobody foresaw is raised, and named by ``flows.runs.run_names.name_the_end``.
    """
    try:
        with run_scope():
            if form.dry_run:
                return _look_ahead(RunOrder(priority, form, clock.now(), run_id()))
            return _follow_up(RunOrder(priority, form, form.moment(clock.now()), run_id(), gathers=is_unwatched()))
    except NothingIssued as refusal:
        rename_run(f"{priority} · chưa có văn bản giao việc", [priority])
        return Cancelled(message=str(refusal), data=refusal)
    except Refused as refusal:
        return refused_run(refusal, priority, "không thực hiện được", [priority])


def _follow_up(order: RunOrder) -> State[Summary]:
    opened = open_run_store()
    assigned = assign_due(order, wait_for=[opened])
    tracked = track_deadlines(order, wait_for=[assigned])
    delivered = send_notices(order, wait_for=[tracked])
    summary = publish_boards(order, assigned, tracked, delivered)
    ending = ending_of(order, opened, summary)
    get_run_logger().info(ending.sentence)
    rename_run(ending.run_name, [*ending.tags, *_audit_tags(tracked.findings)])
    # A day replayed tells nothing of today.
    if order.form.as_of is None and (fault := send_heartbeat(load_settings().heartbeat)):
        get_run_logger().warning("Không báo được dấu hiệu hoạt động (DONDOC_HEARTBEAT): %s.", fault)
    return Completed(message=ending.sentence, data=summary)


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
        sentence=_counts(summary) + (_held_back(opened) or _gathered(order)),
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


def _gathered(order: RunOrder) -> str:
    if not order.gathers:
        return ""
    minutes = int(GATHERED_FOR.total_seconds() // 60)
    return f" Thư của các lượt chạy cùng giờ được gộp, gửi sau {minutes} phút."


def _audit_tags(findings: Findings) -> list[str]:
    if not findings:
        return []
    get_run_logger().warning("Soát lại thấy: %s. Xem «dondoc audit followup».", findings.in_words())
    return ["can-soat-lai"]


def _look_ahead(order: RunOrder) -> State[Summary]:
    ahead = look_ahead(order)
    _log_preview(ahead)
    rename_run(f"{order.priority} · xem trước · {len(ahead.assignments)} việc sẽ giao", [order.priority, "xem-truoc"])
    sentence = (
        f"Chỉ xem trước, không ghi và không gửi gì: sẽ giao {len(ahead.assignments)} việc,"
        f" {ahead.late_at_once} việc trong đó quá hạn ngay; sẽ có {len(ahead.notices)} thông báo."
    )
    get_run_logger().info(sentence)
    return Completed(message=sentence, data=ahead.summary)


def _log_preview(ahead: Preview) -> None:
    logger = get_run_logger()
    assignments = [
        f"Sẽ giao: {a.subtask} {a.step} · kỳ {a.period} · {a.office} · hạn {due_in_words(a)} ({a.rule})"
        for a in ahead.assignments
    ]
    notices = [
        f"Sẽ báo: {n.office} · {n.kind} · {n.subtask} · kỳ {n.period} · hạn {due_in_words(n)}" for n in ahead.notices
    ]
    for lines in (assignments, notices):
        for line in lines[:PREVIEW_LINES]:
            logger.info(line)
        if len(lines) > PREVIEW_LINES:
            logger.info(f"… và {len(lines) - PREVIEW_LINES} dòng nữa.")


HEARTBEAT_TIMEOUT_S = 5.0


def send_heartbeat(target: str) -> str:
    """Touch a file or fetch an address after a completed run, so that a monitor outside notices when the runs stop.

    Returns why it could not be done, in Vietnamese, or an empty string. The address may hold a secret, so it is never
    repeated; httpx would log it, so it is not used.

    target  path of a file or address of a page; empty where there is no monitor
    """
    if not target:
        return ""
    try:
        if target.startswith(("http://", "https://")):
            with urllib.request.urlopen(target, timeout=HEARTBEAT_TIMEOUT_S):
                return ""
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except urllib.error.HTTPError as refused:
        refused.close()
        return f"nơi nhận dấu hiệu trả lời mã {refused.code}"
    except (OSError, ValueError) as fault:
        return f"không tới được nơi nhận dấu hiệu ({type(fault).__name__})"
    return ""

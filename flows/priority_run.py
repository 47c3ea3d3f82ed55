"""A priority as a Prefect run: each step one task over the whole batch, an end that tells what happened.

The number of tasks is the same for ten assignments and a hundred thousand.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from prefect import Task, get_client, get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed, Failed
from sqlalchemy.exc import DBAPIError

from config import clock
from config.clock import local_date
from config.errors import Refused
from config.settings import load_settings
from flows import steps
from flows.forms import FollowUpForm
from flows.heartbeat import beat
from flows.outcomes import FAILED, UNFORESEEN
from flows.preview import Preview, preview
from flows.steps import NothingIssued, Summary
from models.delivery.windows import DeliveryWindow
from models.keeping.opening import Store, open_store
from models.store.errors import DatabaseUnreachable
from models.store.run_lock import hold_run_lock

SHOWN_AFTER_S = 5.0
"""A run that has taken so long after a step shows from then on how far it has come."""

RETRY_AFTER_S = (1, 5, 20)
"""A database that does not answer is asked again after these seconds."""


_PAGE_SIZE = 200

_T = TypeVar("_T")


def run_priority(priority: str, form: FollowUpForm) -> State[Summary]:
    """The body of each flow of a priority: assign → track → notify → publish, or only look ahead."""
    try:
        with run_locked():
            if form.dry_run:
                return _look_ahead(priority, form)
            return _follow_up(priority, form, form.moment(clock.now()))
    except NothingIssued as refusal:
        rename_run(f"{priority} · chưa có văn bản giao việc", [priority])
        return Cancelled(message=str(refusal), data=refusal)
    except Refused as refusal:
        rename_run(f"{priority} · không thực hiện được", [priority, FAILED])
        return Failed(message=" ".join([str(refusal), *refusal.details]), data=refusal)
    except Exception:
        # Prefect tells what it was; the name must not go on saying that the run is under way.
        rename_run(f"{priority} · lỗi chưa lường trước", [priority, FAILED, UNFORESEEN])
        raise


def run_locked() -> AbstractContextManager[None]:
    """For the length of a run: by this it is found should its machine die (``hosting.prefect.dead_runs``)."""
    return hold_run_lock(str(runtime.flow_run.id or ""), load_settings().database_url)


def _follow_up(priority: str, form: FollowUpForm, now: datetime) -> State[Summary]:
    settings = load_settings()
    run_key = str(runtime.flow_run.id or "")
    with ExitStack() as opened:
        progress = Progress("Giao việc, theo dõi hạn, gửi, công bố")
        store = step("Mở kho dữ liệu", lambda: opened.enter_context(open_store(settings)))
        context = store.actor_context(now=now, actor=f"flow:{priority}", run_key=run_key)
        assigned = step("Giao việc", lambda: steps.assign_due(store, priority, form, context))
        progress.come_to(1 / 4)
        tracked = step("Theo dõi hạn", lambda: steps.track(store, priority, context))
        progress.come_to(2 / 4)
        delivered = step("Gửi thông báo", lambda: steps.notify(store, now, at=clock.now()))
        progress.come_to(3 / 4)
        step("Công bố bảng theo dõi", lambda: _publish(store, priority, now))
        progress.end()
        summary = steps.summarise(assigned, tracked, delivered)
        opens_at = DeliveryWindow(store.contacts, store.calendar, now).opens_at()
        day_off = not store.calendar.is_working_day(local_date(now))
        ending = _ending(priority, form, summary, now, opens_at=opens_at, day_off=day_off)
    get_run_logger().info(ending.sentence)
    tags = ending.tags
    if tracked.findings:
        get_run_logger().warning("Soát lại thấy: %s. Xem «dondoc audit followup».", tracked.findings.in_words())
        tags = [*tags, "can-soat-lai"]
    rename_run(ending.run_name, tags)
    # A day replayed tells nothing of today.
    if form.as_of is None and (fault := beat(settings.heartbeat)):
        get_run_logger().warning("Không báo được dấu hiệu hoạt động (DONDOC_HEARTBEAT): %s.", fault)
    return Completed(message=ending.sentence, data=summary)


class Progress:
    """How far a run has come, beside it on its page; only of a run that takes long enough for somebody to look."""

    def __init__(self, about: str) -> None:
        self._about = about
        self._began = time.monotonic()
        self._shown: UUID | None = None

    def come_to(self, share: float) -> None:
        """``share`` of the steps is done, 0 to 1."""
        if self._shown is not None:
            update_progress_artifact(self._shown, share * 100)
        elif time.monotonic() - self._began > SHOWN_AFTER_S:
            self._shown = cast(UUID, create_progress_artifact(share * 100, description=self._about))

    def end(self) -> None:
        if self._shown is not None:
            update_progress_artifact(self._shown, 100.0)


def _publish(store: Store, priority: str, now: datetime) -> None:
    """One artifact per board under a key that stays, so that each board has its history."""
    for key, markdown in steps.boards(store, priority, now).items():
        create_markdown_artifact(markdown, key=key, description=f"Tính đến {_shown(now)}")


def _look_ahead(priority: str, form: FollowUpForm) -> State[Summary]:
    ahead = step("Xem trước", lambda: preview(load_settings(), priority, form, clock.now()))
    _log_preview(ahead)
    rename_run(f"{priority} · xem trước · {len(ahead.assignments)} việc sẽ giao", [priority, "xem-truoc"])
    sentence = (
        f"Chỉ xem trước, không ghi và không gửi gì: sẽ giao {len(ahead.assignments)} việc,"
        f" sẽ có {len(ahead.notices)} thông báo."
    )
    get_run_logger().info(sentence)
    return Completed(message=sentence, data=ahead.summary)


def _log_preview(ahead: Preview) -> None:
    logger = get_run_logger()
    assignments = [
        f"Sẽ giao: {a.subtask} {a.step} · kỳ {a.period} · {a.office} · hạn {a.due_date:%d/%m/%Y} ({a.rule})"
        for a in ahead.assignments
    ]
    notices = [
        f"Sẽ báo: {n.office} · {n.kind} · {n.subtask} · kỳ {n.period} · hạn {n.due_date:%d/%m/%Y}"
        for n in ahead.notices
    ]
    for lines in (assignments, notices):
        for line in lines[:_PAGE_SIZE]:
            logger.info(line)
        if len(lines) > _PAGE_SIZE:
            logger.info(f"… và {len(lines) - _PAGE_SIZE} dòng nữa.")


def step(name: str, action: Callable[[], _T]) -> _T:
    """Run ``action`` as one Prefect task, tried again while the database does not answer."""
    # Nothing is cached or kept: every step is idempotent by itself, and gives an open store or a count.
    task: Task[[], Any] = Task(
        action,
        name=name,
        task_run_name=name,
        retries=len(RETRY_AFTER_S),
        retry_delay_seconds=list(RETRY_AFTER_S),
        retry_condition_fn=_database_away,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    try:
        result: _T = cast(Any, task)()
    except DBAPIError as fault:
        raise DatabaseUnreachable(
            f"«{name}»: cơ sở dữ liệu ngừng trả lời ({fault.orig}); đã thử {len(RETRY_AFTER_S)} lần. Lượt"
            " chạy sau làm bù.",
            f"'{name}': the database stopped answering ({fault.orig}). The next run catches up.",
        ) from fault
    return result


def _database_away(_task: Any, _run: Any, state: State[Any]) -> bool:
    try:
        state.result()
    except (DatabaseUnreachable, DBAPIError):
        return True
    except Exception:
        return False
    return False


@dataclass(frozen=True)
class Ending:
    """How a run presents itself once it is over.

    The state keeps Prefect's own name: the pages of a deployment list runs by those names and would leave out
    one called «5 quá hạn».
    """

    run_name: str
    sentence: str
    tags: list[str]


def _ending(
    priority: str, form: FollowUpForm, summary: Summary, now: datetime, *, opens_at: datetime, day_off: bool
) -> Ending:
    # Finding late reports is the run's work, not its failure: what is late stands in the name and the tags.
    late = f"{summary.overdue} quá hạn" if summary.overdue else "không có việc quá hạn"
    failed = f" · {summary.messages_failed} thư gửi lỗi" if summary.messages_failed else ""
    occasion = " ".join(form.periods) or f"{now.astimezone(clock.HANOI):%d/%m/%Y}"
    sentence = (
        f"Giao mới {summary.assigned} việc. Đang có {summary.acknowledged_missing} việc chưa tiếp nhận,"
        f" {summary.due_soon} việc sắp đến hạn, {summary.overdue} việc quá hạn."
        f" {summary.notices} thông báo mới, {summary.messages_sent} thư đã gửi,"
        f" {summary.messages_failed} thư lỗi."
    )
    if opens_at > now:
        occasion_vi = "Ngày nghỉ" if day_off else "Ngoài giờ"
        again = _shown(opens_at)
        sentence += f" {occasion_vi}: đã ghi nhận, chỉ gửi ngay văn bản hỏa tốc; còn lại gửi từ {again}."
    marks = {
        "co-qua-han": summary.overdue,
        "gui-loi": summary.messages_failed,
        "ngay-nghi": day_off,
        "chay-lai": form.as_of is not None,
    }
    return Ending(
        run_name=f"{priority} · {occasion} · {late}{failed}",
        sentence=sentence,
        tags=[priority, *(tag for tag, applies in marks.items() if applies)],
    )


def _shown(now: datetime) -> str:
    return f"{now.astimezone(clock.HANOI):%H:%M %d/%m/%Y}"


def rename_run(name: str, tags: list[str]) -> None:
    run = runtime.flow_run
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, name=name, tags=sorted({*run.tags, *tags}))

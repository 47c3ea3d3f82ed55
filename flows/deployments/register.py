"""What a coordinator sees under Deployments: the priorities, the issuing of a directive, the backup and the review.

Registered at every start, for each plan and each day, but only what has changed: Prefect would otherwise delete and
recreate the scheduled runs.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, cast

import prefect
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker
from pydantic import BaseModel

from config import clock
from config.catalogue.plan import Plan
from config.clock import local_date
from flows.daily_backup import back_up_daily
from flows.deployments.forms import backup_form, directive_form, flow_with_form, priority_form, review_form
from flows.issue_directive import issue_directive
from flows.names import (
    AT_START,
    BACKUP,
    BACKUP_DEPLOYMENT_NAME,
    BACKUP_SLOTS,
    CATCHING_UP,
    ISSUE_DEPLOYMENT_NAME,
    REVIEW,
    REVIEW_DEPLOYMENT_NAME,
    SLOTS,
    WORK_POOL,
    has_own_form,
    names_by_priority,
)
from flows.priorities import PRIORITY_FLOWS, flow_of, further_priority
from flows.runs.run_names import in_states
from flows.yearly_review import review_year

_ZONE = "Asia/Ho_Chi_Minh"

# Every day of the week: a Saturday may be a working day (in exchange for a day off) and a Monday a holiday. The run
# knows the working calendar: on a day off it records, and sends only what is urgent.
_SCHEDULES, _BACKUPS = (
    {slug: f"{minute} {hour} * * *" for slug, (hour, minute) in slots.items()} for slots in (SLOTS, BACKUP_SLOTS)
)

_YEARLY = {"cuoi-nam": "0 8 20 12 *"}


def deploy(plan: Plan, today: date | None = None) -> list[str]:
    """Register the work pool, and every deployment that is missing or has changed; returns their names.

    today  the day whose offices are offered; the clock's unless given
    """
    with get_client(sync_client=True) as client:
        ensure_pool(client)
        changed = []
        for deployment in deployments(plan, today or local_date(clock.now())):
            if _version_at(client, deployment) != deployment.version:
                deployment.apply()
                changed.append(deployment.name)
        _remove_obsolete(client, plan)
    return changed


def _remove_obsolete(client: SyncPrefectClient, plan: Plan) -> None:
    """Delete the deployments of priorities that have left the plan, that have another title or another flow now.

    And what 0.1.0 had besides: a flow that told of failed runs, and the automations that started it.
    """
    kept = {(flow_of(plan, code).name, name) for code, name in names_by_priority(plan).items()}
    for flow in (*(each.name for each in PRIORITY_FLOWS.values()), further_priority.name, "Báo sự cố"):
        for deployment in client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[flow]))):
            if (flow, deployment.name) not in kept:
                client.delete_deployment(deployment.id)
    for name in ("dondoc · lượt chạy hỏng", "dondoc · lượt chạy thiếu"):
        for automation in client.read_automations_by_name(name):
            client.delete_automation(automation.id)


def run_all_once(plan: Plan) -> None:
    """Ask for one run of every priority, so that boards are current from the start."""
    with get_client(sync_client=True) as client:
        for code, name in names_by_priority(plan).items():
            deployment = client.read_deployment_by_name(f"{flow_of(plan, code).name}/{name}")
            client.create_flow_run_from_deployment(deployment.id, name=f"{code} · {AT_START}", tags=[CATCHING_UP])


def deployments(plan: Plan, today: date) -> Iterator[RunnerDeployment]:
    """The priorities' and three more, by the plan; offered are the offices that exist ``today``."""
    for code, name in names_by_priority(plan).items():
        yield _deployment(
            flow_of(plan, code),
            name=name,
            form=priority_form(plan, code, today),
            title="Phiếu đôn đốc",
            description=_about_priority(plan, code),
            tags=[code],
            schedules=_SCHEDULES,
            parameters={} if has_own_form(plan, code) else {"priority": code},
        )
    yield _deployment(
        issue_directive,
        name=ISSUE_DEPLOYMENT_NAME,
        form=directive_form(plan),
        title="Văn bản giao việc",
        description=_about_directive(plan),
        tags=["ban-hanh"],
    )
    yield _deployment(
        back_up_daily,
        name=BACKUP_DEPLOYMENT_NAME,
        form=backup_form(),
        title="Phiếu sao lưu",
        description=(
            "Sao lưu toàn bộ kho dữ liệu vào một tệp, khôi phục thử vào kho tạm và đối chiếu. Tự chạy 11:45 hằng ngày."
            " Giữ 14 ngày, bản đầu của 12 tháng, bản đầu mỗi năm."
        ),
        tags=[BACKUP],
        schedules=_BACKUPS,
    )
    yield _deployment(
        review_year,
        name=REVIEW_DEPLOYMENT_NAME,
        form=review_form(plan),
        title="Phiếu sơ kết",
        description=(
            "Tổng hợp một năm theo quy chế, nhiệm vụ, việc, cơ quan, so với năm trước. Tự chạy ngày 20/12; chạy"
            " bằng tay để xem năm khác. Kết quả ở mục Artifacts của lượt chạy."
        ),
        tags=[REVIEW],
        schedules=_YEARLY,
    )


def _deployment(
    flow: Flow[..., Any],
    *,
    name: str,
    description: str,
    tags: list[str],
    form: type[BaseModel],
    title: str,
    schedules: Mapping[str, str] = MappingProxyType({}),
    parameters: Mapping[str, Any] = MappingProxyType({}),
) -> RunnerDeployment:
    described = flow_with_form(flow, form, title)
    content = [prefect.__version__, flow.__module__, flow.name, name, description, tags, dict(schedules)]
    return cast(
        RunnerDeployment,
        described.to_deployment(
            name,
            description=description,
            tags=tags,
            parameters=dict(parameters),
            work_pool_name=WORK_POOL,
            entrypoint_type=EntrypointType.MODULE_PATH,
            schedules=[Cron(cron, timezone=_ZONE, slug=slug) for slug, cron in schedules.items()],
            # A run that finds another under way has nothing to add: the next one catches up.
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            version=_version(*content, dict(parameters), parameter_schema(described).model_dump(mode="json")),
        ),
    )


def _version(*content: object) -> str:
    """A version that changes when anything about the deployment does."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _version_at(client: SyncPrefectClient, deployment: RunnerDeployment) -> str | None:
    try:
        return client.read_deployment_by_name(deployment.full_name).version
    except ObjectNotFound:
        return None


def _about_priority(plan: Plan, code: str) -> str:
    priority = plan.priority(code)
    subtasks = "\n".join(f"- **{s.code}** {s.title_vi}" for s in priority.subtasks if s.steps)
    directive = f"{plan.directive_of(code).title_vi}\n\n" if plan.has_several else ""
    return (
        f"{directive}**{priority.numeral}: {priority.title_vi}**\n\n"
        "Giao việc đến kỳ, theo dõi hạn, nhắc đơn vị và công bố bảng theo dõi."
        " Chạy 07:30 và 13:30 hằng ngày; ngày nghỉ chỉ ghi nhận, không gửi trừ văn bản hỏa tốc."
        " Chạy lại bao nhiêu lần cũng không giao hay nhắc trùng.\n\n"
        f"{subtasks}"
    )


def _about_directive(plan: Plan) -> str:
    titles = "\n\n".join(f"**{each.title_vi}** ({each.date:%d/%m/%Y})" for each in plan.directives)
    return (
        f"{titles}\n\n"
        "Đăng ký số và ngày của văn bản giao việc (thông báo kết luận, kế hoạch)."
        " Chỉ đạo tự nó không giao việc: mọi thời hạn tính từ ngày văn bản này."
        " Sau khi đăng ký, các nhiệm vụ của chỉ đạo được chạy ngay."
    )


_POLL_S = 0.3


def ensure_pool(client: SyncPrefectClient) -> None:
    """Make the pool the worker serves, or resume it: a stop pauses it."""
    try:
        pool = client.read_work_pool(WORK_POOL)
    except ObjectNotFound:
        client.create_work_pool(
            WorkPoolCreate(
                name=WORK_POOL,
                type=ProcessWorker.type,
                description="Máy chạy các luồng đôn đốc",
                base_job_template=ProcessWorker.get_default_base_job_template(),
            )
        )
    else:
        if pool.is_paused:
            client.update_work_pool(WORK_POOL, WorkPoolUpdate(is_paused=False))


def pause_pool() -> None:
    """Let no new run begin, until the next ``deploy``."""
    with get_client(sync_client=True) as client:
        client.update_work_pool(WORK_POOL, WorkPoolUpdate(is_paused=True))


def wait_until_idle(timeout_s: float) -> bool:
    """Wait until no run is under way; returns False when some still are after ``timeout_s``."""
    under_way = FlowRunFilter(state=in_states(StateType.PENDING, StateType.RUNNING))
    give_up_at = time.monotonic() + timeout_s
    with get_client(sync_client=True) as client:
        while client.read_flow_runs(flow_run_filter=under_way, limit=1):
            if time.monotonic() > give_up_at:
                return False
            time.sleep(_POLL_S)
    return True

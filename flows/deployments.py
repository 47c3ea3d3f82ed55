"""What a coordinator sees under Deployments: five priorities, the issuing of a directive
and the review of a year with forms, and the alarm.

Registered anew at every start, but only what has changed: Prefect would otherwise throw away and remake
scheduled runs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.catalogue import Plan
from flows.alarms import set_alarms
from flows.deployment_names import (
    CATCHING_UP,
    DEPLOYMENT_NAMES,
    ISSUE_DEPLOYMENT_NAME,
    REVIEW_DEPLOYMENT_NAME,
    SLOTS,
    TROUBLE_DEPLOYMENT_NAME,
)
from flows.forms import LABEL_DASH, FollowUpForm
from flows.issue_directive import issue_directive
from flows.priorities import PRIORITY_FLOWS
from flows.report_trouble import report_trouble
from flows.work_pool import WORK_POOL, open_pool
from flows.yearly_review import REVIEW, review_year

_FORM = "form"  # the one parameter of every flow that has a form
_ZONE = "Asia/Ho_Chi_Minh"

# Every day of the week: a Saturday may be a working day (making up for a day off elsewhere) and a Monday a
# holiday. The run knows the working calendar; it records on any day, and on a day off sends nothing but what
# is urgent.
_SCHEDULES = {slug: f"{minute} {hour} * * *" for slug, (hour, minute) in SLOTS.items()}

_YEARLY = {"cuoi-nam": "0 8 20 12 *"}


def deploy(plan: Plan) -> list[str]:
    """Register the work pool, and every deployment and alarm that is missing or has changed; gives their names."""
    with get_client(sync_client=True) as client:
        open_pool(client)
        changed = []
        for deployment in deployments(plan):
            if _version_at(client, deployment) != deployment.version:
                deployment.apply()
                changed.append(deployment.name)
        trouble = client.read_deployment_by_name(f"{report_trouble.name}/{TROUBLE_DEPLOYMENT_NAME}")
        changed += set_alarms(client, trouble.id)
    return changed


def run_all_once() -> None:
    """Ask for one run of every priority, so that boards are current from the start."""
    with get_client(sync_client=True) as client:
        for code, flow in PRIORITY_FLOWS.items():
            deployment = client.read_deployment_by_name(f"{flow.name}/{DEPLOYMENT_NAMES[code]}")
            client.create_flow_run_from_deployment(deployment.id, name=f"{code} · khởi động", tags=[CATCHING_UP])


def deployments(plan: Plan) -> Iterator[RunnerDeployment]:
    """All eight, as the plan asks for them."""
    offices = [f"{office.code}{LABEL_DASH}{office.name_vi}" for office in plan.offices]
    for code, flow in PRIORITY_FLOWS.items():
        yield _deployment(
            flow,
            name=DEPLOYMENT_NAMES[code],
            title="Phiếu đôn đốc",
            description=_about_priority(plan, code),
            tags=[code],
            schedules=_SCHEDULES,
            offices=offices,
        )
    yield _deployment(
        issue_directive,
        name=ISSUE_DEPLOYMENT_NAME,
        title="Văn bản giao việc",
        description=_about_directive(plan),
        tags=["ban-hanh"],
        offices=offices,
    )
    yield _deployment(
        review_year,
        name=REVIEW_DEPLOYMENT_NAME,
        title="Phiếu sơ kết",
        description=(
            "Tổng hợp một năm theo quy chế, nhiệm vụ, việc, cơ quan, so với năm trước. Tự chạy ngày 20/12; chạy"
            " bằng tay để xem năm khác. Kết quả ở mục Artifacts của lượt chạy."
        ),
        tags=[REVIEW],
        schedules=_YEARLY,
        offices=offices,
    )
    yield _deployment(
        report_trouble,
        name=TROUBLE_DEPLOYMENT_NAME,
        title="",
        description=(
            "Tự chạy khi một lượt chạy theo lịch hỏng hoặc thiếu: báo cơ quan đôn đốc bằng một thư, mỗi luồng mỗi ngày"
            " một lần. Không cần chạy bằng tay."
        ),
        tags=["su-co"],
        offices=offices,
        # Several runs may fail at once, and the one that fails last must be looked at as well.
        when_one_is_at_work=ConcurrencyLimitStrategy.ENQUEUE,
    )


def _deployment(
    flow: Flow[..., Any],
    *,
    name: str,
    title: str,
    description: str,
    tags: list[str],
    offices: list[str],
    schedules: Mapping[str, str] = MappingProxyType({}),
    when_one_is_at_work: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.CANCEL_NEW,
) -> RunnerDeployment:
    deployment: RunnerDeployment = flow.to_deployment(  # type: ignore[assignment]
        name,
        description=description,
        tags=tags,
        work_pool_name=WORK_POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
        schedules=[Cron(cron, timezone=_ZONE, slug=slug) for slug, cron in schedules.items()],
        # A priority's run that finds another at work has nothing to add: the next one catches up.
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=when_one_is_at_work),
    )
    _speak_vietnamese(deployment, title, offices)
    deployment.version = _digest(deployment)
    # Otherwise Prefect puts the commit of the git checkout it runs in, where there is one, in its place.
    deployment._version_from_flow = False
    return deployment


def _speak_vietnamese(deployment: RunnerDeployment, title: str, offices: list[str]) -> None:
    """A title in place of the parameter's name, offices by name, no notes for programmers.

    What is special to the priority comes first, what every priority asks after it.
    """
    schema = deployment._parameter_openapi_schema
    if _FORM in schema.properties:
        schema.properties[_FORM]["title"] = title
    for part in schema.definitions.values():
        part.pop("description", None)
        fields = part.get("properties", {})
        for name in [name for name in fields if name in FollowUpForm.model_fields]:
            fields[name] = fields.pop(name)
        if "offices" in fields:
            fields["offices"]["items"] = {"type": "string", "enum": offices}
        if "host_office" in fields:
            fields["host_office"]["enum"] = offices


def _digest(deployment: RunnerDeployment) -> str:
    """A version that changes when anything about the deployment does."""
    content = deployment.model_dump(mode="json", exclude={"version", "version_type"})
    content["form"] = deployment._parameter_openapi_schema.model_dump(mode="json")
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _version_at(client: SyncPrefectClient, deployment: RunnerDeployment) -> str | None:
    try:
        return client.read_deployment_by_name(deployment.full_name).version
    except ObjectNotFound:
        return None


def _about_priority(plan: Plan, code: str) -> str:
    priority = plan.priority(code)
    subtasks = "\n".join(f"- **{s.code}** {s.title_vi}" for s in priority.subtasks if s.steps)
    return (
        f"**{priority.numeral}: {priority.title_vi}**\n\n"
        "Giao việc đến kỳ, theo dõi hạn, nhắc đơn vị và công bố bảng theo dõi."
        " Chạy 07:30 và 13:30 hằng ngày; ngày nghỉ chỉ ghi nhận, không gửi trừ văn bản hỏa tốc."
        " Chạy lại bao nhiêu lần cũng không giao hay nhắc trùng.\n\n"
        f"{subtasks}"
    )


def _about_directive(plan: Plan) -> str:
    return (
        f"**{plan.house.title_vi}** ({plan.house.date:%d/%m/%Y})\n\n"
        "Đăng ký số và ngày của văn bản giao việc (thông báo kết luận, kế hoạch)."
        " Bài phát biểu tự nó không giao việc: mọi thời hạn tính từ ngày văn bản này."
        " Sau khi đăng ký, cả năm nhiệm vụ được chạy ngay."
    )

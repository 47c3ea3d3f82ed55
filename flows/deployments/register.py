"""What a coordinator sees under Deployments: the priorities, the issuing of a directive
and the review of a year with forms, and the alarm.

Registered anew at every start, but only what has changed: Prefect would otherwise throw away and remake
scheduled runs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema

from config.catalogue.plan import Plan
from config.catalogue.subtasks import Priority, Trigger
from flows.deployments.alarms import set_alarms
from flows.deployments.names import (
    CATCHING_UP,
    ISSUE_DEPLOYMENT_NAME,
    REVIEW,
    REVIEW_DEPLOYMENT_NAME,
    SLOTS,
    TROUBLE_DEPLOYMENT_NAME,
    WORK_POOL,
    names_by_priority,
)
from flows.deployments.work_pool import open_pool
from flows.forms import LABEL_DASH, FollowUpForm
from flows.further_priority import further_priority
from flows.issue_directive import issue_directive
from flows.priorities import PRIORITY_FLOWS, flow_of
from flows.report_trouble import report_trouble
from flows.yearly_review import review_year

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
        _remove_forgotten(client, plan)
        trouble = client.read_deployment_by_name(f"{report_trouble.name}/{TROUBLE_DEPLOYMENT_NAME}")
        changed += set_alarms(client, trouble.id, list(names_by_priority(plan)))
    return changed


def _remove_forgotten(client: SyncPrefectClient, plan: Plan) -> None:
    """Deployments of further priorities that have left the plan, or have another title now, would run in vain."""
    kept = names_by_priority(plan).values()
    further = FlowFilter(name=FlowFilterName(any_=[further_priority.name]))
    for deployment in client.read_deployments(flow_filter=further):
        if deployment.name not in kept:
            client.delete_deployment(deployment.id)


def run_all_once(plan: Plan) -> None:
    """Ask for one run of every priority, so that boards are current from the start."""
    with get_client(sync_client=True) as client:
        for code, name in names_by_priority(plan).items():
            deployment = client.read_deployment_by_name(f"{flow_of(code).name}/{name}")
            client.create_flow_run_from_deployment(deployment.id, name=f"{code} · khởi động", tags=[CATCHING_UP])


def deployments(plan: Plan) -> Iterator[RunnerDeployment]:
    """The priorities' and three more, as the plan asks for them."""
    offices = [f"{office.code}{LABEL_DASH}{office.name_vi}" for office in plan.offices]
    directives = [f"{each.code}{LABEL_DASH}{each.title_vi}" for each in plan.directives]
    for code, name in names_by_priority(plan).items():
        yield _deployment(
            flow_of(code),
            name=name,
            title="Phiếu đôn đốc",
            description=_about_priority(plan, code),
            tags=[code],
            schedules=_SCHEDULES,
            offers=_Offers(offices, further=None if code in PRIORITY_FLOWS else plan.priority(code)),
        )
    yield _deployment(
        issue_directive,
        name=ISSUE_DEPLOYMENT_NAME,
        title="Văn bản giao việc",
        description=_about_directive(plan),
        tags=["ban-hanh"],
        offers=_Offers(offices, directives),
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
        offers=_Offers(offices, directives),
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
        offers=_Offers(offices),
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
    offers: "_Offers",
    schedules: Mapping[str, str] = MappingProxyType({}),
    when_one_is_at_work: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.CANCEL_NEW,
) -> RunnerDeployment:
    deployment: RunnerDeployment = flow.to_deployment(  # type: ignore[assignment]
        name,
        description=description,
        tags=tags,
        parameters={"priority": offers.further.code} if offers.further else None,
        work_pool_name=WORK_POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
        schedules=[Cron(cron, timezone=_ZONE, slug=slug) for slug, cron in schedules.items()],
        # A priority's run that finds another at work has nothing to add: the next one catches up.
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=when_one_is_at_work),
    )
    _speak_vietnamese(deployment, title, offers)
    deployment.version = _digest(deployment)
    # Otherwise Prefect puts the commit of the git checkout it runs in, where there is one, in its place.
    deployment._version_from_flow = False
    return deployment


@dataclass(frozen=True)
class _Offers:
    """What a form lets its coordinator pick from: offices, directives where there are several, and for a priority that
    shares its flow with others, what that one has steps for."""

    offices: list[str]
    directives: list[str] = field(default_factory=list)
    further: Priority | None = None

    def following(self, trigger: Trigger) -> list[str]:
        """The subtasks with steps that a document, or an event, sets going."""
        subtasks = self.further.subtasks if self.further else ()
        return [
            f"{each.code}{LABEL_DASH}{each.title_vi}"
            for each in subtasks
            if any(step.trigger == trigger for step in each.steps)
        ]


def _speak_vietnamese(deployment: RunnerDeployment, title: str, offers: _Offers) -> None:
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
            fields["offices"]["items"] = {"type": "string", "enum": offers.offices}
        if "host_office" in fields:
            _offer(fields["host_office"], offers.offices)
        if "directive" in fields:
            if len(offers.directives) > 1:
                _offer(fields["directive"], offers.directives)
            else:
                del fields["directive"]
    if offers.further:
        _fit_to(offers, schema)
    if (whole := schema.properties.get(_FORM)) and isinstance(whole.get("default"), dict):
        asked = {
            name: each for part in schema.definitions.values() for name, each in part.get("properties", {}).items()
        }
        # The server would refuse what a form sends of its defaults that it does not ask, or asks otherwise.
        whole["default"] = {name: value for name, value in whole["default"].items() if _may_be(asked.get(name), value)}


def _may_be(field_: Mapping[str, Any] | None, value: object) -> bool:
    """Whether a form that is sent unchanged may hold this value."""
    return field_ is not None and (value is not None or "enum" not in field_)


def _offer(field_: dict[str, Any], labels: list[str]) -> None:
    """Let a field be picked. What may stay empty has no default but that; what has one gets the first label."""
    default = field_.pop("default", None)
    if field_.pop("anyOf", None) is None and default is not None:
        field_["default"] = labels[0]
    field_ |= {"type": "string", "enum": labels}


def _fit_to(offers: _Offers, schema: ParameterSchema) -> None:
    """Ask only for what the priority has steps for; which priority it is, is none of the coordinator's choice."""
    schema.properties.pop("priority")
    schema.required = [name for name in schema.required if name != "priority"]
    form = schema.definitions["FurtherForm"]["properties"]
    for name, trigger in (("new_documents", "document"), ("events", "event")):
        labels = offers.following(cast(Trigger, trigger))
        if not labels:
            del form[name]
        elif trigger == "event":
            _offer(schema.definitions["FurtherEvent"]["properties"]["subtask"], labels)
        else:
            form[name]["description"] = f"Mỗi văn bản mới mở việc: {'; '.join(labels)}."


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

"""Ban hành văn bản giao việc: register the document that assigns a directive's work, then start its priorities.

They run inside this run, one after the other: the history shows them beneath it, and they need no worker,
no free slot of a deployment and no schedule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from config import clock
from config.errors import Refused
from flows.forms import DirectiveForm, FollowUpForm, form_of
from flows.names import FAILED, UNDER_WAY
from flows.priorities import run_priority_flow
from flows.runs.refusals import refused_run
from flows.runs.run_names import END_HOOKS, rename_run
from flows.runs.run_scope import run_scope, store_of_run
from flows.runs.tasks import batch_task
from flows.steps import Summary
from models.store.database import session_scope
from models.work.directives import issue_directive as register


@dataclass(frozen=True)
class Registered:
    """The assigning document, and the unchanged form of each priority whose work it assigns."""

    number: str
    on_date: date
    forms: Mapping[str, FollowUpForm]

    def __str__(self) -> str:
        return f"{self.number} ngày {self.on_date:%d/%m/%Y}"


@flow(name="Văn bản giao việc", flow_run_name=f"Ban hành văn bản giao việc · {UNDER_WAY}", **END_HOOKS)
def issue_directive(form: DirectiveForm) -> State[list[Summary]]:
    """Đăng ký văn bản giao việc (số, ngày) rồi chạy các nhiệm vụ của chỉ đạo ấy."""
    try:
        with run_scope():
            document = register_assigning_document(form)
            get_run_logger().info("Đã đăng ký văn bản giao việc %s.", document)
            # Within the scope: without its lock this run would count as dead while its priorities run.
            ends = _start(document.forms) if form.start_follow_up else {}
            return _ending(document, ends)
    except Refused as refusal:
        return refused_run(refusal, f"Văn bản {form.number}", "không đăng ký được")


@batch_task("Đăng ký văn bản")
def register_assigning_document(form: DirectiveForm) -> Registered:
    """Enter the document in the store; entering the same one again changes nothing."""
    store = store_of_run()
    context = store.actor_context(now=clock.now(), actor="flow:issue_directive")
    with session_scope(store.engine) as session:
        whose = form.directive or None
        anchor = register(session, number=form.number, on_date=form.on_date, directive=whose, context=context)
        priorities = tuple(priority.code for priority in store.plan.priorities_of(anchor.directive))
        forms = {code: form_of(code, store.plan)() for code in priorities}
        return Registered(anchor.number, anchor.on_date, forms)


def _start(forms: Mapping[str, FollowUpForm]) -> dict[str, State[Summary]]:
    """One that fails does not keep the others from running."""
    return {priority: run_priority_flow(priority, form) for priority, form in forms.items()}


def _ending(document: Registered, ends: dict[str, State[Summary]]) -> State[list[Summary]]:
    failed = {priority: end for priority, end in ends.items() if not end.is_completed()}
    if failed:
        rename_run(f"Văn bản {document} · {len(failed)} nhiệm vụ lỗi", [FAILED])
        return Failed(message="; ".join(f"{priority}: {end.message}" for priority, end in failed.items()))
    summaries: list[Summary] = [end.result() for end in ends.values()]
    assigned = sum(summary.assigned for summary in summaries)
    late = ["co-qua-han"] if any(summary.overdue for summary in summaries) else []
    rename_run(f"Văn bản {document} · giao {assigned} việc", ["ban-hanh", *late])
    return Completed(
        message=f"Đã đăng ký văn bản giao việc {document}; giao {assigned} việc, {len(summaries)} nhiệm vụ.",
        data=summaries,
    )

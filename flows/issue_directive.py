"""Ban hành văn bản giao việc: register the document that assigns a directive's work, then start its priorities.

They run inside this run, one after the other: the history shows them beneath it, and they need no worker,
no free slot of a deployment and no schedule.
"""

from collections.abc import Iterable

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from config import clock
from config.errors import Refused
from config.settings import load_settings
from flows.forms import DirectiveForm, form_of
from flows.priorities import end_of_priority
from flows.priority_run import rename_run, run_locked, step
from flows.steps import Summary
from models.keeping.opening import open_store
from models.store.database import session_scope
from models.tables.anchor import Anchor
from models.work.directives import issue_directive as register


@flow(name="Văn bản giao việc", flow_run_name="Ban hành văn bản giao việc · đang chạy")
def issue_directive(form: DirectiveForm) -> State[list[Summary]]:
    """Đăng ký văn bản giao việc (số, ngày) rồi chạy các nhiệm vụ của chỉ đạo ấy."""
    try:
        with run_locked():
            return _issue_and_start(form)
    except Refused as refusal:
        rename_run(f"Văn bản {form.number} · không đăng ký được", ["loi"])
        return Failed(message=" ".join([str(refusal), *refusal.details]))


def _issue_and_start(form: DirectiveForm) -> State[list[Summary]]:
    anchor, priorities = step("Đăng ký văn bản", lambda: _register(form))
    named = f"{anchor.number} ngày {anchor.on_date:%d/%m/%Y}"
    get_run_logger().info("Đã đăng ký văn bản giao việc %s.", named)
    ends = _start(priorities) if form.start_follow_up else {}
    return _ending(named, ends)


def _register(form: DirectiveForm) -> tuple[Anchor, list[str]]:
    """The document, and the priorities of the directive whose work it assigns."""
    settings = load_settings()
    with open_store(settings) as store, session_scope(store.engine) as session:
        context = store.actor_context(now=clock.now(), actor="flow:issue_directive")
        anchor = register(session, number=form.number, on_date=form.on_date, directive=form.directive, context=context)
        return anchor, [priority.code for priority in store.plan.priorities_of(anchor.directive)]


def _start(priorities: Iterable[str]) -> dict[str, State[Summary]]:
    """One that fails does not keep the others from running."""
    return {priority: end_of_priority(priority, form_of(priority)()) for priority in priorities}


def _ending(named: str, ends: dict[str, State[Summary]]) -> State[list[Summary]]:
    failed = {priority: end for priority, end in ends.items() if not end.is_completed()}
    if failed:
        rename_run(f"Văn bản {named} · {len(failed)} nhiệm vụ lỗi", ["loi"])
        return Failed(message="; ".join(f"{priority}: {end.message}" for priority, end in failed.items()))
    summaries: list[Summary] = [end.result() for end in ends.values()]
    assigned = sum(summary.assigned for summary in summaries)
    rename_run(f"Văn bản {named} · giao {assigned} việc", _tags(summaries))
    return Completed(
        message=f"Đã đăng ký văn bản giao việc {named}; giao {assigned} việc, {len(summaries)} nhiệm vụ.",
        data=summaries,
    )


def _tags(summaries: Iterable[Summary]) -> list[str]:
    return ["ban-hanh", *(["co-qua-han"] if any(summary.overdue for summary in summaries) else [])]

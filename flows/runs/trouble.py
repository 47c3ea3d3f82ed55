"""Which runs failed, broke off or did not happen, found in Prefect and reported to the coordinator.

Only runs that nobody watches: those of a schedule, and the ones that catch up at a start. Whoever starts a run by hand
sees what becomes of it. A run that found late reports has done its work and is no trouble. A priority that Prefect has
not heard of has no runs at all, and is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterExpectedStartTime
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse

from config.catalogue.plan import Plan
from config.clock import HANOI, local_date
from config.rules.working_time import WorkingCalendar
from flows.names import (
    BACKUP,
    BACKUP_DEPLOYMENT_NAME,
    BACKUP_SLOTS,
    BROKEN_OFF,
    CATCHING_UP,
    FAILED,
    MISSED,
    REVIEW,
    REVIEW_DEPLOYMENT_NAME,
    RUN_AGAIN,
    SLOTS,
    UNFORESEEN,
    names_by_priority,
)
from flows.runs.run_names import all_runs
from models.keeping.opening import Store
from models.store.database import session_scope
from notifications.words.coordinator_letters import FailedRun, FailureKind, write_failed_runs_letter

LOOKBACK = timedelta(days=1)
LATE_AFTER = timedelta(minutes=10)
"""A run that has not begun so long after its time is missing (Late, in Prefect: ``hosting.prefect.environment``)."""


UNREGISTERED = "chưa đăng ký được với Prefect, nên không có lịch chạy"


def report_new_trouble(store: Store, now: datetime) -> list[str]:
    """Put what was not reported before in the outbox; returns the codes of the flows concerned."""
    with get_client(sync_client=True) as client:
        found = find_trouble(client, store.plan, store.calendar, now)
    return _put_in_outbox(store, found, now) if found else []


def report_prefect_down(store: Store, now: datetime) -> list[str]:
    """Report that Prefect itself does not answer, so that no run begins."""
    run = FailedRun("prefect", "Máy chủ Prefect", FailureKind.BROKEN_OFF, now, "không trả lời")
    return _put_in_outbox(store, [run], now)


def _put_in_outbox(store: Store, troubles: Sequence[FailedRun], now: datetime) -> list[str]:
    context = store.actor_context(now=now, actor="flow:su-co")
    with session_scope(store.engine) as session:
        return write_failed_runs_letter(session, store, troubles, context)


def find_trouble(client: SyncPrefectClient, plan: Plan, calendar: WorkingCalendar, now: datetime) -> list[FailedRun]:
    """Every trouble of the day before ``now``, and what of the plan is not registered at ``now``."""
    of_name = {name: code for code, name in names_by_priority(plan).items()}
    of_name |= {REVIEW_DEPLOYMENT_NAME: REVIEW, BACKUP_DEPLOYMENT_NAME: BACKUP}
    deployments = [each for each in client.read_deployments() if each.name in of_name]
    missing = of_name.keys() - {each.name for each in deployments}
    since = now - LOOKBACK
    window = FlowRunFilter(expected_start_time=FlowRunFilterExpectedStartTime(after_=since, before_=now))
    found = all_runs(client, window)
    troubles = [FailedRun(of_name[name], name, FailureKind.MISSING, now, UNREGISTERED) for name in missing]
    for deployment in deployments:
        runs = [run for run in found if run.deployment_id == deployment.id and _is_unwatched(run)]
        code = of_name[deployment.name]
        troubles += [trouble for run in runs if (trouble := _trouble(run, code, deployment.name, calendar, now))]
        if code != REVIEW:  # once a year, which no hour of the day tells
            troubles += _never_made(deployment, code, runs, calendar, now)
    return troubles


def _is_unwatched(run: FlowRun) -> bool:
    return bool(run.auto_scheduled) or CATCHING_UP in run.tags


def _trouble(run: FlowRun, code: str, title: str, calendar: WorkingCalendar, now: datetime) -> FailedRun | None:
    at, state = run.expected_start_time, run.state
    if at is None or state is None:
        return None
    message = state.message or ""
    if state.type is StateType.FAILED:
        ours = FAILED in run.tags and UNFORESEEN not in run.tags
        return FailedRun(code, title, FailureKind.FAILED, at, message if ours else "")
    if state.type is StateType.CRASHED:
        if message == RUN_AGAIN:  # the run that makes up for it is looked at in its place
            return None
        return FailedRun(code, title, FailureKind.BROKEN_OFF, at, message if message == BROKEN_OFF else "")
    missed = state.type is StateType.CANCELLED and message == MISSED
    waits = state.type in (StateType.SCHEDULED, StateType.PENDING) and at < now - LATE_AFTER
    # What a day off leaves out, the next day makes up for; a review has no next day.
    if (missed or waits) and (code == REVIEW or calendar.is_working_day(local_date(at))):
        off = "máy tắt vào giờ này" if code == REVIEW else MISSED
        return FailedRun(code, title, FailureKind.MISSING, at, off if missed else "chưa có máy nào nhận chạy")
    return None


def _never_made(
    deployment: DeploymentResponse, code: str, runs: Sequence[FlowRun], calendar: WorkingCalendar, now: datetime
) -> Iterator[FailedRun]:
    """Hours of the schedule for which there is no run at all; none while the deployment is paused."""
    if deployment.paused or deployment.created is None or not all(each.active for each in deployment.schedules):
        return
    made = {run.expected_start_time for run in runs}
    for day in sorted({local_date(now - LOOKBACK), local_date(now)}):
        for slot in (BACKUP_SLOTS if code == BACKUP else SLOTS).values():
            at = datetime.combine(day, time(*slot), HANOI)
            passed = max(now - LOOKBACK, deployment.created) < at < now - LATE_AFTER
            if passed and at not in made and calendar.is_working_day(day):
                yield FailedRun(code, deployment.name, FailureKind.MISSING, at, "không có lượt chạy nào cho giờ này")

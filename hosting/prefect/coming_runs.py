"""Names for the runs that a schedule has made ahead: Prefect gives them two words drawn by lot.

A run says what it is doing from its first moment on; until then its name says what is to run, and when.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound

from config.clock import HANOI
from flows.deployments.names import run_name

_ABOUT_TO_BEGIN = timedelta(minutes=2)
"""A run this near is left alone: it may be naming itself at this very moment."""

_MOST = 200


def name_coming_runs(now: datetime) -> int:
    """Name every run that is scheduled after ``now`` and has no name of ours yet; gives how many were named."""
    coming = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(after_=now + _ABOUT_TO_BEGIN),
    )
    named = 0
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=coming, limit=_MOST):
            name = _name(run)
            if name and run.name != name:
                # Where a deployment is being made anew, its runs are as well.
                with suppress(ObjectNotFound):
                    client.update_flow_run(run.id, name=name)
                    named += 1
    return named


def _name(run: FlowRun) -> str:
    """«p1 · dự kiến 07:30 28/11/2026»; nothing for a run that somebody else made."""
    what = run_name(run.tags)
    if what is None or not run.auto_scheduled or run.expected_start_time is None:
        return ""
    return f"{what} · dự kiến {run.expected_start_time.astimezone(HANOI):%H:%M %d/%m/%Y}"

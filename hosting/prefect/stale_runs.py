"""Prefect runs that a stop left behind: no process works on them any more, but Prefect does not know.

A process that ends in the middle of a run, also by a clean signal or a power cut, leaves the run "Running" for ever and
its slot taken; and every run missed meanwhile would be executed, one after the other. Our runs catch up by themselves,
so one new run does for all of them.
"""

from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.states import Cancelled, Crashed

from flows.names import BROKEN_OFF, MISSED, run_name

PAGE_SIZE = 200


@dataclass(frozen=True)
class StaleRuns:
    """How many runs were ended: ``interrupted`` in the middle, ``missed`` before they began."""

    interrupted: int
    missed: int


def end_stale_runs(now: datetime) -> StaleRuns:
    """End what a stop left behind; call it before a worker or schedule of this server is at work."""
    with get_client(sync_client=True) as client:
        return StaleRuns(
            interrupted=_end(
                client,
                _in_states(StateType.RUNNING, StateType.PENDING, StateType.CANCELLING),
                Crashed(message=BROKEN_OFF),
                "dừng giữa chừng",
            ),
            missed=_end(
                client,
                FlowRunFilter(
                    state=_in_states(StateType.SCHEDULED).state,
                    next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=now),
                ),
                Cancelled(message=MISSED),
                "không chạy, máy tắt",
            ),
        )


def _in_states(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def _end(client: SyncPrefectClient, which: FlowRunFilter, state: State[None], outcome: str) -> int:
    ended = 0
    while runs := client.read_flow_runs(flow_run_filter=which, limit=PAGE_SIZE):
        for run in runs:
            client.set_flow_run_state(run.id, state.fresh_copy(), force=True)
            # Until then it has the name of a run that waits, or is under way.
            if name := run_name(run.tags):
                client.update_flow_run(run.id, name=f"{name} · {outcome}")
        ended += len(runs)
    return ended

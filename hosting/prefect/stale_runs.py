"""Prefect runs that a stop left behind: no process works on them any more, but Prefect does not know.

A process that ends in the middle of a run, also by a clean signal or a power cut, leaves the run "Running" for ever and
its slot taken; and every run missed meanwhile would be executed, one after the other. Our runs catch up by themselves,
so one new run does for all of them.
"""

from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterNextScheduledStartTime
from prefect.client.schemas.objects import State, StateType
from prefect.states import Cancelled, Crashed

from flows.names import BROKEN_OFF, MISSED, run_name
from flows.runs.run_queries import all_runs, in_states


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
                FlowRunFilter(state=in_states(StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)),
                Crashed(message=BROKEN_OFF),
                "dừng giữa chừng",
            ),
            missed=_end(
                client,
                FlowRunFilter(
                    state=in_states(StateType.SCHEDULED),
                    next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=now),
                ),
                Cancelled(message=MISSED),
                "không chạy, máy tắt",
            ),
        )


def _end(client: SyncPrefectClient, which: FlowRunFilter, state: State[None], outcome: str) -> int:
    runs = all_runs(client, which)
    for run in runs:
        client.set_flow_run_state(run.id, state.fresh_copy(), force=True)
        # Until then it has the name of a run that waits, or is under way.
        if name := run_name(run.tags):
            client.update_flow_run(run.id, name=f"{name} · {outcome}")
    return len(runs)

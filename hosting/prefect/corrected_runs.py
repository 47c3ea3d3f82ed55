"""Runs of which Prefect knows too little: left behind by a stop, without a name of ours, or ended by somebody else.

A process that ends in the middle of a run, also by a clean signal or a power cut, leaves the run "Running" for ever and
its slot taken; and every run missed meanwhile would be executed, one after the other. Our runs catch up by themselves,
so one new run does for all of them.

A run names itself from its first moment to its end (``flows.runs.run_names``). Before, Prefect calls it by two words
drawn by lot; and ended by hand, by Prefect or before it began, it would be called to come or under way for ever.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterName,
    FlowRunFilterNextScheduledStartTime,
)
from prefect.client.schemas.objects import TERMINAL_STATES, FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from config.clock import HANOI
from flows.names import BROKEN_OFF, COMING, MISSED, NOT_ENDED, REVIEW, run_name
from flows.runs.run_names import all_runs, correct_name, in_states


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


_ABOUT_TO_BEGIN = timedelta(minutes=2)
"""A run this near is left alone: it may be naming itself at this very moment."""

_LOOKBACK = timedelta(days=7)


def name_coming_runs(now: datetime) -> int:
    """Name every run that is scheduled after ``now`` and has no name of ours yet; returns how many."""
    coming = FlowRunFilter(
        state=in_states(StateType.SCHEDULED),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(after_=now + _ABOUT_TO_BEGIN),
    )
    named = 0
    with get_client(sync_client=True) as client:
        for run in all_runs(client, coming):
            if (name := _name(run)) and run.name != name:
                with suppress(ObjectNotFound):  # while a deployment is being replaced, its runs are as well
                    client.update_flow_run(run.id, name=name)
                    named += 1
    return named


_NEXT_REVIEW_WITHIN, _NEXT_RUN_WITHIN = timedelta(days=400), timedelta(days=30)
"""How far off the next run of a schedule may be: reviews are made once a year, all else runs twice a day."""


def drop_far_runs(now: datetime) -> int:
    """Delete what a clock that was ahead has scheduled, where a deployment has nothing nearer; returns how many.

    With a few runs to come Prefect plans no further ones, so that the schedule would rest until that year.
    """
    scheduled = FlowRunFilter(
        state=in_states(StateType.SCHEDULED),
        next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(after_=now),
    )
    coming: dict[UUID | None, list[FlowRun]] = {}
    dropped = 0
    with get_client(sync_client=True) as client:
        for run in all_runs(client, scheduled):
            if run.auto_scheduled and run.expected_start_time is not None:
                coming.setdefault(run.deployment_id, []).append(run)
        for runs in coming.values():
            within = now + (_NEXT_REVIEW_WITHIN if REVIEW in runs[0].tags else _NEXT_RUN_WITHIN)
            if all(run.expected_start_time and run.expected_start_time > within for run in runs):
                for run in runs:
                    with suppress(ObjectNotFound):
                        client.delete_flow_run(run.id)
                        dropped += 1
    return dropped


def name_ended_runs(now: datetime) -> int:
    """Rename every run of the last week that has ended and is still called as it was before; returns how many."""
    named = 0
    with get_client(sync_client=True) as client:
        for words in NOT_ENDED:
            ended = FlowRunFilter(
                name=FlowRunFilterName(like_=f"· {words}"),
                state=in_states(*TERMINAL_STATES),
                end_time=FlowRunFilterEndTime(after_=now - _LOOKBACK),
            )
            named += sum(correct_name(client, run) for run in all_runs(client, ended))
    return named


def _name(run: FlowRun) -> str:
    """«p1 · dự kiến 07:30 28/11/2026»; empty for a run that somebody else made."""
    what = run_name(run.tags)
    if what is None or not run.auto_scheduled or run.expected_start_time is None:
        return ""
    return f"{what} · {COMING} {run.expected_start_time.astimezone(HANOI):%H:%M %d/%m/%Y}"

"""Runs whose machine died, where Prefect runs on several machines: ended, and run once more.

Whether a run still lives is told by the lock its process holds (``models.store.run_lock``), not by the clock: a run
that takes hours is left alone, one that died is found within a minute. It is ended before the new one begins, so that
its slot is free, and the new one has an idempotency key, so that several watches, or one that dies amid, make one.

A run that was stopped by SIGTERM, when a machine was taken down for maintenance, ended itself; it is run once more as
well, on one machine too.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterEndTime
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled, Crashed
from sqlalchemy import Engine

from flows.names import AGAIN, BROKEN_OFF, CATCHING_UP, RUN_AGAIN, run_name
from flows.runs.run_names import all_runs, in_states
from models.store.run_lock import try_run_lock

log = logging.getLogger("dondoc.dead_runs")


SECOND_RUN = "chay-lai-sau-su-co"
"""Tag of the run that makes up for a dead one. Should it die as well, the next one of the schedule catches up."""

STARTING_FACTOR = 6
"""So many times more patience with a run that a worker has taken and not begun: its process is still starting."""

_RESTARTED_WITHIN = timedelta(days=1)
_NOT_POSSIBLE = (404, 409, 422)
"""Answers to a run whose deployment is gone, or does not take its form any more."""


@dataclass(frozen=True)
class DeadRunCounts:
    """How many dead runs one check found, and how many runs it began in their place."""

    dead: int = 0
    restarted: int = 0


STOPPED = "Execution was aborted by a termination signal."
"""What Prefect says of a run that SIGTERM ended."""


def begin_stopped_runs_again(now: datetime) -> int:
    """Begin every run of the last day once more that SIGTERM ended; returns how many were begun by this call."""
    with get_client(sync_client=True) as client:
        return sum(_restart(client, run) for run in _to_restart(client, now))


class DeadRuns:
    """Checks the runs under way; one counts as dead when its lock is free in two checks, ``patience`` apart."""

    def __init__(self, engine: Engine, patience: timedelta) -> None:
        self._engine = engine
        self._patience = patience
        self._unlocked_since: dict[UUID, datetime] = {}

    def check(self, now: datetime) -> DeadRunCounts:
        """End every run that died and begin another for it; raises when the API is away: the next check goes on."""
        with get_client(sync_client=True) as client:
            dead = [run for run in self._without_lock(client, now) if self._end(client, run)]
            again = sum(_restart(client, run) for run in _to_restart(client, now))
        for run in dead:
            log.warning("run %s (%s) had died", run.name, run.id)
        return DeadRunCounts(len(dead), again)

    def _without_lock(self, client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
        under_way = FlowRunFilter(state=in_states(StateType.RUNNING, StateType.PENDING, StateType.CANCELLING))
        missing = []
        for run in all_runs(client, under_way):
            with try_run_lock(self._engine, run.id) as alone:
                if alone:
                    missing.append(run)
        since = {_stage(run): self._unlocked_since.get(_stage(run), now) for run in missing}
        self._unlocked_since = since
        return [run for run in missing if now - since[_stage(run)] >= _patience(run, self._patience)]

    def _end(self, client: SyncPrefectClient, run: FlowRun) -> bool:
        with try_run_lock(self._engine, run.id) as alone:
            try:
                current = client.read_flow_run(run.id).state
            except ObjectNotFound:  # deleted meanwhile
                return False
            if not alone or current is None or run.state is None or current.id != run.state.id:
                return False
            state: State[None]
            if run.state.type is StateType.CANCELLING:
                state, outcome = Cancelled(message=BROKEN_OFF), "đã dừng"
            elif _is_to_be_restarted(run):
                state, outcome = Crashed(message=RUN_AGAIN), "máy dừng, đã chạy lại"
            else:
                state, outcome = Crashed(message=BROKEN_OFF), "dừng giữa chừng"
            client.set_flow_run_state(run.id, state, force=True)
            if name := run_name(run.tags):
                client.update_flow_run(run.id, name=f"{name} · {outcome}")
        return True


def _stage(run: FlowRun) -> UUID:
    """The run in its present state: its time begins anew with each state."""
    return run.state.id if run.state is not None else run.id


def _patience(run: FlowRun, patience: timedelta) -> timedelta:
    """For how long a living process of the run might be without its lock."""
    begins = run.state is not None and run.state.type is StateType.PENDING
    return STARTING_FACTOR * patience if begins else patience


def _is_to_be_restarted(run: FlowRun) -> bool:
    # What was begun without a deployment, or inside another run, is begun again by whoever or whatever began it.
    return run.deployment_id is not None and run.parent_task_run_id is None and SECOND_RUN not in run.tags


def _to_restart(client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
    """The runs of the last day that were ended to be restarted: also those whose new run nobody came to make."""
    crashed = FlowRunFilter(
        state=in_states(StateType.CRASHED),
        end_time=FlowRunFilterEndTime(after_=now - _RESTARTED_WITHIN),
    )
    said = [(run, run.state.message) for run in all_runs(client, crashed) if run.state is not None]
    return [run for run, why in said if why == RUN_AGAIN or (why == STOPPED and _is_to_be_restarted(run))]


def _restart(client: SyncPrefectClient, run: FlowRun) -> bool:
    """Begin the same run under a key of its own; returns whether this call began it."""
    key = f"{SECOND_RUN}:{run.id}"
    made_before = client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate({"idempotency_key": {"any_": [key]}}), limit=1
    )
    if made_before:
        return False
    if _begin(client, run, key):
        return True
    # An upgrade took its deployment away or changed the form. It counts as broken off, so that the coordinator is told
    # of it, and holds up no other.
    log.warning("run %s (%s) cannot be begun again", run.name, run.id)
    client.set_flow_run_state(run.id, Crashed(message=BROKEN_OFF), force=True)
    return False


def _begin(client: SyncPrefectClient, run: FlowRun, key: str) -> bool:
    """Ask for a run like this one; returns whether its deployment is still there and takes its form."""
    if run.deployment_id is None:
        return False
    name = run_name(run.tags)
    try:
        client.create_flow_run_from_deployment(
            run.deployment_id,
            parameters=run.parameters,
            name=f"{name} · {AGAIN}" if name else None,
            tags=[CATCHING_UP, SECOND_RUN],
            idempotency_key=key,
        )
    except ObjectNotFound:
        return False
    except PrefectHTTPStatusError as refused:
        if refused.response.status_code in _NOT_POSSIBLE:
            return False
        raise
    return True

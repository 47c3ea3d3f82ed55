"""Runs whose machine died, of a Prefect spread over several: ended, and run once more.

Whether a run still lives tells the lock its process holds (``models.store.run_lock``), not the clock: a run that takes
hours is left alone, one that died is found within a minute. It is ended before the new one begins, so that its place
is free, and the new one is made under a key, so that several who look, or one who falls while looking, make one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled, Crashed
from sqlalchemy import Engine

from flows.deployments.names import CATCHING_UP, run_name
from flows.runs.outcomes import BROKEN_OFF, RUN_AGAIN
from models.store.run_lock import try_run_lock

log = logging.getLogger("dondoc.dead_runs")


SECOND_RUN = "chay-lai-sau-su-co"
"""Tag of the run that makes up for a dead one. Should it die as well, the next one of the schedule catches up."""

BEGINNING_TAKES = 6
"""So many times more patience with a run that a worker has taken and not begun: its process is only starting."""

_MADE_UP_FOR = timedelta(days=1)
_CANNOT_BE = (404, 409, 422)
"""Answers to a run whose deployment is gone, or does not take its form any more."""

_PAGE = 200


@dataclass(frozen=True)
class Found:
    """What one look found: how many runs were dead, and how many runs were begun for them."""

    dead: int = 0
    run_again: int = 0


class DeadRuns:
    """Looks again and again; a run must be without its process twice, ``patience`` apart, to count as dead."""

    def __init__(self, engine: Engine, patience: timedelta) -> None:
        self._engine = engine
        self._patience = patience
        self._missed_since: dict[UUID, datetime] = {}

    def look(self, now: datetime) -> Found:
        """End every run that died and begin another for it; an API that is away raises, and the next look goes on."""
        with get_client(sync_client=True) as client:
            dead = [run for run in self._without_process(client, now) if self._end(client, run)]
            again = sum(_run_again(client, run) for run in _ended_here(client, now))
        for run in dead:
            log.warning("run %s (%s) had died", run.name, run.id)
        return Found(len(dead), again)

    def _without_process(self, client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
        under_way = list(_under_way(client))
        missing = []
        for run in under_way:
            with try_run_lock(self._engine, run.id) as alone:
                if alone:
                    missing.append(run)
        since = {_stage(run): self._missed_since.get(_stage(run), now) for run in missing}
        self._missed_since = since
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
            elif _is_made_up_for(run):
                state, outcome = Crashed(message=RUN_AGAIN), "máy dừng, đã chạy lại"
            else:
                state, outcome = Crashed(message=BROKEN_OFF), "dừng giữa chừng"
            client.set_flow_run_state(run.id, state, force=True)
            if name := run_name(run.tags):
                client.update_flow_run(run.id, name=f"{name} · {outcome}")
        return True


def _under_way(client: SyncPrefectClient) -> Iterator[FlowRun]:
    types = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    which, seen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types))), 0
    while page := client.read_flow_runs(flow_run_filter=which, limit=_PAGE, offset=seen):
        yield from page
        seen += len(page)


def _stage(run: FlowRun) -> UUID:
    """The run in the state it is in: one that has only just begun may take its time anew."""
    return run.state.id if run.state is not None else run.id


def _patience(run: FlowRun, patience: timedelta) -> timedelta:
    """For how long the process of a run, were it alive, might be without its lock."""
    begins = run.state is not None and run.state.type is StateType.PENDING
    return BEGINNING_TAKES * patience if begins else patience


def _is_made_up_for(run: FlowRun) -> bool:
    # What was begun without a deployment, or inside another run, is begun again by whoever or whatever began it.
    return run.deployment_id is not None and run.parent_task_run_id is None and SECOND_RUN not in run.tags


def _ended_here(client: SyncPrefectClient, now: datetime) -> list[FlowRun]:
    """The runs of the last day that ended as made up for: also those whose new run we did not come to make."""
    crashed = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CRASHED])),
        end_time=FlowRunFilterEndTime(after_=now - _MADE_UP_FOR),
    )
    found = client.read_flow_runs(flow_run_filter=crashed, limit=_PAGE)
    return [run for run in found if run.state is not None and run.state.message == RUN_AGAIN]


def _run_again(client: SyncPrefectClient, run: FlowRun) -> bool:
    """Begin the same anew under a key of its own; gives whether this is what began it."""
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
    """Ask for a run like this one; gives whether its deployment is still there and takes its form."""
    if run.deployment_id is None:
        return False
    name = run_name(run.tags)
    try:
        client.create_flow_run_from_deployment(
            run.deployment_id,
            parameters=run.parameters,
            name=f"{name} · chạy lại" if name else None,
            tags=[CATCHING_UP, SECOND_RUN],
            idempotency_key=key,
        )
    except ObjectNotFound:
        return False
    except PrefectHTTPStatusError as refused:
        if refused.response.status_code in _CANNOT_BE:
            return False
        raise
    return True

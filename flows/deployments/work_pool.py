"""The work pool: where due runs wait for a worker."""

import time

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.workers.process import ProcessWorker

from flows.names import WORK_POOL
from flows.runs.run_queries import in_states

_POLL_S = 0.3


def ensure_pool(client: SyncPrefectClient) -> None:
    """Make the pool the worker serves, or resume it: a stop pauses it."""
    try:
        pool = client.read_work_pool(WORK_POOL)
    except ObjectNotFound:
        client.create_work_pool(
            WorkPoolCreate(
                name=WORK_POOL,
                type=ProcessWorker.type,
                description="Máy chạy các luồng đôn đốc",
                base_job_template=ProcessWorker.get_default_base_job_template(),
            )
        )
    else:
        if pool.is_paused:
            client.update_work_pool(WORK_POOL, WorkPoolUpdate(is_paused=False))


def pause_pool() -> None:
    """Let no new run begin, until the next ``deploy``."""
    with get_client(sync_client=True) as client:
        client.update_work_pool(WORK_POOL, WorkPoolUpdate(is_paused=True))


def wait_until_idle(timeout_s: float) -> bool:
    """Wait until no run is under way; returns False when some still are after ``timeout_s``."""
    under_way = FlowRunFilter(state=in_states(StateType.PENDING, StateType.RUNNING))
    give_up_at = time.monotonic() + timeout_s
    with get_client(sync_client=True) as client:
        while client.read_flow_runs(flow_run_filter=under_way, limit=1):
            if time.monotonic() > give_up_at:
                return False
            time.sleep(_POLL_S)
    return True

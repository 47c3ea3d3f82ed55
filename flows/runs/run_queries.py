"""Finding runs in Prefect: by their states, and all of them, page by page."""

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType

PAGE_SIZE = 200
"""What Prefect returns at once, at the most."""


def in_states(*types: StateType) -> FlowRunFilterState:
    """The part of a filter that asks for runs in any of these states."""
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


def all_runs(client: SyncPrefectClient, which: FlowRunFilter) -> list[FlowRun]:
    """Every run the filter finds; read to the end first, because what is done with a run may take it off its page."""
    found: list[FlowRun] = []
    more = True
    while more:
        page = client.read_flow_runs(flow_run_filter=which, limit=PAGE_SIZE, offset=len(found))
        found += page
        more = len(page) == PAGE_SIZE
    return found

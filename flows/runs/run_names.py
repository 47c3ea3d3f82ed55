"""The name of a run: to come or under way at first, and at its end what became of it, whichever way it ends.

A run that ends by itself says what it found (``rename_run``). One that fails, crashes or is cancelled before it could
is named by Prefect's state hooks (``END_HOOKS``), which also run in the worker when the process of the run has died.
Ended by hand or with its machine, it is named by whoever looks after the runs (``hosting.prefect.corrected_runs``).
"""

from typing import Any

from prefect import Flow, get_client, runtime
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, State, StateType

from flows.names import FAILED, NOT_ENDED, UNFORESEEN, tag_of

_ENDS = {
    StateType.FAILED: ("lỗi chưa lường trước", [FAILED, UNFORESEEN]),
    StateType.CRASHED: ("dừng giữa chừng", []),
    StateType.CANCELLING: ("đã hủy", []),
    StateType.CANCELLED: ("đã hủy", []),
    StateType.COMPLETED: ("đã xong", []),
}


def rename_run(name: str, tags: list[str]) -> None:
    """Give the run under way this name, and these tags besides those it has."""
    run = runtime.flow_run
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, name=name, tags=sorted({*run.tags, *tags}))


def correct_name(client: SyncPrefectClient, run: FlowRun) -> bool:
    """Rename a run that has ended and is still called as it was before; returns whether it was."""
    end = _ENDS.get(run.state.type) if run.state else None
    begin, _, said = run.name.rpartition(" · ")
    if end is None or not said.startswith(NOT_ENDED):
        return False
    outcome, tags = end
    client.update_flow_run(run.id, name=f"{begin} · {outcome}", tags=sorted({*run.tags, *tag_of(run.name), *tags}))
    return True


def name_the_end(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """State hook of every flow: what a run is called that could not say itself what became of it."""
    with get_client(sync_client=True) as client:
        # The run that Prefect hands over bears the name of its beginning, also where it was renamed since.
        current = client.read_flow_run(flow_run.id)
        correct_name(client, current.model_copy(update={"state": state}))


END_HOOKS: dict[str, Any] = {key: [name_the_end] for key in ("on_failure", "on_crashed", "on_cancellation")}
"""The keywords of ``@flow`` by which every run that fails, crashes or is cancelled is named."""


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

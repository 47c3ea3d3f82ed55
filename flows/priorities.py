"""The flows of priorities by their codes: five of their own, and one for all further ones."""

from typing import Any, cast

from prefect import Flow
from prefect.client.schemas.objects import State

from flows.further_priority import further_priority
from flows.p1_implement_resolutions import p1_implement_resolutions
from flows.p2_raise_awareness import p2_raise_awareness
from flows.p3_improve_coordination import p3_improve_coordination
from flows.p4_build_movement import p4_build_movement
from flows.p5_lead_by_police import p5_lead_by_police

PRIORITY_FLOWS: dict[str, Flow[..., Any]] = {
    "p1": p1_implement_resolutions,
    "p2": p2_raise_awareness,
    "p3": p3_improve_coordination,
    "p4": p4_build_movement,
    "p5": p5_lead_by_police,
}


def flow_of(priority: str) -> Flow[..., Any]:
    """The flow that follows up a priority: its own, or the one that all further ones share."""
    return PRIORITY_FLOWS.get(priority, further_priority)


def run_priority_flow(priority: str, form: object) -> State[Any]:
    """Run the flow of a priority in this process; returns the state it ended in, whichever that is."""
    if priority in PRIORITY_FLOWS:
        return run_to_end(PRIORITY_FLOWS[priority], form)
    state: State[Any] = cast(Any, further_priority)(priority, form, return_state=True)
    return state


def run_to_end(flow: Flow[..., Any], form: object) -> State[Any]:
    """Run ``flow`` in this process; returns the state it ended in, whichever that is."""
    state: State[Any] = cast(Any, flow)(form, return_state=True)
    return state

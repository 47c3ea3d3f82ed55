"""The five priority flows by the code of their priority."""

from typing import Any, cast

from prefect import Flow
from prefect.client.schemas.objects import State

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


def end_of(flow: Flow[..., Any], form: object) -> State[Any]:
    """Run ``flow`` in this process and give the state it ended in, whichever that is."""
    state: State[Any] = cast(Any, flow)(form, return_state=True)
    return state

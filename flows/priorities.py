"""The flow of each priority: five of the shipped directive with forms of their own, and one for every other priority.

p1 study and carry out resolutions and the signed coordination regulations
p2 awareness, a plan and an assignment in every office
p3 better coordination, settled issues, safe events
p4 the mass movement and joint work of the forces
p5 the police lead, guide and train

What differs between them is in their forms (``flows.forms``) and in the plan; the rest is ``flows.runs.priority_run``.
"""

from typing import Any, cast

from prefect import Flow, flow
from prefect.client.schemas.objects import State

from config.catalogue.plan import Plan
from flows.forms import (
    BuildMovementForm,
    FurtherForm,
    ImplementResolutionsForm,
    ImproveCoordinationForm,
    LeadByPoliceForm,
    RaiseAwarenessForm,
)
from flows.names import UNDER_WAY, has_own_form
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Một là – Quán triệt", flow_run_name=f"p1 · {UNDER_WAY}", **END_HOOKS)
def p1_implement_resolutions(form: ImplementResolutionsForm = ImplementResolutionsForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p1."""
    return run_priority("p1", form)


@flow(name="Hai là – Tuyên truyền", flow_run_name=f"p2 · {UNDER_WAY}", **END_HOOKS)
def p2_raise_awareness(form: RaiseAwarenessForm = RaiseAwarenessForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p2."""
    return run_priority("p2", form)


@flow(name="Ba là – Phối hợp", flow_run_name=f"p3 · {UNDER_WAY}", **END_HOOKS)
def p3_improve_coordination(form: ImproveCoordinationForm = ImproveCoordinationForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p3."""
    return run_priority("p3", form)


@flow(name="Bốn là – Phong trào", flow_run_name=f"p4 · {UNDER_WAY}", **END_HOOKS)
def p4_build_movement(form: BuildMovementForm = BuildMovementForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p4."""
    return run_priority("p4", form)


@flow(name="Năm là – Công an", flow_run_name=f"p5 · {UNDER_WAY}", **END_HOOKS)
def p5_lead_by_police(form: LeadByPoliceForm = LeadByPoliceForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p5."""
    return run_priority("p5", form)


@flow(name="Nhiệm vụ của chỉ đạo khác", flow_run_name=f"{{priority}} · {UNDER_WAY}", **END_HOOKS)
def further_priority(priority: str, form: FurtherForm = FurtherForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của một nhiệm vụ thêm."""
    return run_priority(priority, form)


PRIORITY_FLOWS: dict[str, Flow[..., Any]] = {
    "p1": p1_implement_resolutions,
    "p2": p2_raise_awareness,
    "p3": p3_improve_coordination,
    "p4": p4_build_movement,
    "p5": p5_lead_by_police,
}


def flow_of(plan: Plan, priority: str) -> Flow[..., Any]:
    """The flow that follows up a priority: its own, or the one that all other directives share."""
    return PRIORITY_FLOWS[priority] if has_own_form(plan, priority) else further_priority


def run_priority_flow(priority: str, form: object) -> State[Any]:
    """Run the flow of a priority in this process; returns the state it ended in, whichever that is.

    Which flow that is, its form tells.
    """
    if not isinstance(form, FurtherForm):
        return run_to_end(PRIORITY_FLOWS[priority], form)
    state: State[Any] = cast(Any, further_priority)(priority, form, return_state=True)
    return state


def run_to_end(flow: Flow[..., Any], form: object) -> State[Any]:
    """Run ``flow`` in this process; returns the state it ended in, whichever that is."""
    state: State[Any] = cast(Any, flow)(form, return_state=True)
    return state

"""p4: the mass movement and joint work of the forces."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import BuildMovementForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Bốn là – Phong trào", flow_run_name="p4 · đang chạy", **END_HOOKS)
def p4_build_movement(form: BuildMovementForm = BuildMovementForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p4."""
    return run_priority("p4", form)

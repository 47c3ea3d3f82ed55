"""p3: better coordination, settled issues, safe events."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import ImproveCoordinationForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Ba là – Phối hợp", flow_run_name="p3 · đang chạy", **END_HOOKS)
def p3_improve_coordination(form: ImproveCoordinationForm = ImproveCoordinationForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p3."""
    return run_priority("p3", form)

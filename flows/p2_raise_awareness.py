"""p2: awareness, a plan and an assignment in every office."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import RaiseAwarenessForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Hai là – Tuyên truyền", flow_run_name="p2 · đang chạy", **END_HOOKS)
def p2_raise_awareness(form: RaiseAwarenessForm = RaiseAwarenessForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p2."""
    return run_priority("p2", form)

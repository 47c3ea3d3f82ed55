"""One flow for every priority of a further directive; its deployment says which one, and what its form asks."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import FurtherForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Nhiệm vụ của chỉ đạo khác", flow_run_name="{priority} · đang chạy", **END_HOOKS)
def further_priority(priority: str, form: FurtherForm = FurtherForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của một nhiệm vụ thêm."""
    return run_priority(priority, form)

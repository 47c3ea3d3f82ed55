"""p1: study and carry out resolutions and the signed coordination regulations."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import ImplementResolutionsForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Một là – Quán triệt", flow_run_name="p1 · đang chạy", **END_HOOKS)
def p1_implement_resolutions(form: ImplementResolutionsForm = ImplementResolutionsForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p1."""
    return run_priority("p1", form)

"""p5: the police lead, guide and train."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import LeadByPoliceForm
from flows.runs.priority_run import run_priority
from flows.runs.run_names import END_HOOKS
from flows.steps import Summary


@flow(name="Năm là – Công an", flow_run_name="p5 · đang chạy", **END_HOOKS)
def p5_lead_by_police(form: LeadByPoliceForm = LeadByPoliceForm()) -> State[Summary]:
    """Giao việc, theo dõi hạn, nhắc việc và công bố bảng theo dõi của nhiệm vụ p5."""
    return run_priority("p5", form)

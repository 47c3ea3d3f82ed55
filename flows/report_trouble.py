"""Báo sự cố: started by Prefect itself when a run fails, breaks off or does not begin; tells the coordinator once."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from config import clock
from config.errors import Refused
from flows.names import FAILED
from flows.runs.run_names import END_HOOKS, rename_run
from flows.runs.run_scope import run_scope, store_of_run
from flows.runs.tasks import batch_task
from flows.runs.trouble import report_new_trouble


@flow(name="Báo sự cố", flow_run_name="báo sự cố · đang xem", **END_HOOKS)
def report_trouble() -> State[list[str]]:
    """Xem lượt chạy nào hỏng hoặc thiếu, báo cơ quan đôn đốc mỗi luồng mỗi ngày một lần."""
    try:
        with run_scope():
            reported = find_and_report()
    except Refused as refusal:
        rename_run("báo sự cố · chưa báo được", [FAILED])
        return Failed(message=str(refusal))
    rename_run(f"báo sự cố · {', '.join(reported) or 'không có gì mới'}", [])
    sentence = f"Đã báo: {', '.join(reported)}." if reported else "Không có gì mới để báo."
    return Completed(message=sentence, data=reported)


@batch_task("Xem và báo")
def find_and_report() -> list[str]:
    """Report what was not reported before; returns the codes of the flows concerned."""
    return report_new_trouble(store_of_run(), clock.now())

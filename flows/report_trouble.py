"""Báo sự cố: started by Prefect itself when a run fails, breaks off or does not begin; tells the coordinator once."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from config import clock
from config.errors import Refused
from config.settings import load_settings
from flows.priority_run import rename_run, run_locked, step
from flows.trouble import tell_of_new_trouble
from models.keeping.opening import open_store


@flow(name="Báo sự cố", flow_run_name="báo sự cố · đang xem")
def report_trouble() -> State[list[str]]:
    """Xem lượt chạy nào hỏng hoặc thiếu, báo cơ quan đôn đốc mỗi luồng mỗi ngày một lần."""
    try:
        with run_locked():
            told = step("Xem và báo", _tell)
    except Refused as refusal:
        rename_run("báo sự cố · chưa báo được", ["loi"])
        return Failed(message=str(refusal))
    rename_run(f"báo sự cố · {', '.join(told) or 'không có gì mới'}", [])
    return Completed(message=f"Đã báo: {', '.join(told)}." if told else "Không có gì mới để báo.", data=told)


def _tell() -> list[str]:
    with open_store(load_settings()) as store:
        return tell_of_new_trouble(store, clock.now())

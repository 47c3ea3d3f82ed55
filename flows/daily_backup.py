"""Sao lưu hằng ngày: takes the backup of the day, tries it, and lets go of old ones."""

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field

from config import clock
from config.clock import HANOI
from config.errors import Refused
from flows.names import BACKUP, UNDER_WAY
from flows.runs.refusals import refused_run
from flows.runs.run_names import END_HOOKS, rename_run
from flows.runs.run_scope import run_scope, store_of_run
from flows.runs.tasks import batch_task
from models.keeping.backups import LastBackup, take_daily_backup
from models.store.clock_check import require_steady_clock


class BackupForm(BaseModel):
    """How the backup is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Phiếu sao lưu")

    check: bool = Field(
        True,
        title="Khôi phục thử",
        description="Khôi phục bản vừa lưu vào một kho tạm và đối chiếu với nhật ký; kho lớn thì mất vài phút.",
    )


@flow(name="Sao lưu", flow_run_name=f"sao lưu · {UNDER_WAY}", **END_HOOKS)
def back_up_daily(form: BackupForm = BackupForm()) -> State[int]:
    """Sao lưu toàn bộ kho dữ liệu, khôi phục thử, giữ 14 ngày, 12 tháng và bản đầu mỗi năm."""
    try:
        with run_scope():
            last = take_backup(form, clock.now())
    except Refused as refusal:
        return refused_run(refusal, "sao lưu", "không thành", [BACKUP])
    title = f"sao lưu · {last.at.astimezone(HANOI):%d/%m/%Y} · {last.megabytes} MB"
    rename_run(title, [BACKUP])
    lost = f" Chú ý: {last.missing} tệp kèm theo báo cáo không có trên máy này." if last.missing else ""
    return Completed(message=f"Đã sao lưu vào {last.file}, {last.megabytes} MB.{lost}", data=last.size)


@batch_task("Sao lưu và khôi phục thử")
def take_backup(form: BackupForm, now: datetime) -> LastBackup:
    """Take today's backup of the run's store; raises ``ClockWrong`` when the clock was set since the run began."""
    require_steady_clock(now)
    return take_daily_backup(store_of_run(), now, check=form.check)

"""`dondoc backup|restore|db copy`: all that is held, in one file or in another database."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import typer

from cli.output import JsonFlag, bar, moment, show_json, show_table
from cli.workspace import opened
from config.clock import now
from config.errors import Refused
from config.settings import database_address, load_settings
from hosting.prefect.server_lock import try_lock
from models.keeping.backup import Backup, back_up, restore
from models.keeping.copy import Contents, copy_store, count_rows
from models.store.database import open_database, reading

app = typer.Typer(no_args_is_help=True, help="Cơ sở dữ liệu. The database.")

_PASSES = 3
"""Each row is copied, and looked at again on both sides."""


@app.callback()
def database() -> None:
    """Cơ sở dữ liệu. The database."""


def backup_command(
    file: Path = typer.Argument(help="Tệp mới, ví dụ sao-luu-2026-11-24.tar.gz. A new file."), json_: bool = JsonFlag
) -> None:
    """Sao lưu tất cả vào một tệp, cả khi đang chạy. Back everything up into one file, also while running."""
    with opened() as store, bar("Sao lưu") as heard:
        taken = back_up(store.settings, store.engine, file, now(), progress=heard)
    _tell(taken, f"Đã sao lưu vào {file}", json_)


def restore_command(file: Path = typer.Argument(help="Tệp sao lưu. The backup."), json_: bool = JsonFlag) -> None:
    """Khôi phục từ tệp sao lưu vào kho dữ liệu còn trống. Restore a backup into an empty store."""
    settings = load_settings()
    with bar("Khôi phục") as heard:
        taken = restore(settings, file, progress=heard)
    _tell(taken, f"Đã khôi phục bản sao lưu lúc {moment(taken.taken_at)}", json_)


@app.command("copy")
def copy_command(
    to: str = typer.Option(
        envvar="DONDOC_COPY_TO",
        help="Địa chỉ cơ sở dữ liệu đích còn trống; có mật khẩu thì đặt vào biến này. An empty database's address.",
    ),
    json_: bool = JsonFlag,
) -> None:
    """Chép sang cơ sở dữ liệu khác, đối chiếu từng dòng. Copy into another database and compare row by row."""
    target_url = database_address(to)
    with try_lock(load_settings(), permanent=False) as lock:
        if lock is None:
            raise Refused(
                "dondoc đang chạy; điều ghi trong lúc chép sẽ ở lại bản cũ. Dừng dondoc rồi chép lại.",
                "dondoc is running; what is written meanwhile would stay behind. Stop it first.",
            )
        arrived = _copy(target_url)
    if json_:
        show_json({"tables": {name: asdict(each) for name, each in arrived.items()}})
        return
    rows = [(name, f"{each.rows:,}", each.checksum[:16]) for name, each in arrived.items()]
    show_table("Đã chép và đối chiếu", ("Bảng", "Số dòng", "Mã kiểm"), rows, empty="Không có gì để chép.")
    print("Đặt DONDOC_DATABASE_URL thành địa chỉ mới rồi khởi động lại. Set it to the new address and start again.")


def _copy(target_url: str) -> Mapping[str, Contents]:
    with opened() as store:
        with reading(store.engine) as connection:
            rows = count_rows(connection)
        target = open_database(target_url)
        try:
            with bar("Chép", rows * _PASSES) as heard:
                return copy_store(store.engine, target, progress=heard)
        finally:
            target.dispose()


def _tell(taken: Backup, done: str, json_: bool) -> None:
    whole = taken.trail.broken_at is None
    rows = sum(each.rows for each in taken.tables.values())
    if json_:
        show_json(
            {
                "rows": rows,
                "files": taken.files,
                "missing": taken.missing,
                "events": taken.trail.events,
                "intact": whole,
            }
        )
    else:
        print(f"{done}: {rows:,} dòng, {taken.files} tệp, nhật ký {taken.trail.events:,} sự kiện.")
        if taken.missing:
            print(f"Chú ý: {taken.missing} tệp kèm theo báo cáo đã mất từ trước. Files were missing already.")
    if not whole:
        raise Refused(
            f"Nhật ký trong đó không còn nguyên vẹn: {taken.trail.problem_vi}. Giữ lại các bản sao lưu cũ.",
            f"The audit trail in it is broken at event {taken.trail.broken_at}. Keep the older backups.",
        )

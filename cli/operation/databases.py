"""`dondoc backup|restore|db copy`: the whole store in one file, or in another database."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import typer

from cli.options import JSON
from cli.output import format_time, progress_bar, show_json, show_table
from cli.store import open_configured_store
from config.clock import now
from config.errors import Refused
from config.settings import database_address, load_settings
from hosting.prefect.server_lock import try_lock
from models.keeping.backup import Backup, back_up, restore
from models.keeping.backups import check_backup, take_daily_backup
from models.keeping.copy import Contents, copy_store, count_rows
from models.store.database import open_database, reading

app = typer.Typer()

_PASSES = 3
"""Each row is copied once and read again on both sides."""


def backup_command(
    file: Path | None = typer.Argument(
        None, help="Tệp mới, ví dụ sao-luu-2026-11-24.tar.gz. / A new file, e.g. backup-2026-11-24.tar.gz."
    ),
    daily: bool = typer.Option(
        False,
        "--daily",
        help="Bản của hôm nay vào thư mục sao lưu, khôi phục thử, bỏ bản cũ. / Today's backup into the backup "
        "folder: test-restored, old ones removed.",
    ),
    json_: bool = JSON,
) -> None:
    """Back everything up into one new file."""
    if (file is None) is not daily:
        raise Refused(
            "Cho biết tệp mới, hoặc --daily để sao lưu vào thư mục sao lưu hằng ngày.",
            "Give the name of a new file, or --daily for the daily backup folder.",
        )
    with open_configured_store() as store, progress_bar("Sao lưu") as progress:
        if file is not None:
            taken = back_up(store.settings, store.engine, file, now(), progress=progress)
            _show_backup(taken, f"Đã sao lưu vào {file}", json_)
            return
        last = take_daily_backup(store, now())
    if json_:
        show_json({"file": str(store.settings.backup_dir / last.file), "size": last.size, "missing": last.missing})
        return
    print(
        f"Đã sao lưu vào {store.settings.backup_dir / last.file}, {last.megabytes} MB; đã khôi phục thử. Test-restored."
    )
    if last.missing:
        print(f"Chú ý: {last.missing} tệp kèm theo báo cáo không có trên máy này. Files are missing on this machine.")


def restore_command(
    file: Path = typer.Argument(help="Tệp sao lưu. / The backup file."),
    check: bool = typer.Option(
        False,
        "--check",
        help="Chỉ khôi phục thử vào kho tạm và đối chiếu. / Only restore into a temporary store and verify it.",
    ),
    json_: bool = JSON,
) -> None:
    """Restore a backup into the empty store that the environment names."""
    settings = load_settings()
    if check:
        checked = check_backup(settings, file)
        checked.refuse_faults()
        whole = f"Bản sao lưu lúc {format_time(checked.backup.taken_at)} khôi phục được và nguyên vẹn"
        _show_backup(checked.backup, whole, json_)
        return
    with progress_bar("Khôi phục") as progress:
        taken = restore(settings, file, progress=progress)
    _show_backup(taken, f"Đã khôi phục bản sao lưu lúc {format_time(taken.taken_at)}", json_)


@app.command("copy")
def copy_command(
    to: str = typer.Option(
        envvar="DONDOC_COPY_TO",
        help="Địa chỉ cơ sở dữ liệu đích còn trống; có mật khẩu thì đặt vào biến này. / Address of an empty target "
        "database; if it contains a password, set it in this variable.",
    ),
    json_: bool = JSON,
) -> None:
    """Chép sang cơ sở dữ liệu khác, đối chiếu từng dòng. / Copy into another database and compare row by row."""
    target_url = database_address(to)
    with try_lock(load_settings(), permanent=False) as lock:
        if lock is None:
            raise Refused(
                "dondoc đang chạy; dữ liệu ghi trong lúc chép sẽ chỉ có ở bản cũ. Dừng dondoc rồi chép lại.",
                "dondoc is running; anything written during the copy would be left behind. Stop it first, then copy "
                "again.",
            )
        arrived = _copy(target_url)
    if json_:
        show_json({"tables": {name: asdict(each) for name, each in arrived.items()}})
        return
    rows = [(name, f"{each.rows:,}", each.checksum[:16]) for name, each in arrived.items()]
    show_table("Đã chép và đối chiếu", ("Bảng", "Số dòng", "Mã kiểm"), rows, empty="Không có gì để chép.")
    print("Đặt DONDOC_DATABASE_URL thành địa chỉ mới rồi khởi động lại. Set it to the new address and start again.")


def _copy(target_url: str) -> Mapping[str, Contents]:
    with open_configured_store() as store:
        with reading(store.engine) as connection:
            rows = count_rows(connection)
        target = open_database(target_url)
        try:
            with progress_bar("Chép", rows * _PASSES) as progress:
                return copy_store(store.engine, target, progress=progress)
        finally:
            target.dispose()


def _show_backup(taken: Backup, done: str, json_: bool) -> None:
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

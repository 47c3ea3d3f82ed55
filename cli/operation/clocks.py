"""`dondoc clock`: whether the machine's clock can be right, and mending what a wrong one did."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy import Engine

from cli.options import JSON
from cli.output import format_time, show_json
from config.clock import HANOI
from config.settings import load_settings
from models.keeping.clock_confirmation import clock_of, confirm_clock
from models.store.clock_check import ClockReading
from models.store.database import open_database

app = typer.Typer()


@app.command("show")
def show_command(json_: bool = JSON) -> None:
    """Đồng hồ máy chỉ gì, so với lần ghi gần nhất. / What the clock says, beside the newest moment on record."""
    with _database() as engine:
        found = clock_of(engine)
    _show(found, json_)
    if (fault := found.fault()) is not None:
        raise fault


@app.command("confirm")
def confirm_command(json_: bool = JSON) -> None:
    """Xác nhận đồng hồ máy đúng; công việc tiếp tục. / Confirm that the clock is right; the work goes on."""
    with _database() as engine:
        before = confirm_clock(engine, actor="command")
        found = clock_of(engine)
    _show(found, json_)
    if json_:
        return
    if before.fault() is None:
        print("Đồng hồ vốn được tin; không phải xác nhận. / It was believed anyway.")
    else:
        print("Đã xác nhận; công việc tiếp tục. / Confirmed; the work goes on.")


@contextmanager
def _database() -> Iterator[Engine]:
    """The database alone: a store is opened by the clock."""
    engine = open_database(load_settings().database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _show(found: ClockReading, json_: bool) -> None:
    fault = found.fault()
    if json_:
        moments = {"machine": found.machine, "recorded": found.recorded, "server": found.server}
        show_json(
            {name: at.astimezone(HANOI).isoformat() if at else None for name, at in moments.items()}
            | {"accepted_offset_s": round(found.server_offset.total_seconds()), "is_believed": fault is None}
        )
        return
    print(f"Đồng hồ máy / this machine:          {format_time(found.machine)}")
    print(f"Lần ghi gần nhất / newest on record: {format_time(found.recorded) or '–'}")
    if found.server is not None:
        print(f"Máy chủ dữ liệu / database server:   {format_time(found.server)}")
    if fault is None:
        print("Giờ hợp lý. / The clock is believed.")

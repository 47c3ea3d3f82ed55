"""`dondoc clock`: whether the machine's clock can be right, and mending what a wrong one did."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import typer
from sqlalchemy import Engine

from cli.options import JSON
from cli.output import format_time, show_json
from cli.store import open_configured_store
from config.audit_keys import audit_keys
from config.clock import HANOI, now
from config.settings import load_settings
from models.delivery.wrong_clock.repair import find_clock_damage, repair_clock_damage
from models.keeping.clock_confirmation import clock_of, confirm_clock
from models.store.clock_check import ClockReading, OtherClock, wrong_clocks_elsewhere
from models.store.database import open_database, reading, reading_session, session_scope

app = typer.Typer()


@app.command("show")
def show_command(json_: bool = JSON) -> None:
    """Giờ của đồng hồ máy, so với lần ghi gần nhất. / Show the clock beside the latest recorded time."""
    with _database() as engine:
        found = clock_of(engine)
        with reading(engine) as connection:
            others = wrong_clocks_elsewhere(connection)
    _show(found, json_, others)
    if (fault := found.fault()) is not None:
        raise fault


@app.command("confirm")
def confirm_command(json_: bool = JSON) -> None:
    """Xác nhận đồng hồ máy đúng; công việc tiếp tục. / Confirm that the clock is right; work continues."""
    with _database() as engine:
        before = confirm_clock(engine, actor="command")
        found = clock_of(engine)
    _show(found, json_)
    if json_:
        return
    if before.fault() is None:
        print("Đồng hồ vẫn được coi là đúng; không cần xác nhận. / The clock was not in doubt; no need to confirm.")
    else:
        print("Đã xác nhận; công việc tiếp tục. / Confirmed; work continues.")


@app.command("repair")
def repair_command(
    preview: bool = typer.Option(False, "--preview", help="Chỉ xem, không sửa. / Only show, repair nothing."),
    json_: bool = JSON,
) -> None:
    """Sửa những gì đã ghi lúc giờ máy sai: nhắc lại đúng lúc, gửi thư bị hoãn nhiều năm. / Mend what was written under
    a wrong clock: reminders come back at their time, messages put off for years are due.
    """
    with open_configured_store() as store:
        found = clock_of(store.engine)
        # By a clock that is ahead it would do more harm; one that is behind may be the first that is right.
        if not found.is_behind and (fault := found.fault()) is not None:
            raise fault
        if preview:
            with reading_session(store.engine) as session:
                damage = find_clock_damage(session, now=now(), calendar=store.calendar)
        else:
            confirm_clock(store.engine, actor="command")
            with session_scope(store.engine) as session:
                damage = repair_clock_damage(session, store.actor_context(now=now(), actor="command"))
    if json_:
        show_json(damage.as_json())
        return
    if not damage.needs_repair():
        print("Không có gì phải sửa. / Nothing to repair.")
        return
    print(f"{'Sẽ sửa' if preview else 'Đã sửa'}, theo đồng hồ máy {format_time(found.machine)}:")
    print(f"  {damage.ladders} việc được nhắc lại theo đúng thang nhắc / ladders reset")
    print(
        f"  {damage.unsaid} nội dung nhắc ghi trước giờ, chưa gửi: bỏ, đến giờ sẽ nhắc / reminders that will be sent "
        "at the right time"
    )
    print(
        f"  {damage.said_early} nội dung đã gửi trước giờ: giữ trong sổ, đến giờ nhắc lại / sent early, will be "
        "repeated"
    )
    print(f"  {damage.messages} thư bị hoãn nhiều năm: gửi ngay / messages due again")
    if damage.assigned_early:
        print(f"  {damage.assigned_early} việc giao trước kỳ: giữ nguyên, hạn vẫn đúng / assigned too early, kept")


@contextmanager
def _database() -> Iterator[Engine]:
    """The database alone: a store is opened by the clock."""
    settings = load_settings()
    engine = open_database(settings.database_url, keys=partial(audit_keys, settings))
    try:
        yield engine
    finally:
        engine.dispose()


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(HANOI).isoformat() if at else None


def _show(found: ClockReading, json_: bool, others: Sequence[OtherClock] = ()) -> None:
    fault = found.fault()
    if json_:
        moments = {"machine": found.machine, "recorded": found.recorded, "server": found.server}
        show_json(
            {name: _iso(at) for name, at in moments.items()}
            | {"accepted_offset_s": round(found.server_offset.total_seconds()), "is_believed": fault is None}
            | {
                "elsewhere": [
                    {"machine": each.machine, "says": _iso(each.says), "at": _iso(each.told_at)} for each in others
                ]
            }
        )
        return
    print(f"Đồng hồ máy / this machine:          {format_time(found.machine)}")
    print(f"Lần ghi gần nhất / newest on record: {format_time(found.recorded) or '–'}")
    if found.server is not None:
        print(f"Máy chủ dữ liệu / database server:   {format_time(found.server)}")
    if fault is None:
        print("Giờ hợp lý. / The clock looks right.")
    for each in others:
        print(each.vi)

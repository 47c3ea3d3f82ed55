"""`dondoc part`: one process of a dondoc on several machines (``hosting.processes.parts``, docs/operations.md)."""

import threading
from datetime import date, timedelta
from functools import partial

import typer
from httpx import HTTPError
from sqlalchemy.exc import DBAPIError

from config import clock
from config.clock import local_date
from config.errors import Refused
from hosting.prefect.connection import connected_to
from hosting.processes import multi_server
from hosting.processes.logs import log_to_stderr
from hosting.processes.registration import Registration, registering_failed
from hosting.processes.run_watch import RunWatch, look_at_runs
from hosting.processes.signals import stop_event
from hosting.processes.store_of_today import StoreOfToday
from hosting.processes.supervisor import say_at_once
from models.keeping.opening import Store, open_store

app = typer.Typer(
    help="Từng tiến trình của dondoc chạy trên nhiều máy. / One process each, on several machines.",
    no_args_is_help=True,
)

_CHECK_EVERY_S = 5.0


@app.command("upgrade")
def upgrade_command() -> None:
    """Nâng cấp hai cơ sở dữ liệu, trước khi các máy khác khởi động. / Bring both databases up to date."""
    settings = multi_server.settings_for("upgrade")
    with open_store(settings, serves=True):
        print("Cơ sở dữ liệu dondoc: đã cập nhật. / dondoc's database is up to date.")
    multi_server.upgrade_prefect(settings)
    print("Cơ sở dữ liệu Prefect: đã cập nhật. / Prefect's database is up to date.")


@app.command("deploy")
def deploy_command() -> None:
    """Đăng ký luồng, lịch chạy với Prefect. / Register flows and schedules."""
    settings = multi_server.settings_for("deploy")
    with open_store(settings, serves=True) as store, connected_to(settings, multi_server.api_url(settings)):
        from flows.deployments.register import deploy

        changed = deploy(store.plan)
    print(f"Đã đăng ký: {', '.join(changed) or 'không có gì thay đổi'}.")


@app.command("api")
def api_command(
    host: str = typer.Option("127.0.0.1", "--host", metavar="ADDRESS", help="Địa chỉ để nghe. / Address to listen on."),
    port: int = typer.Option(4200, "--port", min=1, max=65535, help="Cổng. / Port."),
) -> None:
    """Một bản của máy chủ API Prefect, không có dịch vụ nền. / A replica of Prefect's API."""
    multi_server.become_api(multi_server.settings_for("api"), host=host, port=port)


@app.command("services")
def services_command() -> None:
    """Dịch vụ nền của Prefect: lịch chạy, sự kiện, cảnh báo. / Prefect's background services."""
    multi_server.become_services(multi_server.settings_for("services"))


@app.command("worker")
def worker_command(
    name: str = typer.Option("", "--name", help="Tên, mỗi máy một tên. / Name of this worker."),
    limit: int = typer.Option(2, "--limit", min=1, help="Số lượt chạy cùng lúc. / How many runs at the same time."),
) -> None:
    """Một máy chạy các lượt đến giờ. / A worker that executes due runs."""
    multi_server.become_worker(multi_server.settings_for("worker"), name=name, runs_at_once=limit)


@app.command("watch")
def watch_command(
    patience: int = typer.Option(
        30,
        "--patience",
        min=1,
        metavar="SECONDS",
        help="Sau bao lâu coi như đã chết. / After how long a run counts as dead.",
    ),
) -> None:
    """Tìm lượt chạy có máy đã dừng, chạy lại; báo sự cố. / Find runs whose machine died and rerun them."""
    settings = multi_server.settings_for("watch")
    log_to_stderr()
    with (
        stop_event() as stop,
        open_store(settings, serves=True) as store,
        connected_to(settings, multi_server.api_url(settings)),
    ):
        _watch(store, stop, timedelta(seconds=patience))


@app.command("courier")
def courier_command() -> None:
    """Gửi những gì đang chờ, liên tục cả ngày. / Send waiting messages, all day long."""
    from notifications.courier.courier import run_forever

    settings = multi_server.settings_for("courier")
    log_to_stderr()
    with stop_event() as stop, open_store(settings, serves=True) as store:
        run_forever(StoreOfToday(store, say_at_once).current, stop)


def _watch(store: Store, stop: threading.Event, patience: timedelta) -> None:
    from hosting.prefect.dead_runs import DeadRuns

    registration = Registration(_registered)
    dead_runs, runs = DeadRuns(store.engine, patience), RunWatch(partial(look_at_runs, say=say_at_once))
    store_of_today = StoreOfToday(store, say_at_once)
    while not stop.wait(_CHECK_EVERY_S):
        try:
            found = dead_runs.check(clock.now())
        except (HTTPError, Refused, DBAPIError) as fault:
            # Whichever is away comes back, or the run watch reports it; what was half done is finished then.
            say_at_once(f"Chưa xem được các lượt chạy ({type(fault).__name__}); thử lại. / looking again")
        else:
            if found.dead or found.restarted:
                say_at_once(f"{found.dead} lượt chạy đã chết, chạy lại {found.restarted}. / dead, run again")
        store = store_of_today.current()
        registration.renew_when_due(store, local_date(clock.now()))
        runs.check_when_due(store)


def _registered(store: Store, today: date) -> bool:
    from flows.deployments.register import deploy

    try:
        deploy(store.plan, today)
    except Exception as fault:  # as in ``hosting.processes.with_prefect``: whatever it is, it is tried again
        say_at_once(registering_failed(fault))
        return False
    return True

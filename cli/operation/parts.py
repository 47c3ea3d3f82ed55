"""`dondoc part`: one process of a dondoc spread over several machines (docs/operations.md)."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import typer
from httpx import HTTPError
from sqlalchemy.exc import DBAPIError

from config import clock
from config.errors import Refused
from config.settings import Settings, load_settings
from hosting.prefect.connection import speaking_to
from hosting.processes import parts
from hosting.processes.edited_contacts import EditedContacts
from hosting.processes.trouble_watch import TroubleWatch
from models.keeping.opening import Store, open_store

app = typer.Typer(
    help="Từng tiến trình của dondoc chạy trên nhiều máy. / One process each, on several machines.",
    no_args_is_help=True,
)

_LOOK_EVERY_S = 5.0


@app.command("upgrade")
def upgrade_command() -> None:
    """Nâng cấp hai cơ sở dữ liệu, trước khi các máy khác khởi động. / Bring both databases up to date."""
    settings = _settings()
    with open_store(settings):
        print("Cơ sở dữ liệu dondoc: đã cập nhật. / dondoc's database is up to date.")
    parts.upgrade_prefect(settings)
    print("Cơ sở dữ liệu Prefect: đã cập nhật. / Prefect's database is up to date.")


@app.command("deploy")
def deploy_command() -> None:
    """Đăng ký luồng, lịch chạy, cảnh báo với Prefect. / Register flows, schedules and alarms."""
    settings = _settings()
    parts.await_api(settings)
    with open_store(settings) as store, speaking_to(settings, parts.api_url(settings)):
        from flows.deployments.register import deploy

        changed = deploy(store.plan)
    print(f"Đã đăng ký: {', '.join(changed) or 'không có gì thay đổi'}.")


@app.command("api")
def api_command(
    host: str = typer.Option("127.0.0.1", "--host", metavar="ADDRESS", help="Địa chỉ để nghe. / Where to listen."),
    port: int = typer.Option(4200, "--port", min=1, max=65535, help="Cổng. / Port."),
) -> None:
    """Một bản của máy chủ API Prefect, không có dịch vụ nền. / A replica of Prefect's API."""
    parts.become_api(_settings(), host=host, port=port)


@app.command("services")
def services_command() -> None:
    """Dịch vụ nền của Prefect: lịch chạy, sự kiện, cảnh báo. / Prefect's background services."""
    parts.become_services(_settings())


@app.command("worker")
def worker_command(
    name: str = typer.Option("", "--name", help="Tên, mỗi máy một tên. / Name of this worker."),
    limit: int = typer.Option(2, "--limit", min=1, help="Số lượt chạy cùng lúc. / Runs at once."),
) -> None:
    """Một máy chạy các lượt đến giờ. / A worker that takes due runs."""
    parts.become_worker(_settings(), name=name, runs_at_once=limit)


@app.command("watch")
def watch_command(
    patience: int = typer.Option(
        30, "--patience", min=1, metavar="SECONDS", help="Sau bao lâu coi như đã chết. / How long to wait and see."
    ),
) -> None:
    """Tìm lượt chạy mà máy đã chết, chạy lại; báo sự cố. / Find runs whose machine died, run them again."""
    settings = _settings()
    parts.await_api(settings)
    with _until_told_to_end() as stop, open_store(settings) as store, speaking_to(settings, parts.api_url(settings)):
        _watch(store, stop, timedelta(seconds=patience))


@app.command("courier")
def courier_command() -> None:
    """Gửi những gì đang chờ, suốt ngày. / Send what waits, all day."""
    from notifications.courier.courier import run_forever

    settings = _settings()
    with _until_told_to_end() as stop, open_store(settings) as store:
        run_forever(_Current(store).store, stop)


class _Current:
    """The store by the contacts as they stand before each round."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._contacts = EditedContacts(store.settings)

    def store(self) -> Store:
        self._store = self._contacts.read_again(self._store, _say)
        return self._store


def _watch(store: Store, stop: threading.Event, patience: timedelta) -> None:
    from hosting.prefect.dead_runs import DeadRuns

    dead_runs, trouble = DeadRuns(store.engine, patience), TroubleWatch(_say)
    while not stop.wait(_LOOK_EVERY_S):
        try:
            found = dead_runs.look(clock.now())
        except (HTTPError, Refused, DBAPIError) as fault:
            # Whichever is away comes back, or the look for trouble tells of it; what we did half is finished then.
            _say(f"Chưa xem được các lượt chạy ({type(fault).__name__}); thử lại. / looking again")
        else:
            if found.dead or found.run_again:
                _say(f"{found.dead} lượt chạy đã chết, chạy lại {found.run_again}. / dead, run again")
        trouble.look_when_due(store)


def _settings() -> Settings:
    settings = load_settings()
    parts.require_spread_out(settings)
    return settings


@contextmanager
def _until_told_to_end() -> Iterator[threading.Event]:
    """Set by SIGTERM or Ctrl-C: what is under way is finished."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("dondoc").setLevel(logging.INFO)
    stop = threading.Event()

    def end(_which: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {which: signal.signal(which, end) for which in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def _say(text: str) -> None:
    """Not held back when the output goes to a service's log."""
    print(text, flush=True)

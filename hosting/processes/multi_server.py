"""The parts of dondoc on several machines, each a process of its own: what it needs, and what it becomes.

The operator's own means (systemd, Compose) start, watch and restart them; so a part of Prefect's becomes that process,
and nothing stands in between.
"""

import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import NoReturn

from sqlalchemy.engine import make_url

from config.errors import Refused
from config.settings import Settings, load_settings
from hosting.prefect import environment as prefect_environment
from hosting.prefect.connection import READY_WITHIN_S, answers, server_arguments
from hosting.processes.parts import Part, PrefectSide, part_named, worker_arguments

_POLL_S = 0.5


def settings_for(name: str) -> Settings:
    """The settings by which the part of that name may start; waits for the API where the part speaks to it.

    Raises ``Refused`` with everything that is missing, or when the API does not answer in time.
    """
    settings = load_settings()
    require_multi_server(settings)
    if part_named(name).prefect is PrefectSide.CLIENT:
        _await_api(settings)
    return settings


def require_multi_server(settings: Settings) -> None:
    """Raises ``Refused`` with everything that several machines need and this environment lacks."""
    faults = [
        f"{name}: {wanted}"
        for name, given, wanted in (
            (
                "DONDOC_DATABASE_URL",
                make_url(settings.database_url).get_backend_name() == "postgresql",
                "cần PostgreSQL; SQLite chỉ cho một máy.",
            ),
            ("DONDOC_PREFECT_DATABASE_URL", settings.prefect_database_url, "thiếu; cơ sở dữ liệu riêng cho Prefect."),
            ("DONDOC_REDIS_URL", settings.redis_url, "thiếu; nơi các tiến trình Prefect trao đổi với nhau."),
            ("DONDOC_PREFECT_URL", settings.prefect_url, "thiếu; địa chỉ chung của các máy chủ API."),
            ("DONDOC_SECRET_KEY", settings.secret_key, "thiếu; một khóa như nhau cho mọi máy."),
        )
        if not given
    ]
    if find_spec("prefect_redis") is None:
        faults.append("prefect-redis: chưa cài; cài từ requirements-many.lock, hoặc pip install 'dondoc[many]'.")
    if faults:
        raise Refused(
            "Chưa đủ để chạy trên nhiều máy (docs/operations.md):",
            "Some settings for running on several machines are missing (docs/operations.md):",
            details=faults,
        )


def upgrade_prefect(settings: Settings) -> None:
    """Bring Prefect's database up to date; raises ``Refused`` with what Prefect said when it cannot."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
        env=_environment(settings, part_named("upgrade")),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(
            "Không nâng cấp được cơ sở dữ liệu của Prefect. Kiểm tra DONDOC_PREFECT_DATABASE_URL và tiện ích pg_trgm.",
            "Prefect's database could not be upgraded. Check DONDOC_PREFECT_DATABASE_URL and the extension pg_trgm.",
            details=(done.stdout + done.stderr).splitlines()[-5:],
        )


def become_api(settings: Settings, *, host: str, port: int) -> NoReturn:
    """Become a replica of Prefect's API and pages, without the background services."""
    environment = _environment(settings, part_named("api")) | {
        "PREFECT__SERVER_WEBSERVER_ONLY": "1",
        # Each unpacks the pages for itself: two replicas may stand on one machine.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(settings.prefect_home / f"pages-{port}"),
    }
    _become(*server_arguments(host, port, keep_alive_s=75, shutdown_s=10), environment=environment)


def become_services(settings: Settings) -> NoReturn:
    """Become Prefect's background services: schedules, late runs, events, automations, clearing away."""
    arguments = ("-m", "prefect", "server", "services", "start")
    _become(*arguments, environment=_environment(settings, part_named("services")))


def become_worker(settings: Settings, *, name: str, runs_at_once: int) -> NoReturn:
    """Become a worker that takes due runs, at most ``runs_at_once``."""
    arguments = worker_arguments(name or f"{socket.gethostname()}-{os.getpid()}", runs_at_once)
    _become(*arguments, environment=_environment(settings, part_named("worker")))


def api_url(settings: Settings) -> str:
    """The address of the API that all parts speak to."""
    return f"{settings.prefect_address}/api"


def _await_api(settings: Settings) -> None:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not answers(api_url(settings)):
        if time.monotonic() > give_up_at:
            raise Refused(
                f"Máy chủ Prefect ở {settings.prefect_address} không trả lời. Kiểm tra DONDOC_PREFECT_URL và «dondoc"
                " part api».",
                f"Prefect at {settings.prefect_address} is not responding. Check DONDOC_PREFECT_URL and 'dondoc part "
                "api'.",
            )
        time.sleep(_POLL_S)


def _environment(settings: Settings, part: Part) -> dict[str, str]:
    chosen = {**os.environ, **prefect_environment.environment(settings, api_url=api_url(settings))}
    if part.prefect is PrefectSide.SERVER:
        chosen |= prefect_environment.server_environment(settings)
        chosen |= prefect_environment.CHOSEN["upgraded_before"] | prefect_environment.CHOSEN["several_machines"]
    return chosen


def _become(*arguments: str, environment: dict[str, str]) -> NoReturn:
    os.makedirs(environment["PREFECT_HOME"], exist_ok=True)  # noqa: PTH103
    os.execve(sys.executable, [sys.executable, *arguments], environment)

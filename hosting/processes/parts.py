"""The processes of a dondoc spread over several machines, each by itself: what it runs, and with which environment.

`dondoc up` is the other way: everything on one machine, watched by one process. Here the operator's own means (systemd,
Compose) start, watch and restart; so a part becomes the process it stands for, and nothing stands in between.
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
from config.settings import Settings
from flows.deployments.names import WORK_POOL
from hosting.prefect import environment as prefect_environment
from hosting.prefect.connection import READY_WITHIN_S, answers

_LOOK_AGAIN_S = 0.5

# Brought up to date by `dondoc part upgrade` alone: of two servers that both would, one dies. And we use no blocks,
# which every server would register, all at the same time.
MULTI_SERVER = {
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
}


def require_spread_out(settings: Settings) -> None:
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
            "Not all is set that several machines need (docs/operations.md):",
            details=faults,
        )


def upgrade_prefect(settings: Settings) -> None:
    """Bring Prefect's database up to date; raises ``Refused`` with what Prefect said when it cannot."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
        env=_environment(settings, of_server=True),
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
    """A replica of Prefect's API and pages, without the background services."""
    _become(
        *("-m", "uvicorn", "--factory", "hosting.prefect.server:create_app", "--host", host, "--port", str(port)),
        *("--log-level", "warning", "--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "10"),
        environment=_environment(settings, of_server=True)
        | {
            "PREFECT__SERVER_WEBSERVER_ONLY": "1",
            # Each unpacks the pages for itself: two replicas may stand on one machine.
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(settings.prefect_home / f"pages-{port}"),
        },
    )


def become_services(settings: Settings) -> NoReturn:
    """Prefect's background services: schedules, late runs, events, automations, clearing away."""
    _become(
        *("-m", "prefect", "server", "services", "start"),
        environment=_environment(settings, of_server=True),
    )


def become_worker(settings: Settings, *, name: str, runs_at_once: int) -> NoReturn:
    """A worker that takes due runs, at most ``runs_at_once``; begins when the API answers."""
    await_api(settings)
    _become(
        *worker_command(name or f"{socket.gethostname()}-{os.getpid()}", runs_at_once),
        environment=_environment(settings, of_server=False),
    )


def worker_command(name: str, runs_at_once: int) -> tuple[str, ...]:
    """Arguments of Python that make it a worker of our pool."""
    return (
        *("-m", "prefect", "worker", "start", "--type", "process", "--name", name),
        *("--pool", WORK_POOL, "--limit", str(runs_at_once), "--install-policy", "never"),
    )


def api_url(settings: Settings) -> str:
    """The address of the API that all parts speak to."""
    return f"{settings.prefect_address}/api"


def await_api(settings: Settings) -> None:
    """Wait until the API answers; raises ``Refused`` when it does not in time."""
    give_up_at = time.monotonic() + READY_WITHIN_S
    while not answers(api_url(settings)):
        if time.monotonic() > give_up_at:
            raise Refused(
                f"Máy chủ Prefect ở {settings.prefect_address} không trả lời. Kiểm tra DONDOC_PREFECT_URL và «dondoc"
                " part api».",
                f"Prefect at {settings.prefect_address} does not answer. Check DONDOC_PREFECT_URL and 'dondoc part"
                " api'.",
            )
        time.sleep(_LOOK_AGAIN_S)


def _environment(settings: Settings, *, of_server: bool) -> dict[str, str]:
    chosen = {**os.environ, **prefect_environment.environment(settings, api_url=api_url(settings))}
    return chosen | prefect_environment.server_environment(settings) | MULTI_SERVER if of_server else chosen


def _become(*arguments: str, environment: dict[str, str]) -> NoReturn:
    os.makedirs(environment["PREFECT_HOME"], exist_ok=True)  # noqa: PTH103
    os.execve(sys.executable, [sys.executable, *arguments], environment)

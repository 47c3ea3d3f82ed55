"""Finding a Prefect server for a run in this process, or starting one for as long as the run lasts.

Always a real server: the one Prefect would start by itself takes longer and can time out.
"""

import asyncio
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.errors import Refused
from config.keys import prefect_sign_in
from config.settings import Settings
from flows.forms import FollowUpForm
from flows.steps import Summary
from hosting import child_process
from hosting.child_process import Child, Forked, run_module
from hosting.prefect import environment as prefect_environment
from hosting.prefect.server_lock import holder, try_lock

HOST = "127.0.0.1"
READY_WITHIN_S = 180
"""Long, because a first start migrates Prefect's database on a machine that may be slow; a server that ends is seen."""

_POLL_S = 0.1
_TIMEOUT_S = 3


def run_flow(priority: str, form: FollowUpForm, settings: Settings) -> Summary:
    """Run the Prefect flow of ``priority`` in this process; returns its counts.

    Raises ``Refused`` with the reason when the run ends otherwise than completed.
    """
    with reach_prefect(settings):
        return run_here(priority, form)


def run_here(priority: str, form: FollowUpForm) -> Summary:
    """``run_flow`` within ``reach_prefect``, for several runs against one server."""
    from prefect.exceptions import CancelledRun, FailedRun  # importing Prefect takes a second

    from flows.priorities import run_priority_flow

    end = run_priority_flow(priority, form)
    try:
        summary: Summary = end.result()
    except (FailedRun, CancelledRun) as refusal:
        # The run itself said why; anything it did not foresee comes out as it is.
        raise Refused(end.message or str(refusal), f"The run of {priority} ended as {end.name}.") from None
    return summary


@contextmanager
def reach_prefect(settings: Settings) -> Iterator[str]:
    """A usable Prefect API for the length of the block; yields its address.

    In this order: the servers at ``DONDOC_PREFECT_URL``, which are ours; the server named by ``PREFECT_API_URL``;
    the one `dondoc up` runs for this data directory; one of our own, ended with the block. Raises ``Refused`` when a
    named server does not answer or none can be started.
    """
    if settings.prefect_url:
        url = f"{settings.prefect_url}/api"
        _refuse_silent(url, "DONDOC_PREFECT_URL")
        with connected_to(settings, url):
            yield url
        return
    named = os.environ.get("PREFECT_API_URL", "")
    if named:
        _refuse_silent(named, "PREFECT_API_URL")
        held = holder(settings)
        with connected_to(settings, named, ours=held is not None and held.api_url == named.rstrip("/")):
            yield named
        return
    with _running_or_own(settings) as url, connected_to(settings, url):
        yield url


def _refuse_silent(api_url: str, setting: str) -> None:
    if not answers(api_url):
        raise Refused(
            f"Máy chủ Prefect ở {api_url} không trả lời. Kiểm tra {setting}, hoặc bỏ biến này để"
            " dondoc tự mở một máy chủ.",
            f"The Prefect server at {api_url} is not responding. Check {setting}, or unset it so that dondoc starts "
            "one itself.",
        )


def answers(api_url: str) -> bool:
    """Whether a Prefect server answers at ``api_url``."""
    return responds(f"{api_url.rstrip('/')}/health")


def responds(url: str) -> bool:
    """Whether a server says at ``url`` that it is well."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def server_arguments(host: str, port: int, *, keep_alive_s: int, shutdown_s: int) -> tuple[str, ...]:
    """Arguments of Python for Prefect's API and pages, with the background services unless the environment says not."""
    return (
        *("-m", "uvicorn", "--factory", "hosting.prefect.server:create_app", "--host", host, "--port", str(port)),
        # It would look for the application in the folder it is started in, where anything may have that name.
        *("--app-dir", str(Path(__file__).parents[2])),
        *("--log-level", "warning", "--timeout-keep-alive", str(keep_alive_s)),
        *("--timeout-graceful-shutdown", str(shutdown_s)),
    )


def start_server(settings: Settings, port: int, *, mark: str, environment: Mapping[str, str]) -> Child:
    """Start a Prefect server on ``port`` of the loopback; it is ready once ``await_server`` returns."""
    url = f"http://{HOST}:{port}/api"
    return child_process.start(
        "prefect-server",
        server_arguments(HOST, port, keep_alive_s=5, shutdown_s=3),
        mark=mark,
        environment={
            **prefect_environment.environment(settings, api_url=url),
            **prefect_environment.server_environment(settings),
            **environment,
        },
        log=settings.data_dir / "logs" / "prefect-server.log",
    )


def be_server(settings: Settings, port: int) -> None:
    """Be a Prefect server on ``port`` of the loopback, in a process forked from one that has imported Prefect."""
    from prefect.context import refresh_global_settings_context

    os.environ.update(prefect_environment.server_environment(settings) | prefect_environment.CHOSEN["upgraded_before"])
    refresh_global_settings_context()
    # In a process that ends, so that what a migration takes is given back.
    if Forked("upgrade", _upgrade_database).wait():
        raise SystemExit(1)
    run_module(server_arguments(HOST, port, keep_alive_s=5, shutdown_s=3))


def _upgrade_database() -> None:
    from prefect.server.database import provide_database_interface

    asyncio.run(provide_database_interface().create_db())


def await_server(server: Child, api_url: str) -> None:
    """Wait until ``server`` answers; ``Refused`` with its last words when it ends or takes too long."""
    give_up_at = time.monotonic() + READY_WITHIN_S
    while server.running and time.monotonic() < give_up_at:
        if answers(api_url):
            return
        time.sleep(_POLL_S)
    server.stop(timeout_s=5)
    raise Refused(
        f"Máy chủ Prefect không khởi động được; xem {server.log}.",
        f"The Prefect server did not start; see {server.log}.",
        details=server.log_tail(),
    )


def port_in_use(port: int) -> bool:
    """Whether something on this machine listens at ``port``, on the loopback or on every address."""
    with socket.socket() as probe:
        # As the server itself will do: a port still settling after a stop is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running_or_own(settings: Settings) -> Iterator[str]:
    give_up_at = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up_at:
        with try_lock(settings, permanent=False) as lock:
            if lock is not None:
                with _own_server(settings) as url:
                    lock.announce(url)
                    yield url
                return
        # A single run's server ends with that run, so its neighbour waits for the lock.
        held = holder(settings)
        if held and held.permanent and held.api_url and answers(held.api_url):
            yield held.api_url
            return
        time.sleep(_POLL_S)
    raise Refused(
        f"Một tiến trình khác đang giữ máy chủ Prefect của {settings.data_dir} mà không trả lời. Đợi rồi thử lại.",
        f"Another process holds the Prefect server of {settings.data_dir} but is not responding. Wait and try again.",
    )


@contextmanager
def _own_server(settings: Settings) -> Iterator[str]:
    port = free_port()
    url = f"http://{HOST}:{port}/api"
    mark = f"{settings.data_dir}:run:{os.getpid()}"
    server = start_server(settings, port, mark=mark, environment=prefect_environment.CHOSEN["one_run"])
    try:
        _import_flows(settings, url)
        await_server(server, url)
        yield url
    finally:
        server.stop(timeout_s=10)


def _import_flows(settings: Settings, api_url: str) -> None:
    """Import what the run needs while its server starts: both take seconds."""
    with prefect_environment.applied(settings, api_url=api_url):
        import flows.priorities  # noqa: F401


@contextmanager
def connected_to(settings: Settings, api_url: str, *, ours: bool = True) -> Iterator[None]:
    """Connect Prefect in this process to ``api_url``; everything is sent before the block ends.

    ours  whether that server is one of dondoc's own; with another the operator's sign-in counts
    """
    with prefect_environment.applied(settings, api_url=api_url, ours=ours):
        from prefect.context import SyncClientContext
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker
        from prefect.settings import (
            PREFECT_API_AUTH_STRING,
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            PREFECT_HOME,
            temporary_settings,
        )

        chosen = {
            # Prefect may have been imported earlier, with other settings.
            PREFECT_API_URL: api_url,
            PREFECT_HOME: settings.prefect_home,
            # The heartbeat's thread would delay the end of every run by a second.
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        if ours:
            chosen[PREFECT_API_AUTH_STRING] = prefect_sign_in(settings)
        # One connection for all runs of the block: each run would make its own, reading every root certificate for it.
        with temporary_settings(chosen), SyncClientContext.get_or_create():
            try:
                yield
            finally:
                # Task runs reach the server as events: stopped earlier, it would not know them.
                EventsWorker.drain_all(timeout=10)
                APILogWorker.drain_all(timeout=5)

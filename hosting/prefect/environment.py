"""How Prefect is set up, in one place: what it may do, where it keeps its files, and that nothing phones home.

Prefect reads its environment when it is first imported, so nothing here imports it, and whoever does enters
``applied`` before.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from config.keys import prefect_sign_in
from config.settings import Settings

# Nothing phones home (design rule 12).
TELEMETRY_OFF = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}

# Measured: about a quarter of the server's cost for task runs and events when they are written in batches.
_BATCHES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
}

# Flow runs are otherwise kept for ever (docs/operations.md); the first in seconds. What assignments went through is not
# Prefect's to keep.
_RETENTION = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * 86_400),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P30D",
}

_OVER_REDIS = {
    "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
    "PREFECT_SERVER_WORKER_CHANNEL_CLEANUP_QUEUE_STORAGE": "prefect_redis.cleanup_queue",
}

DEFAULTS = {
    # Seconds after which a run that did not begin is Late: an alarm, so not for one that waits behind its neighbours.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "600",
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_COLORS": "false",
    # In a terminal dondoc says itself what happened; the run's own log keeps everything.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    # Seconds between the worker's looks for due runs; at the default of 10 a coordinator waits for nothing.
    "PREFECT_WORKER_QUERY_SECONDS": "3",
}


def environment(settings: Settings, *, api_url: str | None = None, ours: bool = True) -> dict[str, str]:
    """The variables every Prefect process of this data directory runs with, dondoc's own settings among them.

    What the operator has set wins, except where Prefect keeps its files: a profile in the home directory of the
    user who runs this must not decide which server is asked.

    ours  whether the server is one of dondoc's own, which wants our sign-in
    """
    home = settings.prefect_home
    chosen = {
        **TELEMETRY_OFF,
        **{name: os.environ.get(name, value) for name, value in {**_BATCHES, **DEFAULTS}.items()},
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        # Prefect would otherwise unpack its pages into the installed package, which may be read-only.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "pages"),
        # The pages are used through the portal's door, which keeps them there (decision 0012).
        "PREFECT_SERVER_UI_SERVE_BASE": "/prefect",
        "DONDOC_DATA_DIR": str(settings.data_dir),
        "DONDOC_DATABASE_URL": settings.database_url,
        "DONDOC_PLAN_DIR": str(settings.plan_dir),
        "DONDOC_LANGUAGE": settings.language,
        "DONDOC_PORT": str(settings.prefect_port),
        "DONDOC_PREFECT_URL": settings.prefect_url,
    }
    if settings.contacts_file != settings.default_contacts_file:
        chosen["DONDOC_CONTACTS"] = str(settings.contacts_file)
    if api_url is not None:
        chosen["PREFECT_API_URL"] = api_url
    if ours:
        chosen["PREFECT_API_AUTH_STRING"] = prefect_sign_in(settings)
    return chosen


def server_environment(settings: Settings) -> dict[str, str]:
    """What a process of Prefect's server runs with besides: its sign-in, where it keeps its data, for how long."""
    chosen = {
        "PREFECT_SERVER_API_AUTH_STRING": prefect_sign_in(settings),
        **{name: os.environ.get(name, value) for name, value in _RETENTION.items()},
    }
    if settings.prefect_database_url:
        url = make_url(settings.prefect_database_url).set(drivername="postgresql+asyncpg")
        chosen["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = url.render_as_string(hide_password=False)
    if settings.redis_url:
        chosen |= _OVER_REDIS
        # Each its own of Redis's numbered databases; messages in the first, the services' next rounds in the second.
        chosen["PREFECT_REDIS_MESSAGING_URL"] = f"{settings.redis_url}/0"
        chosen["PREFECT_SERVER_DOCKET_URL"] = f"{settings.redis_url}/1"
    return chosen


@contextmanager
def applied(settings: Settings, *, api_url: str, ours: bool = True) -> Iterator[None]:
    """This process's environment for the length of the block; enter it before the first import of Prefect."""
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    chosen = environment(settings, api_url=api_url, ours=ours)
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

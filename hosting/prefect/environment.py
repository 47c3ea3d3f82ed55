"""How Prefect is set up, with ``environment.toml``: what it may do, where it keeps its files, that nothing phones home.

Prefect reads its environment when it is first imported, so nothing here imports it, and whoever does enters
``applied`` before.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from config.keys import prefect_sign_in
from config.settings import Settings

CHOSEN: Mapping[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "environment.toml").read_text(encoding="utf-8")
)
"""Variables by the name of their group."""


def environment(settings: Settings, *, api_url: str | None = None, ours: bool = True) -> dict[str, str]:
    """The variables every Prefect process of this data directory runs with, dondoc's own settings among them.

    What the operator has set wins, except where Prefect keeps its files: a profile in the home directory of the
    user who runs this must not decide which server is asked.

    ours  whether the server is one of dondoc's own, which wants our sign-in
    """
    home = settings.prefect_home
    chosen = {
        **CHOSEN["telemetry_off"],
        **_unless_set(CHOSEN["batches"]),
        **_unless_set(CHOSEN["defaults"]),
        **_unless_set(CHOSEN["at_rest"]),
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        # Prefect would otherwise unpack its pages into the installed package, which may be read-only.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "pages"),
        # The pages are used through the portal's door, which keeps them there (decision 0012).
        "PREFECT_SERVER_UI_SERVE_BASE": "/prefect",
        "DONDOC_DATA_DIR": str(settings.data_dir),
        "DONDOC_DATABASE_URL": settings.database_url,
        "DONDOC_BACKUP_DIR": str(settings.backup_dir),
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
        **_unless_set(CHOSEN["retention"]),
    }
    if settings.prefect_database_url:
        url = make_url(settings.prefect_database_url).set(drivername="postgresql+asyncpg")
        chosen["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = url.render_as_string(hide_password=False)
    if settings.redis_url:
        chosen |= CHOSEN["over_redis"]
        # Each its own of Redis's numbered databases; messages in the first, the services' next rounds in the second.
        chosen["PREFECT_REDIS_MESSAGING_URL"] = f"{settings.redis_url}/0"
        chosen["PREFECT_SERVER_DOCKET_URL"] = f"{settings.redis_url}/1"
    return chosen


def _unless_set(variables: Mapping[str, str]) -> dict[str, str]:
    """These, or what the operator has set in their place."""
    return {name: os.environ.get(name, value) for name, value in variables.items()}


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

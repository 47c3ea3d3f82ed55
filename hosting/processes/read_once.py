"""What `dondoc up` reads before it forks, so that it lies in memory once for all its parts (decision 0033)."""

import gc
from collections.abc import Iterable
from importlib import import_module

from hosting.processes.parts import PORTAL, SERVER_CHILD

READ_BEFORE = {
    SERVER_CHILD: (
        *("prefect.server.api.server", "hosting.prefect.server", "hosting.prefect.services", "aiosqlite"),
        *("uvicorn.loops.auto", "uvicorn.lifespan.on", "uvicorn.protocols.websockets.auto", "anyio._backends._asyncio"),
    ),
    PORTAL: (
        *("prefect.cli.worker", "prefect.cli._worker_utils", "prefect.workers.process"),
        *("flows.deployments.register", "hosting.prefect.corrected_runs", "hosting.prefect.dead_runs"),
        *("notifications.courier.courier", "portal.serving.workers"),
    ),
}
"""The modules of all parts, also those that are otherwise read at first use, before the part that is forked then; what
the others need can be read while the server begins."""


def read_once(modules: Iterable[str]) -> None:
    """Import them, for all that are forked from now on."""
    for each in modules:
        import_module(each)
    # What all share is not looked through for garbage by each, which would write to it and so copy it.
    gc.collect()
    gc.freeze()

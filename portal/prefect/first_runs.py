"""The first run of a priority that has just come in: begun once its deployment is registered, and put on record."""

import logging
from collections.abc import Collection
from functools import partial
from typing import Any

import anyio
from fastapi import Request

from portal.background_tasks import background_tasks_of
from portal.prefect.deeds import record_answer, record_request
from portal.prefect.upstream import PrefectUnavailable, ask

_REGISTERED_WITHIN_S = 60
"""Whoever watches over Prefect registers a new plan within seconds; the runs of every day assign what is left."""
_LOOK_EVERY_S = 2.0

_log = logging.getLogger("dondoc.portal")


def begin_first_runs(request: Request, priorities: Collection[str]) -> None:
    """Ask for a run of each, after the response; without Prefect the next scheduled run does the same."""
    background_tasks_of(request).submit(partial(anyio.run, _begin, request, tuple(priorities)))


async def _begin(request: Request, priorities: Collection[str]) -> None:
    waiting = list(priorities)
    try:
        with anyio.move_on_after(_REGISTERED_WITHIN_S):
            while waiting:
                waiting = [each for each in waiting if not await _is_begun(request, each)]
                await anyio.sleep(_LOOK_EVERY_S if waiting else 0)
    except PrefectUnavailable:
        _log.warning("Prefect does not answer; the first run of %s waits for its hour", ", ".join(waiting))


async def _is_begun(request: Request, priority: str) -> bool:
    """Whether there is a deployment of this priority, whose run is begun then."""
    wanted = {"deployments": {"tags": {"all_": [priority]}}}
    status, found = await ask(request, "POST", "/api/deployments/filter", wanted)
    if status != 200 or not isinstance(found, list):
        raise PrefectUnavailable
    if not found:
        return False
    path = f"/deployments/{found[0]['id']}/create_flow_run"
    content: dict[str, Any] = {"name": f"{priority} · giao việc lần đầu"}
    await record_request(request, path, content)
    status, answer = await ask(request, "POST", f"/api{path}", content)
    await record_answer(request, path, status, answer)
    return True

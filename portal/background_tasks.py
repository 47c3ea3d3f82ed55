"""Work after the response: letters, so that the time of a response does not show whether one was sent.

Starlette's own background tasks delay the next response on the same connection, which would show it.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

from fastapi import Request

log = logging.getLogger("dondoc.portal")

_THREADS = 2
_MAX_WAITING = 200


class BackgroundTasks:
    """A few threads that run submitted tasks in order; a task too many is dropped."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="task")
        self._room = BoundedSemaphore(_MAX_WAITING)
        self._pending: set[Future[None]] = set()

    def submit(self, task: Callable[[], object]) -> None:
        """Run ``task`` soon; its failure is logged, never raised."""
        if not self._room.acquire(blocking=False):
            log.warning("too many background tasks; one was discarded")
            return
        future = self._threads.submit(_run, task)
        self._pending.add(future)
        future.add_done_callback(self._done)

    def finish(self) -> None:
        """Wait for all tasks submitted so far."""
        for future in list(self._pending):
            future.result()

    def _done(self, future: Future[None]) -> None:
        self._room.release()
        self._pending.discard(future)


def background_tasks_of(request: Request) -> BackgroundTasks:
    background_tasks: BackgroundTasks = request.app.state.background_tasks
    return background_tasks


def _run(task: Callable[[], object]) -> None:
    try:
        task()
    except Exception as fault:
        # The text of a fault may hold an address or a link.
        log.error("a background task failed: %s", type(fault).__name__)

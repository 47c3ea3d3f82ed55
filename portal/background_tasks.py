"""What is done after the answer has left: letters, whose sending must not be told from how long an answer takes.

Not the framework's own background tasks: those hold back the next answer on the same connection, and so tell.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore

from fastapi import Request

log = logging.getLogger("dondoc.portal")

_AT_ONCE = 2
_WAITING_AT_MOST = 200


class BackgroundTasks:
    """A few threads that do what is left with them, in order; what is too much at once is dropped."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="errand")
        self._room = BoundedSemaphore(_WAITING_AT_MOST)
        self._left: set[Future[None]] = set()

    def submit(self, errand: Callable[[], None]) -> None:
        """Have ``errand`` done soon; whatever becomes of it, the caller does not hear."""
        if not self._room.acquire(blocking=False):
            log.warning("too many errands at once; one was dropped")
            return
        future = self._threads.submit(_do, errand)
        self._left.add(future)
        future.add_done_callback(self._done)

    def finish(self) -> None:
        """Wait until everything left so far is done."""
        for future in list(self._left):
            future.result()

    def _done(self, future: Future[None]) -> None:
        self._room.release()
        self._left.discard(future)


def background_tasks_of(request: Request) -> BackgroundTasks:
    background_tasks: BackgroundTasks = request.app.state.background_tasks
    return background_tasks


def _do(errand: Callable[[], None]) -> None:
    try:
        errand()
    except Exception as fault:
        # The text of a fault may hold an address or a link.
        log.error("an errand failed: %s", type(fault).__name__)

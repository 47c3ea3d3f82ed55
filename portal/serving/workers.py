"""The portal's processes: some workers that answer side by side on one port, each in a Python of its own.

They are forked from one process, which opens the port, starts again whichever ends by itself, and answers nothing. What
they must know in common lies in the store, in signed cookies, in the file of attempts to sign in
(``portal.sign_in.attempts``) and in the locks of the readers of files (``intake.readers``); all else each keeps for
itself.
"""

import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from types import FrameType

import uvicorn
from fastapi import FastAPI

from config import clock, parent_process
from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings
from models.keeping.opening import Store, open_store
from models.keeping.unnamed_files import discard_unnamed_files
from portal.app import HOST, make_app
from portal.background_tasks import BackgroundTasks
from portal.serving.patience import TimedProtocol
from portal.sign_in.attempts import AttemptsFile

log = logging.getLogger("dondoc.portal")

_WAITING_CONNECTIONS = 2048
_STOP_S = 15
_KILL_AFTER_S = 18.0
_LIVED_S = 10.0
"""A worker that ends sooner than this after its start is started again after a pause, which grows."""

_LONGEST_PAUSE_S = 30.0
_POLL_S = 0.05
_SWITCH_S = 0.001
NEW_OBJECTS = 10_000
"""After so many the newest are looked through for garbage, and everything after a hundred times as many; Python's own
700 had a page in two hundred wait 0.1 s for that."""


def serve(settings: Settings, host: str = HOST, opened: Store | None = None) -> None:
    """Answer on ``settings.portal_port`` of ``host`` until Ctrl-C or SIGTERM; raises ``Refused`` when it cannot.

    opened  the store, where the process that this one was forked from has opened it
    """
    # By force, since in `dondoc up` Prefect, which this process was forked with, has set it otherwise.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    with (
        _listening(settings, host) as listener,
        nullcontext(opened) if opened is not None else open_store(settings, serves=True) as store,
    ):
        # All of it once, and before there are several: what is at fault is said, the key made; and what was read lies
        # in memory that the workers share.
        signing_key(settings)
        app = make_app(store, attempts=AttemptsFile(settings.data_dir / "sign-in-attempts.sqlite"))
        store.engine.dispose()  # a connection must not be open in two processes
        # What lives as long as the worker need not be looked through for garbage again and again.
        gc.set_threshold(NEW_OBJECTS)
        gc.collect()
        gc.freeze()
        if settings.portal_workers == 1:
            _answer(app, listener)
        else:
            _Workers(lambda: _answer(app, listener), settings.portal_workers).run()


class _Server(uvicorn.Server):
    """Takes one connection each turn of its loop, and leaves the others to workers that have nothing to do."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # asyncio takes as many connections at once as may wait, so it was told that one may.
        for listener in sockets or ():
            listener.listen(_WAITING_CONNECTIONS)


def _answer(app: FastAPI, listener: socket.socket) -> None:
    """Be a worker until SIGTERM."""
    store: Store = app.state.store
    # Who writes gives the interpreter away at each of some thirty statements, and all others wait for the lock
    # until it has been got back each time from threads that draw pages.
    sys.setswitchinterval(_SWITCH_S)
    tasks: BackgroundTasks = app.state.background_tasks
    tasks.submit(partial(discard_unnamed_files, store.engine, store.settings, now=clock.now()))
    # No access log: an address may hold the link of a message, which is a key.
    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=True,
        timeout_graceful_shutdown=_STOP_S,
        backlog=1,
    )
    _Server(config).run(sockets=[listener])


@contextmanager
def _listening(settings: Settings, host: str) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, settings.portal_port), family=family, backlog=_WAITING_CONNECTIONS)
    except OSError:
        raise Refused(
            f"Cổng {settings.portal_port} của trang đôn đốc đang có chương trình khác dùng, hoặc máy không có địa chỉ"
            f" {host}; đặt cổng khác: DONDOC_PORTAL_PORT={settings.portal_port + 1}.",
            f"Port {settings.portal_port} is in use, or this machine has no address {host}; choose another port:"
            " DONDOC_PORTAL_PORT.",
        ) from None
    with listener:
        yield listener


class _Stopped(BaseException):
    """SIGTERM or Ctrl-C has come."""


class _Workers:
    """So many processes that do ``work``; each that ends is started again, whatever becomes of the others."""

    def __init__(self, work: Callable[[], None], count: int) -> None:
        self._work = work
        self._began: dict[int, tuple[int, float]] = {}  # of each process its place, and when it began
        self._due = dict.fromkeys(range(count), 0.0)  # of each place without a process, when one is to begin
        self._short_lives = [0] * count

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; then all are ended."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, _stop)
        try:
            while True:
                self._begin_due()
                pid, status = self._next_ended()
                if pid in self._began:
                    place, began = self._began.pop(pid)
                    lived = time.monotonic() - began
                    self._put_off(place, f"ended ({os.waitstatus_to_exitcode(status)})", is_short=lived < _LIVED_S)
        except _Stopped:
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_IGN)
            self._end()

    def _begin_due(self) -> None:
        for place in [place for place, at in self._due.items() if at <= time.monotonic()]:
            try:
                pid = parent_process.fork(self._work)
            except OSError as fault:  # the system has no room for another
                self._put_off(place, f"could not be started ({fault.strerror})", is_short=True)
            else:
                del self._due[place]
                self._began[pid] = place, time.monotonic()

    def _put_off(self, place: int, why: str, *, is_short: bool) -> None:
        lives = self._short_lives[place] = self._short_lives[place] + 1 if is_short else 0
        pause = min(_LONGEST_PAUSE_S, 2.0 ** (lives - 2)) if lives > 1 else 0.0
        log.warning("a worker of the portal %s and is started again in %.0f s", why, pause)
        self._due[place] = time.monotonic() + pause

    def _next_ended(self) -> tuple[int, int]:
        """The process that has ended and its status; 0 when it is time to look at what is due."""
        if not self._due:
            return os.waitpid(-1, 0)
        ended = (0, 0)
        with suppress(ChildProcessError):  # none runs
            ended = os.waitpid(-1, os.WNOHANG)
        if not ended[0]:
            time.sleep(_POLL_S)
        return ended

    def _end(self) -> None:
        for pid in self._began:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        give_up_at = time.monotonic() + _KILL_AFTER_S
        for pid in self._began:
            while not _has_ended(pid):
                if time.monotonic() > give_up_at:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(_POLL_S)


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped

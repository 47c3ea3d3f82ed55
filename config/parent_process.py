"""Ties a process to its parent, so that it ends when its parent does, however that ends."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from config.errors import Refused

_PR_SET_PDEATHSIG = 1
_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_with(parent: int) -> None:
    """Have the kernel end this process once ``parent`` is gone (Linux); raises ``SystemExit`` when it is gone already.

    The kernel watches the *thread* that started this process, not the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the tie was made
        raise SystemExit(1)


def fork(work: Callable[[], object]) -> int:
    """Begin a process that does ``work`` and ends then, or with this one; returns its id.

    What this one has read lies in memory that both share. Its exit code is 1 where ``work`` raises or returns False.
    Raises ``OSError`` where the system has no room for another. Call it while no other thread runs: what such a thread
    holds at this moment stays held in the new process.
    """
    parent = os.getpid()
    # A signal that comes between the two would be answered there as it is here.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        pid = os.fork()
        if pid == 0:
            _be_forked(parent, work)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _be_forked(parent: int, work: Callable[[], object]) -> NoReturn:
    """Everything of a forked process: it never returns into what its parent was doing."""
    code = 1
    try:
        for each in _STOP:
            signal.signal(each, signal.default_int_handler if each is signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
        end_with(parent)
        code = int(work() is False)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except Refused as refused:
        sys.stderr.write("\n  ".join((str(refused), *refused.details)) + "\n")
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)

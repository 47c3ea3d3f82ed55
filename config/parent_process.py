"""Ties a process to its parent, so that it ends when its parent does, however that ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Have the kernel end this process once ``parent`` is gone (Linux); raises ``SystemExit`` when it is gone already.

    The kernel watches the *thread* that started this process, not the process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the tie was made
        raise SystemExit(1)

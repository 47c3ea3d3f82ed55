"""Reading a file in a separate process with limited time and memory, since a file may be made to exhaust both.

``python -m MODULE NAME`` reads a file from standard input and writes JSON: what it found, or why it refuses the file.
"""

import json
import logging
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.errors import Refused
from intake.files.refusals import too_large
from intake.readers import ReaderTurns

CPU_SECONDS = 20
MEMORY_BYTES = 512 * 1024 * 1024

_OUT_OF_MEMORY = 3
"""Exit code of the process when a file takes more memory than allowed."""

READERS = 2
"""Readers at work at one time, of all workers of a portal: each may take a whole core and ``MEMORY_BYTES``."""
WAIT_SECONDS = 20
_turns = ReaderTurns(READERS)

_HOME = Path(__file__).parents[1]


class Busy(Refused):
    """Too many files are being read; ``RETRY_AFTER`` seconds later there may be room."""

    RETRY_AFTER = 30


_log = logging.getLogger("dondoc.files")


def run(module: str, name: str, content: bytes) -> dict[str, Any]:
    """Read a file with ``module`` in a separate process; a file that exhausts time or memory ends only that process.

    Raises ``Refused`` naming the file and what to do, ``Busy`` when no reader became free in ``WAIT_SECONDS``.
    """
    if not _turns.acquire(WAIT_SECONDS):
        raise Busy(
            f"Tệp «{name}»: đang có nhiều tệp chờ đọc; đợi nửa phút rồi gửi lại tệp này.",
            f"File '{name}': many files are waiting to be read; send this file again in half a minute.",
        )
    try:
        return _answer_of(module, name, content)
    finally:
        _turns.release()


def _answer_of(module: str, name: str, content: bytes) -> dict[str, Any]:
    try:
        reader = subprocess.run(
            [sys.executable, "-m", module, name],
            input=content,
            capture_output=True,
            timeout=2 * CPU_SECONDS,
            check=True,
            cwd=_HOME,
            # The environment of this process holds secrets that a malicious file must not reach.
            env={"PYTHONPATH": str(_HOME)},
        )
    except subprocess.CalledProcessError as ended:
        if ended.returncode not in (_OUT_OF_MEMORY, -signal.SIGXCPU, -signal.SIGKILL):
            _log.error("The reader of files ended with %s", ended.returncode)
        raise too_large(name) from None
    except subprocess.TimeoutExpired:
        raise too_large(name) from None
    answer: dict[str, Any] = json.loads(reader.stdout)
    if "refused" in answer:
        raise Refused(*answer["refused"])
    return answer


def serve(read: Callable[[str, bytes], dict[str, Any]]) -> None:
    """The separate process: read standard input within limits and answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        answer = read(sys.argv[1], sys.stdin.buffer.read())
    except Refused as fault:
        answer = {"refused": [str(fault), fault.en]}
    except MemoryError:
        raise SystemExit(_OUT_OF_MEMORY) from None
    json.dump(answer, sys.stdout)

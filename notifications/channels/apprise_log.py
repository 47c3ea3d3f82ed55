"""What Apprise logs while it sends: the only place where it says why a message was not taken.

Apprise returns whether it has sent, and no more. Its plugins log a refusal as a warning that ends with ``error=`` and
the HTTP status; beside it, at the level of debugging, what broke (``Socket Exception: …``) and what the service
answered (``Response Details: …``). All this is read in the thread that sends, and goes no further: it may hold
addresses and passwords.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from notifications.channels.http import (
    NO_ANSWER,
    NOT_CONNECTED,
    TLS_FAILED,
    may_state_pause,
    pause_of,
    refusal,
)
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.smtp_connection import mail_refusal

_NOT_TAKEN = Outcome(Result.TEMPORARY, "Dịch vụ không nhận tin và không nói lý do rõ ràng.")

_HTTP_STATUS = re.compile(r"error=(\d{3})\b")
_SMTP_CODE = re.compile(r"\((\d{3}), b['\"]")
_RETRY_AFTER = re.compile(r'"retry_after"\s*:\s*"?(\d{1,9}(?:\.\d+)?)')
"""As Telegram and Discord say it in their answers."""

_REQUEST = re.compile(r"\b(?:POST|GET|PUT|PATCH|DELETE)\b.{0,20}\bURL\b")
"""Before each request a plugin logs its method and address."""

_TLS = re.compile(r"SSLError|CERTIFICATE_VERIFY_FAILED")
_BEFORE_CONNECTED = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeout|connect timeout|ProxyError")
_BROKEN_OFF = re.compile(
    r"timed? ?out|Connection aborted|Connection broken|Remote end closed|reset by peer|Broken pipe", re.IGNORECASE
)


@dataclass
class AppriseLog:
    """What was logged of one message. The last request counts: some services are asked for a login first."""

    status: int = 0
    fault: str = ""
    answer: str = ""
    is_waiting: bool = True
    """Whether the last request that began has not been answered yet."""

    def add(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            if statuses := _HTTP_STATUS.findall(record.getMessage()):
                # The last one is the plugin's own; what stands before it may be the service's words.
                self._end(int(statuses[-1]), "")
        elif _REQUEST.search(str(record.msg)):
            self.status, self.fault, self.answer, self.is_waiting = 0, "", "", True
        elif str(record.msg).startswith("Response Details"):
            self.answer = record.getMessage()
        elif "Exception" in str(record.msg)[:40]:
            self._end(0, record.getMessage())

    def _end(self, status: int, fault: str) -> None:
        self.status, self.fault, self.answer, self.is_waiting = status, fault, "", False

    def outcome(self) -> Outcome:
        """Why the message was not taken. What the service wrote is not believed, but for how long to wait."""
        if self.status:
            return refusal(self.status, self._retry_after())
        if code := _SMTP_CODE.search(self.fault):
            return mail_refusal(int(code[1]))
        if _TLS.search(self.fault):
            return TLS_FAILED
        if _BEFORE_CONNECTED.search(self.fault):
            return NOT_CONNECTED
        if _BROKEN_OFF.search(self.fault):
            return NO_ANSWER
        return NOT_CONNECTED if self.fault else _NOT_TAKEN

    def _retry_after(self) -> timedelta | None:
        stated = _RETRY_AFTER.search(self.answer) if may_state_pause(self.status) else None
        return pause_of(float(stated[1])) if stated else None


@contextmanager
def listening(log: AppriseLog) -> Iterator[None]:
    """Add to ``log`` what Apprise logs in this thread meanwhile."""
    of_thread = _listener().of_thread
    of_thread.log = log
    try:
        yield
    finally:
        of_thread.log = None


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.of_thread = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        log: AppriseLog | None = getattr(self.of_thread, "log", None)
        if log is not None:
            log.add(record)


@cache
def _listener() -> _Listener:
    # Set once and left so: two couriers that each put the logger back would undo one another's.
    logger, listener = logging.getLogger("apprise"), _Listener()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(listener)
    return listener

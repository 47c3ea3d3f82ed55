"""What Apprise logs while it sends: the only place where it says why a message was not taken.

Apprise returns whether it has sent, and no more. Its plugins log a refusal as a warning that ends with ``error=`` and
the HTTP status; beside it, at the level of debugging, what broke (``Socket Exception: …``) and what the service
answered (``Response Details: …``). All this is read in the thread that sends, and goes no further: it may hold
addresses and passwords.
"""

import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from notifications.channels.http import (
    MAX_ANSWER_BYTES,
    NO_ANSWER,
    NOT_CONNECTED,
    TLS_FAILED,
    may_state_pause,
    pause_of,
    refusal,
    stated_pause,
)
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.smtp_connection import mail_refusal

_NOT_TAKEN = Outcome(Result.TEMPORARY, "Dịch vụ không nhận tin và không nói lý do rõ ràng.")

_NOT_CONFIRMED = Outcome(
    Result.AMBIGUOUS, "Có trả lời 200 nhưng không phải lời xác nhận của dịch vụ, chưa rõ đã nhận hay chưa."
)
_REFUSED_WITH_200 = Outcome(Result.TEMPORARY, "Dịch vụ trả lời 200 nhưng nói chưa nhận tin.")

_ANY_ANSWER = ("json", "jsons", "xml", "xmls", "form", "forms")
"""Addresses of somebody's own programs, which may answer what they like."""

_WORD_OF = {"slack": b"ok", "mmost": b"ok", "mmosts": b"ok", "msteams": b"1"}
"""What a service says in one word when it took a message."""

_TRUE_OF = {"tgram": "ok", "slack": "ok", "rocket": "success", "rockets": "success"}
"""The field of a service's JSON that is true when it took a message."""

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
    body: bytes | None = None
    """What the last answer said, whatever its status; None before there is one."""
    pause: timedelta | None = None
    """How long the header of the last answer asks to be left alone."""

    def add(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            if statuses := _HTTP_STATUS.findall(record.getMessage()):
                # The last one is the plugin's own; what stands before it may be the service's words.
                self._end(int(statuses[-1]), "")
        elif _REQUEST.search(str(record.msg)):
            self.status, self.fault, self.answer, self.is_waiting, self.pause = 0, "", "", True, None
        elif str(record.msg).startswith("Response Details"):
            self.answer = record.getMessage()
        elif "Exception" in str(record.msg)[:40]:
            self._end(0, record.getMessage())

    def _end(self, status: int, fault: str) -> None:
        self.status, self.fault, self.answer, self.is_waiting = status, fault, "", False

    def outcome(self) -> Outcome:
        """Why the message was not taken. What the service wrote is not believed, but for how long to wait."""
        if 200 <= self.status < 300:  # an answer, but not the service's own word that it took the message
            return _NOT_CONFIRMED
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
        return pause_of(float(stated[1])) if stated else self.pause


def confirmation(channel: str, body: bytes | None) -> Outcome:
    """What the answer to a message says that Apprise counts as sent: services and hotels' sign-in pages both say 200.

    channel  the service, as its addresses begin
    """
    said = (body or b"").strip()
    if body is None or channel in _ANY_ANSWER or (said and said.lower() == _WORD_OF.get(channel)):
        return Outcome(Result.SENT)
    try:
        answer = json.loads(said) if said else None
    except ValueError:
        answer = said
    if (field := _TRUE_OF.get(channel)) is not None:
        if isinstance(answer, dict) and field in answer:
            return Outcome(Result.SENT) if answer[field] is True else _REFUSED_WITH_200
        return _NOT_CONFIRMED
    if channel in _WORD_OF or (isinstance(answer, bytes) and answer.startswith(b"<")):
        return _NOT_CONFIRMED
    return Outcome(Result.SENT)


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
    _hear_answers(listener)
    return listener


def _hear_answers(listener: _Listener) -> None:
    """Hear each answer and its headers, of which Apprise logs nothing, by the hooks that ``requests`` has for sessions.

    A plugin makes its sessions itself, so that ours is among the hooks that every session begins with.
    """
    import requests

    def heard(answer: Any, **_: Any) -> None:
        log: AppriseLog | None = getattr(listener.of_thread, "log", None)
        if log is not None:
            log.body = answer.content[:MAX_ANSWER_BYTES]
            log.pause = stated_pause(answer.status_code, answer.headers)

    sessions: Any = requests.sessions
    plain = sessions.default_hooks
    sessions.default_hooks = lambda: {**plain(), "response": [heard]}

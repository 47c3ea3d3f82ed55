"""HTTP requests over kept connections, Apprise's too, and what a service truly answered to them.

Apprise calls ``requests.post`` and the like, each time with a new connection and, for HTTPS, a new SSL context: 22
messages a second. In the plugins that we use the name ``requests`` is therefore replaced by ours, which sends over the
sending thread's own session and remembers status and Retry-After; whoever else uses ``requests`` in this process is not
touched.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from config import clock
from notifications.channels.connections import SEND_WITHIN_S, Connections
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.pace import NobodyAnswers, TooFast

RETRY_AFTER_AT_MOST = timedelta(days=1)

LONGEST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; services say in a few hundred whether they took a message."""

CONNECT_WITHIN_S = 8.0
ANSWER_WITHIN_S = 12.0
"""For how long an answer may take to begin, and each further piece of it; its body stays within ``SEND_WITHIN_S``."""

_PIECE_BYTES = 8 * 1024

NOBODY_ANSWERS = Outcome(Result.TEMPORARY, "Dịch vụ vừa không kết nối được nhiều lần liền; sẽ thử lại ở lượt sau.")


def too_fast(fault: TooFast) -> Outcome:
    """The outcome of a message whose turn is too far away."""
    return Outcome(Result.NOT_ASKED, "Chờ lượt theo giới hạn tốc độ gửi.", timedelta(seconds=fault.wait_s))


@dataclass
class Exchange:
    """What is known of the requests that one message took; ``connections`` carry them.

    ends_at  when all of them have to be over, by the monotonic clock
    """

    connections: Connections
    ends_at: float = field(default_factory=lambda: time.monotonic() + SEND_WITHIN_S)
    status: int = 0
    retry_after: timedelta | None = None
    fault: Exception | None = None

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Ask, at the pace of who is asked, and remember what came of it; raises ``requests.RequestException``."""
        host, pace = urlsplit(url).hostname or "", self.connections.pace
        self.status, self.retry_after, self.fault = 0, None, None
        try:
            pace.wait_for_provider(host)
            bounds = {"stream": True, "timeout": self._within(options.get("timeout"))}
            answer = self.connections.http().request(method, url, **options | bounds)
            _read(answer, until=self.ends_at - ANSWER_WITHIN_S)
        except (TooFast, NobodyAnswers) as fault:
            self.fault = fault
            raise requests.RequestException(str(fault)) from fault
        except requests.RequestException as fault:
            self.fault = fault
            pace.answered(host, at_all=not _never_connected(fault))
            raise
        pace.answered(host, at_all=True)
        self.status, self.retry_after = answer.status_code, _retry_after(answer)
        return answer

    def _within(self, asked: Any) -> tuple[float, float]:
        """How long to wait for the connection and for each piece of the answer, as asked for or as is left."""
        left = self.ends_at - time.monotonic()
        if left <= 0:  # of several requests of one message, this one was not begun
            raise requests.ConnectTimeout("no time left")
        connect, read = asked if isinstance(asked, tuple) else (asked, asked)
        return min(connect or left, CONNECT_WITHIN_S, left), min(read or left, ANSWER_WITHIN_S, left)

    def outcome(self) -> Outcome | None:
        """Why the message was not taken, as far as HTTP can tell; None when it cannot."""
        match self.fault:
            case TooFast():
                return too_fast(self.fault)
            case NobodyAnswers():
                return NOBODY_ANSWERS
            case None:
                return _refused(self.status, self.retry_after) if self.status >= 300 else None
            case requests.exceptions.SSLError():
                return Outcome(Result.TEMPORARY, "Không lập được kết nối TLS; kiểm tra chứng chỉ của dịch vụ.")
            case _ if _never_connected(self.fault):
                return Outcome(Result.TEMPORARY, "Không kết nối được tới dịch vụ.")
            case requests.ConnectionError() | requests.Timeout() | requests.exceptions.ChunkedEncodingError():
                return Outcome(Result.AMBIGUOUS, "Hết thời gian chờ hoặc đứt kết nối, chưa rõ đã nhận hay chưa.")
        return None


_current = threading.local()


@contextmanager
def pooled(service: Any, connections: Connections) -> Iterator[Exchange]:
    """What ``service``, an address read by Apprise, sends in this thread goes over ``connections``."""
    _let_in(type(service))
    _current.exchange = exchange = Exchange(connections)
    try:
        yield exchange
    finally:
        _current.exchange = None


class _Requests:
    """Stands for the module ``requests`` in a plugin of Apprise."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        exchange: Exchange | None = getattr(_current, "exchange", None)
        if exchange is None:  # somebody else's message
            return requests.request(method, url, **options)
        return exchange.request(method, url, **options)

    def get(self, url: str, params: Any = None, **options: Any) -> requests.Response:
        return self.request("get", url, params=params, **options)

    def post(self, url: str, data: Any = None, json: Any = None, **options: Any) -> requests.Response:
        return self.request("post", url, data=data, json=json, **options)

    def put(self, url: str, data: Any = None, **options: Any) -> requests.Response:
        return self.request("put", url, data=data, **options)

    def patch(self, url: str, data: Any = None, **options: Any) -> requests.Response:
        return self.request("patch", url, data=data, **options)

    def delete(self, url: str, **options: Any) -> requests.Response:
        return self.request("delete", url, **options)


_OURS = _Requests()


def speaks_http(service: Any) -> bool:
    """Whether an address read by Apprise sends by ``requests``, so that ``pooled`` hears what became of it."""
    return any(hasattr(module, "requests") for module in _modules(type(service)))


def _let_in(plugin: type) -> None:
    for module in _modules(plugin):
        if getattr(module, "requests", None) is requests:
            module.requests = _OURS


def _modules(plugin: type) -> Iterator[Any]:
    names = (each.__module__ for each in plugin.__mro__)
    return (sys.modules[name] for name in names if name.startswith("apprise."))


def _read(answer: requests.Response, *, until: float) -> None:
    """Read so much of the answer as any service has to say, and begin no further piece after ``until``."""
    read = b""
    try:
        # Piece by piece as they come; asked for so many bytes, it would wait for them for as long as they drip.
        while piece := answer.raw.read1(_PIECE_BYTES, decode_content=True):
            read += piece
            if len(read) >= LONGEST_ANSWER or time.monotonic() > until:
                answer.close()  # what is left unread would be taken for the answer to the next message
                break
    except HTTPError as fault:
        raise requests.ConnectionError(fault) from fault
    answer._content = read


def _never_connected(fault: Exception) -> bool:
    if isinstance(fault, requests.ConnectTimeout):
        return True
    inner = fault.args[0] if fault.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


def _retry_after(answer: requests.Response) -> timedelta | None:
    """How long the service asks to be left alone, at most a day: in its header, or as Telegram says it."""
    if answer.status_code not in (429, 503):
        return None
    said = answer.headers.get("Retry-After", "").strip()
    try:
        if not said:
            content = json.loads(answer.content[:10_000])
            said = str(content.get("parameters", content).get("retry_after", ""))
        try:
            pause = timedelta(seconds=float(said))
        except ValueError:
            # By the service's own clock, if it tells it: ours may be wrong.
            told = answer.headers.get("Date")
            pause = parsedate_to_datetime(said) - (parsedate_to_datetime(told) if told else clock.now())
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    return min(pause, RETRY_AFTER_AT_MOST) if pause > timedelta(0) else None


def _refused(code: int, retry_after: timedelta | None) -> Outcome:
    if code in (408, 425, 429) or code >= 500:
        return Outcome(Result.TEMPORARY, f"Dịch vụ tạm thời từ chối (mã {code}).", retry_after)
    return Outcome(Result.PERMANENT, f"Dịch vụ từ chối (mã {code}); kiểm tra địa chỉ và quyền.")

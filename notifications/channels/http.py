"""HTTP for our own channels: one POST over a kept connection, bounded in time and length, and what its answer means."""

import time
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from config import clock
from models.delivery.pauses import LONGEST_ASKED_PAUSE
from notifications.channels.connections import Connections
from notifications.channels.outgoing import Outcome, Result
from notifications.channels.rate_limits import ProviderUnreachable, RateLimited
from notifications.channels.time_limit import SEND_LIMIT_S, run_with_limit

CONNECT_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 12.0
"""For how long an answer may take to begin, and each further piece of it; all of it stays within ``SEND_LIMIT_S``."""

MAX_ANSWER_BYTES = 64 * 1024
"""What is read of an answer; services say in a few hundred bytes whether they took a message."""

UNREACHABLE = Outcome(Result.TEMPORARY, "Dịch vụ vừa không kết nối được nhiều lần liền; sẽ thử lại ở lượt sau.")
NOT_CONNECTED = Outcome(Result.TEMPORARY, "Không kết nối được tới dịch vụ.")
TLS_FAILED = Outcome(Result.TEMPORARY, "Không lập được kết nối TLS; kiểm tra chứng chỉ của dịch vụ.")
NO_ANSWER = Outcome(Result.AMBIGUOUS, "Hết thời gian chờ hoặc đứt kết nối, chưa rõ đã nhận hay chưa.")


class NotTaken(Exception):
    """The service did not take the message, or it is not known whether it did; ``outcome`` says which.

    status, body  of its answer, where there is one
    """

    def __init__(self, outcome: Outcome, status: int = 0, body: bytes = b"") -> None:
        super().__init__(outcome.reason)
        self.outcome, self.status, self.body = outcome, status, body


def post(
    connections: Connections,
    url: str,
    *,
    content: dict[str, Any] | bytes,
    headers: dict[str, str],
    as_form: bool = False,
    extensions: dict[str, str] | None = None,
) -> bytes:
    """POST ``content`` as JSON, as a form or as it is, and return the body of an answer of 200 to 299.

    extensions  of httpx: the name that a server has to prove where ``url`` holds its address

    Raises ``NotTaken`` for all else.
    """
    kind = "content" if isinstance(content, bytes) else "data" if as_form else "json"
    body_of: dict[str, Any] = {kind: content, "extensions": extensions or {}}
    limits, provider = connections.limits, urlsplit(url).hostname or ""
    limit_s = SEND_LIMIT_S
    try:
        limits.wait_for_provider(provider)
        answer, body = run_with_limit(
            lambda: _post(connections.http(), url, body_of, headers, time.monotonic() + limit_s - READ_TIMEOUT_S),
            provider,
            limit_s,
        )
    except RateLimited as fault:
        raise NotTaken(rate_limited(fault)) from None
    except ProviderUnreachable:
        raise NotTaken(UNREACHABLE) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout) as fault:
        limits.record_connection(provider, succeeded=False)
        raise NotTaken(TLS_FAILED if "SSL" in str(fault) else NOT_CONNECTED) from None
    except (httpx.TransportError, httpx.DecodingError):
        limits.record_connection(provider, succeeded=True)
        raise NotTaken(NO_ANSWER) from None
    except TimeoutError:
        raise NotTaken(NO_ANSWER) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise NotTaken(Outcome(Result.TEMPORARY, "Không gửi được yêu cầu tới dịch vụ.")) from None
    limits.record_connection(provider, succeeded=True)
    if not answer.is_success:
        raise NotTaken(
            refusal(answer.status_code, stated_pause(answer.status_code, answer.headers)), answer.status_code, body
        )
    return body


def rate_limited(fault: RateLimited) -> Outcome:
    """The outcome of a message whose turn is too far away."""
    return Outcome(Result.RATE_LIMITED, "Chờ lượt theo giới hạn tốc độ gửi.", timedelta(seconds=fault.wait_s))


def refusal(status: int, retry_after: timedelta | None) -> Outcome:
    """What an HTTP status other than success means for the message; a redirect is a refusal."""
    if status in (408, 425, 429) or status >= 500:
        return Outcome(Result.TEMPORARY, f"Dịch vụ tạm thời từ chối (mã {status}).", retry_after)
    return Outcome(Result.PERMANENT, f"Dịch vụ từ chối (mã {status}); kiểm tra địa chỉ và quyền.")


def may_state_pause(status: int) -> bool:
    """Whether an answer with this status may say how long to wait."""
    return status in (429, 503)


def pause_of(seconds: float) -> timedelta | None:
    """A pause that a service asks for, at most ``LONGEST_ASKED_PAUSE``; None if it makes no sense."""
    return timedelta(seconds=min(seconds, LONGEST_ASKED_PAUSE.total_seconds())) if seconds > 0 else None


def stated_pause(status: int, headers: Mapping[str, str]) -> timedelta | None:
    """How long a service asks to be left alone, by its ``Retry-After`` header (RFC 9110, 10.2.3).

    headers  of its answer, in any case
    """
    stated = headers.get("Retry-After", "").strip()
    if not stated or not may_state_pause(status):
        return None
    try:
        return pause_of(float(stated))
    except ValueError:
        pass
    try:
        # By the service's own clock, if it tells the time: ours may be wrong.
        date = headers.get("Date")
        until, now = parsedate_to_datetime(stated), parsedate_to_datetime(date) if date else clock.now()
        return pause_of((until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _post(
    client: httpx.Client, url: str, body_of: dict[str, Any], headers: dict[str, str], read_until: float
) -> tuple[httpx.Response, bytes]:
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    with client.stream("POST", url, **body_of, headers=headers, timeout=timeout) as answer:
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            if len(body) >= MAX_ANSWER_BYTES or time.monotonic() > read_until:
                break  # and the connection is closed, so that the rest is not taken for the next answer
    return answer, body

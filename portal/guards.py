"""Middleware: security headers, caching, the address that is asked for, and the size and time of a request."""

from asyncio import CancelledError, Semaphore
from time import monotonic
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.prefect.proxy import PAGES_POLICY, PREFECT_PATH
from portal.problem_json import problem

MAX_BODY_BYTES = 64 * 1024 * 1024
"""More than any report with its files."""

MAX_TEXT_BYTES = 1024 * 1024
"""More than any form without files, or any request of a program."""

BODY_WITHIN_S = 60.0
SLOWEST_BYTES_A_SECOND = 8_192
"""How long a body may take to come: so long at first, and longer the more of it has come."""

PAGES_AT_ONCE = 2
"""Pages of assignments that a worker works out at the same time."""

_DRAIN_S = 5.0
_PROGRAMS = ("/api/", f"{PREFECT_PATH}/api/")
_MONITORED = frozenset({"/healthz", "/metrics"})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_TOO_LARGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Tệp lớn quá</title>
<h1>Tệp lớn quá</h1><p>Mỗi tệp tối đa 20 MB. Bấm nút quay lại của trình duyệt: những gì đã nhập vẫn còn;
chọn tệp nhỏ hơn rồi gửi lại.</p><p lang="en">The file is too large: at most 20 MB each.
Go back in your browser and choose a smaller one; what you typed is still there.</p></html>"""


_ENDING = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Đang khởi động lại</title>
<h1>Trang đang khởi động lại</h1><p>Chưa rõ việc vừa gửi đã ghi hay chưa. Bấm nút quay lại của trình duyệt sau nửa phút
rồi gửi lại: không việc nào bị ghi hai lần.</p><p lang="en">The portal is restarting. It is not known whether what you
sent was saved: go back in half a minute and send it again; nothing is saved twice.</p></html>"""


_ANOTHER_HOST = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Địa chỉ khác</title>
<h1>Không phải địa chỉ của trang đôn đốc</h1><p>Mở trang bằng địa chỉ ghi trong thư, hoặc hỏi người quản trị
(DONDOC_PORTAL_URL).</p><p lang="en">This is not the portal's address. Open it with the address in a message, or ask
the operator (DONDOC_PORTAL_URL).</p></html>"""


def add_security_headers(app: ASGIApp) -> ASGIApp:
    """The headers that keep a browser from loading, framing or sending anything elsewhere."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith(PREFECT_PATH + "/"):
                    headers["Content-Security-Policy"] = PAGES_POLICY
                if scope["path"].startswith(f"{PREFECT_PATH}/v2/assets/"):  # the name holds a hash of the content
                    headers["Cache-Control"] = "private, max-age=86400, immutable"
                elif scope["path"].startswith("/calendar/"):  # a program may keep a feed for some minutes
                    headers.setdefault("Cache-Control", "no-store")
                elif not scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return answer


def limit_body(app: ASGIApp) -> ASGIApp:
    """Answer 413 to a body larger than any report, before it is read, and 408 to one that does not come."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        has_files = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit = MAX_BODY_BYTES if has_files else MAX_TEXT_BYTES
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > limit:
            await _refuse_large(scope, receive, send, waits=b"expect" in headers)
            return
        await app(scope, _Counted(receive, limit), send)

    return answer


class _Counted:
    """Receives a body piece by piece; raises 413 once there is too much of it, and 408 when it comes too slowly."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit = receive, limit
        self._taken, self._ended, self._began = 0, False, monotonic()
        self._fault: HTTPException | None = None

    async def __call__(self) -> Message:
        if self._fault is not None:  # nothing more is taken, whoever asks again
            raise self._fault
        if self._ended:  # what is waited for now is that the visitor leaves
            return await self._receive()
        patience = BODY_WITHIN_S + self._taken / SLOWEST_BYTES_A_SECOND
        with anyio.move_on_after(self._began + patience - monotonic()) as waiting:
            message = await self._receive()
        if waiting.cancelled_caught:
            self._fault = HTTPException(408)
            raise self._fault
        self._ended = not message.get("more_body", False)
        # A chunked body does not declare its size.
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit:
            self._fault = HTTPException(413)
            raise self._fault
        return message


async def _refuse_large(scope: Scope, receive: Receive, send: Send, *, waits: bool) -> None:
    """Answer at once; then take a little of what is still sent, since a browser that sends shows no answer."""
    is_api = scope["path"].startswith(_PROGRAMS)
    response: Response = problem(413) if is_api else HTMLResponse(_TOO_LARGE, status_code=413)
    response.headers["Connection"] = "close"
    await send({"type": "http.response.start", "status": 413, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    if not waits:
        with anyio.move_on_after(_DRAIN_S):
            taken, more = 0, True
            while more and taken < MAX_BODY_BYTES:
                message = await receive()
                taken, more = taken + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.body", "body": b""})


def end_in_words(app: ASGIApp) -> ASGIApp:
    """Answer 503 to what is still under way when the portal ends and waits no longer for it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, send_on)
        except CancelledError:
            if has_begun or scope["type"] != "http":
                raise
            is_api = scope["path"].startswith(_PROGRAMS)
            response: Response = problem(503) if is_api else HTMLResponse(_ENDING, status_code=503)
            response.headers["Retry-After"] = "30"
            await response(scope, receive, send)

    return answer


def take_turns(app: ASGIApp) -> ASGIApp:
    """Let a few pages of assignments be worked out at once; the others wait for their turn.

    Everybody asks for these on the evening of a deadline. More threads would only take the interpreter from each other,
    and from the one that holds the lock of the database, for which all who report wait: 500 offices in a minute then
    cost more than twice the CPU, and most reports are told to come again.
    """
    turns = Semaphore(PAGES_AT_ONCE)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/assignments"):
            await app(scope, receive, send)
            return
        await turns.acquire()
        has_turn = True

        async def send_on(message: Message) -> None:
            nonlocal has_turn
            if has_turn:  # it is worked out; however slowly it is taken, that is nobody else's matter
                has_turn = False
                turns.release()
            await send(message)

        try:
            await app(scope, receive, send_on)
        finally:
            if has_turn:
                turns.release()

    return answer


def check_host(app: ASGIApp, *, portal_url: str) -> ASGIApp:
    """Answer 421 to a request for another host than the portal's: a page elsewhere must not pass for this one.

    Health and figures are asked by monitors on the inside, by whatever name they know.
    """
    known = {urlsplit(portal_url).hostname or "", *_LOOPBACK}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _MONITORED:
            await app(scope, receive, send)
            return
        if _host_name(dict(scope["headers"]).get(b"host", b"")) in known:
            await app(scope, receive, send)
            return
        is_api = scope["path"].startswith(_PROGRAMS)
        response = problem(421) if is_api else HTMLResponse(_ANOTHER_HOST, status_code=421)
        await response(scope, receive, send)

    return answer


def _host_name(header: bytes) -> str:
    """The host of a Host header, without its port; empty for what is none."""
    try:
        parts = urlsplit(f"//{header.decode('ascii')}")
        return parts.hostname or "" if not (parts.path or parts.query or parts.fragment or parts.username) else ""
    except ValueError:
        return ""

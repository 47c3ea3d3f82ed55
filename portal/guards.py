"""Middleware: security headers, caching, and a limit on the size of a request."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.prefect.proxy import PAGES_POLICY, PREFECT_PATH

MAX_BODY_BYTES = 64 * 1024 * 1024
"""More than any report with its files; a larger body is read and dropped, so that the browser shows the answer."""

MAX_TEXT_BYTES = 1024 * 1024
"""More than any form without files, or any request of a program."""

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
chọn tệp nhỏ hơn rồi gửi lại.</p><p lang="en">The file is too large: at most 20 MB each. Go back and choose another;
what you typed is still there.</p></html>"""


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


def limit_body_size(app: ASGIApp) -> ASGIApp:
    """Answer 413, with a page that says what to do, to a body larger than any report."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        has_files = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        limit, taken = MAX_BODY_BYTES if has_files else MAX_TEXT_BYTES, 0
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > limit:
            while (await receive()).get("more_body", False):
                pass
            await HTMLResponse(_TOO_LARGE, status_code=413)(scope, receive, send)
            return

        async def counted() -> Message:
            # A chunked body does not declare its size.
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(413)
            return message

        await app(scope, counted, send)

    return answer

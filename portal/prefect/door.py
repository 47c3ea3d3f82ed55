"""The door to Prefect's pages: what a signed-in manager or coordinator may ask is passed on, all else refused.

Nothing of the visitor's request reaches Prefect but the method, a path taken apart and put together anew, the query,
a body that was read to its end, and the few headers named below; neither cookies nor addresses. Nothing of Prefect's
answer reaches the browser but its status, its body and the headers named below, so it leads nowhere else.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import anyio
import httpx
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from config.errors import Refused
from config.keys import prefect_sign_in
from portal.prefect.rights import WITHHELD, goes_too_far, is_read, may_ask
from portal.sign_in.session import require_same_origin
from portal.web import store_of, visitor_of

router = APIRouter()

DOOR = "/prefect"
"""Where the portal keeps the door, and Prefect's own pages expect to be."""

FIRST_PAGE = f"{DOOR}/v2/runs"

PAGES_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser lets Prefect's pages do: nothing outside this host, and no script but the files that came with it.

The picture of a run is drawn by code that is put together in the browser ('unsafe-eval'); a script within a page, which
is what somebody could slip into a text, is not run.
"""

MAX_BODY_BYTES = 256 * 1024
_CONNECT_WITHIN_S = 3.0
_ANSWER_WITHIN_S = 30.0
_MAX_PATH = 500
_MAX_QUERY = 4_000

_PASSED_ON = ("accept", "accept-encoding", "if-none-match", "if-modified-since", "range")
_PASSED_BACK = (
    *("content-type", "content-encoding", "content-length", "content-range", "content-disposition"),
    *("etag", "last-modified", "vary"),
)

_JSON = {"content-type": "application/json"}

_READ_ONLY = (
    "Ở đây chỉ xem. Chạy, dừng, sửa lượt chạy là việc của cơ quan đôn đốc.",
    "This door is for reading. Running and changing is for the coordinator.",
)
_NOT_HERE = (
    "Việc này không làm qua trang web, mà bởi người quản trị trên chính máy chủ.",
    "This is not done over the web, but by the operator on the server itself.",
)
_ELSEWHERE = ("Yêu cầu không đến từ trang này.", "The request does not come from this page.")


class PrefectUnavailable(Refused):
    """Prefect's server does not answer, or not in time."""

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ Prefect chưa trả lời; thử lại sau ít phút. Bảng theo dõi vẫn xem được ở trang đôn đốc.",
            "Prefect does not answer; try again in a few minutes. The board is still in the portal.",
        )


@router.get(DOOR)
@router.get(DOOR + "/{path:path}")
async def read(request: Request, path: str = "") -> Response:
    """A file of Prefect's pages, or something read by them."""
    if path in ("", "v2", "v2/"):
        return RedirectResponse(FIRST_PAGE, status_code=303)
    if path.startswith("newest/"):
        return await _newest(request, path.removeprefix("newest/"))
    if path == "ui-settings":
        return JSONResponse(_settings_of_the_pages())
    if path == "api/admin/settings":
        # Prefect's own would tell addresses and keys. What the pages need of it: ask nobody, praise nothing.
        return JSONResponse({"server": {"analytics_enabled": False, "ui": {"show_promotional_content": False}}})
    if path.startswith("api/"):
        return await _ask(request, path.removeprefix("api"))
    if path.startswith("v2/"):
        return await _forward(request, f"{DOOR}/{path}")
    raise HTTPException(404)


@router.post(DOOR + "/{path:path}")
@router.put(DOOR + "/{path:path}")
@router.patch(DOOR + "/{path:path}")
@router.delete(DOOR + "/{path:path}")
async def change(request: Request, path: str) -> Response:
    """Something asked with a body, which may only read as well; everything else is a change."""
    if not path.startswith("api/"):
        raise HTTPException(404)
    return await _ask(request, path.removeprefix("api"))


def _settings_of_the_pages() -> dict[str, Any]:
    """What the pages ask first: where the API is, namely behind this door, and that there are no other pages."""
    return {
        "api_url": f"{DOOR}/api",
        "csrf_enabled": False,
        "auth": None,
        "flags": [],
        "default_ui": "v2",
        "available_uis": ["v2"],
        "v1_base_url": None,
        "v2_base_url": f"{DOOR}/v2",
    }


async def _newest(request: Request, key: str) -> Response:
    """On to what was published last under ``key``: Prefect's page of a key lists publications by their ids alone."""
    wanted = json.dumps({"artifacts": {"key": {"any_": [key]}}, "limit": 1}).encode()
    answer, client = await _send(request, "POST", "/api/artifacts/latest/filter", _JSON, wanted)
    found = await _content(answer, client)
    last = f"artifact/{quote(str(found[0]['latest_id']), safe='')}" if answer.status_code == 200 and found else ""
    return RedirectResponse(f"{DOOR}/v2/artifacts/{last}".rstrip("/"), status_code=303)


async def _ask(request: Request, path: str) -> Response:
    role, method = visitor_of(request).role, request.method
    if not may_ask(role, method, path):
        return _refuse(403, _NOT_HERE if role.value == "coordinator" else _READ_ONLY)
    if method == "GET":
        return await _forward(request, f"/api{path}")
    try:
        require_same_origin(request)
    except HTTPException:
        return _refuse(403, _ELSEWHERE)
    body = await _body(request)
    if body is None:
        return _refuse(413, ("Yêu cầu lớn quá.", "The request is too large."))
    try:
        told = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return _refuse(400, ("Yêu cầu không phải JSON.", "The request is not JSON."))
    if not is_read(method, path) and (beyond := goes_too_far(path, told)):
        return _refuse(403, (f"«{beyond}»: {_NOT_HERE[0]}", f"'{beyond}': {_NOT_HERE[1]}"))
    # Written anew: what was looked at is what is sent, whatever a field given twice would have meant.
    return await _forward(request, f"/api{path}", json.dumps(told).encode() if body else b"")


async def _body(request: Request) -> bytes | None:
    """The whole of it, or None when it is too large."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MAX_BODY_BYTES:
            return None
    return bytes(taken)


def _plain(path: str) -> str:
    """``path`` part by part, quoted anew; raises 404 for one that might mean another on the way.

    It comes here decoded once, as Prefect's own server will decode it: what is checked is what is asked.
    """
    parts = path.split("/")
    odd = any(part in (".", "..") or "\\" in part or not part.isprintable() for part in parts)
    if odd or "//" in path or len(path) > _MAX_PATH:
        raise HTTPException(404)
    return "/".join(quote(part, safe="") for part in parts)


async def _forward(request: Request, path: str, body: bytes = b"") -> Response:
    query = request.scope["query_string"].decode("latin-1")
    if len(query) > _MAX_QUERY or not query.isprintable():
        raise HTTPException(404)
    headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    if body:
        headers |= _JSON
    target = f"{_plain(path)}?{query}" if query else _plain(path)
    answer, client = await _send(request, request.method, target, headers, body)
    if answer.has_redirect_location:
        await _close(answer, client)
        raise HTTPException(404)
    if path.startswith("/api/") and answer.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse(_withheld(await _content(answer, client)), status_code=answer.status_code)
    kept = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
    return StreamingResponse(_pieces(answer, client), status_code=answer.status_code, headers=kept)


async def _send(
    request: Request, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> tuple[httpx.Response, httpx.AsyncClient]:
    settings = store_of(request).settings
    # One for each request: a connection kept open for the next may be gone by then, and Prefect is near.
    client = httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(verify=settings.prefect_address.startswith("https"), trust_env=False),
        timeout=httpx.Timeout(_ANSWER_WITHIN_S, connect=_CONNECT_WITHIN_S),
        trust_env=False,
    )
    url = f"{settings.prefect_address}{target}"
    name, password = prefect_sign_in(settings).split(":")
    asked = client.build_request(method, url, headers=dict(headers), content=body)
    try:
        return await client.send(asked, auth=(name, password), stream=True), client
    except httpx.HTTPError:
        await client.aclose()
        raise PrefectUnavailable from None


async def _content(answer: httpx.Response, client: httpx.AsyncClient) -> Any:
    """The whole of an answer of the API, which is small."""
    try:
        return json.loads(await answer.aread())
    except (httpx.HTTPError, ValueError):
        raise PrefectUnavailable from None
    finally:
        await _close(answer, client)


def _withheld(found: Any) -> Any:
    """What was found, without what it says of how the machine runs things."""
    if isinstance(found, dict):
        return {name: _emptied(value) if name in WITHHELD else _withheld(value) for name, value in found.items()}
    return [_withheld(each) for each in found] if isinstance(found, list) else found


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, (dict, list)) else None


async def _pieces(answer: httpx.Response, client: httpx.AsyncClient) -> AsyncIterator[bytes]:
    """The body as it comes, not unpacked; closed also when the visitor goes away in the middle."""
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        with anyio.CancelScope(shield=True):
            await _close(answer, client)


async def _close(answer: httpx.Response, client: httpx.AsyncClient) -> None:
    await answer.aclose()
    await client.aclose()


def _refuse(status: int, words: tuple[str, str]) -> JSONResponse:
    """In the shape in which the pages look for the reason of a failure."""
    return JSONResponse({"detail": " / ".join(words), "exception_message": " / ".join(words)}, status_code=status)

"""The proxy of Prefect's pages: passes on what a signed-in manager or coordinator may ask, and refuses the rest.

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
from portal.prefect.rights import REDACTED, forbidden_field, is_read, may_call
from portal.sign_in.session import require_same_origin
from portal.web import store_of, visitor_of

router = APIRouter()

PREFECT_PATH = "/prefect"
"""The path of Prefect's pages in the portal; Prefect is configured to build them for it."""

RUNS_PAGE = f"{PREFECT_PATH}/v2/runs"

PAGES_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy of Prefect's pages: nothing outside this host, and no script but their own files.

The graph of a run is drawn by code that is compiled in the browser ('unsafe-eval'). An inline script, which somebody
could slip into a text, is not run.
"""

MAX_BODY_BYTES = 256 * 1024
_CONNECT_TIMEOUT_S = 3.0
_TIMEOUT_S = 30.0
_MAX_PATH = 500
_MAX_QUERY = 4_000

_REQUEST_HEADERS = ("accept", "accept-encoding", "if-none-match", "if-modified-since", "range")
_RESPONSE_HEADERS = (
    *("content-type", "content-encoding", "content-length", "content-range", "content-disposition"),
    *("etag", "last-modified", "vary"),
)

_JSON = {"content-type": "application/json"}

_READ_ONLY = (
    "Ở đây chỉ xem. Chạy, dừng, sửa lượt chạy là việc của cơ quan đôn đốc.",
    "This door is for reading. Running and changing is for the coordinator.",
)
_OPERATOR_ONLY = (
    "Việc này không làm qua trang web, mà bởi người quản trị trên chính máy chủ.",
    "This is not done over the web, but by the operator on the server itself.",
)
_FOREIGN_ORIGIN = ("Yêu cầu không đến từ trang này.", "The request does not come from this page.")


class PrefectUnavailable(Refused):
    """Prefect's server does not answer, or not in time."""

    def __init__(self) -> None:
        super().__init__(
            "Máy chủ Prefect chưa trả lời; thử lại sau ít phút. Bảng theo dõi vẫn xem được ở trang đôn đốc.",
            "Prefect does not answer; try again in a few minutes. The board is still in the portal.",
        )


@router.get(PREFECT_PATH)
@router.get(PREFECT_PATH + "/{path:path}")
async def read(request: Request, path: str = "") -> Response:
    """A file of Prefect's pages, or an answer of its API."""
    if path in ("", "v2", "v2/"):
        return RedirectResponse(RUNS_PAGE, status_code=303)
    if path.startswith("newest/"):
        return await _newest(request, path.removeprefix("newest/"))
    if path == "ui-settings":
        return JSONResponse(_ui_settings())
    if path == "api/admin/settings":
        # Prefect's own would show addresses and keys. The pages need two of it: no analytics, no promotion.
        return JSONResponse({"server": {"analytics_enabled": False, "ui": {"show_promotional_content": False}}})
    if path.startswith("api/"):
        return await _call_api(request, path.removeprefix("api"))
    if path.startswith("v2/"):
        return await _forward(request, f"{PREFECT_PATH}/{path}")
    raise HTTPException(404)


@router.post(PREFECT_PATH + "/{path:path}")
@router.put(PREFECT_PATH + "/{path:path}")
@router.patch(PREFECT_PATH + "/{path:path}")
@router.delete(PREFECT_PATH + "/{path:path}")
async def change(request: Request, path: str) -> Response:
    """A request with a body: a query or a change."""
    if not path.startswith("api/"):
        raise HTTPException(404)
    return await _call_api(request, path.removeprefix("api"))


def _ui_settings() -> dict[str, Any]:
    """The first request of the pages: the API is behind this proxy, and there is one user interface."""
    return {
        "api_url": f"{PREFECT_PATH}/api",
        "csrf_enabled": False,
        "auth": None,
        "flags": [],
        "default_ui": "v2",
        "available_uis": ["v2"],
        "v1_base_url": None,
        "v2_base_url": f"{PREFECT_PATH}/v2",
    }


async def _newest(request: Request, key: str) -> Response:
    """Redirect to the latest artifact under ``key``: Prefect's page of a key lists artifacts by their ids alone."""
    wanted = json.dumps({"artifacts": {"key": {"any_": [key]}}, "limit": 1}).encode()
    answer, client = await _send(request, "POST", "/api/artifacts/latest/filter", _JSON, wanted)
    found = await _content(answer, client)
    last = f"artifact/{quote(str(found[0]['latest_id']), safe='')}" if answer.status_code == 200 and found else ""
    return RedirectResponse(f"{PREFECT_PATH}/v2/artifacts/{last}".rstrip("/"), status_code=303)


async def _call_api(request: Request, path: str) -> Response:
    role, method = visitor_of(request).role, request.method
    if not may_call(role, method, path):
        return _refuse(403, _OPERATOR_ONLY if role.value == "coordinator" else _READ_ONLY)
    if method == "GET":
        return await _forward(request, f"/api{path}")
    try:
        require_same_origin(request)
    except HTTPException:
        return _refuse(403, _FOREIGN_ORIGIN)
    body = await _body(request)
    if body is None:
        return _refuse(413, ("Yêu cầu lớn quá.", "The request is too large."))
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return _refuse(400, ("Yêu cầu không phải JSON.", "The request is not JSON."))
    if not is_read(method, path) and (field := forbidden_field(path, content)):
        return _refuse(403, (f"«{field}»: {_OPERATOR_ONLY[0]}", f"'{field}': {_OPERATOR_ONLY[1]}"))
    # Serialised again, so that what was checked is what is sent, whatever a duplicate field would have meant.
    return await _forward(request, f"/api{path}", json.dumps(content).encode() if body else b"")


async def _body(request: Request) -> bytes | None:
    """The whole body, or None when it is too large."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MAX_BODY_BYTES:
            return None
    return bytes(taken)


def _checked_path(path: str) -> str:
    """``path`` quoted part by part; raises 404 for one that a server on the way might read as another.

    It arrives decoded once, as Prefect's server decodes it, so that the path that is checked is the path that is sent.
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
    headers = {name: request.headers[name] for name in _REQUEST_HEADERS if name in request.headers}
    if body:
        headers |= _JSON
    target = f"{_checked_path(path)}?{query}" if query else _checked_path(path)
    answer, client = await _send(request, request.method, target, headers, body)
    if answer.has_redirect_location:
        await _close(answer, client)
        raise HTTPException(404)
    if path.startswith("/api/") and answer.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse(_redacted(await _content(answer, client)), status_code=answer.status_code)
    kept = {name: answer.headers[name] for name in _RESPONSE_HEADERS if name in answer.headers}
    return StreamingResponse(_stream(answer, client), status_code=answer.status_code, headers=kept)


async def _send(
    request: Request, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> tuple[httpx.Response, httpx.AsyncClient]:
    settings = store_of(request).settings
    # One client for each request: a connection kept open may be gone by the next, and Prefect is on this host.
    client = httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(verify=settings.prefect_address.startswith("https"), trust_env=False),
        timeout=httpx.Timeout(_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S),
        trust_env=False,
    )
    url = f"{settings.prefect_address}{target}"
    name, password = prefect_sign_in(settings).split(":")
    outgoing = client.build_request(method, url, headers=dict(headers), content=body)
    try:
        return await client.send(outgoing, auth=(name, password), stream=True), client
    except httpx.HTTPError:
        await client.aclose()
        raise PrefectUnavailable from None


async def _content(answer: httpx.Response, client: httpx.AsyncClient) -> Any:
    """The JSON of an answer of the API, which is small."""
    try:
        return json.loads(await answer.aread())
    except (httpx.HTTPError, ValueError):
        raise PrefectUnavailable from None
    finally:
        await _close(answer, client)


def _redacted(found: Any) -> Any:
    """The answer without the parts that say how the machine runs things."""
    if isinstance(found, dict):
        return {name: _emptied(value) if name in REDACTED else _redacted(value) for name, value in found.items()}
    return [_redacted(each) for each in found] if isinstance(found, list) else found


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, (dict, list)) else None


async def _stream(answer: httpx.Response, client: httpx.AsyncClient) -> AsyncIterator[bytes]:
    """The body as it comes, still compressed; closed also when the visitor disconnects."""
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
    """A refusal in the shape from which Prefect's pages read the reason."""
    return JSONResponse({"detail": " / ".join(words), "exception_message": " / ".join(words)}, status_code=status)

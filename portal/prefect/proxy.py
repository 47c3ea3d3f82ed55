"""The proxy of Prefect's pages: passes on what a signed-in manager or coordinator may ask, and refuses the rest.

Nothing of the visitor's request reaches Prefect but the method, a path taken apart and put together anew, the query,
a body that was read to its end, and the few headers named below; neither cookies nor addresses. Nothing of Prefect's
answer reaches the browser but its status, its body and the headers named below, so it leads nowhere else.
"""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, unquote

import anyio
import httpx
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from portal.prefect.deeds import checked_change, known_schema, record_answer, record_request
from portal.prefect.digestible import check_query, read_filter, read_json
from portal.prefect.rights import REDACTED, forbidden_field, is_read, may_call
from portal.prefect.upstream import JSON_HEADERS, DoorRefused, ask, close, content_of, send
from portal.sign_in.session import require_same_origin
from portal.web import visitor_of

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
_MAX_PATH = 500
_MAX_QUERY = 4_000

_REQUEST_HEADERS = ("accept", "accept-encoding", "if-none-match", "if-modified-since", "range")
_RESPONSE_HEADERS = (
    *("content-type", "content-encoding", "content-length", "content-range", "content-disposition"),
    *("etag", "last-modified", "vary"),
)

_READ_ONLY = (
    "Ở đây chỉ xem. Chạy, dừng, sửa lượt chạy là việc của cơ quan đôn đốc.",
    "This is read-only. Starting, stopping and editing runs is for the coordinator.",
)
_OPERATOR_ONLY = (
    "Việc này không làm qua trang web, mà bởi người quản trị trên chính máy chủ.",
    "This cannot be done through the web page, only by the operator on the server itself.",
)
_FOREIGN_ORIGIN = ("Yêu cầu không đến từ trang này.", "The request did not come from this page.")


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
    wanted = {"artifacts": {"key": {"any_": [key]}}, "limit": 1}
    status, found = await ask(request, "POST", "/api/artifacts/latest/filter", wanted)
    last = f"artifact/{quote(str(found[0]['latest_id']), safe='')}" if status == 200 and found else ""
    return RedirectResponse(f"{PREFECT_PATH}/v2/artifacts/{last}".rstrip("/"), status_code=303)


async def _call_api(request: Request, path: str) -> Response:
    role, method = visitor_of(request).role, request.method
    if not may_call(role, method, path):
        raise DoorRefused(403, *(_OPERATOR_ONLY if role.value == "coordinator" else _READ_ONLY))
    if method == "GET":
        return await _forward(request, f"/api{path}")
    try:
        require_same_origin(request)
    except HTTPException:
        raise DoorRefused(403, *_FOREIGN_ORIGIN) from None
    body = await _body(request)
    if is_read(method, path):
        return await _forward(request, f"/api{path}", _written(read_filter(body)))
    content = read_json(body)
    if field := forbidden_field(path, content):
        raise DoorRefused(403, f"«{field}»: {_OPERATOR_ONLY[0]}", f"'{field}': {_OPERATOR_ONLY[1]}")
    if path.rstrip("/") == "/ui/schemas/validate":
        sent = content or {}
        content = {"schema": await known_schema(request, sent.get("schema")), "values": sent.get("values")}
        return await _forward(request, f"/api{path}", _written(content))
    content = await checked_change(request, _checked_path(path), content)
    await record_request(request, path, content)
    answer = await _forward(request, f"/api{path}", _written(content))
    await record_answer(request, path, answer.status_code, _json_of(answer))
    return answer


def _written(content: dict[str, Any] | None) -> bytes:
    """Serialised again, so that what was checked is what is sent, whatever a duplicate field would have meant."""
    return json.dumps(content).encode() if content is not None else b""


def _json_of(answer: Response) -> Any:
    return json.loads(bytes(answer.body)) if isinstance(answer, JSONResponse) else None


async def _body(request: Request) -> bytes:
    """The whole body; raises ``DoorRefused`` when it is too large."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MAX_BODY_BYTES:
            raise DoorRefused(413, "Yêu cầu lớn quá.", "The request is too large.")
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
    if len(query) > _MAX_QUERY or not query.isprintable() or not _is_text(query):
        raise HTTPException(404)
    check_query(query)
    # One that holds more than ASCII means nothing to Prefect, and no client would send it on.
    said = {name: request.headers.get(name, "") for name in _REQUEST_HEADERS}
    headers = {name: value for name, value in said.items() if value and value.isascii() and value.isprintable()}
    if body:
        headers |= JSON_HEADERS
    target = f"{_checked_path(path)}?{query}" if query else _checked_path(path)
    answer, client = await send(request, request.method, target, headers=headers, body=body)
    if answer.has_redirect_location:
        await close(answer, client)
        raise HTTPException(404)
    if path.startswith("/api/") and answer.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse(_redacted(await content_of(answer, client)), status_code=answer.status_code)
    kept = {name: answer.headers[name] for name in _RESPONSE_HEADERS if name in answer.headers}
    return StreamingResponse(_stream(answer, client), status_code=answer.status_code, headers=kept)


def _is_text(query: str) -> bool:
    """Whether a query is one of text that can be stored, once it is decoded."""
    try:
        return "\0" not in unquote(query, errors="strict")
    except UnicodeDecodeError:
        return False


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
            await close(answer, client)

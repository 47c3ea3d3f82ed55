"""The answer to a refusal: a page for people, problem+json (RFC 9457) for programs."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from config.errors import Refused
from models.store.database import DatabaseUnreachable
from models.tables.errors import NotFound, TransitionRefused
from portal.form import FormReader, clean
from portal.prefect.proxy import PrefectUnavailable
from portal.rights import PREFECT
from portal.sign_in.session import NOBODY, Visitor, find_visitor
from portal.web import page

_PROBLEMS = {
    400: ("Không đọc được yêu cầu.", "The request cannot be read."),
    401: (
        "Thiếu khóa, hoặc khóa không còn dùng được; gửi kèm «Authorization: Bearer <khóa>».",
        "There is no token, or it is no longer good; send 'Authorization: Bearer <token>'.",
    ),
    403: (
        "Khóa này không có quyền làm việc đó; dùng khóa của đúng cơ quan hoặc vai trò.",
        "This token may not do that; use one of the right office or role.",
    ),
    404: ("Không có địa chỉ này; xem /api/v1/openapi.json.", "There is no such address; see /api/v1/openapi.json."),
    405: (
        "Địa chỉ này không nhận cách gọi đó; xem /api/v1/openapi.json.",
        "This address does not take that method; see /api/v1/openapi.json.",
    ),
    413: ("Yêu cầu lớn quá; mỗi tệp tối đa 20 MB.", "The request is too large; at most 20 MB for each file."),
    500: ("Có lỗi ở hệ thống; thử lại sau ít phút.", "Something failed here; try again in a few minutes."),
    503: ("Cơ sở dữ liệu chưa trả lời; thử lại sau ít phút.", "The database does not answer; try again later."),
}
"""What a program reads where only the status is known, in Vietnamese and English."""

_FIELD_FAULTS_VI = {
    "missing": "thiếu",
    "extra_forbidden": "không có trường này",
    "json_invalid": "không phải JSON",
    "enum": "không có giá trị này; dùng một trong: {expected}",
    "literal_error": "không có giá trị này; dùng một trong: {expected}",
    "greater_than_equal": "nhỏ quá; ít nhất {ge}",
    "less_than_equal": "lớn quá; nhiều nhất {le}",
    "string_too_long": "dài quá; nhiều nhất {max_length} ký tự",
    "too_long": "nhiều quá; nhiều nhất {max_length}",
    "string_type": "cần một chuỗi chữ",
    "string_pattern_mismatch": "có ký tự không dùng được",
    "int_type": "cần một số nguyên",
    "int_parsing": "cần một số nguyên",
    "int_from_float": "cần một số nguyên",
    "int_parsing_size": "số lớn quá",
    "list_type": "cần một danh sách",
    "dict_type": "cần các cặp tên và giá trị",
    "model_attributes_type": "cần các cặp tên và giá trị",
}
_INVALID_DATE_VI = "cần một ngày, viết như 2023-08-17"
_INVALID_VI = "giá trị không dùng được"
"""What pydantic finds wrong with a field, by its type of error; pydantic's own words are the English ones."""

_SESSION_OVER = Refused(
    "Phiên làm việc đã hết; tải lại trang để vào lại.", "Your session has ended; load the page again to sign in."
)

log = logging.getLogger("dondoc.portal")


def add_error_handlers(app: FastAPI) -> None:
    """Have every refusal and failure of ``app`` answered here."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)


def _status_of(refused: Refused) -> int:
    """The status code that goes with a refusal."""
    if isinstance(refused, NotFound):
        return 404
    if isinstance(refused, TransitionRefused):
        return 409
    if isinstance(refused, PrefectUnavailable):
        return 502
    if isinstance(refused, DatabaseUnreachable):
        return 503
    return 422


def form_page(
    request: Request, name: str, refused: Refused | None, form: FormReader | None = None, **context: Any
) -> HTMLResponse:
    """Render a page with a form; after a refusal with its status code, the reason and what was typed."""
    status = _status_of(refused) if refused else 200
    return page(request, name, status, refused=refused, form=form or FormReader({}), **context)


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    if isinstance(refused, DatabaseUnreachable):
        log.error("%s: %s", _route(request), refused.en)
        return _answer(request, 503, None)  # where the database is concerns nobody out there
    return _answer(request, _status_of(refused), refused, await _typed_fields(request))


async def _not_understood(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    if not _is_api(request):  # a number in an address that is none
        return _answer(request, 404, None)
    refused = Refused(
        "Yêu cầu không đúng dạng; sửa các trường nêu dưới đây.",
        "The request is not of the right form; mend the fields below.",
        details=[_field_fault(each) for each in fault.errors()],
    )
    return _problem(422, refused)


async def _http_error(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if fault.status_code == 401 and request.method == "GET" and not _is_api(request):
        wanted = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"/sign-in?to={wanted}", status_code=303)
    over = fault.status_code == 401 and request.url.path.startswith(PREFECT)
    response = _answer(request, fault.status_code, _SESSION_OVER if over else None, await _typed_fields(request))
    if fault.status_code == 401 and _is_api(request) and not over:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _failed(request: Request, fault: Exception) -> Response:
    log.error("a page failed: %s", _route(request), exc_info=fault)
    return _answer(request, 500, None, await _typed_fields(request))


def _route(request: Request) -> str:
    """The route of the request. Not its address: the link in a message is a key."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '(no such page)')}"


async def _typed_fields(request: Request) -> dict[str, str]:
    """What was typed into a form that was not taken, so that the page can show it: the session may have ended."""
    if request.method != "POST" or _is_api(request):
        return {}
    try:
        form = await request.form()
        await request.close()
    except Exception:  # it could not be read at all, the first time or now
        return {}
    texts = {name: clean(value) for name, value in form.multi_items() if isinstance(value, str) and value.strip()}
    return {name: value for name, value in texts.items() if name not in ("csrf", "submission", "action", "version")}


def _answer(request: Request, status: int, refused: Refused | None, typed: Mapping[str, str] | None = None) -> Response:
    if _is_api(request):
        return _problem(status, refused or Refused(*_PROBLEMS.get(status, _PROBLEMS[500])))
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _visitor(request)
    return page(request, "error.html", status, code=status, refused=refused, typed=typed or {})


def _visitor(request: Request) -> Visitor:
    try:
        return find_visitor(request)
    except DatabaseUnreachable:  # the page that says so must not need it
        request.state.session = None
        return NOBODY


def _problem(status: int, refused: Refused) -> JSONResponse:
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(refused),
        "detail_en": refused.en,
        "errors": list(refused.details),
        "errors_en": list(refused.details_en),
    }
    return JSONResponse(content, status_code=status, media_type="application/problem+json")


def _is_api(request: Request) -> bool:
    # Prefect's pages read their answers as programs do.
    return request.url.path.startswith(("/api/", f"{PREFECT}api/"))


def _field_fault(fault: Mapping[str, Any]) -> Refused:
    """One fault that pydantic found, under the name of its field."""
    field = ".".join(str(part) for part in fault["loc"][1:] if part != "[key]") or str(fault["loc"][0])
    kind = str(fault["type"])
    words = _INVALID_DATE_VI if kind.startswith("date") else _FIELD_FAULTS_VI.get(kind, _INVALID_VI)
    vi = words.format_map({name: str(value) for name, value in (fault.get("ctx") or {}).items()})
    return Refused(f"{field}: {vi}.", f"{field}: {fault['msg']}.")

"""How a refusal is answered: a page in words for people, problem+json (RFC 9457) for programs."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from config.errors import Refused
from models.errors import DatabaseUnreachable, NotFound, TransitionRefused
from portal.entered import clean
from portal.session import find_visitor
from portal.visitor import NOBODY, Visitor
from portal.web import page

log = logging.getLogger("dondoc.portal")


def answer_refusals(app: FastAPI) -> None:
    """Have every refusal and failure of ``app`` answered here."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)


def status_of(refused: Refused) -> int:
    """The status code that goes with a refusal."""
    if isinstance(refused, NotFound):
        return 404
    if isinstance(refused, TransitionRefused):
        return 409
    if isinstance(refused, DatabaseUnreachable):
        return 503
    return 422


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    if isinstance(refused, DatabaseUnreachable):
        log.error("%s: %s", _route(request), refused.en)
        return _answer(request, 503, None)  # where the database is concerns nobody out there
    return _answer(request, status_of(refused), refused, await _typed(request))


async def _not_understood(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    if not _is_api(request):  # a number in an address that is none
        return _answer(request, 404, None)
    faults = [f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in fault.errors()]
    return _problem(422, "Yêu cầu không đúng dạng.", "The request is not of the right form.", faults)


async def _http_error(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if fault.status_code == 401 and request.method == "GET" and not _is_api(request):
        wanted = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"/sign-in?to={wanted}", status_code=303)
    response = _answer(request, fault.status_code, None, await _typed(request))
    if fault.status_code == 401 and _is_api(request):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _failed(request: Request, fault: Exception) -> Response:
    log.error("a page failed: %s", _route(request), exc_info=fault)
    return _answer(request, 500, None, await _typed(request))


def _route(request: Request) -> str:
    """Which page was asked for. Not its address: the link in a message is a key."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '(no such page)')}"


async def _typed(request: Request) -> dict[str, str]:
    """What somebody had typed into a form that was not taken, to be shown to them: a session may end meanwhile."""
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
        phrase = HTTPStatus(status).phrase
        return _problem(
            status, str(refused or phrase), refused.en if refused else phrase, list(refused.details) if refused else []
        )
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _visitor(request)
    return page(request, "error.html", status, code=status, refused=refused, typed=typed or {})


def _visitor(request: Request) -> Visitor:
    try:
        return find_visitor(request)
    except DatabaseUnreachable:  # the page that says so must not need it
        request.state.session = None
        return NOBODY


def _problem(status: int, vi: str, en: str, faults: list[str]) -> JSONResponse:
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": vi}
    return JSONResponse(
        {**content, "detail_en": en, "errors": faults}, status_code=status, media_type="application/problem+json"
    )


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")

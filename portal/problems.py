"""The answer to a refusal: a page for people, problem+json (RFC 9457) for programs."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from config.disk import DiskRefused, disk_fault
from config.errors import Refused
from intake.sandbox import Busy
from models.store.clock_check import ClockWrong
from models.store.database import DatabaseUnreachable
from models.tables.errors import AssignmentNotFound, NotFound, TransitionRefused
from portal.form import FormReader, clean
from portal.prefect.upstream import DoorRefused
from portal.problem_json import WORDS, problem
from portal.rights import PREFECT
from portal.sign_in.session import NOBODY, Visitor, find_visitor
from portal.web import page
from portal.words import is_field, machine_fault

_SESSION_OVER = Refused(
    "Phiên làm việc đã hết; tải lại trang để đăng nhập lại.",
    "Your session has ended; reload the page to sign in again.",
)

log = logging.getLogger("dondoc.portal")


def add_error_handlers(app: FastAPI) -> None:
    """Have every refusal and failure of ``app`` answered here."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(OSError, _disk_failed)
    app.add_exception_handler(Exception, _failed)


_RETRY_AFTER_S = {DatabaseUnreachable: 60, DiskRefused: 60, Busy: Busy.RETRY_AFTER}
"""After how many seconds what was refused may be asked for again."""

_STATUS_CODES = {
    NotFound: 404,
    TransitionRefused: 409,
    **dict.fromkeys((DatabaseUnreachable, DiskRefused, ClockWrong, Busy), 503),
}


def _status_of(refused: Refused) -> int:
    """The status code that goes with a refusal."""
    if isinstance(refused, DoorRefused):
        return refused.status
    return next((code for kind, code in _STATUS_CODES.items() if isinstance(refused, kind)), 422)


def form_page(
    request: Request, name: str, refused: Refused | None, form: FormReader | None = None, **context: Any
) -> HTMLResponse:
    """Render a page with a form; after a refusal with its status code, the reason and what was typed."""
    status = _status_of(refused) if refused else 200
    answer = page(request, name, status, refused=refused, form=form or FormReader({}), **context)
    answer.headers.update(_retry_after(refused))
    return answer


def unknown_assignment(assignment_id: int) -> NotFound:
    """What an office is told of an assignment that it does not have, or that does not exist."""
    return NotFound(
        f"Không có việc số {assignment_id} trong các việc của cơ quan.",
        f"Your office has no assignment no. {assignment_id}.",
    )


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    if isinstance(refused, (DatabaseUnreachable, DiskRefused)):
        log.error("%s: %s", _route(request), refused.en)
        answer = _answer(request, 503, machine_fault(refused), await _typed_fields(request))
        answer.headers.update(_retry_after(refused))
        return answer
    visitor: Visitor = getattr(request.state, "visitor", NOBODY)
    if isinstance(refused, AssignmentNotFound) and visitor.office is not None:
        # What is not there reads like what is not theirs, so that nobody learns by numbers what others do.
        refused = unknown_assignment(refused.assignment_id)
    answer = _answer(request, _status_of(refused), refused, await _typed_fields(request))
    answer.headers.update(_retry_after(refused))
    return answer


def _retry_after(refused: Refused | None) -> dict[str, str]:
    seconds = next((each for kind, each in _RETRY_AFTER_S.items() if isinstance(refused, kind)), None)
    return {"Retry-After": str(seconds)} if seconds else {}


async def _not_understood(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    if not _is_api(request):  # a number in an address that is none
        return _answer(request, 404, None)
    refused = Refused(
        "Yêu cầu không đúng dạng; sửa các trường nêu dưới đây.",
        "The request is not in the right form; correct the fields listed below.",
        details=[_field_fault(each) for each in fault.errors()],
    )
    return problem(422, refused)


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


async def _left(_request: Request, _fault: Exception) -> Response:
    """The visitor left before the request was whole: nobody reads the answer, and nothing is wrong here."""
    return Response(status_code=400)


async def _disk_failed(request: Request, fault: Exception) -> Response:
    """A disk that is full or only read, in a line of the log; any other error of the system is a failure of ours."""
    assert isinstance(fault, OSError)
    disk = disk_fault(fault)
    if disk is None:
        raise fault
    log.error("%s: %s", _route(request), disk.en)
    answer = _answer(request, 503, machine_fault(disk), await _typed_fields(request))
    answer.headers.update(_retry_after(disk))
    return answer


async def _failed(request: Request, fault: Exception) -> Response:
    log.error("a page failed: %s", _route(request), exc_info=fault)
    return _answer(request, 500, None, await _typed_fields(request))


def _route(request: Request) -> str:
    """The route of the request. Not its address: the link in a message is a key."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '(no such page)')}"


_OF_THE_FORM = frozenset(
    {
        "csrf",
        "submission",
        "action",
        "version",
        "digest",
        "seen",
        "shown",
        "confirmed",
        "choice",
        "chosen",
        "act",
        "entry",
        "n",
    }
)
"""Fields that the page itself put into its form: nobody typed them."""


_Typed = Sequence[tuple[str, str]]


async def _typed_fields(request: Request) -> _Typed:
    """What was typed into a form that was not taken, so that the page can show it: the session may have ended."""
    if request.method != "POST" or _is_api(request):
        return ()
    try:
        form = await request.form()
        await request.close()
    except Exception:  # it could not be read at all, the first time or now
        return ()
    texts = [(name, clean(value)) for name, value in form.multi_items() if isinstance(value, str) and value.strip()]
    return [(name, value) for name, value in texts if name not in _OF_THE_FORM]


def _filters(request: Request, refused: Refused | None) -> _Typed:
    """What was asked of a page that refused it, to be corrected there; what no page asks is left out."""
    if request.method != "GET" or refused is None:
        return ()
    return [(name, clean(value)) for name, value in request.query_params.items() if is_field(name)]


def _answer(request: Request, status: int, refused: Refused | None, typed: _Typed = ()) -> Response:
    if _is_api(request):
        return problem(status, refused)
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _visitor(request)
    filters = _filters(request, refused) if status in (404, 422) else ()
    path = request.url.path
    return page(request, "error.html", status, code=status, refused=refused, typed=typed, filters=filters, path=path)


def _visitor(request: Request) -> Visitor:
    try:
        return find_visitor(request)
    except DatabaseUnreachable:  # the page that says so must not need it
        request.state.session = None
        return NOBODY


def _is_api(request: Request) -> bool:
    # Prefect's pages read their answers as programs do.
    return request.url.path.startswith(("/api/", f"{PREFECT}api/")) or request.url.path == "/metrics"


def _field_fault(fault: Mapping[str, Any]) -> Refused:
    """One fault that pydantic found, under the name of its field."""
    field = ".".join(str(part) for part in fault["loc"][1:] if part != "[key]") or str(fault["loc"][0])
    kind = str(fault["type"])
    known: dict[str, str] = WORDS["field_vi"]
    words = known["date"] if kind.startswith("date") else known.get(kind, known["other"])
    vi = words.format_map({name: str(value) for name, value in (fault.get("ctx") or {}).items()})
    return Refused(f"{field}: {vi}.", f"{field}: {fault['msg']}.")

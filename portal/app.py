"""The portal as one application: its routes, their rights, and how a refusal is answered."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException

from config import clock
from config.errors import Refused
from models.store import Store
from portal import assignment, decisions, desk, entrance, openid, overview, reporting, sign_in
from portal.errands import Errands
from portal.guards import keep_at_home, refuse_huge_bodies
from portal.refusing import status_of
from portal.rights import check_rights, enter
from portal.session import find_visitor
from portal.web import HERE, page

log = logging.getLogger("dondoc.portal")


def make_app(store: Store, *, now: Callable[[], datetime] = clock.now) -> FastAPI:
    """The application over an opened store; ``now`` is the clock it goes by."""
    app = FastAPI(
        title="Đôn đốc",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(enter)],
        redirect_slashes=False,
    )
    app.state.store, app.state.clock = store, now
    app.state.limiter, app.state.errands = MovingWindowRateLimiter(MemoryStorage()), Errands()
    routers = [part.router for part in (entrance, sign_in, openid, assignment, reporting, decisions, desk, overview)]
    check_rights(routers)
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(refuse_huge_bodies)
    app.add_middleware(keep_at_home)
    return app


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return _error(request, status_of(refused), refused)


async def _not_there(request: Request, _fault: Exception) -> Response:
    return _error(request, 404, None)


async def _http_error(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if fault.status_code == 401 and request.method == "GET":
        return RedirectResponse(f"/sign-in?to={request.url.path}", status_code=303)
    typed = await _typed(request) if request.method == "POST" else {}
    return _error(request, fault.status_code, None, typed)


async def _typed(request: Request) -> dict[str, str]:
    """What somebody had typed into a form that was not taken, to be shown to them: a session may end meanwhile."""
    form = await request.form()
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str) and value.strip()}
    return {name: value for name, value in texts.items() if name not in ("csrf", "submission", "action", "version")}


async def _failed(request: Request, fault: Exception) -> Response:
    log.error("a page failed: %s %s", request.method, request.url.path, exc_info=fault)
    return _error(request, 500, None)


def _error(request: Request, status: int, refused: Refused | None, typed: Mapping[str, str] | None = None) -> Response:
    if not hasattr(request.state, "visitor"):
        request.state.visitor = find_visitor(request)
    return page(request, "error.html", status, code=status, refused=refused, typed=typed or {})

"""Who may knock where: every route with the roles it is open to. A route that is not here is not served."""

from collections.abc import AsyncIterator, Iterable

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from portal.bearer import bearer
from portal.sign_in.session import find_visitor, require_csrf
from portal.visitor import VisitorRole

_NOBODY, _OFFICE, _COORDINATOR, _MANAGER = (
    VisitorRole.NOBODY,
    VisitorRole.OFFICE,
    VisitorRole.COORDINATOR,
    VisitorRole.MANAGER,
)
_ALL = frozenset(VisitorRole)
_SIGNED_IN = _ALL - {_NOBODY}
_OFFICES = frozenset({_OFFICE})
_DESK = frozenset({_COORDINATOR})
_OVERVIEW = frozenset({_COORDINATOR, _MANAGER})
_DIARIES = frozenset({_OFFICE, _COORDINATOR})

API = "/api/"
PREFECT = "/prefect/"

RIGHTS: dict[tuple[str, str], frozenset[VisitorRole]] = {
    ("GET", "/"): _ALL,
    ("GET", "/language/{language}"): _ALL,
    ("GET", "/healthz"): _ALL,
    # at the door
    ("GET", "/door/{token}"): _ALL,
    ("GET", "/sign-in"): _ALL,
    ("POST", "/sign-in"): _ALL,
    ("GET", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-out"): _ALL,
    ("GET", "/openid"): _ALL,
    ("GET", "/openid/return"): _ALL,
    # an office at its work
    ("GET", "/work"): _OFFICES,
    ("GET", "/work/{number}"): _SIGNED_IN,
    ("POST", "/work/{number}/acknowledge"): _OFFICES,
    ("POST", "/work/{number}/delegate"): _OFFICES,
    ("GET", "/work/{number}/report"): _OFFICES,
    ("POST", "/work/{number}/report"): _OFFICES,
    ("POST", "/work/{number}/draft"): _OFFICES,
    ("GET", "/work/{number}/extension"): _OFFICES,
    ("POST", "/work/{number}/extension"): _OFFICES,
    ("GET", "/work/{number}/files/{file_id}"): _SIGNED_IN,
    # the coordinator's desk
    ("GET", "/desk"): _DESK,
    ("POST", "/work/{number}/accept"): _DESK,
    ("POST", "/work/{number}/return"): _DESK,
    ("POST", "/work/{number}/grant"): _DESK,
    ("POST", "/work/{number}/refuse"): _DESK,
    ("POST", "/work/{number}/withdraw"): _DESK,
    ("POST", "/work/{number}/suspend"): _DESK,
    ("POST", "/work/{number}/resume"): _DESK,
    ("GET", "/desk/assign"): _DESK,
    ("POST", "/desk/assign"): _DESK,
    ("GET", "/desk/workbook"): _DESK,
    ("GET", "/desk/workbook/template"): _DESK,
    ("POST", "/desk/workbook"): _DESK,
    ("GET", "/desk/offices"): _DESK,
    ("POST", "/desk/offices/{office}/try"): _DESK,
    ("POST", "/desk/offices/{office}/revoke"): _DESK,
    ("GET", "/desk/silences"): _DESK,
    ("POST", "/desk/silences"): _DESK,
    ("POST", "/desk/silences/{silence_id}/lift"): _DESK,
    ("POST", "/desk/messages/again"): _DESK,
    ("POST", "/desk/messages/{message_id}/again"): _DESK,
    # calendars; the signed address itself is the key of a feed
    ("GET", "/calendar"): _DIARIES,
    ("POST", "/calendar/change"): _DIARIES,
    ("GET", "/calendar/{token}.ics"): _ALL,
    ("HEAD", "/calendar/{token}.ics"): _ALL,
    # the overview
    ("GET", "/board"): _OVERVIEW,
    ("GET", "/all"): _OVERVIEW,
    ("GET", "/workbook"): _SIGNED_IN,
    ("GET", "/documents"): _OVERVIEW,
    ("GET", "/documents/report"): _OVERVIEW,
    ("GET", "/documents/{paper}/{office}"): _OVERVIEW,
    ("GET", "/slip"): _OFFICES,
    # the door to Prefect, which looks closer (portal.prefect.rights)
    ("GET", "/prefect"): _OVERVIEW,
    **{(method, "/prefect/{path:path}"): _OVERVIEW for method in ("GET", "POST", "PUT", "PATCH", "DELETE")},
    # programs
    ("GET", "/metrics"): _ALL,
    ("GET", "/api/v1/me"): _SIGNED_IN,
    ("GET", "/api/v1/assignments"): _SIGNED_IN,
    ("POST", "/api/v1/assignments"): _DESK,
    ("GET", "/api/v1/assignments/{number}"): _SIGNED_IN,
    ("POST", "/api/v1/assignments/{number}/acknowledge"): _OFFICES,
    ("POST", "/api/v1/assignments/{number}/delegate"): _OFFICES,
    ("POST", "/api/v1/assignments/{number}/files"): _OFFICES,
    ("GET", "/api/v1/assignments/{number}/files/{file_id}"): _SIGNED_IN,
    ("POST", "/api/v1/assignments/{number}/report"): _OFFICES,
    ("POST", "/api/v1/assignments/{number}/extension"): _OFFICES,
    ("POST", "/api/v1/assignments/{number}/extension/grant"): _DESK,
    ("POST", "/api/v1/assignments/{number}/extension/refuse"): _DESK,
    ("POST", "/api/v1/assignments/{number}/accept"): _DESK,
    ("POST", "/api/v1/assignments/{number}/return"): _DESK,
    ("POST", "/api/v1/assignments/{number}/withdraw"): _DESK,
    ("POST", "/api/v1/assignments/{number}/suspend"): _DESK,
    ("POST", "/api/v1/assignments/{number}/resume"): _DESK,
    ("GET", "/api/v1/decisions"): _OVERVIEW,
    ("GET", "/api/v1/board"): _OVERVIEW,
    ("GET", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences/{silence_id}/lift"): _DESK,
    ("GET", "/api/v1/messages/undeliverable"): _DESK,
    ("POST", "/api/v1/messages/undeliverable/again"): _DESK,
    ("POST", "/api/v1/messages/{message_id}/again"): _DESK,
    ("POST", "/api/v1/offices/{office}/try"): _DESK,
}


def check_rights(routers: Iterable[APIRouter]) -> None:
    """Raises when a route has no rights, or rights name no route: both are slips that must not go live."""
    served = {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    if served != RIGHTS.keys():
        raise RuntimeError(f"rights and routes differ: {sorted(served ^ RIGHTS.keys())}")


async def enter(request: Request) -> AsyncIterator[None]:
    """Find out who asks and whether they may; every route depends on this before anything else."""
    try:
        await _enter(request)
        yield
    finally:
        await request.close()  # the files of its form


async def _enter(request: Request) -> None:
    route: APIRoute = request.scope["route"]
    is_api = route.path.startswith(API)
    # A program shows its token every time; a browser's cookie opens no door to the API, so no form can reach it.
    visitor = await run_in_threadpool(bearer if is_api else find_visitor, request)
    request.state.visitor = visitor
    if visitor.role not in RIGHTS[request.method, route.path]:
        raise HTTPException(401 if visitor.role is _NOBODY else 403)
    # Prefect's pages know no token of ours: their door looks at where a request comes from.
    if request.method == "POST" and not is_api and not route.path.startswith(PREFECT):
        require_csrf(request, await _form(request))


async def _form(request: Request) -> FormData:
    try:
        return await request.form()
    except (LookupError, UnicodeError):  # letters of a kind no browser sends
        raise HTTPException(400) from None

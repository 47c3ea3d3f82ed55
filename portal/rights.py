"""Rights: every route with the roles it is open to. The application does not start with a route that is not here."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from models.access.accounts import find_token, record_use, should_record_use
from models.access.limits import limit_in, limit_of_token
from models.access.office_links import has_office_ended
from models.keeping.opening import Store
from models.store.database import reading_session, session_scope
from portal.background_tasks import background_tasks_of
from portal.sign_in.session import NOBODY, Visitor, VisitorRole, find_visitor, require_csrf
from portal.web import now_of, store_of

_NOBODY, _OFFICE, _COORDINATOR, _MANAGER = VisitorRole
_ALL = frozenset(VisitorRole)
_SIGNED_IN = _ALL - {_NOBODY}
_OFFICES = frozenset({_OFFICE})
_DESK = frozenset({_COORDINATOR})
_OVERVIEW = frozenset({_COORDINATOR, _MANAGER})
_SIDES = frozenset({_OFFICE, _COORDINATOR})

API = "/api/"
PREFECT = "/prefect/"

_ONE = "/assignments/{assignment_id}"
_DRAFT = "/plans/drafts/{number}"
_DECISIONS = ("accept", "return", "withdraw", "suspend", "resume")

RIGHTS: dict[tuple[str, str], frozenset[VisitorRole]] = {
    ("GET", "/"): _ALL,
    ("GET", "/language/{language}"): _ALL,
    ("GET", "/healthz"): _ALL,
    # addresses of earlier versions, redirected to where the rights are checked
    ("GET", "/all"): _ALL,
    ("GET", "/work"): _ALL,
    ("GET", "/work/{path:path}"): _ALL,
    ("POST", "/work/{path:path}"): _ALL,
    # signing in
    ("GET", "/door/{token}"): _ALL,
    ("GET", "/sign-in"): _ALL,
    ("POST", "/sign-in"): _ALL,
    ("GET", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-in/{token}"): _ALL,
    ("POST", "/sign-out"): _ALL,
    ("GET", "/openid"): _ALL,
    ("GET", "/openid/return"): _ALL,
    # assignments: an office sees its own, accounts those of their directives
    ("GET", "/assignments"): _SIGNED_IN,
    ("GET", "/assignments/{assignment_id}"): _SIGNED_IN,
    **{
        ("POST", f"{_ONE}/{verb}"): _OFFICES
        for verb in (
            *("acknowledge", "delegate", "report", "draft", "take-back"),
            *("extension", "extension/withdraw", "contribution"),
        )
    },
    ("POST", f"{_ONE}/questions"): _SIDES,
    ("POST", f"{_ONE}/questions/{{question_id}}"): _SIDES,
    ("GET", "/acknowledge"): _OFFICES,
    ("POST", "/acknowledge"): _OFFICES,
    ("GET", "/archive"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/report"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/extension"): _OFFICES,
    ("GET", "/assignments/{assignment_id}/files/{file_id}"): _SIGNED_IN,
    # the coordinator's desk
    ("GET", "/desk"): _DESK,
    **{("POST", f"{_ONE}/{verb}"): _DESK for verb in ("grant", "refuse", *_DECISIONS)},
    ("POST", "/desk/decide"): _DESK,
    ("GET", "/desk/deeds"): _DESK,
    ("POST", "/desk/deeds"): _DESK,
    ("GET", "/desk/changes"): _DESK,
    ("GET", "/desk/changes/{deed_id}"): _DESK,
    ("POST", "/desk/changes/{deed_id}/undo"): _DESK,
    ("GET", "/desk/more"): _DESK,
    ("GET", "/desk/directives"): _DESK,
    ("POST", "/desk/directives"): _DESK,
    ("POST", "/desk/directives/state"): _DESK,
    ("GET", "/desk/directives/entries/{anchor_id}"): _DESK,
    ("POST", "/desk/directives/entries/{anchor_id}"): _DESK,
    # the plan: drafts of amendments are the coordinator's, what is in force is for managers too
    ("GET", "/plans"): _OVERVIEW,
    **{
        ("GET", f"/plans/{shown}"): _OVERVIEW
        for shown in (
            *("directives/{code}", "directives/{code}/text", "directives/{code}/editions/{number}"),
            *("directives/{code}/export", "ladders/{code}"),
        )
    },
    **{("GET", f"/plans/{asked}"): _DESK for asked in ("reading", "drafts/{number}")},
    **{("GET", f"{_DRAFT}/preview.{kind}"): _DESK for kind in ("docx", "xlsx")},
    **{("POST", f"{_DRAFT}/{deed}"): _DESK for deed in ("preview", "discard", "directives/{code}/priorities")},
    **{("POST", f"{_DRAFT}/subtasks/{{code}}/{deed}"): _DESK for deed in ("drop", "restore")},
    **{("POST", f"/plans/{begun}/{{code}}/drafts"): _DESK for begun in ("directives", "ladders")},
    ("POST", "/plans/upload"): _DESK,
    **{
        (method, f"{_DRAFT}/{form}"): _DESK
        for method in ("GET", "POST")
        for form in (
            *("subtasks/{code}", "subtasks/{code}/split", "subtasks/{code}/merge", "priorities/{priority}/new"),
            *("directives/{code}", "ladders/{code}"),
        )
    },
    ("GET", "/desk/register"): _DESK,
    ("POST", "/desk/register"): _DESK,
    ("GET", "/desk/holidays"): _DESK,
    ("POST", "/desk/holidays"): _DESK,
    ("POST", "/desk/holidays/recompute"): _DESK,
    ("GET", "/desk/messages"): _DESK,
    ("GET", "/desk/messages/{message_id}"): _DESK,
    ("GET", "/desk/notices"): _DESK,
    ("GET", "/desk/followup"): _DESK,
    ("GET", "/desk/trail"): _DESK,
    ("GET", "/desk/accounts"): _DESK,
    ("POST", "/desk/accounts"): _DESK,
    ("POST", "/desk/accounts/{user_id}/link"): _DESK,
    ("POST", "/desk/accounts/{user_id}/limit"): _DESK,
    ("POST", "/desk/accounts/{user_id}/disable"): _DESK,
    ("POST", "/desk/accounts/{user_id}/enable"): _DESK,
    ("GET", "/desk/deputies"): _DESK,
    ("POST", "/desk/deputies"): _DESK,
    ("POST", "/desk/deputies/desk"): _DESK,
    ("POST", "/desk/deputies/{number}/end"): _DESK,
    ("GET", "/desk/assign"): _DESK,
    ("POST", "/desk/assign"): _DESK,
    ("GET", "/desk/workbook"): _DESK,
    ("GET", "/desk/workbook/template"): _DESK,
    ("POST", "/desk/workbook"): _DESK,
    ("GET", "/desk/offices"): _DESK,
    ("GET", "/desk/offices/{office}"): _DESK,
    ("POST", "/desk/offices/{office}"): _DESK,
    ("POST", "/desk/offices/{office}/try"): _DESK,
    ("POST", "/desk/offices/{office}/link"): _DESK,
    ("POST", "/desk/offices/{office}/revoke"): _DESK,
    ("GET", "/desk/silences"): _DESK,
    ("POST", "/desk/silences"): _DESK,
    ("POST", "/desk/silences/{silence_id}/lift"): _DESK,
    ("POST", "/desk/messages/again"): _DESK,
    ("POST", "/desk/messages/{message_id}/again"): _DESK,
    # calendars; the signed address itself is the key of a feed
    ("GET", "/calendar"): _SIDES,
    ("POST", "/calendar/change"): _SIDES,
    ("GET", "/calendar/{token}.ics"): _ALL,
    ("HEAD", "/calendar/{token}.ics"): _ALL,
    # the overview
    ("GET", "/board"): _OVERVIEW,
    ("GET", "/board/changes"): _OVERVIEW,
    ("GET", "/board/changes/paper"): _OVERVIEW,
    ("GET", "/board/forecast"): _OVERVIEW,
    ("GET", "/board/periods"): _OVERVIEW,
    ("POST", "/views"): _OVERVIEW,
    ("POST", "/views/{view_id}/remove"): _OVERVIEW,
    ("GET", "/review"): _OVERVIEW,
    ("GET", "/review/paper"): _OVERVIEW,
    ("GET", "/review/workbook"): _OVERVIEW,
    ("GET", "/workbook"): _SIGNED_IN,
    ("GET", "/answers"): _OVERVIEW,
    ("GET", "/answers/workbook"): _OVERVIEW,
    ("GET", "/documents"): _OVERVIEW,
    ("GET", "/documents/report"): _OVERVIEW,
    ("GET", "/documents/{paper}/{office}"): _OVERVIEW,
    ("GET", "/slip"): _OFFICES,
    # the proxy of Prefect, which checks further (portal.prefect.rights)
    ("GET", "/prefect"): _OVERVIEW,
    **{(method, "/prefect/{path:path}"): _OVERVIEW for method in ("GET", "POST", "PUT", "PATCH", "DELETE")},
    # programs
    ("GET", "/metrics"): _ALL,
    ("GET", "/api/v1/me"): _SIGNED_IN,
    ("GET", "/api/v1/assignments"): _SIGNED_IN,
    ("POST", "/api/v1/assignments"): _DESK,
    ("GET", "/api/v1/assignments/{assignment_id}"): _SIGNED_IN,
    **{
        ("POST", f"/api/v1{_ONE}/{verb}"): _OFFICES
        for verb in (
            *("acknowledge", "delegate", "files", "report", "take-back"),
            *("extension", "extension/withdraw", "contribution"),
        )
    },
    ("GET", "/api/v1/assignments/{assignment_id}/files/{file_id}"): _SIGNED_IN,
    **{("POST", f"/api/v1{_ONE}/{verb}"): _DESK for verb in ("extension/grant", "extension/refuse", *_DECISIONS)},
    ("POST", f"/api/v1{_ONE}/questions"): _SIDES,
    ("POST", f"/api/v1{_ONE}/questions/{{question_id}}"): _SIDES,
    ("GET", "/api/v1/decisions"): _OVERVIEW,
    ("GET", "/api/v1/board"): _OVERVIEW,
    ("GET", "/api/v1/answers"): _OVERVIEW,
    ("GET", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences"): _DESK,
    ("POST", "/api/v1/silences/{silence_id}/lift"): _DESK,
    ("GET", "/api/v1/messages/undeliverable"): _DESK,
    ("POST", "/api/v1/messages/undeliverable/retry"): _DESK,
    ("POST", "/api/v1/messages/{message_id}/retry"): _DESK,
    ("POST", "/api/v1/offices/{office}/test-message"): _DESK,
}


WHOLE_HOUSE = (
    *(
        "/desk/register",
        "/desk/holidays",
        "/desk/accounts",
        "/desk/offices",
        "/desk/followup",
        "/desk/deputies",
        "/desk/trail",
        "/prefect",
    ),
    *("/api/v1/offices/",),
)
"""How the addresses begin of what concerns all directives at once: an account that is limited to some has no such."""


def check_rights(routers: Iterable[APIRouter]) -> None:
    """Raise ``RuntimeError`` when a route has no rights, or rights name no route."""
    served = {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    if served != RIGHTS.keys():
        raise RuntimeError(f"rights and routes differ: {sorted(served ^ RIGHTS.keys())}")


async def authorize(request: Request) -> AsyncIterator[None]:
    """Find the visitor and refuse what they may not do (401, 403); every route depends on this first."""
    try:
        await _authorize(request)
        yield
    finally:
        await request.close()  # the files of its form


async def _authorize(request: Request) -> None:
    route: APIRoute = request.scope["route"]
    is_api = route.path.startswith(API)
    # The API takes no cookie, so that no form of another site can reach it.
    visitor = await run_in_threadpool(bearer if is_api else find_visitor, request)
    if visitor.directives is not None:
        visitor = _limit(request, visitor)
    request.state.visitor = visitor
    if visitor.role not in RIGHTS[request.method, route.path]:
        raise HTTPException(401 if visitor.role is _NOBODY else 403)
    if visitor.directives is not None and route.path.startswith(WHOLE_HOUSE):
        raise HTTPException(404)
    # Prefect's pages have no token of ours; their proxy checks the origin of a request.
    if request.method == "POST" and not is_api and not route.path.startswith(PREFECT):
        require_csrf(request, await _form(request))


def _limit(request: Request, visitor: Visitor) -> Visitor:
    """Let the request have to do with the visitor's directives alone; nobody's where none of them is followed."""
    store = store_of(request)
    limit = limit_in(store.plan, visitor.directives)
    if not limit:
        return NOBODY
    request.state.whole_store, request.state.store = store, store.limited_to(limit)
    return replace(visitor, directives=limit)


async def _form(request: Request) -> FormData:
    try:
        return await request.form()
    except (LookupError, UnicodeError):  # a charset that no browser sends
        raise HTTPException(400) from None


def _record_use(store: Store, token: int, now: datetime) -> None:
    """After the answer: who only reads does not wait for a writer."""
    with session_scope(store.engine) as session:
        record_use(session, token, now=now)


def bearer(request: Request) -> Visitor:
    """The holder of the token in the request; ``NOBODY`` when it has none that is valid now."""
    kind, _, plain = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return NOBODY
    store, now = store_of(request), now_of(request)
    with reading_session(store.engine) as session:
        token = find_token(session, plain.strip(), now=now)
        limit = limit_of_token(session, token) if token is not None else None
    if token is None or (token.office is not None and has_office_ended(store.plan, token.office, now=now)):
        return NOBODY
    if token.id is not None and should_record_use(token, now=now):
        background_tasks_of(request).submit(partial(_record_use, store, token.id, now))
    if token.office is not None:
        return Visitor(VisitorRole.OFFICE, office=token.office)
    assert token.role is not None
    return Visitor(VisitorRole(token.role.value), token_id=token.id, directives=limit)

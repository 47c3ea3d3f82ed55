"""Who may do what is asked: the visitor is found and held against the rights before a route answers."""

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
from portal.rights import API, LASTING, PREFECT, RIGHTS, WHOLE_HOUSE
from portal.sign_in.session import NOBODY, Visitor, VisitorRole, find_visitor, require_csrf
from portal.web import now_of, store_of


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
        raise HTTPException(401 if visitor.role is VisitorRole.NOBODY else 403)
    if visitor.stands_in and route.path in LASTING:
        raise HTTPException(403)
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

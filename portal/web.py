"""What every page needs: the store, the moment and the visitor of a request, and templates in their language."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from config.catalogue.offices import OfficeSpec
from config.catalogue.plan import Plan
from config.clock import local_date
from config.errors import Refused
from config.settings import Language
from models.keeping.opening import Store
from models.store.actor import ActorContext
from portal import words
from portal.rendering.environment import environment, names_in
from portal.rendering.sample_mark import is_sample
from portal.rights import RIGHTS
from portal.sign_in.session import Visitor, csrf_token, renew_session
from portal.sign_in.session import now_of as now_of  # pages import both from here
from portal.sign_in.session import store_of as store_of

HERE = FilePath(__file__).parent
LANGUAGE_COOKIE = "dondoc_language"


RowId = Annotated[int, Path(ge=1, le=2_147_483_647)]
"""The id of a row in an address."""


def visitor_of(request: Request) -> Visitor:
    """Who sent the request; ``portal.rights.authorize`` has found it out."""
    visitor: Visitor = request.state.visitor
    return visitor


def context_of(request: Request) -> ActorContext:
    """The visitor as the actor of verbs: by the whole plan, for what a verb does does not depend on who does it."""
    store: Store = getattr(request.state, "whole_store", None) or store_of(request)
    return store.actor_context(now=now_of(request), actor=visitor_of(request).actor)


def offices_of_today(request: Request) -> list[OfficeSpec]:
    """The offices there are on the day of the request."""
    today = local_date(now_of(request))
    return [office for office in store_of(request).plan.offices if office.exists_on(today)]


def language_of(request: Request) -> Language:
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "vi"


def page_address(request: Request) -> str:
    """Where the page that is drawn is read again: its own address, after a form the nearest one that can be read."""
    path, query = request.url.path, request.url.query
    if request.method == "POST":
        pattern = getattr(request.scope.get("route"), "path", "").split("/")
        kept = next((n for n in range(len(pattern), 1, -1) if ("GET", "/".join(pattern[:n])) in RIGHTS), 1)
        if kept < len(pattern) or not pattern[-1]:
            path, query = "/".join(path.split("/")[:kept]) or "/", ""
    return f"{path}?{query}" if query else path


def page(request: Request, name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """``render`` as the answer to the request; ``refused`` without where database and disk are."""
    if isinstance(refused := context.get("refused"), Refused):
        context["refused"] = words.machine_fault(refused) or refused
    response = HTMLResponse(render(request, name, **context), status_code=status)
    renew_session(request, response)
    return response


def render(request: Request, name: str, **context: Any) -> str:
    """Render a template. Every template has the visitor, the day, the plan and ``t(vi, en)``."""
    store = store_of(request)
    language = language_of(request)
    plan: Plan = context.get("plan") or store.plan  # that of a preview names the offices that come with it
    whole: Mapping[str, Any] = {
        "request": request,
        "visitor": visitor_of(request),
        "language": language,
        "plan": plan,
        **names_in(plan, language),
        "now": now_of(request),
        "today": local_date(now_of(request)),
        "page_address": page_address(request),
        "csrf": lambda: csrf_token(request),
        "in_sample": lambda: is_sample(request.app, store, now_of(request)),
        **context,
    }
    return environment(language).get_template(name).render(whole)


def see_other(path: str, *, flash: str = "", count: int | None = None) -> RedirectResponse:
    """Redirect after a form was carried out; the next page shows ``flash`` (of kind «flash» in ``portal.words``).

    count  of how many things it was done, shown too
    """
    path, _, fragment = path.partition("#")
    if flash:
        path += f"{'&' if '?' in path else '?'}flash={flash}" + ("" if count is None else f"&count={count}")
    return RedirectResponse(f"{path}#{fragment}" if fragment else path, status_code=303)

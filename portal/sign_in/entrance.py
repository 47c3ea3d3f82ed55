"""The entrance: the home page of each visitor, addresses of earlier versions, the language, and a health check."""

from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text

from models.store.database import reading
from portal.sign_in.session import VisitorRole
from portal.web import LANGUAGE_COOKIE, store_of, visitor_of

router = APIRouter()

ASSIGNMENTS = "/assignments"

_HOMES = {
    VisitorRole.NOBODY: "/sign-in",
    VisitorRole.OFFICE: ASSIGNMENTS,
    VisitorRole.COORDINATOR: "/desk",
    VisitorRole.MANAGER: "/board",
}

_EARLIER_LISTS = ("/work", "/all")
"""The addresses of lists and assignments before ``/assignments``; mail, calendars and bookmarks still hold them."""


@router.get("/")
def home(request: Request) -> RedirectResponse:
    return RedirectResponse(_HOMES[visitor_of(request).role], status_code=303)


@router.get("/all")
@router.get("/work")
@router.get("/work/{path:path}")
@router.post("/work/{path:path}")
def earlier_address(request: Request, path: str = "") -> RedirectResponse:
    """Redirect an address of an earlier version to the present one, where its rights are checked.

    A form that was open when this version came is sent on with all that it holds (308).
    """
    here = quote(request.url.path)
    return RedirectResponse(current_address(f"{here}?{request.url.query}" if request.url.query else here), 308)


@router.get("/language/{language}")
def choose_language(request: Request, language: Literal["vi", "en"], to: str = "/") -> RedirectResponse:
    """Remember the language of the pages and go back to where the visitor was."""
    response = RedirectResponse(local_path(to), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86_400, httponly=True, samesite="lax")
    return response


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the store answers; ``DatabaseUnreachable`` becomes 503."""
    with reading(store_of(request).engine) as connection:
        connection.execute(text("SELECT 1"))
    return JSONResponse({"status": "ok"})


def local_path(to: str) -> str:
    """``to``, at its present address, when it is a path of this site, else ``/``: a link must not lead elsewhere."""
    # A browser reads «\\» as «/», and leaves out tabs and line ends wherever they stand.
    safe = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return current_address(to) if safe else "/"


def current_address(address: str) -> str:
    """The present address of a page that an earlier version had at ``address``; all others as they are."""
    for earlier in _EARLIER_LISTS:
        if address == earlier or address.startswith((f"{earlier}/", f"{earlier}?")):
            return ASSIGNMENTS + address.removeprefix(earlier)
    return address

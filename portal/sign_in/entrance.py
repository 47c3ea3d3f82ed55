"""The way in: where each visitor begins, the language of the pages, and a sign of life."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text

from models.store.database import reading
from portal.visitor import VisitorRole
from portal.web import LANGUAGE_COOKIE, store_of, visitor_of

router = APIRouter()

_BEGINS_AT = {
    VisitorRole.NOBODY: "/sign-in",
    VisitorRole.OFFICE: "/work",
    VisitorRole.COORDINATOR: "/desk",
    VisitorRole.MANAGER: "/board",
}


@router.get("/")
def begin(request: Request) -> RedirectResponse:
    return RedirectResponse(_BEGINS_AT[visitor_of(request).role], status_code=303)


@router.get("/language/{language}")
def choose_language(request: Request, language: Literal["vi", "en"], to: str = "/") -> RedirectResponse:
    """Remember the language of the pages and go back to where the visitor was."""
    response = RedirectResponse(local_path(to), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86_400, httponly=True, samesite="lax")
    return response


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    """200 while the store answers; raises ``DatabaseUnreachable``, told as 503."""
    with reading(store_of(request).engine) as connection:
        connection.execute(text("SELECT 1"))
    return JSONResponse({"status": "ok"})


def local_path(to: str) -> str:
    """``to`` when it is a path of this site, else the beginning: a link must not lead elsewhere."""
    # A browser reads «\» as «/», and leaves out tabs and line ends wherever they stand.
    safe = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if safe else "/"

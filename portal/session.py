"""Sessions in a signed cookie, and the token that proves a form came from one of our own pages.

A session names an office or an account, nothing else. It ends by itself after ``SESSION_LIFE``, with the revoking of
its office's links, or with the closing of its account; the store is asked at every request.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import FormData

from config.keys import signing_key
from models.account import User
from models.database import reading_session
from models.doors import still_open
from models.store import Store
from portal.visitor import NOBODY, Visitor, VisitorRole

SESSION_LIFE = timedelta(hours=12)
COOKIE = "dondoc_session"


@dataclass(frozen=True)
class _Session:
    """What the cookie says. ``nonce`` ties the tokens of forms to this session alone."""

    office: str | None
    user_id: int | None
    began: datetime
    nonce: str


def open_session(
    request: Request, response: Response, *, office: str | None = None, user_id: int | None = None
) -> None:
    """Let a visitor in from now on: a new session, whatever was there before."""
    began = int(request.app.state.clock().timestamp())
    _set_cookie(request, response, [office, user_id, began, secrets.token_urlsafe(16)])


def close_session(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")


def find_visitor(request: Request) -> Visitor:
    """Whose session the request shows; ``NOBODY`` when it shows none that is good now."""
    session = _read_cookie(request)
    request.state.session = session
    if session is None or request.app.state.clock() - session.began > SESSION_LIFE:
        return NOBODY
    store: Store = request.app.state.store
    with reading_session(store.engine) as database:
        if session.office is not None:
            good = still_open(database, session.office, since=session.began)
            return Visitor(VisitorRole.OFFICE, office=session.office) if good else NOBODY
        user = database.get(User, session.user_id) if session.user_id is not None else None
        if user is None or user.disabled_at is not None or session.began < user.sessions_since.replace(microsecond=0):
            return NOBODY
        return Visitor(VisitorRole(user.role.value), user_id=user.id)


def csrf_token(request: Request) -> str:
    """Goes into every form of a page; good for this session only."""
    if request.state.session is None:
        request.state.session = _Session(None, None, request.app.state.clock(), secrets.token_urlsafe(16))
        request.state.new_session = True
    digest = hmac.new(_key(request).encode(), request.state.session.nonce.encode(), hashlib.sha256)
    return digest.hexdigest()


def keep_session(request: Request, response: Response) -> None:
    """A visitor who is shown a form before signing in gets a session of nobody, so that the form can be trusted."""
    if getattr(request.state, "new_session", False):
        session: _Session = request.state.session
        _set_cookie(request, response, [None, None, int(session.began.timestamp()), session.nonce])


def require_csrf(request: Request, form: FormData) -> None:
    """Refuse what was not sent from a page of this session: 403."""
    sent = form.get("csrf")
    known = request.state.session is not None
    if not known or not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), csrf_token(request).encode()):
        raise HTTPException(403)
    origin = request.headers.get("origin")
    own = {request.headers.get("host"), urlsplit(request.app.state.store.settings.portal_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in own:
        raise HTTPException(403)


def _read_cookie(request: Request) -> _Session | None:
    try:
        office, user_id, began, nonce = _serializer(request).loads(request.cookies.get(COOKIE, ""))
        return _Session(office, user_id, datetime.fromtimestamp(began, UTC), nonce)
    except (BadSignature, ValueError, TypeError, OverflowError, OSError):
        return None


def _set_cookie(request: Request, response: Response, content: list[Any]) -> None:
    response.set_cookie(
        COOKIE,
        str(_serializer(request).dumps(content)),
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.app.state.store.settings.portal_url.startswith("https://"),
    )


def _serializer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(_key(request), salt="session")


def _key(request: Request) -> str:
    """Read once for the whole application."""
    if not hasattr(request.app.state, "key"):
        request.app.state.key = signing_key(request.app.state.store.settings)
    key: str = request.app.state.key
    return key

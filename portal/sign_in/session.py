"""Visitors, their sessions in a signed cookie, and the token that proves a form came from one of our own pages.

A session names an office or an account, nothing else. It ends by itself, by signing out, with the revoking of its
office's links or the end of the office, or with the closing of its account; the store is asked at every request.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection, bindparam
from sqlmodel import select
from starlette.datastructures import FormData

from config.clock import local_date
from config.keys import signing_key
from config.settings import Settings
from models.access.deputies import rights_of, rights_on
from models.access.office_links import are_links_valid, has_office_ended
from models.access.signed_links import from_milliseconds, in_milliseconds
from models.access.signing_in import end_session, is_session_valid, was_ended
from models.keeping.opening import Store
from models.store.database import DatabaseUnreachable, reading, reading_session, session_scope
from models.tables.account import User

OFFICE_LIFE = timedelta(hours=12)
USER_LIFE = timedelta(hours=8)
"""How long the session of an account lasts without a request."""
USER_MAX_LIFE = timedelta(hours=24)
"""How long the session of an account lasts at most, however much it is used."""

_RENEWAL_INTERVAL = timedelta(minutes=10)
_ANONYMOUS_RENEWAL_INTERVAL = timedelta(hours=1)
_NONCE_BYTES = 16


class VisitorRole(StrEnum):
    NOBODY = "nobody"  # not signed in
    OFFICE = "office"  # by a link from a message; sees and changes its own work
    COORDINATOR = "coordinator"  # decides, assigns, withdraws
    MANAGER = "manager"  # changes nothing


@dataclass(frozen=True)
class Visitor:
    """An office, coordinator or manager, in person or by a program's token, or nobody.

    directives  codes of the only ones that an account has to do with; None for all
    stands_in   whether the account has rights of another, whom it stands in for, besides its own
    """

    role: VisitorRole
    office: str | None = None
    user_id: int | None = None
    token_id: int | None = None
    directives: frozenset[str] | None = None
    stands_in: bool = False

    @property
    def actor(self) -> str:
        """The actor in the audit trail: an office, or the id of an account or token."""
        if self.office:
            return f"office:{self.office}"
        return f"{self.role.value}:{self.user_id or f'token-{self.token_id}'}"


NOBODY = Visitor(VisitorRole.NOBODY)


@dataclass(frozen=True)
class _Session:
    """The content of the cookie; without office and account it is anonymous, of somebody who was shown a form.

    last_seen  when the cookie was last written
    nonce      ties the tokens of forms to this session alone
    """

    office: str | None
    user_id: int | None
    began: datetime
    last_seen: datetime
    nonce: str

    @property
    def is_anonymous(self) -> bool:
        return self.office is None and self.user_id is None

    @property
    def expires_at(self) -> datetime:
        """When it ends at the latest, however much it is used."""
        return self.began + (USER_MAX_LIFE if self.office is None else OFFICE_LIFE)

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at or (self.office is None and now - self.last_seen >= USER_LIFE)


def store_of(request: Request) -> Store:
    """The store by the plan in force, the same one throughout a request; of the visitor's directives alone once it is
    known whose request it is and that they are limited to some (``portal.rights``).

    While the database is away, by the plan of before: whoever asks for more is told, and the page that says so is made
    by it.
    """
    store: Store | None = getattr(request.state, "store", None)
    if store is None:
        with suppress(DatabaseUnreachable), reading(request.app.state.store.engine) as connection:
            return _by_plan_in_force(request, connection)
        store = request.state.store = request.app.state.store
    return store


def _by_plan_in_force(request: Request, connection: Connection) -> Store:
    store: Store = request.app.state.store.of_today(connection)
    request.app.state.store = request.state.store = store
    return store


def now_of(request: Request) -> datetime:
    """The moment of this request, by the clock of the application, which tests set."""
    now: datetime = request.app.state.clock()
    return now


def open_session(
    request: Request, response: Response, *, office: str | None = None, user_id: int | None = None
) -> None:
    """Sign a visitor in: a new session, whatever was there before."""
    _set_cookie(request, response, _new_session(request, office=office, user_id=user_id))


def close_session(request: Request, response: Response) -> None:
    """Sign the visitor out in this browser, and end the session for every copy of its cookie."""
    settings, session = store_of(request).settings, _session(request)
    # An anonymous session gives no rights, and nobody unknown writes to the store.
    if session is not None and request.state.visitor is not NOBODY:
        with session_scope(store_of(request).engine) as database:
            end_session(database, session.nonce, runs_out_at=session.expires_at, now=now_of(request))
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=_is_encrypted(settings)
    )


def find_visitor(request: Request) -> Visitor:
    """The visitor by the session of the request; ``NOBODY`` when there is none that is valid now."""
    session = _read_cookie(request)
    request.state.session = session
    now = now_of(request)
    if session is None or session.is_anonymous or session.has_expired(now):
        return NOBODY
    with reading_session(request.app.state.store.engine) as database:
        store = _by_plan_in_force(request, database.connection())
        if was_ended(database, session.nonce):
            return NOBODY
        if session.office is not None:
            good = are_links_valid(database, session.office, since=session.began)
            ended = has_office_ended(store.plan, session.office, now=now)
            return Visitor(VisitorRole.OFFICE, office=session.office) if good and not ended else NOBODY
        user = database.scalar(_USER, {"id": session.user_id})
        if user is None or not is_session_valid(user, since=session.began):
            return NOBODY
        rights = rights_on(database, user, local_date(now))
        role, stands_in = VisitorRole(rights.role.value), rights != rights_of(user)
        return Visitor(role, user_id=user.id, directives=rights.directives, stands_in=stands_in)


_USER = select(User).where(User.id == bindparam("id"))


def csrf_token(request: Request) -> str:
    """The CSRF token for the forms of a page; valid in this session only."""
    session = _session(request)
    left = getattr(request.state, "visitor", NOBODY) is NOBODY and session is not None and not session.is_anonymous
    if session is None or left:
        # A form before signing in needs a session too, to which its token is bound.
        session = request.state.session = request.state.session_to_write = _new_session(request)
    return _token(request, session)


def renew_session(request: Request, response: Response) -> None:
    """Write the cookie when the page began a session, or extend one that lasts as long as it is used."""
    session: _Session | None = getattr(request.state, "session_to_write", None)
    current = _session(request)
    if session is None and current is not None and current.office is None:
        is_known = getattr(request.state, "visitor", NOBODY) is not NOBODY
        unseen_for = now_of(request) - current.last_seen
        if unseen_for >= (_RENEWAL_INTERVAL if is_known else _ANONYMOUS_RENEWAL_INTERVAL) and (
            is_known or current.is_anonymous
        ):
            session = replace(current, last_seen=now_of(request))
    if session is not None:
        _set_cookie(request, response, session)


def require_csrf(request: Request, form: FormData) -> None:
    """Refuse a form that was not sent from a page of this session: 403."""
    sent, session = form.get("csrf"), _session(request)
    if session is None or not isinstance(sent, str):
        raise HTTPException(403)
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), _token(request, session).encode()):
        raise HTTPException(403)
    if not _is_same_origin(request):
        raise HTTPException(403)


def require_same_origin(request: Request) -> None:
    """Refuse a request unless the browser states that it comes from this origin: 403.

    For requests without our token, as the pages that send them are not ours.
    """
    vouched = request.headers.get("sec-fetch-site") == "same-origin" or "origin" in request.headers
    if not vouched or not _is_same_origin(request):
        raise HTTPException(403)


def cookie_name(settings: Settings) -> str:
    """The name of the cookie; over HTTPS with the prefix by which browsers bind it to this host."""
    return "__Host-dondoc_session" if _is_encrypted(settings) else "dondoc_session"


def _is_same_origin(request: Request) -> bool:
    """Whether the browser states no other origin for the form; an old browser states none."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        sender = urlsplit(origin.lower()).netloc
    except ValueError:
        return False
    known = {request.headers.get("host", "").lower(), urlsplit(store_of(request).settings.portal_url.lower()).netloc}
    return bool(sender) and sender in known


def _new_session(request: Request, *, office: str | None = None, user_id: int | None = None) -> _Session:
    now = now_of(request)
    return _Session(office, user_id, now, now, secrets.token_urlsafe(_NONCE_BYTES))


def _session(request: Request) -> _Session | None:
    session: _Session | None = request.state.session
    return session


def _read_cookie(request: Request) -> _Session | None:
    cookie = request.cookies.get(cookie_name(request.app.state.store.settings), "")
    try:
        office, user_id, began, last_seen, nonce = _serializer(request).loads(cookie)
        return _Session(office, user_id, from_milliseconds(began), from_milliseconds(last_seen), nonce)
    except (BadData, ValueError, TypeError, OverflowError):
        return None


def _set_cookie(request: Request, response: Response, session: _Session) -> None:
    content: list[Any] = [
        session.office,
        session.user_id,
        in_milliseconds(session.began),
        in_milliseconds(session.last_seen),
        session.nonce,
    ]
    settings = store_of(request).settings
    response.set_cookie(
        cookie_name(settings),
        str(_serializer(request).dumps(content)),
        max_age=int((USER_MAX_LIFE if session.office is None else OFFICE_LIFE).total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_encrypted(settings),
    )


def _token(request: Request, session: _Session) -> str:
    return hmac.new(_key(request), b"dondoc.csrf." + session.nonce.encode(), hashlib.sha256).hexdigest()


def _serializer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(_key(request), salt="dondoc.session")


def _key(request: Request) -> bytes:
    """Read once for the whole application."""
    if not hasattr(request.app.state, "key"):
        request.app.state.key = signing_key(store_of(request).settings)
    key: bytes = request.app.state.key
    return key


def _is_encrypted(settings: Settings) -> bool:
    return settings.portal_url.startswith("https://")

"""Signing in with an account over OpenID Connect, where a provider is configured.

Everything that ties the callback to the login is derived from one random seed in a signed cookie of this browser:
the state (of this browser), the nonce (of this attempt's token) and the PKCE verifier (of this installation's code).
"""

import base64
import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadData, URLSafeSerializer

from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings
from models.access.signed_links import from_milliseconds, in_milliseconds
from models.access.signing_in import sign_in_by_address
from models.store.database import DatabaseUnreachable, session_scope
from portal.limiting import RateLimited, count_attempt
from portal.sign_in.entrance import local_path
from portal.sign_in.known_browser import remember_browser
from portal.sign_in.openid_provider import NotProven, ProviderCache, ProviderFailed
from portal.sign_in.session import open_session
from portal.sign_in.sign_in import rate_limited_page, sign_in_page
from portal.web import now_of, see_other, store_of

log = logging.getLogger("dondoc.portal")

router = APIRouter(default_response_class=HTMLResponse)

COOKIE = "dondoc_openid"
ATTEMPT_LIFE = timedelta(minutes=10)

_PATH = "/openid"
_CALLBACK = f"{_PATH}/return"
"""Registered with providers under this address."""


@dataclass(frozen=True)
class _Attempt:
    """One attempt to sign in, between login and callback."""

    seed: str
    began: datetime
    to: str

    def derived(self, settings: Settings, purpose: str) -> str:
        """A value of 43 characters that only this installation can derive from the seed."""
        digest = hmac.new(signing_key(settings), f"dondoc.openid.{purpose}.{self.seed}".encode(), hashlib.sha256)
        return _base64url(digest.digest())


@router.get(_PATH)
def login(request: Request, to: str = "/") -> Response:
    """Redirect to the provider's own page."""
    settings = _configured(request)
    attempt = _Attempt(secrets.token_urlsafe(16), now_of(request), local_path(to))
    try:
        count_attempt(request)
        provider = _provider_cache(request).provider(settings, now=now_of(request))
    except RateLimited as refused:
        return rate_limited_page(request, refused, to=to)
    except Refused as refused:
        return sign_in_page(request, 503, refused, to=to)
    verifier = attempt.derived(settings, "verifier")
    address = provider.authorization_url(
        redirect_uri=f"{settings.portal_url}{_CALLBACK}",
        state=attempt.derived(settings, "state"),
        nonce=attempt.derived(settings, "nonce"),
        code_challenge=_base64url(hashlib.sha256(verifier.encode()).digest()),
        code_challenge_method="S256",
    )
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        COOKIE,
        str(_serializer(settings).dumps([attempt.seed, in_milliseconds(attempt.began), attempt.to])),
        max_age=int(ATTEMPT_LIFE.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=settings.portal_url.startswith("https://"),
    )
    return response


@router.get(_CALLBACK)
def callback(request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
    """Back from the provider: signs in whoever has an open account for the verified address."""
    settings, now = _configured(request), now_of(request)
    attempt = _read_attempt(request, settings)
    try:
        count_attempt(request)
        if attempt is None or not hmac.compare_digest(state.encode(), attempt.derived(settings, "state").encode()):
            raise NotProven("another state")
        if not code or now - attempt.began >= ATTEMPT_LIFE:
            raise NotProven("no code" if not code else "too late")
        if iss and iss != settings.oidc_issuer:  # RFC 9207
            raise NotProven("another issuer")
        provider = _provider_cache(request).provider(settings, now=now)
        identity = provider.identity(
            code,
            redirect_uri=f"{settings.portal_url}{_CALLBACK}",
            code_verifier=attempt.derived(settings, "verifier"),
            nonce=attempt.derived(settings, "nonce"),
            now=now,
        )
        with session_scope(store_of(request).engine) as session:
            user = sign_in_by_address(
                session, identity.email, issuer=settings.oidc_issuer, subject=identity.subject, now=now
            )
    except RateLimited as refused:
        response: Response = rate_limited_page(request, refused)
    except Refused as refused:
        if isinstance(refused, NotProven):
            log.warning("a sign-in over OpenID Connect was refused: %s", refused.why)
        if isinstance(refused, ProviderFailed):
            _provider_cache(request).forget()
        status = 503 if isinstance(refused, (ProviderFailed, DatabaseUnreachable)) else 403
        response = sign_in_page(request, status, refused, to=attempt.to if attempt else "/")
    else:
        response = see_other(attempt.to)
        open_session(request, response, user_id=user.id)
        remember_browser(request, response, user.id or 0)
    response.delete_cookie(COOKIE, path=_PATH)  # an attempt has one callback
    return response


def _provider_cache(request: Request) -> ProviderCache:
    cache: ProviderCache = request.app.state.openid
    return cache


def _configured(request: Request) -> Settings:
    settings = store_of(request).settings
    if not settings.oidc_issuer:
        raise HTTPException(404)
    return settings


def _read_attempt(request: Request, settings: Settings) -> _Attempt | None:
    try:
        seed, began, to = _serializer(settings).loads(request.cookies.get(COOKIE, ""))
        return _Attempt(seed, from_milliseconds(began), to)
    except (BadData, ValueError, TypeError, OverflowError):
        return None


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(signing_key(settings), salt="dondoc.openid")


def _base64url(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

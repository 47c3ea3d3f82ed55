"""Signing in with an account over OpenID Connect, where a provider is configured.

Everything that ties the way out to the way back is derived from one random seed in a signed cookie of this browser:
state (the answer belongs to this browser), nonce (the token to this try) and PKCE verifier (the code to us).
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
from models.store.database import session_scope
from portal.limiting import RateLimited, count_attempt
from portal.sign_in.entrance import local_path
from portal.sign_in.openid_provider import NotProven, ProviderCache, ProviderFailed
from portal.sign_in.session import open_session
from portal.sign_in.sign_in import rate_limited_page, sign_in_page
from portal.web import now_of, see_other, store_of

log = logging.getLogger("dondoc.portal")

router = APIRouter(default_response_class=HTMLResponse)

COOKIE = "dondoc_openid"
TRY_LIFE = timedelta(minutes=10)

_PATH = "/openid"
_RETURN = f"{_PATH}/return"


@dataclass(frozen=True)
class _Try:
    """One try to sign in, between the way out and the way back."""

    seed: str
    began: datetime
    to: str

    def derived(self, settings: Settings, purpose: str) -> str:
        """A value of 43 letters that only we can know from the seed."""
        digest = hmac.new(signing_key(settings), f"dondoc.openid.{purpose}.{self.seed}".encode(), hashlib.sha256)
        return _in_letters(digest.digest())


@router.get(_PATH)
def begin(request: Request, to: str = "/") -> Response:
    """On to the provider's own page."""
    settings = _configured(request)
    begun = _Try(secrets.token_urlsafe(16), now_of(request), local_path(to))
    try:
        count_attempt(request)
        provider = _provider_cache(request).provider(settings, now=now_of(request))
    except RateLimited as refused:
        return rate_limited_page(request, refused, to=to)
    except Refused as refused:
        return sign_in_page(request, 503, refused, to=to)
    verifier = begun.derived(settings, "verifier")
    address = provider.address(
        redirect_uri=f"{settings.portal_url}{_RETURN}",
        state=begun.derived(settings, "state"),
        nonce=begun.derived(settings, "nonce"),
        code_challenge=_in_letters(hashlib.sha256(verifier.encode()).digest()),
    )
    response = RedirectResponse(address, status_code=303)
    _keep(response, settings, begun)
    return response


@router.get(_RETURN)
def callback(request: Request, code: str = "", state: str = "", iss: str = "") -> Response:
    """Back from the provider: signs in whoever has an open account for the verified address."""
    settings, now = _configured(request), now_of(request)
    begun = _begun(request, settings)
    try:
        count_attempt(request)
        if begun is None or not hmac.compare_digest(state.encode(), begun.derived(settings, "state").encode()):
            raise NotProven("another state")
        if not code or now - begun.began >= TRY_LIFE:
            raise NotProven("no code" if not code else "too late")
        if iss and iss != settings.oidc_issuer:  # RFC 9207
            raise NotProven("another issuer")
        email = (
            _provider_cache(request)
            .provider(settings, now=now)
            .email(
                code,
                redirect_uri=f"{settings.portal_url}{_RETURN}",
                code_verifier=begun.derived(settings, "verifier"),
                nonce=begun.derived(settings, "nonce"),
                now=now,
            )
        )
        with session_scope(store_of(request).engine) as session:
            user = sign_in_by_address(session, email, now=now)
    except RateLimited as refused:
        response: Response = rate_limited_page(request, refused)
    except Refused as refused:
        if isinstance(refused, NotProven):
            log.warning("a sign-in over OpenID Connect was refused: %s", refused.why)
        if isinstance(refused, ProviderFailed):
            _provider_cache(request).forget()
        status = 503 if isinstance(refused, ProviderFailed) else 403
        response = sign_in_page(request, status, refused, to=begun.to if begun else "/")
    else:
        response = see_other(begun.to)
        open_session(request, response, user_id=user.id)
    # One try, one answer.
    response.delete_cookie(COOKIE, path=_PATH)
    return response


def _provider_cache(request: Request) -> ProviderCache:
    known: ProviderCache = request.app.state.openid
    return known


def _configured(request: Request) -> Settings:
    settings = store_of(request).settings
    if not settings.oidc_issuer:
        raise HTTPException(404)
    return settings


def _keep(response: Response, settings: Settings, begun: _Try) -> None:
    content = [begun.seed, in_milliseconds(begun.began), begun.to]
    response.set_cookie(
        COOKIE,
        str(_serializer(settings).dumps(content)),
        max_age=int(TRY_LIFE.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=settings.portal_url.startswith("https://"),
    )


def _begun(request: Request, settings: Settings) -> _Try | None:
    try:
        seed, began, to = _serializer(settings).loads(request.cookies.get(COOKIE, ""))
        return _Try(seed, from_milliseconds(began), to)
    except (BadData, ValueError, TypeError, OverflowError):
        return None


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(signing_key(settings), salt="dondoc.openid")


def _in_letters(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

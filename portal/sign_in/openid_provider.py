"""The OpenID Connect provider: its description, its token endpoint, and the checks of its ID token.

Discovery 1.0, the code flow with PKCE (RFC 7636), and an ID token whose signature, issuer, audience, times and nonce
are checked. Nothing that the provider writes is shown to the visitor.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from config.errors import Refused
from config.settings import Settings
from models.access.accounts import LONGEST_EMAIL

TIMEOUT_S = 10.0
LEEWAY_S = 60
"""How far the clock of the provider may be from ours."""

DESCRIPTION_LIFE = timedelta(hours=1)
"""How long a discovery document is used."""

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key that only the provider has; never «none», never a shared secret."""


_LONGEST_SUBJECT = 255
"""By OpenID Connect Core 1.0, section 2."""


class ProviderFailed(Refused):
    """The provider does not answer, or not by the protocol."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Máy chủ đăng nhập chưa trả lời đúng ({where}). Thử lại sau ít phút, hoặc xin đường dẫn qua thư.",
            f"The sign-in server did not respond correctly ({where}). Try again in a few minutes, or ask for a link "
            "by e-mail.",
        )


class NotProven(Refused):
    """The callback does not prove who signed in; ``why`` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Chưa xác nhận được người đăng nhập. Bấm đăng nhập lần nữa, hoặc xin đường dẫn qua thư.",
            "Your identity could not be confirmed. Try signing in again, or ask for a link by e-mail.",
        )
        self.why = why


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for: ``subject`` never changes there, ``email`` may."""

    subject: str
    email: str


@dataclass
class Provider:
    """One provider by its discovery document; ``keys`` is its key set, fetched when first needed."""

    issuer: str
    client_id: str
    client_secret: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    secret_in_body: bool
    keys: KeySet | None = None

    def authorization_url(self, **parameters: str) -> str:
        """Where the visitor signs in, with ``redirect_uri``, ``state``, ``nonce`` and the PKCE challenge."""
        query = {"response_type": "code", "client_id": self.client_id, "scope": "openid email", **parameters}
        joined = "&" if urlsplit(self.authorization_endpoint).query else "?"
        return f"{self.authorization_endpoint}{joined}{urlencode(query)}"

    def identity(self, code: str, *, redirect_uri: str, code_verifier: str, nonce: str, now: datetime) -> Identity:
        """Who signed in, by subject and verified address; raises ``ProviderFailed`` or ``NotProven``."""
        claims = self._claims(self._fetch_id_token(code, redirect_uri, code_verifier), nonce, now)
        audience, email, subject = claims["aud"], claims.get("email"), claims["sub"]
        several = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if several else self.client_id) != self.client_id:
            raise NotProven("meant for another client")
        if claims.get("email_verified") is not True:
            raise NotProven("the address is not verified")
        if not isinstance(email, str) or not 0 < len(email) <= LONGEST_EMAIL or not email.isprintable():
            raise NotProven("no address")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
            raise NotProven("no subject")
        return Identity(subject, email)

    def _fetch_id_token(self, code: str, redirect_uri: str, code_verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
            "client_id": self.client_id,
        }
        auth = None
        if self.secret_in_body:
            form["client_secret"] = self.client_secret
        else:
            auth = (self.client_id, self.client_secret)
        token = _fetch("token", self.token_endpoint, data=form, auth=auth).get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("token")
        return token

    def _claims(self, token: str, nonce: str, now: datetime) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            try:
                read = jwt.decode(token, self.keys or self._fetch_keys(), algorithms=_ALGORITHMS)
            except (InvalidKeyIdError, BadSignatureError):  # the provider may have a new key
                read = jwt.decode(token, self._fetch_keys(), algorithms=_ALGORITHMS)
            rules.validate(read.claims)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise NotProven(type(fault).__name__) from None
        return dict(read.claims)

    def _fetch_keys(self) -> KeySet:
        self.keys = KeySet.import_key_set(_fetch("jwks", self.jwks_uri))  # type: ignore[arg-type]
        return self.keys


class ProviderCache:
    """The configured provider with its description of the last hour, in the memory of one portal."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Provider] | None = None

    def provider(self, settings: Settings, *, now: datetime) -> Provider:
        """Raises ``ProviderFailed``."""
        if self._known is None or not timedelta() <= now - self._known[0] < DESCRIPTION_LIFE:
            self._known = now, discover(settings)
        return self._known[1]

    def forget(self) -> None:
        """Fetch the description again next time: the provider does not answer by it."""
        self._known = None


def discover(settings: Settings) -> Provider:
    """Fetch the discovery document of the configured issuer; raises ``ProviderFailed``."""
    issuer = settings.oidc_issuer
    found = _fetch("discovery", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    endpoints = {name: found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    # A description that names another issuer is somebody else's.
    if found.get("issuer") != issuer or not all(_is_safe(each, issuer) for each in endpoints.values()):
        raise ProviderFailed("discovery")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer=issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        authorization_endpoint=str(endpoints["authorization_endpoint"]),
        token_endpoint=str(endpoints["token_endpoint"]),
        jwks_uri=str(endpoints["jwks_uri"]),
        secret_in_body="client_secret_basic" not in methods,
    )


def _is_safe(endpoint: Any, issuer: str) -> bool:
    """Encrypted wherever the issuer is."""
    scheme = urlsplit(endpoint).scheme if isinstance(endpoint, str) else ""
    return scheme == "https" or (scheme == "http" and issuer.startswith("http://"))


@cache
def _tls() -> ssl.SSLContext:
    """As httpx makes it; reading the root certificates takes 70 ms, so once for a process."""
    return httpx.create_ssl_context()


def _fetch(what: str, address: str, *, data: Mapping[str, str] | None = None, auth: Any = None) -> dict[str, Any]:
    """The JSON object at ``address``, by POST when there is ``data``. No redirect is followed."""
    method, headers = "GET" if data is None else "POST", {"Accept": "application/json"}
    try:
        answer = httpx.request(method, address, data=data, auth=auth, headers=headers, timeout=TIMEOUT_S, verify=_tls())
        content = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise ProviderFailed(what) from None
    if data is not None and answer.status_code in (400, 401, 403) and isinstance(content, dict):
        raise NotProven("the provider refused the code")
    if answer.status_code != 200 or not isinstance(content, dict):
        raise ProviderFailed(what)
    return content

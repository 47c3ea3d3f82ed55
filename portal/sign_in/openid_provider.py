"""Speaking to an OpenID Connect provider: where it is, what it knows of who signed in, and whether that is true.

Discovery 1.0, the code flow with PKCE (RFC 7636), and an ID token whose signature, issuer, audience, times and nonce
are checked. What the provider writes is never repeated to the visitor.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from config.errors import Refused
from config.settings import Settings

ANSWER_WITHIN_S = 10.0
CLOCKS_DIFFER_S = 60
"""The provider's clock may be this far from ours."""

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signed with a key only the provider has; never «none», never with a secret both know."""


DESCRIPTION_LIFE = timedelta(hours=1)
"""For how long what a provider says of itself is taken to hold."""


class ProviderFailed(Refused):
    """The provider does not answer, or not as a provider does."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Máy chủ đăng nhập chưa trả lời đúng ({where}). Thử lại sau ít phút, hoặc xin đường dẫn qua thư.",
            f"The sign-in server did not answer rightly ({where}). Try again later, or ask for a link by mail.",
        )


class NotProven(Refused):
    """What came back does not prove who signed in; ``why`` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Chưa xác nhận được người đăng nhập. Bấm đăng nhập lần nữa, hoặc xin đường dẫn qua thư.",
            "It could not be made sure who signs in. Try once more, or ask for a link by mail.",
        )
        self.why = why


@dataclass(frozen=True)
class Provider:
    """One provider as it describes itself."""

    issuer: str
    client_id: str
    client_secret: str
    authorization_endpoint: str
    token_endpoint: str
    secret_in_body: bool
    keys: "Keys"

    def address(self, *, redirect_uri: str, state: str, nonce: str, code_challenge: str) -> str:
        """Where the visitor signs in."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        joined = "&" if urlsplit(self.authorization_endpoint).query else "?"
        return f"{self.authorization_endpoint}{joined}{urlencode(query)}"

    def email(self, code: str, *, redirect_uri: str, code_verifier: str, nonce: str, now: datetime) -> str:
        """The verified address of whoever signed in; raises ``ProviderFailed`` or ``NotProven``."""
        token = self._id_token(code, redirect_uri, code_verifier)
        claims = self._claims(token, now)
        if claims.get("nonce") != nonce:
            raise NotProven("another nonce")
        audience = claims.get("aud")
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.client_id:
            raise NotProven("meant for another client")
        if claims.get("email_verified") is not True:
            raise NotProven("the address is not verified")
        email = claims.get("email")
        if not isinstance(email, str) or not email:
            raise NotProven("no address")
        return email

    def _id_token(self, code: str, redirect_uri: str, code_verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
            "client_id": self.client_id,
        }
        if self.secret_in_body:
            answer = _ask("token", self.token_endpoint, data=form | {"client_secret": self.client_secret})
        else:
            answer = _ask("token", self.token_endpoint, data=form, auth=(self.client_id, self.client_secret))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFailed("token")
        return token

    def _claims(self, token: str, now: datetime) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCKS_DIFFER_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            read = jwt.decode(token, self.keys.for_token(token), algorithms=list(_ALGORITHMS))
            rules.validate(read.claims)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise NotProven(type(fault).__name__) from None
        return dict(read.claims)


@dataclass
class Keys:
    """The keys a provider signs with, query for when first needed, and anew for a token that names an unknown one."""

    address: str
    _known: Mapping[str, Any] = field(default_factory=dict)

    def for_token(self, token: str) -> KeySet:
        """Raises ``ProviderFailed``, or ``ValueError`` and its like for what is no token or no key."""
        if not self._known or _kid(token) not in {each.get("kid") for each in self._known.get("keys", ())}:
            self._known = _ask("jwks", self.address)
        return KeySet.import_key_set(self._known)  # type: ignore[arg-type]


class ProviderCache:
    """The one provider that is configured, as it described itself within the hour; in the memory of one portal."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Provider] | None = None

    def provider(self, settings: Settings, *, now: datetime) -> Provider:
        """Raises ``ProviderFailed``."""
        if self._known is None or not timedelta() <= now - self._known[0] < DESCRIPTION_LIFE:
            self._known = now, discover(settings)
        return self._known[1]

    def forget(self) -> None:
        """It does not answer as it said it would, so it is query again next time."""
        self._known = None


def discover(settings: Settings) -> Provider:
    """Ask the configured provider how it is spoken to; raises ``ProviderFailed``."""
    issuer = settings.oidc_issuer
    found = _ask("discovery", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    places = {name: found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    # A description that names another issuer is somebody else's.
    if found.get("issuer") != issuer or not all(_is_safe(place, issuer) for place in places.values()):
        raise ProviderFailed("discovery")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer=issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        authorization_endpoint=str(places["authorization_endpoint"]),
        token_endpoint=str(places["token_endpoint"]),
        secret_in_body="client_secret_basic" not in methods,
        keys=Keys(str(places["jwks_uri"])),
    )


def _kid(token: str) -> Any:
    """Which key a token says it was signed with; nothing is believed yet."""
    header = token.partition(".")[0]
    said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return said.get("kid") if isinstance(said, dict) else None


def _is_safe(place: Any, issuer: str) -> bool:
    """Encrypted wherever the issuer is."""
    scheme = urlsplit(place).scheme if isinstance(place, str) else ""
    return scheme == "https" or (scheme == "http" and issuer.startswith("http://"))


def _ask(what: str, address: str, *, data: Mapping[str, str] | None = None, auth: Any = None) -> dict[str, Any]:
    try:
        answer = httpx.request(
            "GET" if data is None else "POST",
            address,
            data=data,
            auth=auth,
            headers={"Accept": "application/json"},
            timeout=ANSWER_WITHIN_S,
            follow_redirects=False,
        )
        content = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise ProviderFailed(what) from None
    if data is not None and answer.status_code in (400, 401, 403) and isinstance(content, dict):
        raise NotProven("the provider refused the code")
    if answer.status_code != 200 or not isinstance(content, dict):
        raise ProviderFailed(what)
    return content

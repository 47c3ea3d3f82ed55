"""A small OpenID Connect provider on the loopback: signs in without asking whoever ``claims`` says."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.outposts import free_port
from tests.support.waiting import eventually

CLIENT_ID = "dondoc"
CLIENT_SECRET = "a secret: with odd letters/é%"

KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True) for _ in range(2))


@dataclass
class OpenIdServer:
    """What the provider says of itself and of whoever signs in; a test changes it as it likes.

    claims     put into the next ID token in the place of what would be right there; None leaves one out
    described  the same for the discovery document
    shown      the key that is shown as the one it signs with
    told       what it was asked of itself: its description, its keys
    """

    port: int
    now: float = 0
    email: str = "phongtonghop@tinh.example"
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    shown: RSAKey = field(default_factory=lambda: KEY)
    key: RSAKey = field(default_factory=lambda: KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": KEY.kid})
    token_answer: Response | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/tinh"

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/realms/tinh/.well-known/openid-configuration")(self._describe)
        app.get("/realms/tinh/keys")(self._keys)
        app.get("/realms/tinh/authorize")(self._authorize)
        app.post("/realms/tinh/token")(self._token)
        return app

    def _describe(self) -> dict[str, Any]:
        self.told.append("description")
        right = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return _changed(right, self.described)

    def _keys(self) -> dict[str, Any]:
        self.told.append("keys")
        return {"keys": [self.shown.as_dict(private=False)]}

    def _authorize(self, request: Request) -> RedirectResponse:
        query = dict(request.query_params)
        self.asked.append(query)
        code = f"code{len(self._codes)}"
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", status_code=302)

    async def _token(self, request: Request) -> Response:
        form = dict(await request.form())
        asked = self._codes.pop(str(form.get("code")), None)  # once only
        challenge = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
            or not self._knows_client(request, form)
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        if self.token_answer is not None:
            return self.token_answer
        right = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT_ID,
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": True,
        }
        token = jwt.encode(self.header, _changed(right, self.claims), self.key, algorithms=["RS256", "HS256", "none"])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _knows_client(self, request: Request, form: dict[str, Any]) -> bool:
        if "client_secret_post" in self.described.get("token_endpoint_auth_methods_supported", ()):
            return form.get("client_secret") == CLIENT_SECRET
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {wanted}"


@contextmanager
def running() -> Iterator[OpenIdServer]:
    """A provider on a free port, ended with the block."""
    provider = OpenIdServer(free_port())
    config = uvicorn.Config(
        provider.app(), host="127.0.0.1", port=provider.port, log_config=None, access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="openid")
    thread.start()
    eventually(lambda: server.started, within_s=30)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(30)


def _changed(right: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (right | changes).items() if value is not None}

"""The Prefect server as dondoc runs it: Prefect's own, behind a policy that keeps its pages at home.

Prefect's newer pages ask an outside analytics host even with analytics off. The key they would use is removed from
them; should that fail one day, the policy below forbids a browser to ask anything but this server. Everything the pages
need comes with Prefect.

Run by ``uvicorn --factory hosting.prefect.server:create_app``, as ``prefect server start`` does, without waiting for
its command line to load.
"""

import os
import re
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from starlette.responses import PlainTextResponse
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    b"default-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    b"style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    b"worker-src 'self' blob:; frame-ancestors 'self'"
)


def create_app() -> ASGIApp:
    """Prefect's API, pages and services, with the policy on every answer."""
    # No other application will be made in this process, so Prefect may free what only that would need.
    os.environ["PREFECT__SERVER_FINAL"] = "1"
    from prefect.server.api.server import create_app as create_prefect_app

    if sqlite3.sqlite_version_info < _KNOWS_CONCAT:
        event.listen(Engine, "connect", _teach_concat)
    app = create_prefect_app()
    if pages := os.environ.get("PREFECT_SERVER_UI_STATIC_DIRECTORY"):
        _remove_analytics_key(Path(pages))
    closed = _with_policy(_without_docs(app))
    # One of several servers shares its services with the others, through Redis.
    return closed if os.environ.get("PREFECT__SERVER_WEBSERVER_ONLY") else _with_services(closed, app)


def _with_services(app: ASGIApp, prefect_app: Any) -> ASGIApp:
    from hosting.prefect.services import services

    opened = Router(lifespan=lambda _: services(prefect_app))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await (opened if scope["type"] == "lifespan" else app)(scope, receive, send)

    return answer


_KNOWS_CONCAT = (3, 44)
"""Prefect looks for words in logs with SQL's ``concat``; without it such a search ends with a failure."""


def _teach_concat(connection: Any, _: object) -> None:
    if "sqlite" in type(connection).__module__:
        connection.create_function("concat", -1, _concat)


def _concat(*parts: object) -> str:
    return "".join(str(each) for each in parts if each is not None)


_ANALYTICS_KEY = re.compile(rb"return`[0-9a-f]{32}`")


def _remove_analytics_key(pages: Path) -> None:
    """Without a key the pages start no analytics; these are the copies that Prefect unpacked for us."""
    for script in pages.glob("v2/assets/index-*.js"):
        written = script.read_bytes()
        if (without := _ANALYTICS_KEY.sub(b"return``", written)) != written:
            script.write_bytes(without)


_DOCS = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"})
"""Outside of Prefect's API these ask for no sign-in; its pages do not need them."""


def _without_docs(app: ASGIApp) -> ASGIApp:
    """The application, with what describes it to everybody closed (404)."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and re.sub("/+", "/", scope["path"]).rstrip("/") in _DOCS:
            await PlainTextResponse("", status_code=404)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _with_policy(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"content-security-policy", _POLICY)]
            await send(message)

        await app(scope, receive, send_with_policy if scope["type"] == "http" else send)

    return answer

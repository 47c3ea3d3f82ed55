"""Asking Prefect's server: with our sign-in, over a connection for one request, and never where it would redirect."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import Request

from config.errors import Refused
from config.keys import prefect_sign_in
from portal.web import store_of

JSON_HEADERS = {"content-type": "application/json"}

_CONNECT_TIMEOUT_S = 3.0
_TIMEOUT_S = 30.0


class DoorRefused(Refused):
    """What the door to Prefect does not pass on, with the status of the answer.

    ``str(error)`` is in both languages: Prefect's pages show these words as they are.
    """

    def __init__(self, status: int, vi: str, en: str) -> None:
        super().__init__(f"{vi} / {en}", en)
        self.status = status


class PrefectUnavailable(DoorRefused):
    """Prefect's server does not answer, or not in time."""

    def __init__(self) -> None:
        super().__init__(
            502,
            "Máy chủ Prefect chưa trả lời; thử lại sau ít phút. Bảng theo dõi vẫn xem được ở trang đôn đốc.",
            "Prefect is not responding; try again in a few minutes. The board can still be seen in the portal.",
        )


async def send(
    request: Request, method: str, target: str, *, headers: Mapping[str, str] = JSON_HEADERS, body: bytes = b""
) -> tuple[httpx.Response, httpx.AsyncClient]:
    """The answer, of which the body is still to be read, and what to close after it."""
    settings = store_of(request).settings
    # One client for each request: a connection kept open may be gone by the next, and Prefect is on this host.
    client = httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(verify=settings.prefect_address.startswith("https"), trust_env=False),
        timeout=httpx.Timeout(_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S),
        trust_env=False,
    )
    name, password = prefect_sign_in(settings).split(":")
    try:
        outgoing = client.build_request(
            method, f"{settings.prefect_address}{target}", headers=dict(headers), content=body
        )
        return await client.send(outgoing, auth=(name, password), stream=True), client
    except httpx.HTTPError:
        await client.aclose()
        raise PrefectUnavailable from None


async def content_of(answer: httpx.Response, client: httpx.AsyncClient) -> Any:
    """The JSON of an answer of the API, which is small."""
    try:
        return json.loads(await answer.aread())
    except (httpx.HTTPError, ValueError):
        raise PrefectUnavailable from None
    finally:
        await close(answer, client)


async def ask(request: Request, method: str, target: str, body: Any = None) -> tuple[int, Any]:
    """The status and the JSON of one question of our own to the API."""
    answer, client = await send(request, method, target, body=json.dumps(body).encode() if body is not None else b"")
    if answer.status_code >= 300:
        await close(answer, client)
        return answer.status_code, None
    return answer.status_code, await content_of(answer, client)


async def close(answer: httpx.Response, client: httpx.AsyncClient) -> None:
    await answer.aclose()
    await client.aclose()

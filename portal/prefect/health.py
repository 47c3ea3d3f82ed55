"""Whether Prefect answers, so that the desk can say when it does not."""

import time

import httpx
from fastapi import Request

from portal.web import store_of

_LASTS_S = 15.0
_TIMEOUT_S = 1.0


def prefect_answers(request: Request) -> bool:
    """Whether Prefect's server says that it is well; asked anew after a quarter of a minute."""
    asked_at, answered = getattr(request.app.state, "prefect_health", (-_LASTS_S, True))
    if time.monotonic() - asked_at < _LASTS_S:
        return bool(answered)
    address = f"{store_of(request).settings.prefect_address}/api/health"
    try:
        # Where it is not encrypted no certificate is read, which would take as long as several pages.
        found = httpx.get(address, timeout=_TIMEOUT_S, trust_env=False, verify=address.startswith("https"))
        answered = found.status_code == 200
    except httpx.HTTPError:
        answered = False
    request.app.state.prefect_health = (time.monotonic(), answered)
    return bool(answered)

"""Access tokens of Zalo, renewed before they end: each refresh token is good for one renewal, so the next is kept.

Kept in a file of the data directory that nobody else may read. On several machines one of them alone sends over Zalo,
or they share that directory: of two that renew by the same token the second is refused.
"""

import fcntl
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from config import clock
from config.contacts.zalo_addresses import ZaloLogin
from config.text.atomic_write import atomic_write
from notifications.channels.connections import SendContext
from notifications.channels.http import NotTaken, post
from notifications.channels.outgoing import Outcome, Result

OAUTH_BASE = "https://oauth.zaloapp.com"

_RENEWED_BEFORE = timedelta(minutes=10)
_USUAL_LIFE = timedelta(hours=1)
"""Of a token that comes without saying for how long; Zalo's documents have said an hour, and 25."""

_renewing = threading.Lock()


def access_token(login: ZaloLogin, context: SendContext, *, refused: str = "") -> str:
    """The token to send with, renewed when it ends soon or is the one that was ``refused``.

    Raises ``NotTaken`` when Zalo gives no new one, or does not answer.
    """
    if login.token:
        return login.token
    file = context.mailbox.parent / f"zalo-{login.app_id}.json"  # beside the mailbox, in the data directory
    with _alone(file):
        kept = _read(file, login)
        token = str(kept.get("access_token", ""))
        if token and token != refused and _ends_at(kept) > clock.now() + _RENEWED_BEFORE:
            return token
        return _renew(login, str(kept.get("refresh_token") or login.refresh), file, context)


def _renew(login: ZaloLogin, refresh: str, file: Path, context: SendContext) -> str:
    answer = post(
        context.connections,
        f"{login.base or OAUTH_BASE}/v4/oa/access_token",
        content={"app_id": login.app_id, "grant_type": "refresh_token", "refresh_token": refresh},
        headers={"secret_key": login.secret},
        as_form=True,
    )
    try:
        given = json.loads(answer)
        token, following = given["access_token"], given["refresh_token"]
        life = timedelta(seconds=float(given.get("expires_in") or _USUAL_LIFE.total_seconds()))
    except (ValueError, KeyError, TypeError):
        raise NotTaken(
            Outcome(
                Result.TEMPORARY,
                "Zalo không cấp khóa truy cập mới; kiểm tra ứng dụng, khóa bí mật, lấy refresh token mới cho OA.",
                server="zalo",
                needs_mending=True,
            )
        ) from None
    kept = {
        "access_token": token,
        "refresh_token": following,
        "ends_at": (clock.now() + life).isoformat(),
        "began_with": _digest(login.refresh),
    }
    with atomic_write(file) as written:
        written.write(json.dumps(kept).encode())
    return str(token)


def _read(file: Path, login: ZaloLogin) -> dict[str, Any]:
    """What is kept; nothing when the operator has given another first refresh token since."""
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and kept.get("began_with") == _digest(login.refresh) else {}


def _ends_at(kept: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(kept["ends_at"]))
    except (KeyError, ValueError):
        return clock.now()


def _digest(refresh: str) -> str:
    return sha256(refresh.encode()).hexdigest()


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Among the threads of this process and the processes of this machine."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with _renewing, file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

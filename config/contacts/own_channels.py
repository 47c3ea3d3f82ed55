"""The channels that are ours and not Apprise's, as they are addressed in contacts.yaml: the local mailbox and Zalo OA.

How each of them sends is in ``notifications/channels/sending.py`` under the same names; docs/channels.md
tells how to add one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

LOCAL_MAILBOX = "mailbox"
"""The channel of a desk without an address: files under the data directory."""

ZALO = "zalo"

_ZALO_BASE = "https://openapi.zalo.me"


@dataclass(frozen=True)
class ZaloAddress:
    """An Official Account's access token and one of its followers; ``base`` is where the service listens."""

    token: str = field(repr=False)
    user_id: str
    base: str


def zalo_address(url: str) -> ZaloAddress | None:
    """Read ``zalo://ACCESS_TOKEN@USER_ID``, with ``?base=http://…`` for another place; None when it is not one."""
    try:
        parts = urlsplit(url)
        login, _, user_id = parts.netloc.rpartition("@")
        given = parse_qs(parts.query, strict_parsing=bool(parts.query))
        (base,) = given.pop("base", [_ZALO_BASE])
        listens = urlsplit(base)
    except ValueError:
        return None
    token = unquote(login)
    complete = parts.scheme == ZALO and parts.path in ("", "/") and not given and not parts.fragment
    # The token goes into a header, where a line break would begin another header.
    readable = token.isascii() and token.isprintable() and token.strip() == token
    if not (complete and token and readable and user_id.isascii() and user_id.isdigit()):
        return None
    if listens.scheme not in ("http", "https") or not listens.hostname or listens.query or listens.fragment:
        return None
    return ZaloAddress(token, user_id, base.rstrip("/"))


@dataclass(frozen=True)
class OwnAddress:
    """How an address of a channel of ours is recognised, and an example without a secret."""

    understands: Callable[[str], bool]
    example: str


OWN_ADDRESSES: Mapping[str, OwnAddress] = {
    LOCAL_MAILBOX: OwnAddress(lambda url: url == f"{LOCAL_MAILBOX}://", f"{LOCAL_MAILBOX}://"),
    ZALO: OwnAddress(lambda url: zalo_address(url) is not None, "zalo://${ZALO_TOKEN}@1234567890"),
}

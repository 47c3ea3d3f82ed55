"""One signed POST of events to a program (https://www.standardwebhooks.com).

The name is looked up here and the connection made to the very address that was looked at, so that no answer of a name
server in between leads inside.
"""

import base64
import hashlib
import hmac
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from config import clock
from config.contacts.web_addresses import checked_hook_url, host_and_port, is_outside
from config.errors import Refused
from notifications.channels.connections import Connections
from notifications.channels.http import NOT_CONNECTED, UNREACHABLE, NotTaken, post
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import ProviderUnreachable
from notifications.channels.time_limit import run_with_limit

LOOKED_UP_WITHIN_S = 10.0


@dataclass(frozen=True)
class Hook:
    """Where events go, and the secret («whsec_…») they are signed with."""

    url: str
    secret: str = field(repr=False)


def post_events(hook: Hook, message: OutgoingMessage, *, inside: Collection[str], connections: Connections) -> Outcome:
    """Send the events in ``message.text``; never raises for what the other side does.

    inside  hosts of the inside that the operator has named
    """
    body = message.text.encode()
    try:
        checked_hook_url(hook.url, inside)
        host, port = host_and_port(hook.url)
        url, extensions = hook.url, dict[str, str]()
        if host not in inside:
            url = _at(hook.url, _looked_up(host, port))
            extensions = {"sni_hostname": host}
        # Connections of its own: one to this address that was verified for another name must not serve this one.
        with Connections(connections.limits) as own:
            headers = signed(hook.secret, message.key, body) | {"Host": urlsplit(hook.url).netloc}
            post(own, url, content=body, headers=headers, extensions=extensions)
    except Refused as fault:
        return Outcome(Result.PERMANENT, str(fault))
    except NotTaken as refused:
        return refused.outcome
    return Outcome(Result.SENT)


def signed(secret: str, key: str, body: bytes) -> dict[str, str]:
    """The headers by which the other side knows that it was us, when, and that it has it already."""
    at = str(int(clock.now().timestamp()))
    own = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.new(own, f"{key}.{at}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "dondoc",
        "webhook-id": key,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signature.digest()).decode()}",
    }


def _looked_up(host: str, port: int) -> str:
    """An IP address of a host, all of whose addresses are outside."""
    try:
        found = run_with_limit(
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), host, LOOKED_UP_WITHIN_S
        )
    except ProviderUnreachable:
        raise NotTaken(UNREACHABLE) from None
    except (OSError, UnicodeError, TimeoutError):
        raise NotTaken(NOT_CONNECTED) from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(is_outside, addresses)):
        raise Refused(
            f"Địa chỉ «{host}» dẫn vào trong mạng của máy chủ; nhờ người quản trị thêm vào DONDOC_WEBHOOK_HOSTS.",
            f"'{host}' leads inside the server's network; ask the operator to add it to DONDOC_WEBHOOK_HOSTS.",
        )
    return addresses[0]


def _at(url: str, address: str) -> str:
    """The URL with the address in the place of its host."""
    parts = urlsplit(url)
    place = f"[{address}]" if ":" in address else address
    return urlunsplit(parts._replace(netloc=f"{place}:{parts.port}" if parts.port else place))

"""Addresses of programs that are told of events: on the internet over https, inside where the operator names a host.

Whoever may register an address must not make this machine speak to itself or to its neighbours; so what is inside is
reached under a name that the operator has set (``DONDOC_WEBHOOK_HOSTS``), and nothing else is.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from config.errors import Refused

WEBHOOK = "webhook"
"""The channel of what is told to programs."""

LONGEST_URL = 500

_PRINTABLE = re.compile(r"[!-~]+")

_EMBEDDING_IPV4 = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


def checked_hook_url(text: str, inside: Collection[str]) -> str:
    """The address as it is kept; raises ``Refused`` for one that nothing would be sent to.

    inside  the hosts that the operator has named, also over http
    """
    url = text.strip()
    parts = _parts(url)
    host = (parts.hostname or "").lower()
    if not _is_host(host) or not _PRINTABLE.fullmatch(url) or len(url) > LONGEST_URL:
        raise Refused(
            f"Địa chỉ: viết trọn, như https://phan-mem.tinh.example/dondoc, tối đa {LONGEST_URL} ký tự.",
            f"Address: enter it in full, like https://software.example/dondoc, at most {LONGEST_URL} characters.",
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(
            "Địa chỉ: không ghi tên, mật khẩu hay dấu # trong đó; phần mềm kiểm tra bằng chữ ký.",
            "Address: do not include a user name, password or #; the program checks the signature instead.",
        )
    if host in inside and parts.scheme in ("https", "http"):
        return url
    if parts.scheme != "https":
        raise Refused("Địa chỉ: phải bắt đầu bằng https://.", "Address: it must begin with https://.")
    if is_inside_name(host):
        raise Refused(
            f"Địa chỉ: «{host[:60]}» ở trong mạng của máy chủ; nhờ người quản trị thêm vào DONDOC_WEBHOOK_HOSTS.",
            f"Address: '{host[:60]}' is inside the server's network; the operator can add it to DONDOC_WEBHOOK_HOSTS.",
        )
    return url


def _is_host(host: str) -> bool:
    """Whether each part between dots is of the length that names are looked up by; an address is one such part."""
    return len(host) <= 253 and all(1 <= len(part) <= 63 for part in host.removesuffix(".").split("."))


def is_inside_name(host: str) -> bool:
    """Whether a name needs no looking up to be known as one of the inside: this machine, a bare name, an address."""
    try:
        return not is_outside(host)
    except ValueError:
        name = host.rstrip(".")
        last = name.rpartition(".")[2]  # «0x7f.1» is an address to some
        return "." not in name or not last[:1].isalpha() or name.endswith((".localhost", ".local", ".internal"))


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public internet; raises ``ValueError`` for what is no address."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if any(found in network for network in _EMBEDDING_IPV4) or found.teredo is not None:
            return False
        found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


def host_and_port(url: str) -> tuple[str, int]:
    """Where a checked address leads."""
    parts = _parts(url)
    return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises for a port that is none)
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts

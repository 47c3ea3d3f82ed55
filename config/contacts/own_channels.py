"""The channels that are ours and not Apprise's: their names, and how an address of each is recognised.

How each of them sends is in ``notifications/channels/sending.py`` under the same names; docs/channels.md tells how to
add one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from config.contacts.zalo_addresses import ZALO, ZNS, zalo_address

LOCAL_MAILBOX = "mailbox"
"""The channel of a desk without an address: files under the data directory."""

MISSING = "missing"
"""The channel of a desk all of whose senders are gone: what goes to it waits until one is named again."""


@dataclass(frozen=True)
class OwnAddress:
    """How an address of a channel of ours is recognised, and an example without a secret."""

    understands: Callable[[str], bool]
    example: str


OWN_ADDRESSES: Mapping[str, OwnAddress] = {
    LOCAL_MAILBOX: OwnAddress(lambda url: url == f"{LOCAL_MAILBOX}://", f"{LOCAL_MAILBOX}://"),
    ZALO: OwnAddress(
        lambda url: zalo_address(url) is not None,
        "zalo://${ZALO_APP_ID}:${ZALO_SECRET}@1234567890?refresh=${ZALO_REFRESH}",
    ),
    ZNS: OwnAddress(
        lambda url: zalo_address(url) is not None,
        "zns://${ZALO_APP_ID}:${ZALO_SECRET}@84901234567?refresh=${ZALO_REFRESH}&template=123456",
    ),
}

"""How a message leaves: by one of our own channels, as mail spoken by ourselves, or by Apprise."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from config.contacts.contacts import Address
from config.contacts.own_channels import LOCAL_MAILBOX, MISSING
from config.contacts.zalo_addresses import ZALO, ZNS
from notifications.channels.apprise_channel import send_by_apprise
from notifications.channels.connections import Connections, SendContext
from notifications.channels.http import rate_limited
from notifications.channels.mailbox import put_in_mailbox
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import RateLimited
from notifications.channels.services import mail_service
from notifications.channels.smtp import send_mail
from notifications.channels.telegram.buttons import TELEGRAM, send_with_buttons
from notifications.channels.zalo.messages import send_over_zalo

OWN_CHANNELS: Mapping[str, Callable[[Address, OutgoingMessage, SendContext], Outcome]] = {
    LOCAL_MAILBOX: put_in_mailbox,
    ZALO: send_over_zalo,
    ZNS: send_over_zalo,
}
"""What is sent by ourselves and not by Apprise."""


def send(
    address: Address,
    message: OutgoingMessage,
    *,
    mailbox: Path,
    now: datetime,
    connections: Connections | None = None,
) -> Outcome:
    """Send one message to one recipient; never raises for what a service or a disk does.

    connections  kept for further messages; without them, new ones serve this message alone
    """
    if address.channel == MISSING:
        return _waits_for_sender(address)
    with nullcontext(connections) if connections else Connections() as kept:
        if (own := OWN_CHANNELS.get(address.channel)) is not None:
            return own(address, message, SendContext(mailbox, kept, now))
        mail = mail_service(address.url) if address.channel in ("mailto", "mailtos") else None
        service = None if mail else kept.services.get(address.url)
        if mail is None and service is None:
            return Outcome(Result.PERMANENT, "Apprise không hiểu địa chỉ trong tệp liên hệ.")
        try:
            kept.limits.wait_for_recipient(address.url)
        except RateLimited as fault:
            return rate_limited(fault)
        if mail:
            return send_mail(mail, message, now=now, connections=kept)
        assert service is not None
        if address.channel == TELEGRAM and message.buttons:
            outcome = send_with_buttons(service.plugin, message, kept)
            if outcome is not None:
                return outcome
        kept.name_certificates(mailbox.parent)  # beside the mailbox, in the data directory
        return send_by_apprise(address, service, message, kept)


def _waits_for_sender(address: Address) -> Outcome:
    names = address.url.removeprefix(f"{MISSING}://")
    reason = f"Không còn kênh gửi «{names}»: khai báo lại trong mục senders của tệp liên hệ, hoặc chọn kênh khác."
    return Outcome(Result.TEMPORARY, reason, server=names, needs_mending=True)

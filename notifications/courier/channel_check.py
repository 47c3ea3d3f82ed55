"""A test message to a desk over each of its channels, so that faults are found before a channel is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import uuid4

from config.catalogue.offices import OfficeSpec
from config.contacts.desks import Desk
from config.errors import Refused
from models.keeping.opening import Store
from notifications.channels.outgoing import OutgoingMessage, Result
from notifications.channels.sending import send


@dataclass(frozen=True)
class ChannelCheck:
    """What became of a test message over one channel; ``reason`` in Vietnamese when it was not sent."""

    channel: str
    result: Result
    reason: str

    def in_both_languages(self) -> Refused:
        """One line for the list of all channels, those that work among them."""
        if self.result is Result.SENT:
            return Refused(f"Kênh {self.channel}: đã gửi.", f"Channel {self.channel}: sent.")
        if self.result is Result.AMBIGUOUS:
            return Refused(
                f"Kênh {self.channel}: chưa rõ đã đến hay chưa. {self.reason}",
                f"Channel {self.channel}: it is not known whether it has arrived.",
            )
        return Refused(
            f"Kênh {self.channel}: chưa gửi được. {self.reason}",
            f"Channel {self.channel}: not sent ({self.result.value}).",
        )


def check_channels(store: Store, office: str, desk: Desk, *, now: datetime) -> tuple[ChannelCheck, ...]:
    """Send one over each channel of the desk, in its order; raises ``Refused`` for an unknown office."""
    name = store.plan.office(office).name_vi
    text = (
        f"Đây là tin thử của hệ thống đôn đốc gửi {name}. Nhận được tin này nghĩa là kênh liên hệ"
        " đã đúng; không cần trả lời.\n\nThis is a test message of dondoc; no answer is needed.\n"
    )
    subject = f"[Đôn đốc] Tin thử gửi {name}"
    page = f'<p style="white-space:pre-line">{escape(text)}</p>'
    checks = []
    for address in store.contacts.in_order(office, desk):
        outgoing = OutgoingMessage(f"dondoc-test-{uuid4()}", name, subject, text, page, f"{subject}.")
        outcome = send(address, outgoing, mailbox=store.settings.mailbox_dir, now=now)
        checks.append(ChannelCheck(address.channel, outcome.result, outcome.reason))
    return tuple(checks)


def require_all_sent(office: OfficeSpec, checks: Sequence[ChannelCheck]) -> None:
    """Raises ``Refused`` with the outcome of every channel when one of them failed."""
    failed = sum(each.result is not Result.SENT for each in checks)
    if failed:
        raise Refused(
            f"Tin thử tới {office.name_vi}: {failed} trong {len(checks)} kênh chưa đạt.",
            f"The test message to {office.name_en}: {failed} of {len(checks)} channels failed.",
            details=[each.in_both_languages() for each in checks],
        )

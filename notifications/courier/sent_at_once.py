"""Messages that are sent at once, beside the outbox: tests of a desk's channels, and links into the portal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import uuid4

from config.catalogue.offices import OfficeSpec
from config.contacts.contacts import Address
from config.contacts.desks import Desk
from config.errors import Refused
from models.keeping.opening import Store
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
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
                f"Channel {self.channel}: not known whether it arrived.",
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
        " đã đúng; không cần trả lời.\n\nThis is a test message from the follow-up system. If you received it, the "
        "contact channel works; no reply is needed.\n"
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


def send_user_link(store: Store, email: str, link: str, *, now: datetime) -> Outcome:
    """Send a coordinator or manager the link that signs them in."""
    lines = (
        "Bấm đường dẫn sau để đăng nhập trang đôn đốc. Dùng được một lần, trong 15 phút:",
        link,
        "Nếu không phải bạn vừa xin đường dẫn này, hãy bỏ qua thư.",
        "Open the link above to sign in; it works once, within 15 minutes. If you did not ask for it, ignore this "
        "message.",
    )
    return _send(store, store.contacts.mail_to(email), email, "[Đôn đốc] Đường dẫn đăng nhập", lines, now)


def send_office_link(store: Store, office: str, link: str, *, now: datetime) -> Outcome:
    """Send an office's focal point a fresh link to its own door."""
    name = store.plan.office(office).name_vi
    lines = (
        f"Bấm đường dẫn sau để xem và trả lời các việc của {name}. Dùng được trong {store.settings.link_days} ngày:",
        link,
        "Ai có đường dẫn này đều xem được việc của cơ quan; chỉ chuyển cho người được giao việc.",
        "The link above opens your office's list of work. Anyone with it can see your office's work; pass it on only "
        "to those who do the work.",
    )
    address = store.contacts.address(office, Desk.FOCAL)
    return _send(store, address, name, f"[Đôn đốc] Đường dẫn vào trang của {name}", lines, now)


def _send(store: Store, address: Address, name: str, subject: str, lines: tuple[str, ...], now: datetime) -> Outcome:
    text = "\n\n".join(lines) + "\n"
    page = "".join(
        f'<p><a href="{escape(line)}">{escape(line)}</a></p>' if line.startswith("http") else f"<p>{escape(line)}</p>"
        for line in lines
    )
    outgoing = OutgoingMessage(f"dondoc-link-{uuid4()}", name, subject, text, page, f"{subject}\n{lines[1]}")
    return send(address, outgoing, mailbox=store.settings.mailbox_dir, now=now)

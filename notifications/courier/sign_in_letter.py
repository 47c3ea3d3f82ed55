"""Letters with a link into the portal: to an account's own address, or to an office's registered one."""

from datetime import datetime
from html import escape
from uuid import uuid4

from config.contacts.contacts import Address
from config.contacts.desks import Desk
from models.keeping.opening import Store
from notifications.channels.outgoing import Outcome, OutgoingMessage
from notifications.channels.sending import send


def send_user_link(store: Store, email: str, link: str, *, now: datetime) -> Outcome:
    """Send a coordinator or manager the link that signs them in."""
    lines = (
        "Bấm đường dẫn sau để vào trang đôn đốc. Dùng được một lần, trong 15 phút:",
        link,
        "Nếu không phải bạn vừa xin đường dẫn này, hãy bỏ qua thư.",
        "Open the link above to sign in; it works once, within 15 minutes. If you did not ask for it, ignore this.",
    )
    return _send(store, store.contacts.mail_to(email), email, "[Đôn đốc] Đường dẫn vào trang", lines, now)


def send_office_link(store: Store, office: str, link: str, *, now: datetime) -> Outcome:
    """Send an office's focal point a fresh link to its own door."""
    name = store.plan.office(office).name_vi
    lines = (
        f"Bấm đường dẫn sau để xem và trả lời các việc của {name}. Dùng được trong {store.settings.link_days} ngày:",
        link,
        "Ai có đường dẫn này đều xem được việc của cơ quan; chỉ chuyển cho người được giao việc.",
        "The link opens your office's own list. Pass it on only to those who do the work.",
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

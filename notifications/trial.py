"""One test message to one desk, so that a channel can be tried before it is needed."""

from datetime import datetime
from html import escape
from uuid import uuid4

from models.office import Desk
from models.store import Store
from notifications.channels import send
from notifications.outgoing import Outcome, Outgoing


def send_trial(store: Store, office: str, desk: Desk, *, now: datetime) -> Outcome:
    """Send it and give what became of it; raises ``Refused`` for an unknown office."""
    name = store.plan.office(office).name_vi
    text = (
        f"Đây là tin thử của hệ thống đôn đốc gửi {name}. Nhận được tin này nghĩa là kênh liên hệ"
        " đã đúng; không cần trả lời.\n\nThis is a test message of dondoc; no answer is needed.\n"
    )
    subject = f"[Đôn đốc] Tin thử gửi {name}"
    page = f'<p style="white-space:pre-line">{escape(text)}</p>'
    outgoing = Outgoing(f"dondoc-test-{uuid4()}", name, subject, text, page, f"{subject}.")
    return send(store.contacts.address(office, desk), outgoing, mailbox=store.settings.mailbox_dir, now=now)

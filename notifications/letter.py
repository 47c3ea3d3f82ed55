"""A message as a letter (RFC 5322): text and HTML, with the key by which a second copy is known."""

from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from config.clock import HANOI
from notifications.outgoing import Outgoing

SENDER_NAME = "Đôn đốc"


def letter(message: Outgoing, *, sender: str, to: str, now: datetime) -> MIMEMultipart:
    """The message, from ``sender`` to ``to``; both may be plain addresses or what ``named`` makes of them.

    Its ``Message-ID`` is the same at every try, so a mailbox shows a second copy as the first.
    """
    # The older classes: EmailMessage breaks a long display name in the middle of a word.
    whole = MIMEMultipart("alternative")
    whole["Subject"] = Header(message.subject, "utf-8", header_name="Subject").encode()
    whole["From"] = sender
    whole["To"] = to
    whole["Date"] = format_datetime(now.astimezone(HANOI))
    whole["Message-ID"] = f"<{message.key}@dondoc>"
    whole["X-Dondoc-Message"] = message.key
    # What is sent by machine must not be answered by machine (RFC 3834).
    whole["Auto-Submitted"] = "auto-generated"
    whole.attach(MIMEText(message.text, "plain", "utf-8"))
    whole.attach(MIMEText(message.html, "html", "utf-8"))
    return whole


def named(name: str, address: str) -> str:
    """An address with a name before it, in whatever letters."""
    return formataddr((str(Header(name, "utf-8")), address)) if name else address

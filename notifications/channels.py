"""How a message leaves: Apprise wrapped once, and the local mailbox.

One recipient per call, no retries of Apprise's own, no pauses of its own; the result is a value. What a service answers
is never repeated, since it may echo an address or a password: a reason is always one of our own sentences.
"""

import logging
import os
import re
import threading
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from enum import StrEnum
from pathlib import Path

from config.clock import HANOI
from config.contacts import LOCAL_MAILBOX, Address


class Result(StrEnum):
    """What is truly known after a try."""

    SENT = "sent"  # the service took it
    TEMPORARY = "temporary"  # it did not, and may later
    AMBIGUOUS = "ambiguous"  # no answer in time: it may or may not have been taken
    PERMANENT = "permanent"  # it did not and will not


@dataclass(frozen=True)
class Outcome:
    """The result of one try, with its reason in Vietnamese when it failed."""

    result: Result
    reason: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A message ready to leave. ``short`` is said instead of ``text`` where a service takes only a few words."""

    key: str
    recipient_name: str
    subject: str
    text: str
    html: str
    short: str


def send(address: Address, message: Outgoing, *, mailbox: Path, now: datetime) -> Outcome:
    """Send one message to one recipient; never raises for what a service or a disk does."""
    if address.channel == LOCAL_MAILBOX:
        return _put_in_mailbox(mailbox, message, now)
    return _send_by_apprise(address, message)


def _put_in_mailbox(mailbox: Path, message: Outgoing, now: datetime) -> Outcome:
    """Write the message as an ``.eml`` file; the same message again replaces its own file."""
    # The older classes: EmailMessage breaks a long display name in the middle of a word.
    letter = MIMEMultipart("alternative")
    letter["Subject"] = Header(message.subject, "utf-8", header_name="Subject").encode()
    letter["From"] = "dondoc <dondoc@localhost>"
    letter["To"] = formataddr((str(Header(message.recipient_name, "utf-8")), "mailbox@localhost"))
    letter["Date"] = format_datetime(now.astimezone(HANOI))
    letter["Message-ID"] = f"<{message.key}@dondoc>"
    letter.attach(MIMEText(message.text, "plain", "utf-8"))
    letter.attach(MIMEText(message.html, "html", "utf-8"))
    path = mailbox / f"{now.astimezone(HANOI):%Y%m%d}-{message.key}.eml"
    try:
        mailbox.mkdir(parents=True, exist_ok=True)
        for earlier in mailbox.glob(f"*-{message.key}.eml"):
            path = earlier
        half_written = path.with_suffix(".part")
        with half_written.open("wb") as file:
            file.write(letter.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        half_written.replace(path)
    except OSError as fault:
        return Outcome(Result.TEMPORARY, f"Không ghi được hộp thư tại chỗ ({fault.strerror}).")
    return Outcome(Result.SENT)


def _send_by_apprise(address: Address, message: Outgoing) -> Outcome:
    # Imported here: it takes a third of a second, which a store on the local mailbox need not wait for.
    import apprise

    service = apprise.Apprise.instantiate(address.url, suppress_exceptions=True)
    if service is None:
        return Outcome(Result.PERMANENT, "Apprise không hiểu địa chỉ trong tệp liên hệ.")
    # Apprise counts seconds between two sends of one object; one object sends once here.
    service.request_rate_per_sec = 0
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        # By this the receiver can tell a second copy from a second message.
        headers["X-Dondoc-Message" if address.channel.startswith("mail") else "Idempotency-Key"] = message.key
    carrier = apprise.Apprise()
    carrier.add(service)
    rich = service.notify_format == apprise.NotifyFormat.HTML
    body = message.html if rich else message.text
    if len(body) > service.body_maxlen:
        body, rich = message.short, False
    with _Overheard() as overheard:
        taken = carrier.notify(
            title=message.subject,
            body=body,
            body_format=apprise.NotifyFormat.HTML if rich else apprise.NotifyFormat.TEXT,
        )
    return Outcome(Result.SENT) if taken else _diagnose(overheard.lines)


class _Overheard(logging.Handler):
    """What Apprise logs in this thread while it sends: the only place where it says why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._thread = threading.get_ident()
        self._logger = logging.getLogger("apprise")

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.lines.append(record.getMessage())

    def __enter__(self) -> "_Overheard":
        self._level, self._propagate = self._logger.level, self._logger.propagate
        self._logger.setLevel(logging.DEBUG)
        # Apprise's own lines may show an address; they go no further than this.
        self._logger.propagate = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.setLevel(self._level)
        self._logger.propagate = self._propagate


_HTTP_ERROR = re.compile(r"error=(\d{3})")
_SMTP_CODE = re.compile(r"\((\d{3}), b['\"]")


def _diagnose(lines: list[str]) -> Outcome:
    said = "\n".join(lines)
    if codes := _HTTP_ERROR.findall(said):
        code = int(codes[-1])
        if code in (408, 425, 429) or code >= 500:
            return Outcome(Result.TEMPORARY, f"Dịch vụ tạm thời từ chối (mã {code}).")
        return Outcome(Result.PERMANENT, f"Dịch vụ từ chối (mã {code}); kiểm tra địa chỉ và quyền.")
    if codes := _SMTP_CODE.findall(said):
        code = int(codes[-1])
        if code >= 500:
            return Outcome(Result.PERMANENT, f"Máy chủ thư từ chối (mã {code}); kiểm tra địa chỉ, tài khoản.")
        return Outcome(Result.TEMPORARY, f"Máy chủ thư tạm thời từ chối (mã {code}).")
    if re.search(r"timed? ?out", said, re.IGNORECASE):
        return Outcome(Result.AMBIGUOUS, "Hết thời gian chờ, chưa rõ đã nhận hay chưa.")
    return Outcome(Result.TEMPORARY, "Không kết nối được tới dịch vụ.")

"""How a message leaves: Apprise wrapped once, mail spoken by ourselves, and the local mailbox.

One recipient per call, no retries of Apprise's own, no pauses of its own; the result is a value. What a service answers
is never repeated, since it may echo an address or a password: a reason is always one of our own sentences.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from config.clock import HANOI
from config.contacts.contacts import Address
from config.contacts.own_channels import LOCAL_MAILBOX, ZALO
from notifications.channels.connections import Connections, Means
from notifications.channels.letter import letter, named
from notifications.channels.outgoing import Outcome, Outgoing, Result
from notifications.channels.pace import TooFast
from notifications.channels.smtp import send_mail
from notifications.channels.web import ANSWER_WITHIN_S, CONNECT_WITHIN_S, pooled, speaks_http, too_fast
from notifications.channels.zalo import send_over_zalo

_NO_ANSWER = "Hết thời gian chờ, chưa rõ đã nhận hay chưa."


def send(
    address: Address, message: Outgoing, *, mailbox: Path, now: datetime, connections: Connections | None = None
) -> Outcome:
    """Send one message to one recipient; never raises for what a service or a disk does.

    connections  kept for further messages; without them, new ones serve this message alone
    """
    with nullcontext(connections) if connections else Connections() as open_:
        if (own := OWN_CHANNELS.get(address.channel)) is not None:
            return own(address, message, Means(mailbox, open_, now))
        service = open_.service(address.url)
        if service is None:
            return Outcome(Result.PERMANENT, "Apprise không hiểu địa chỉ trong tệp liên hệ.")
        try:
            open_.pace.wait_for_recipient(address.url)
        except TooFast as fault:
            return too_fast(fault)
        if address.channel in ("mailto", "mailtos") and service.pgp_mode == "no":
            return send_mail(service, message, now=now, connections=open_)
        return _send_by_apprise(service, message, open_, is_mail=address.channel.startswith("mail"))


def _put_in_mailbox(_: Address, message: Outgoing, means: Means) -> Outcome:
    """Write the message as an ``.eml`` file; the same message again replaces its own file."""
    mailbox, now = means.mailbox, means.now
    to = named(message.recipient_name, "mailbox@localhost")
    content = letter(message, sender="dondoc <dondoc@localhost>", to=to, now=now).replace(b"\r\n", b"\n")
    path = mailbox / f"{now.astimezone(HANOI):%Y%m%d}-{message.key}.eml"
    try:
        mailbox.mkdir(parents=True, exist_ok=True)
        # Looking through a mailbox of years for every new letter would take longer each day.
        for earlier in () if message.is_first_try else mailbox.glob(f"*-{message.key}.eml"):
            path = earlier
        half_written = path.with_suffix(".part")
        with half_written.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half_written.replace(path)
    except OSError as fault:
        return Outcome(Result.TEMPORARY, f"Không ghi được hộp thư tại chỗ ({fault.strerror}).")
    return Outcome(Result.SENT)


OWN_CHANNELS: Mapping[str, Callable[[Address, Outgoing, Means], Outcome]] = {
    LOCAL_MAILBOX: _put_in_mailbox,
    ZALO: send_over_zalo,
}
"""What is sent by ourselves and not by Apprise."""


def _send_by_apprise(service: Any, message: Outgoing, connections: Connections, *, is_mail: bool) -> Outcome:
    import apprise

    # Apprise counts seconds between two sends of one object; one object sends once here. Retries are ours, a failure
    # is never fine, and a redirected POST would arrive as an empty GET that is answered with 200.
    service.request_rate_per_sec = 0
    service.retry, service.optional, service.redirects = 0, False, False
    # However long an address asks to wait, a try ends before its message's lease does.
    service.socket_connect_timeout = min(service.socket_connect_timeout, CONNECT_WITHIN_S)
    service.socket_read_timeout = min(service.socket_read_timeout, ANSWER_WITHIN_S)
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        # By this the receiver can tell a second copy from a second message.
        headers["X-Dondoc-Message" if is_mail else "Idempotency-Key"] = message.key
    title, body, rich = _as_much_as_fits(service, message, html=apprise.NotifyFormat.HTML)
    carrier = connections.carrier(service)
    if not speaks_http(service):
        _hear_all()
    with _overheard() as lines, pooled(service, connections) as exchange:
        answer = carrier.notify(
            title=title,
            body=body,
            body_format=apprise.NotifyFormat.HTML if rich else apprise.NotifyFormat.TEXT,
        )
    return _understood(answer) or exchange.outcome() or _diagnose(lines)


def _understood(answer: Any) -> Outcome | None:
    """What Apprise's answer alone says; None when the reason must be looked for elsewhere.

    Apprise 1 answers with a truth value; Apprise 2 with a result that is true when all went well and has a status.
    """
    if answer:
        return Outcome(Result.SENT)
    if getattr(getattr(answer, "status", None), "name", "") == "TIMEOUT":
        return Outcome(Result.AMBIGUOUS, _NO_ANSWER)
    return None


def _as_much_as_fits(service: Any, message: Outgoing, *, html: Any) -> tuple[str, str, bool]:
    """Title and body as far as the service takes them, and whether the body is HTML."""
    titled = service.title_maxlen > 0
    # A chat shows HTML too, but a page with tables is made for mail.
    if titled and service.notify_format == html and len(message.html) <= service.body_maxlen:
        return message.subject, message.html, True
    room = service.body_maxlen if titled else service.body_maxlen - len(message.subject) - len("\r\n")
    if len(message.text) <= room:
        return message.subject, message.text, False
    return "", message.shortened(service.body_maxlen), False


class _Listener(logging.Handler):
    """Hears what Apprise logs while it sends, in the thread that sends: the only place where it says why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.hearing = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        lines: list[str] | None = getattr(self.hearing, "lines", None)
        if lines is not None:
            lines.append(record.getMessage())


@cache
def _listener() -> _Listener:
    # Set once and left so: two couriers that each put the logger back would undo one another's.
    logger, listener = logging.getLogger("apprise"), _Listener()
    logger.setLevel(logging.INFO)
    logger.addHandler(listener)
    return listener


@cache
def _hear_all() -> None:
    """From now on also what Apprise tells at its most talkative: only there does it say why a mail server failed.

    Not from the start: over HTTP we know better, and it makes a clean copy of each message for the log.
    """
    _listener()
    logging.getLogger("apprise").setLevel(logging.DEBUG)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    lines: list[str] = []
    hearing = _listener().hearing
    hearing.lines = lines
    try:
        yield lines
    finally:
        hearing.lines = None


_HTTP_ERROR = re.compile(r"error=(\d{3})\b")
_SMTP_CODE = re.compile(r"\((\d{3}), b['\"]")


def _diagnose(lines: list[str]) -> Outcome:
    # What the service itself wrote proves nothing about what became of the message.
    said = "\n".join(line for line in lines if not line.startswith("Response Details"))
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
    if re.search(r"connect timeout|ConnectTimeout", said):
        return Outcome(Result.TEMPORARY, "Không kết nối được tới dịch vụ trong thời gian chờ.")
    if re.search(r"timed? ?out|Connection aborted|Remote end closed|reset by peer", said, re.IGNORECASE):
        return Outcome(Result.AMBIGUOUS, _NO_ANSWER)
    return Outcome(Result.TEMPORARY, "Không kết nối được tới dịch vụ.")

"""Mail: the address in Apprise's form (mailto://, mailtos://), the letter and the SMTP connection our own.

Apprise gives every letter a new Message-ID and makes its text part out of the HTML. Speaking SMTP ourselves also tells
exactly which step failed: only what fails after the letter was handed over may have been taken. A connection is kept
for the next letter to the same server; one that turns out to be closed before it took the letter is opened again, once.
"""

import smtplib
import ssl
import time
from collections.abc import Hashable
from datetime import datetime
from typing import Any

from notifications.channels.certificates import ssl_context
from notifications.channels.connections import Connections
from notifications.channels.http import CONNECT_TIMEOUT_S, rate_limited
from notifications.channels.letter import SENDER_NAME, compose_letter, formatted_address
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import ProviderUnreachable, RateLimited
from notifications.channels.smtp_connection import SmtpConnection, SmtpTlsConnection, mail_refusal
from notifications.channels.time_limit import SEND_LIMIT_S

_NO_CONNECTION = "Không kết nối được tới máy chủ thư."
_CLOSING = 421


def send_mail(service: Any, message: OutgoingMessage, *, now: datetime, connections: Connections) -> Outcome:
    """Send one letter to the recipient of ``service``, a mail address read by Apprise; never raises for a server."""
    recipients = [address for _, address in service.targets] + sorted(service.cc) + sorted(service.bcc)
    envelope = (service.from_addr[1], *recipients)
    ends_at = time.monotonic() + SEND_LIMIT_S
    try:
        connections.limits.wait_for_provider(service.smtp_host)
        content = _letter(service, message, now)
        if (kept := connections.take_smtp(_server(service))) is not None:
            kept.ends_at = ends_at
            try:
                return _send_letter(kept, service, envelope, content, connections, kept=True)
            except _ConnectionClosed:  # and the letter was not handed over
                pass
        opened = _open(service, ends_at, connections)
        return _send_letter(opened, service, envelope, content, connections, kept=False)
    except RateLimited as fault:
        return rate_limited(fault)
    except ProviderUnreachable:
        return Outcome(Result.TEMPORARY, f"{_NO_CONNECTION} Vừa thử nhiều lần liền; sẽ thử lại ở lượt sau.")
    except smtplib.SMTPResponseException as answer:
        return mail_refusal(answer.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return Outcome(Result.PERMANENT, "Máy chủ thư không hỗ trợ STARTTLS hoặc đăng nhập; kiểm tra địa chỉ.")
    except ssl.SSLCertVerificationError:
        return Outcome(Result.TEMPORARY, "Chứng chỉ của máy chủ thư không hợp lệ.")
    except TimeoutError:
        return Outcome(Result.TEMPORARY, "Máy chủ thư không trả lời kịp; thư chưa được chuyển.")
    except UnicodeError:  # a name or an address that the protocol cannot carry
        return Outcome(Result.PERMANENT, "Địa chỉ thư hoặc tên máy chủ có ký tự không dùng được.")
    except (OSError, smtplib.SMTPException):
        return Outcome(Result.TEMPORARY, _NO_CONNECTION)


class _ConnectionClosed(Exception):
    """A kept connection was closed meanwhile, before it took anything."""


def _server(service: Any) -> Hashable:
    login = (service.user, service.password)
    return (service.smtp_host, service.port, service.secure_mode, service.verify_certificate, *login)


def _letter(service: Any, message: OutgoingMessage, now: datetime) -> bytes:
    name, address = service.from_addr
    to_name, to_address = service.targets[0]
    more = [("Cc", ", ".join(sorted(service.cc)))] if service.cc else []
    if service.reply_to:
        more.append(("Reply-To", ", ".join(sorted(service.reply_to))))
    return compose_letter(
        message,
        sender=formatted_address(name if name and name != service.app_id else SENDER_NAME, address),
        to=formatted_address(to_name or message.recipient_name, to_address),
        now=now,
        extra_headers=[*more, *service.headers.items()],  # ?+X-Name=value in the address
    )


def _send_letter(
    client: SmtpConnection,
    service: Any,
    envelope: tuple[str, ...],
    content: bytes,
    connections: Connections,
    *,
    kept: bool,
) -> Outcome:
    """Hand the letter over; the connection is kept if it is ready for another, and closed otherwise."""
    outcome: Outcome | None = None
    try:
        code = _offer(client, envelope)
        if code == 354:
            outcome = _hand_over(client, content)
        elif kept and code == _CLOSING:
            raise _ConnectionClosed
        else:
            outcome = mail_refusal(code)
            if client.rset()[0] != 250:
                client.close()
    except UnicodeError:
        raise
    except (OSError, smtplib.SMTPServerDisconnected):
        client.close()
        if outcome is None:
            if kept:
                raise _ConnectionClosed from None
            raise
    finally:
        if outcome is None or outcome.result is Result.AMBIGUOUS or client.sock is None:
            client.close()
        else:
            connections.keep_smtp(_server(service), client)
    return outcome


def _offer(client: SmtpConnection, envelope: tuple[str, ...]) -> int:
    """Name sender and recipients and offer a letter; returns 354 when it may come, or the code of the refusal."""
    sender, *recipients = envelope
    for command in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{address}>" for address in recipients)):
        # By hand: smtplib parses each address again, which takes longer than all else here.
        code = client.docmd(command)[0]
        if code not in (250, 251):
            return code
    return client.docmd("DATA")[0]


def _hand_over(client: SmtpConnection, content: bytes) -> Outcome:
    """Send the letter; from its first byte on, no answer leaves open whether it was taken."""
    try:
        # A line of a single dot ends the letter, so dots at the beginning of a line are doubled.
        client.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        # Servers scan a letter before they answer; leaving too early means sending it twice.
        with client.without_read_timeout():
            code, _ = client.getreply()
    except (OSError, smtplib.SMTPException):
        return Outcome(Result.AMBIGUOUS, "Máy chủ thư không trả lời sau khi nhận thư; chưa rõ đã nhận hay chưa.")
    return Outcome(Result.SENT) if code == 250 else mail_refusal(code)


def _open(service: Any, ends_at: float, connections: Connections) -> SmtpConnection:
    """A new connection, logged in and ready for letters."""
    host, port, context = service.smtp_host, service.port, ssl_context(verified=bool(service.verify_certificate))
    read_timeout_s = min(float(service.socket_connect_timeout), CONNECT_TIMEOUT_S)
    client: SmtpConnection
    try:
        if service.secure_mode == "ssl":
            client = SmtpTlsConnection(host, port, context=context, read_timeout_s=read_timeout_s, ends_at=ends_at)
        else:
            client = SmtpConnection(host, port, read_timeout_s=read_timeout_s, ends_at=ends_at)
    except (OSError, smtplib.SMTPServerDisconnected):
        connections.limits.record_connection(host, succeeded=False)
        raise
    connections.limits.record_connection(host, succeeded=True)
    try:
        client.ehlo_or_helo_if_needed()
        if service.secure_mode == "starttls":
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
        if service.user and service.password:
            client.login(service.user, service.password)
    except BaseException:
        client.close()
        raise
    return client

"""Mail: the address in Apprise's form (mailto://, mailtos://), the letter and the SMTP connection our own.

Apprise gives every letter a new Message-ID and makes its text part out of the HTML. Speaking SMTP ourselves also tells
exactly which step failed: only what fails after the letter was handed over may have been taken. A connection is kept
for the next letter to the same server; one that turns out to be closed before it took the letter is opened again, once.
"""

import smtplib
import ssl
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from notifications.channels.certificates import ssl_context
from notifications.channels.connections import Connections
from notifications.channels.http import CONNECT_TIMEOUT_S, rate_limited
from notifications.channels.letter import SENDER_NAME, compose_letter, formatted_address
from notifications.channels.outgoing import Outcome, OutgoingMessage, Result
from notifications.channels.rate_limits import ProviderUnreachable, RateLimited
from notifications.channels.services import MailService
from notifications.channels.smtp_connection import SmtpConnection, SmtpTlsConnection, mail_refusal, server_refusal
from notifications.channels.time_limit import SEND_LIMIT_S

_NO_CONNECTION = "Không kết nối được tới máy chủ thư."
_LATER = "Vừa thử nhiều lần liền; sẽ thử lại ở lượt sau."
_CLOSING = 421


def send_mail(service: MailService, message: OutgoingMessage, *, now: datetime, connections: Connections) -> Outcome:
    """Send one letter to the recipient of ``service``; never raises for a server."""
    copies = sorted((service.cc | service.bcc) - {service.recipient})
    envelope = Envelope(service.sender, service.recipient, tuple(copies))
    ends_at = time.monotonic() + SEND_LIMIT_S
    try:
        connections.limits.wait_for_provider(service.host)
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
        return Outcome(Result.TEMPORARY, f"{_NO_CONNECTION} {_LATER}", server=service.host)
    except _ServerRefused as refused:
        return refused.outcome
    except TimeoutError:
        return Outcome(Result.TEMPORARY, "Máy chủ thư không trả lời kịp; thư chưa được chuyển.")
    except UnicodeError:  # a name or an address that the protocol cannot carry
        return Outcome(Result.PERMANENT, "Địa chỉ thư hoặc tên máy chủ có ký tự không dùng được.")
    except (OSError, smtplib.SMTPException):
        return Outcome(Result.TEMPORARY, _NO_CONNECTION)


@dataclass(frozen=True)
class Envelope:
    """Who sends a letter to whom; ``copies`` get it too, and do not keep it from its recipient."""

    sender: str
    recipient: str
    copies: tuple[str, ...] = ()


class _ConnectionClosed(Exception):
    """A kept connection was closed meanwhile, before it took anything."""


class _ServerRefused(Exception):
    """The server refused before it heard of the letter."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def _server(service: MailService) -> Hashable:
    login = (service.user, service.password)
    return (service.host, service.port, service.secure_mode, service.verify_certificate, *login)


def _letter(service: MailService, message: OutgoingMessage, now: datetime) -> bytes:
    more = [("Cc", ", ".join(sorted(service.cc)))] if service.cc else []
    if answers_to := ", ".join(sorted(service.reply_to)) or message.reply_to:
        more.append(("Reply-To", answers_to))
    return compose_letter(
        message,
        sender=formatted_address(service.sender_name or SENDER_NAME, service.sender),
        to=formatted_address(service.recipient_name or message.recipient_name, service.recipient),
        now=now,
        extra_headers=[*more, *service.headers],  # ?+X-Name=value in the address
    )


def _send_letter(
    client: SmtpConnection,
    service: MailService,
    envelope: Envelope,
    content: bytes,
    connections: Connections,
    *,
    kept: bool,
) -> Outcome:
    """Hand the letter over; the connection is kept if it is ready for another, and closed otherwise."""
    outcome: Outcome | None = None
    try:
        outcome, refused = _offer(client, envelope, service.host, kept=kept)
        if outcome is None:
            outcome = _hand_over(client, content, refused)
        elif client.rset()[0] != 250:
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


def _offer(
    client: SmtpConnection, envelope: Envelope, server: str, *, kept: bool
) -> tuple[Outcome | None, tuple[int, ...]]:
    """Name sender and recipients and offer a letter.

    Returns why it may not come, None when it may, and the codes by which copies were refused.
    """

    def say(command: str) -> tuple[int, bytes]:
        # By hand: smtplib parses each address again, which takes longer than all else here.
        code, answer = client.docmd(command)
        if kept and code == _CLOSING:
            raise _ConnectionClosed
        return code, answer

    code, _ = say(f"MAIL FROM:<{envelope.sender}>")
    if code != 250:  # about the account that sends: every letter would be refused alike
        return server_refusal(server, "nhận người gửi", code), ()
    code, answer = say(f"RCPT TO:<{envelope.recipient}>")
    if code not in _TAKEN:
        return _refusal(server, code, answer), ()
    copies = [say(f"RCPT TO:<{address}>")[0] for address in envelope.copies]
    code, answer = say("DATA")
    if code != 354:
        return _refusal(server, code, answer), ()
    return None, tuple(code for code in copies if code not in _TAKEN)


_TAKEN = (250, 251)
_LOGIN_NEEDED = (530, 534, 535, 538)


def _refusal(server: str, code: int, answer: bytes) -> Outcome:
    return server_refusal(server, "đăng nhập", code) if code in _LOGIN_NEEDED else mail_refusal(code, answer)


def _hand_over(client: SmtpConnection, content: bytes, refused: tuple[int, ...]) -> Outcome:
    """Send the letter; from its first byte on, no answer leaves open whether it was taken.

    refused  codes by which copies were refused, which is noted
    """
    try:
        # A line of a single dot ends the letter, so dots at the beginning of a line are doubled.
        client.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        # Servers scan a letter before they answer; leaving too early means sending it twice.
        with client.without_read_timeout():
            code, answer = client.getreply()
    except (OSError, smtplib.SMTPException):
        return Outcome(Result.AMBIGUOUS, "Máy chủ thư không trả lời sau khi nhận thư; chưa rõ đã nhận hay chưa.")
    if code != 250:
        return mail_refusal(code, answer)
    if not refused:
        return Outcome(Result.SENT)
    codes = ", ".join(map(str, sorted(set(refused))))
    return Outcome(Result.SENT, f"Đã gửi nơi nhận chính; {len(refused)} bản sao (cc, bcc) bị từ chối (mã {codes}).")


def _open(service: MailService, ends_at: float, connections: Connections) -> SmtpConnection:
    """A new connection, logged in and ready for letters; raises ``_ServerRefused`` naming the step that failed."""
    host, port, context = service.host, service.port, ssl_context(verified=service.verify_certificate)
    read_timeout_s = min(service.connect_timeout_s, CONNECT_TIMEOUT_S)
    client: SmtpConnection | None = None
    try:
        with _step("kết nối", host):
            if service.secure_mode == "ssl":
                client = SmtpTlsConnection(host, port, context=context, read_timeout_s=read_timeout_s, ends_at=ends_at)
            else:
                client = SmtpConnection(host, port, read_timeout_s=read_timeout_s, ends_at=ends_at)
        with _step("chào hỏi (EHLO)", host):
            client.ehlo_or_helo_if_needed()
        if service.secure_mode == "starttls":
            with _step("mã hóa (STARTTLS)", host):
                client.starttls(context=context)
                client.ehlo_or_helo_if_needed()
        if service.user and service.password:
            with _step("đăng nhập", host):
                client.login(service.user, service.password)
    except BaseException:
        # After some of these the server is left alone for a while: a wrong password, given for every letter that waits,
        # would lock the account.
        connections.limits.record_connection(host, succeeded=False)
        if client is not None:
            client.close()
        raise
    connections.limits.record_connection(host, succeeded=True)
    return client


@contextmanager
def _step(name: str, server: str) -> Iterator[None]:
    """One step before the letter, in which whatever goes wrong concerns the server and not the letter."""
    try:
        yield
    except smtplib.SMTPResponseException as answer:
        raise _ServerRefused(server_refusal(server, name, answer.smtp_code)) from None
    except ssl.SSLCertVerificationError:
        reason = "Chứng chỉ của máy chủ thư không hợp lệ."
        raise _ServerRefused(Outcome(Result.TEMPORARY, reason, server=server, needs_mending=True)) from None
    except TimeoutError:
        reason = "Máy chủ thư không trả lời kịp; thư chưa được chuyển."
        raise _ServerRefused(Outcome(Result.TEMPORARY, reason, server=server)) from None
    except smtplib.SMTPServerDisconnected:
        raise _ServerRefused(Outcome(Result.TEMPORARY, _NO_CONNECTION, server=server)) from None
    except (smtplib.SMTPException, UnicodeError):  # a step that it does not offer, or a login that cannot be written
        raise _ServerRefused(server_refusal(server, name)) from None
    except OSError:  # which smtplib's own are kinds of
        raise _ServerRefused(Outcome(Result.TEMPORARY, _NO_CONNECTION, server=server)) from None

"""Mail: the address in Apprise's form (mailto://, mailtos://), the letter and the conversation our own.

Apprise gives every letter a new Message-ID and makes its text part out of the HTML. Speaking SMTP ourselves also tells
exactly which step failed: only what fails after the letter was handed over may have been taken. A conversation is kept
for the next letter to the same server; one that turns out to be over before it took a letter is begun anew, once.
"""

import smtplib
import ssl
import time
from collections.abc import Hashable
from datetime import datetime
from typing import Any

from notifications.channels.connections import SEND_WITHIN_S, Connections, ssl_context
from notifications.channels.conversation import Conversation, SecuredConversation
from notifications.channels.letter import SENDER_NAME, letter, named
from notifications.channels.outgoing import Outcome, Outgoing, Result
from notifications.channels.pace import NobodyAnswers, TooFast
from notifications.channels.web import CONNECT_WITHIN_S, too_fast

_NO_CONNECTION = "Không kết nối được tới máy chủ thư."
_CLOSING = 421


def send_mail(service: Any, message: Outgoing, *, now: datetime, connections: Connections) -> Outcome:
    """Send one letter to the recipient of ``service``, a mail address read by Apprise; never raises for a server."""
    recipients = [address for _, address in service.targets] + sorted(service.cc) + sorted(service.bcc)
    envelope = (service.from_addr[1], *recipients)
    ends_at = time.monotonic() + SEND_WITHIN_S
    try:
        connections.pace.wait_for_provider(service.smtp_host)
        content = _letter(service, message, now)
        if (kept := connections.take_mail(_server(service))) is not None:
            kept.ends_at = ends_at
            try:
                return _converse(kept, service, envelope, content, connections, kept=True)
            except _Over:  # and nothing was handed over
                pass
        begun = _begin(service, ends_at, connections)
        return _converse(begun, service, envelope, content, connections, kept=False)
    except TooFast as fault:
        return too_fast(fault)
    except NobodyAnswers:
        return Outcome(Result.TEMPORARY, f"{_NO_CONNECTION} Vừa thử nhiều lần liền; sẽ thử lại ở lượt sau.")
    except smtplib.SMTPResponseException as answer:
        return _refused(answer.smtp_code)
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


class _Over(Exception):
    """A kept conversation had ended meanwhile, before it took anything."""


def _server(service: Any) -> Hashable:
    login = (service.user, service.password)
    return (service.smtp_host, service.port, service.secure_mode, service.verify_certificate, *login)


def _letter(service: Any, message: Outgoing, now: datetime) -> bytes:
    name, address = service.from_addr
    to_name, to_address = service.targets[0]
    more = [("Cc", ", ".join(sorted(service.cc)))] if service.cc else []
    if service.reply_to:
        more.append(("Reply-To", ", ".join(sorted(service.reply_to))))
    return letter(
        message,
        sender=named(name if name and name != service.app_id else SENDER_NAME, address),
        to=named(to_name or message.recipient_name, to_address),
        now=now,
        more=[*more, *service.headers.items()],  # ?+X-Name=value in the address
    )


def _converse(
    client: Conversation,
    service: Any,
    envelope: tuple[str, ...],
    content: bytes,
    connections: Connections,
    *,
    kept: bool,
) -> Outcome:
    """Hand the letter over; the conversation is kept if it can go on, and closed otherwise."""
    outcome: Outcome | None = None
    try:
        code = _offer(client, envelope)
        if code == 354:
            outcome = _hand_over(client, content)
        elif kept and code == _CLOSING:
            raise _Over
        else:
            outcome = _refused(code)
            if client.rset()[0] != 250:
                client.close()
    except UnicodeError:
        raise
    except (OSError, smtplib.SMTPServerDisconnected):
        client.close()
        if outcome is None:
            if kept:
                raise _Over from None
            raise
    finally:
        if outcome is None or outcome.result is Result.AMBIGUOUS or client.sock is None:
            client.close()
        else:
            connections.keep_mail(_server(service), client)
    return outcome


def _offer(client: Conversation, envelope: tuple[str, ...]) -> int:
    """Name sender and recipients and offer a letter; gives 354 when it may come, or the code of the refusal."""
    sender, *recipients = envelope
    for command in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{address}>" for address in recipients)):
        # By hand: smtplib reads each address again, which takes longer than all else here.
        code = client.docmd(command)[0]
        if code not in (250, 251):
            return code
    return client.docmd("DATA")[0]


def _hand_over(client: Conversation, content: bytes) -> Outcome:
    """From the first byte of the letter on, silence leaves open whether it was taken."""
    try:
        # A line of a single dot ends the letter, so dots at the beginning of a line are doubled.
        client.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        # Servers look through a letter before they answer for it; who goes too soon sends it twice.
        with client.patient():
            code, _ = client.getreply()
    except (OSError, smtplib.SMTPException):
        return Outcome(Result.AMBIGUOUS, "Máy chủ thư không trả lời sau khi nhận thư; chưa rõ đã nhận hay chưa.")
    return Outcome(Result.SENT) if code == 250 else _refused(code)


def _begin(service: Any, ends_at: float, connections: Connections) -> Conversation:
    """A new conversation up to where letters can be handed over."""
    host, port, context = service.smtp_host, service.port, ssl_context(verified=bool(service.verify_certificate))
    step_s = min(float(service.socket_connect_timeout), CONNECT_WITHIN_S)
    client: Conversation
    try:
        if service.secure_mode == "ssl":
            client = SecuredConversation(host, port, context=context, step_s=step_s, ends_at=ends_at)
        else:
            client = Conversation(host, port, step_s=step_s, ends_at=ends_at)
    except (OSError, smtplib.SMTPServerDisconnected):
        connections.pace.answered(host, at_all=False)
        raise
    connections.pace.answered(host, at_all=True)
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


def _refused(code: int) -> Outcome:
    if 500 <= code < 600:
        return Outcome(Result.PERMANENT, f"Máy chủ thư từ chối (mã {code}); kiểm tra địa chỉ, tài khoản.")
    return Outcome(Result.TEMPORARY, f"Máy chủ thư tạm thời từ chối (mã {code}).")

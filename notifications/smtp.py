"""Mail: the address in Apprise's form (mailto://, mailtos://), the letter and the conversation our own.

Apprise gives every letter a new Message-ID and makes its text part out of the HTML. Speaking SMTP ourselves also tells
exactly which step failed: only what fails after the letter was handed over may have been taken.
"""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.policy import compat32
from functools import cache
from typing import Any

from notifications.letter import SENDER_NAME, letter, named
from notifications.outgoing import Outcome, Outgoing, Result

SEND_WITHIN_S = 40.0
"""The whole conversation ends within this, so that it is over before its message's lease is."""

_NO_CONNECTION = "Không kết nối được tới máy chủ thư."


def send_mail(service: Any, message: Outgoing, *, now: datetime) -> Outcome:
    """Send one letter to the recipient of ``service``, a mail address read by Apprise; never raises for a server."""
    recipients = [address for _, address in service.targets] + sorted(service.cc) + sorted(service.bcc)
    try:
        with _connected(service) as conversation:
            for address in (None, *recipients):  # None: the sender
                code = conversation.mail(service.from_addr[1]) if address is None else conversation.rcpt(address)
                if code not in (250, 251):
                    return _refused(code)
            return conversation.hand_over(_letter(service, message, now))
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


def _letter(service: Any, message: Outgoing, now: datetime) -> bytes:
    name, address = service.from_addr
    to_name, to_address = service.targets[0]
    whole = letter(
        message,
        sender=named(name if name and name != service.app_id else SENDER_NAME, address),
        to=named(to_name or message.recipient_name, to_address),
        now=now,
    )
    if service.cc:
        whole["Cc"] = ", ".join(sorted(service.cc))
    if service.reply_to:
        whole["Reply-To"] = ", ".join(sorted(service.reply_to))
    for header, value in service.headers.items():  # ?+X-Name=value in the address
        whole[header] = value
    return whole.as_bytes(policy=compat32.clone(linesep="\r\n"))


class _Conversation:
    """One SMTP connection whose every step ends before a common deadline."""

    def __init__(self, client: smtplib.SMTP, step_s: float) -> None:
        self._client = client
        self._step_s = step_s
        self._deadline = time.monotonic() + SEND_WITHIN_S

    def mail(self, sender: str) -> int:
        self._hurry()
        return self._client.mail(sender)[0]

    def rcpt(self, address: str) -> int:
        self._hurry()
        return self._client.rcpt(address)[0]

    def starttls(self, context: ssl.SSLContext) -> None:
        self._hurry()
        self._client.starttls(context=context)

    def login(self, user: str, password: str) -> None:
        self._hurry()
        self._client.login(user, password)

    def hello(self) -> None:
        self._hurry()
        self._client.ehlo_or_helo_if_needed()

    def hand_over(self, content: bytes) -> Outcome:
        """From the first byte of the letter on, silence leaves open whether it was taken."""
        self._hurry()
        try:
            code, _ = self._client.data(content)
        except smtplib.SMTPDataError:
            raise  # DATA itself was refused; nothing was handed over
        except (OSError, smtplib.SMTPException):
            return Outcome(Result.AMBIGUOUS, "Máy chủ thư không trả lời sau khi nhận thư; chưa rõ đã nhận hay chưa.")
        return Outcome(Result.SENT) if code == 250 else _refused(code)

    def _hurry(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0 or self._client.sock is None:
            raise TimeoutError
        self._client.sock.settimeout(min(left, self._step_s))


@contextmanager
def _connected(service: Any) -> Iterator[_Conversation]:
    step_s = min(float(service.socket_connect_timeout), SEND_WITHIN_S / 2)
    context = _context(bool(service.verify_certificate))
    client: smtplib.SMTP
    if service.secure_mode == "ssl":
        client = smtplib.SMTP_SSL(service.smtp_host, service.port, timeout=step_s, context=context)
    else:
        client = smtplib.SMTP(service.smtp_host, service.port, timeout=step_s)
    try:
        conversation = _Conversation(client, step_s)
        conversation.hello()
        if service.secure_mode == "starttls":
            conversation.starttls(context)
            conversation.hello()
        if service.user and service.password:
            conversation.login(service.user, service.password)
        yield conversation
        with suppress(OSError, smtplib.SMTPException):  # the answer is known; a farewell changes nothing
            client.quit()
    finally:
        client.close()


@cache
def _context(verified: bool) -> ssl.SSLContext:
    # Kept: making one reads every certificate of the system, 45 ms.
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _refused(code: int) -> Outcome:
    if 500 <= code < 600:
        return Outcome(Result.PERMANENT, f"Máy chủ thư từ chối (mã {code}); kiểm tra địa chỉ, tài khoản.")
    return Outcome(Result.TEMPORARY, f"Máy chủ thư tạm thời từ chối (mã {code}).")

"""A message as a letter (RFC 5322): text and HTML, with the key that identifies a second copy.

Composed by hand: the standard library's classes take half a millisecond, most of what a letter costs.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache

from config.clock import HANOI
from notifications.channels.outgoing import OutgoingMessage

SENDER_NAME = "Đôn đốc"

_LINE = re.compile(rb".{1,76}")
"""The longest line of a body in base64 (RFC 2045, 6.8)."""

_HEADER_NAME = re.compile(r"[!-9;-~]+")


def compose_letter(
    message: OutgoingMessage,
    *,
    sender: str,
    to: str,
    now: datetime,
    extra_headers: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The message, from ``sender`` to ``to``; both may be plain addresses or come from ``formatted_address``.

    Its ``Message-ID`` is the same at every try, so that a mailbox can drop a second copy. Lines end with CR LF.

    extra_headers  names and values, in any script
    """
    # Base64 has no «=_», so no line of a body can be taken for the boundary.
    boundary = f"=_{message.key}"
    headers = [
        'Content-Type: multipart/alternative; boundary="' + boundary + '"',
        "MIME-Version: 1.0",
        f"Subject: {_encoded_header('Subject', message.subject)}",
        f"From: {sender}",
        f"To: {to}",
        f"Date: {format_datetime(now.astimezone(HANOI))}",
        f"Message-ID: <{message.key}@dondoc>",
        f"X-Dondoc-Message: {message.key}",
        # What is sent by machine must not be answered by machine (RFC 3834).
        "Auto-Submitted: auto-generated",
        *(f"{name}: {_encoded_header(name, value)}" for name, value in extra_headers if _HEADER_NAME.fullmatch(name)),
    ]
    parts = (("plain", message.text), ("html", message.html))
    return b"".join(
        (
            "\r\n".join(headers).encode("ascii"),
            b"\r\n",
            *(_part(boundary, kind, text) for kind, text in parts),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


@lru_cache(maxsize=1000)
def formatted_address(name: str, address: str) -> str:
    """An address with a name, in any script, before it; raises ``UnicodeError`` for what mail cannot carry."""
    address.encode("ascii")
    return formataddr((str(Header(name, "utf-8")), address)) if name else address


@lru_cache(maxsize=1000)
def _encoded_header(name: str, value: str) -> str:
    # A line break in it would begin another header.
    one_line = " ".join(value.splitlines())
    return Header(one_line, None if one_line.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = (
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "MIME-Version: 1.0\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    # A lone surrogate, which UTF-8 cannot carry, must not hold up the whole letter.
    lines = _LINE.findall(b2a_base64(text.encode("utf-8", "replace"), newline=False))
    return head.encode() + b"\r\n".join([*lines, b""])

"""A message as a letter (RFC 5322): text and HTML, with the key by which a second copy is known.

Put together by hand: the standard library's classes take half a millisecond for it, most of what a letter costs.
"""

import re
from base64 import encodebytes
from collections.abc import Iterable
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache

from config.clock import HANOI
from notifications.channels.outgoing import Outgoing

SENDER_NAME = "Đôn đốc"

_HEADER_NAME = re.compile(r"[!-9;-~]+")


def letter(message: Outgoing, *, sender: str, to: str, now: datetime, more: Iterable[tuple[str, str]] = ()) -> bytes:
    """The message, from ``sender`` to ``to``; both may be plain addresses or what ``named`` makes of them.

    Its ``Message-ID`` is the same at every try, so a mailbox shows a second copy as the first. Lines end as in SMTP.

    more  further headers, in whatever letters
    """
    # Base64 has no «=_», so no line of a body can be taken for the boundary.
    boundary = f"=_{message.key}"
    headers = [
        'Content-Type: multipart/alternative; boundary="' + boundary + '"',
        "MIME-Version: 1.0",
        f"Subject: {_encoded('Subject', message.subject)}",
        f"From: {sender}",
        f"To: {to}",
        f"Date: {format_datetime(now.astimezone(HANOI))}",
        f"Message-ID: <{message.key}@dondoc>",
        f"X-Dondoc-Message: {message.key}",
        # What is sent by machine must not be answered by machine (RFC 3834).
        "Auto-Submitted: auto-generated",
        *(f"{name}: {_encoded(name, value)}" for name, value in more if _HEADER_NAME.fullmatch(name)),
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
def named(name: str, address: str) -> str:
    """An address with a name before it, in whatever letters; raises ``UnicodeError`` for what mail cannot carry."""
    address.encode("ascii")
    return formataddr((str(Header(name, "utf-8")), address)) if name else address


@lru_cache(maxsize=1000)
def _encoded(name: str, value: str) -> str:
    # A line's end in it would begin a header of its own.
    whole = " ".join(value.splitlines())
    return Header(whole, None if whole.isascii() else "utf-8", header_name=name).encode(linesep="\r\n")


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = (
        f"\r\n--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "MIME-Version: 1.0\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    # A lone half of a sign outside the basic plane, which UTF-8 cannot carry, must not keep back all the rest.
    return head.encode() + encodebytes(text.encode("utf-8", "replace")).replace(b"\n", b"\r\n")

"""A connection to a mail server that ends in time, however slowly the other side answers.

A socket's own time-out begins again with every byte that comes: a server that sends its answers a little at a time
would hold a sender, and with it the round, for hours.
"""

import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from notifications.channels.outgoing import Outcome, Result


class SmtpConnection(smtplib.SMTP):
    """SMTP in which no piece of a reply takes longer than ``read_timeout_s``, and none comes after ``ends_at``.

    ends_at  by the monotonic clock; set again for each letter
    """

    def __init__(self, host: str, port: int, *, read_timeout_s: float, ends_at: float, **tls: Any) -> None:
        self.read_timeout_s, self.ends_at = read_timeout_s, ends_at
        super().__init__(host, port, timeout=read_timeout_s, **tls)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:  # at the beginning, and after STARTTLS
            self.file = _ReplyReader(self)
        return super().getreply()

    @contextmanager
    def without_read_timeout(self) -> Iterator[None]:
        """Within, a piece of a reply may take until ``ends_at``."""
        read_timeout_s, self.read_timeout_s = self.read_timeout_s, self.ends_at - time.monotonic()
        try:
            yield
        finally:
            self.read_timeout_s = read_timeout_s


class SmtpTlsConnection(SmtpConnection, smtplib.SMTP_SSL):
    """The same over TLS from the beginning."""

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext, read_timeout_s: float, ends_at: float) -> None:
        super().__init__(host, port, read_timeout_s=read_timeout_s, ends_at=ends_at, context=context)


_FULL = re.compile(rb"\d\.2\.2\b")
"""The enhanced code of a full mailbox (RFC 3463, 3.3)."""

_TOO_LONG = re.compile(rb"\d\.(?:3\.4|2\.3)\b")
"""The enhanced code of a letter that is longer than the server or the mailbox takes."""


def mail_refusal(code: int, answer: bytes = b"") -> Outcome:
    """What the answer by which a mail server refuses a letter or its recipient means. Of its words only the enhanced
    code is looked at.

    A full mailbox (552, or any code with x.2.2) may be emptied; a letter that is too long stays so.
    """
    if 500 <= code < 600:
        if _FULL.match(answer) or (code == 552 and not _TOO_LONG.match(answer)):
            reason = f"Hộp thư nơi nhận đã đầy (mã {code}); thử lại thưa dần, báo cơ quan dọn hộp thư."
            return Outcome(Result.TEMPORARY, reason, mailbox_full=True)
        return Outcome(Result.PERMANENT, f"Máy chủ thư từ chối (mã {code}); kiểm tra địa chỉ, tài khoản.")
    return Outcome(Result.TEMPORARY, f"Máy chủ thư tạm thời từ chối (mã {code}).")


def server_refusal(server: str, step: str, code: int = 0) -> Outcome:
    """A refusal before a letter was named: it is about the server or our account there, so the letter waits.

    code  0 where the server offers no such step; from 500 on somebody has to see to the server
    """
    shown = f" (mã {code})" if code else ""
    return Outcome(
        Result.TEMPORARY,
        f"Máy chủ thư từ chối ở bước {step}{shown}, không phải vì thư này; thư chờ, tự gửi khi máy chủ được sửa.",
        server=server,
        needs_mending=not 400 <= code < 500,
    )


class _ReplyReader:
    """The server's replies, line by line."""

    def __init__(self, connection: SmtpConnection) -> None:
        self._connection = connection
        self._read = b""

    def readline(self, max_bytes: int) -> bytes:
        while b"\n" not in self._read and len(self._read) < max_bytes:
            left = self._connection.ends_at - time.monotonic()
            if left <= 0 or self._connection.sock is None:
                raise TimeoutError
            self._connection.sock.settimeout(min(left, self._connection.read_timeout_s))
            if not (piece := self._connection.sock.recv(4096)):
                break
            self._read += piece
        line, end, self._read = self._read.partition(b"\n")
        return line + end

    def close(self) -> None:
        """Nothing to do: the connection closes its socket."""

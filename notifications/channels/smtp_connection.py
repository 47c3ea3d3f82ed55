"""A connection to a mail server that ends in time, however slowly the other side answers.

A socket's own time-out begins again with every byte that comes: a server that sends its answers a little at a time
would hold a sender, and with it the round, for hours.
"""

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


def mail_refusal(code: int) -> Outcome:
    """What the code by which a mail server refuses means for the letter."""
    if 500 <= code < 600:
        return Outcome(Result.PERMANENT, f"Máy chủ thư từ chối (mã {code}); kiểm tra địa chỉ, tài khoản.")
    return Outcome(Result.TEMPORARY, f"Máy chủ thư tạm thời từ chối (mã {code}).")


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

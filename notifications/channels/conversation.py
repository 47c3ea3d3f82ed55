"""A conversation with a mail server that ends in time, however slowly the other side speaks.

A socket's own time-out begins anew with every byte that comes: a server that drips its answers would hold a sender, and
with it the round, for hours.
"""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Conversation(smtplib.SMTP):
    """SMTP of which no piece of a reply takes longer than ``step_s``, and none comes after ``ends_at``.

    ends_at  by the monotonic clock; set anew for each letter
    """

    def __init__(self, host: str, port: int, *, step_s: float, ends_at: float, **secured: Any) -> None:
        self.step_s, self.ends_at = step_s, ends_at
        super().__init__(host, port, timeout=step_s, **secured)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:  # at the beginning, and after STARTTLS
            self.file = _Replies(self)
        return super().getreply()

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Within, a piece of a reply may take until ``ends_at``."""
        step_s, self.step_s = self.step_s, self.ends_at - time.monotonic()
        try:
            yield
        finally:
            self.step_s = step_s


class SecuredConversation(Conversation, smtplib.SMTP_SSL):
    """The same over TLS from the beginning."""

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext, step_s: float, ends_at: float) -> None:
        super().__init__(host, port, step_s=step_s, ends_at=ends_at, context=context)


class _Replies:
    """What a server says, line by line."""

    def __init__(self, conversation: Conversation) -> None:
        self._with = conversation
        self._read = b""

    def readline(self, at_most: int) -> bytes:
        while b"\n" not in self._read and len(self._read) < at_most:
            left = self._with.ends_at - time.monotonic()
            if left <= 0 or self._with.sock is None:
                raise TimeoutError
            self._with.sock.settimeout(min(left, self._with.step_s))
            if not (piece := self._with.sock.recv(4096)):
                break
            self._read += piece
        line, end, self._read = self._read.partition(b"\n")
        return line + end

    def close(self) -> None:
        """The socket is closed by itself."""

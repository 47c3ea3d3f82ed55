"""Our own connections, to mail servers and HTTP services, kept from one message to the next.

A new connection costs a handshake, and with TLS tens of milliseconds of computing; a kept one costs nothing. They are
closed when the courier rests: the other side would close an idle one anyway. Apprise makes its own connections.
"""

import threading
import time
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from smtplib import SMTPException
from types import TracebackType

import httpx

from notifications.channels.certificates import named_bundle, ssl_context, use_hashed_certificates
from notifications.channels.rate_limits import RateLimits
from notifications.channels.services import Services
from notifications.channels.smtp_connection import SmtpConnection

_QUIT_LIMIT_S = 1.0


class Connections:
    """What one courier sends with: open connections, rate limits, read addresses; safe to use from several threads."""

    def __init__(self, limits: RateLimits | None = None) -> None:
        self.limits = limits or RateLimits()
        self.services = Services()
        self._lock = threading.Lock()
        self._idle_smtp: dict[Hashable, list[SmtpConnection]] = {}
        self._http: httpx.Client | None = None
        self._has_named_certificates = False

    def __enter__(self) -> "Connections":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for idle in self._idle_smtp.values():
            for connection in idle:
                with suppress(OSError, SMTPException):  # the letters have been taken; the goodbye does not matter
                    if connection.sock is not None:
                        connection.ends_at = time.monotonic() + _QUIT_LIMIT_S
                        connection.quit()
                connection.close()
        self._idle_smtp = {}
        if self._http is not None:
            self._http.close()
            self._http = None

    def take_smtp(self, server: Hashable) -> SmtpConnection | None:
        """An idle connection to a mail server, for the caller alone, or None."""
        with self._lock:
            idle = self._idle_smtp.get(server)
            return idle.pop() if idle else None

    def keep_smtp(self, server: Hashable, connection: SmtpConnection) -> None:
        """Give back a connection that is ready for the next letter."""
        with self._lock:
            self._idle_smtp.setdefault(server, []).append(connection)

    def name_certificates(self, data_dir: Path) -> None:
        """See that Apprise verifies against a hashed directory; looked at once, not for every message."""
        if not self._has_named_certificates:
            use_hashed_certificates(data_dir)
            self._has_named_certificates = True

    def http(self) -> httpx.Client:
        """The HTTP client of our own channels. It follows no redirect and keeps no cookie."""
        with self._lock:
            if self._http is None:
                # What one recipient's service sets is no business of the next one's.
                cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
                self._http = httpx.Client(
                    verify=ssl_context(verified=True, bundle=named_bundle()), cookies=cookies, follow_redirects=False
                )
            return self._http


@dataclass(frozen=True)
class SendContext:
    """What one of our own channels sends with: the local mailbox's folder, connections and the moment."""

    mailbox: Path
    connections: Connections
    now: datetime

"""Connections that stay open from one message to the next, for as long as a courier has something to send.

A new connection costs a handshake, and with TLS tens of milliseconds of computing; a kept one costs nothing. They are
closed when it rests: an idle one would be closed by the other side anyway.
"""

import ssl
import threading
import time
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from smtplib import SMTPException
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from config.contacts.services import service_of
from notifications.channels.conversation import Conversation
from notifications.channels.pace import Pace

SEND_WITHIN_S = 35.0
"""A send ends within this, whatever it takes, so that it is over before its message's lease is."""

UNLIMITED = 1e9

_FAREWELL_S = 1.0

_SERVICES_KEPT = 200
"""Addresses whose reading a thread remembers; more than most provinces have."""


class Connections:
    """The open connections of one courier and its pace; safe to use from several threads."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace(per_provider=UNLIMITED, per_recipient=UNLIMITED)
        self._lock = threading.Lock()
        self._idle: dict[Hashable, list[Conversation]] = {}
        self._sessions: list[requests.Session] = []
        self._of_thread = threading.local()

    def __enter__(self) -> "Connections":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        for conversations in self._idle.values():
            for each in conversations:
                with suppress(OSError, SMTPException):  # a farewell changes nothing
                    if each.sock is not None:
                        each.ends_at = time.monotonic() + _FAREWELL_S
                        each.quit()
                each.close()
        for session in self._sessions:
            session.close()
        self._idle, self._sessions, self._of_thread = {}, [], threading.local()

    def service(self, url: str) -> Any | None:
        """What Apprise makes of an address, for this thread alone: it is set up anew for every message."""
        services: dict[str, Any] | None = getattr(self._of_thread, "services", None)
        if services is None:
            services = self._of_thread.services = {}
        if url not in services:
            if len(services) >= _SERVICES_KEPT:
                services.clear()
            services[url] = service_of(url)
        return services[url]

    def carrier(self, service: Any) -> Any:
        """An ``Apprise`` that carries this service alone, for this thread alone; making one looks up its language."""
        import apprise

        carriers: dict[int, tuple[Any, Any]] | None = getattr(self._of_thread, "carriers", None)
        if carriers is None:
            carriers = self._of_thread.carriers = {}
        if id(service) not in carriers:
            if len(carriers) >= _SERVICES_KEPT:
                carriers.clear()
            carrier = apprise.Apprise()
            carrier.add(service)
            carriers[id(service)] = (carrier, service)  # which keeps the service, so that its id stays its own
        return carriers[id(service)][0]

    def take_mail(self, server: Hashable) -> Conversation | None:
        """An idle conversation with a mail server, for the caller alone; None when there is none."""
        with self._lock:
            idle = self._idle.get(server)
            return idle.pop() if idle else None

    def keep_mail(self, server: Hashable, conversation: Conversation) -> None:
        """Give a conversation back that has nothing left to say."""
        with self._lock:
            self._idle.setdefault(server, []).append(conversation)

    def http(self) -> requests.Session:
        """The HTTP session of this thread; its cookies stay with nobody."""
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = _Session()
            session.mount("https://", _SharedContext())
            # What one recipient's service sets is no business of the next one's.
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            with self._lock:
                self._sessions.append(session)
        return session


@dataclass(frozen=True)
class Means:
    """What a channel sends with: the local mailbox's folder, open connections with their pace, and the moment."""

    mailbox: Path
    connections: Connections
    now: datetime


class _Session(requests.Session):
    """Does once for a host, or not at all, what ``requests`` does anew for each request and takes half its time for."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[tuple[str, str], Any], dict[str, Any]] = {}

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As the request says, with our headers: a session of ours has no cookies, parameters or logins to add."""
        prepared = requests.PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=request.url,
            files=request.files,
            data=request.data,
            json=request.json,
            headers={**self.headers, **request.headers},
            params=request.params,
            auth=request.auth,
            cookies=request.cookies,
            hooks=request.hooks,
        )
        return prepared

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        if proxies or cert:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        key = (urlsplit(url)[:2], verify)
        if key not in self._found:
            self._found[key] = dict(super().merge_environment_settings(url, proxies, None, verify, cert))
        return self._found[key] | {"proxies": dict(self._found[key]["proxies"]), "stream": stream}


class _SharedContext(HTTPAdapter):
    """HTTPS with one SSL context for all connections: making one reads every certificate of the system, 45 ms."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if isinstance(verify, bool) and cert is None:
            pool["ssl_context"] = ssl_context(verified=verify)
        return host, pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        if isinstance(verify, bool) and cert is None:
            # The certificates are in the context; named here, they would be read again for every connection.
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"
            return
        super().cert_verify(conn, url, verify, cert)


@cache
def ssl_context(*, verified: bool) -> ssl.SSLContext:
    """The SSL context that all connections share."""
    context = ssl.create_default_context()
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

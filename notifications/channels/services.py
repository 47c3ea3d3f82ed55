"""Addresses as Apprise reads them, kept for the next message to the same one."""

import threading
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from config.contacts.apprise_services import service_of

_MAX_SERVICES = 200
"""Addresses that one thread remembers; more than most provinces have."""

_MAX_MAIL_SERVICES = 20_000
"""Mail addresses that a process remembers, about a kilobyte each."""


@dataclass(frozen=True)
class MailService:
    """A mail address as Apprise reads it: the server with the account there, and who writes to whom.

    secure_mode  "insecure", "starttls" or "ssl"
    headers      further ones, by name
    """

    host: str
    port: int
    secure_mode: str
    verify_certificate: bool
    connect_timeout_s: float
    user: str | None
    password: str | None = field(repr=False)
    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    cc: frozenset[str]
    bcc: frozenset[str]
    reply_to: frozenset[str]
    headers: tuple[tuple[str, str], ...]


@lru_cache(_MAX_MAIL_SERVICES)
def mail_service(url: str) -> MailService | None:
    """The mail address; None for one that Apprise does not understand, or has to encrypt for."""
    plugin = service_of(url)
    if plugin is None or plugin.pgp_mode != "no":
        return None
    (name, sender), (to_name, recipient) = plugin.from_addr, plugin.targets[0]
    return MailService(
        host=plugin.smtp_host,
        port=plugin.port,
        secure_mode=plugin.secure_mode,
        verify_certificate=bool(plugin.verify_certificate),
        connect_timeout_s=float(plugin.socket_connect_timeout),
        user=plugin.user,
        password=plugin.password,
        sender_name="" if not name or name == plugin.app_id else name,
        sender=sender,
        recipient_name=to_name or "",
        recipient=recipient,
        cc=frozenset(plugin.cc),
        bcc=frozenset(plugin.bcc),
        reply_to=frozenset(plugin.reply_to),
        headers=tuple(plugin.headers.items()),
    )


@dataclass
class Service:
    """One address: Apprise's plugin for it, and an ``Apprise`` object that holds this plugin alone."""

    plugin: Any

    @cached_property
    def apprise(self) -> Any:
        import apprise

        holder = apprise.Apprise()
        holder.add(self.plugin)
        return holder

    def provider(self, channel: str) -> str:
        """Whom this address sends to: the host it names, or the channel where all addresses go to one host."""
        named = "host" in getattr(self.plugin, "template_tokens", ())
        return str(self.plugin.host) if named and self.plugin.host else channel


class Services:
    """The addresses of one courier. Each thread reads its own: a plugin is set up again for every message."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def get(self, url: str) -> Service | None:
        """What Apprise makes of an address, or None if it does not understand it."""
        known = self._known()
        if url not in known:
            if (plugin := service_of(url)) is None:
                return None
            if len(known) >= _MAX_SERVICES:
                known.clear()
            known[url] = Service(plugin)
        return known[url]

    def forget(self, url: str) -> None:
        """Read this address anew for the next message: its plugin is still in use by a send that was given up."""
        self._known().pop(url, None)

    def _known(self) -> dict[str, Service]:
        known: dict[str, Service] | None = getattr(self._of_thread, "known", None)
        if known is None:
            known = self._of_thread.known = {}
        return known

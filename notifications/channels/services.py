"""Addresses as Apprise reads them, kept for the next message to the same one."""

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from config.contacts.apprise_services import service_of

_MAX_SERVICES = 200
"""Addresses that one thread remembers; more than most provinces have."""


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

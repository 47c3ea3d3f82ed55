"""Sending by Apprise: one recipient, one try, no pauses of its own, and never longer than its message's lease.

What a service answers is never repeated, since it may hold an address or a password: a reason is one of our own
sentences.
"""

from typing import Any

from config.contacts.contacts import Address
from notifications.channels.apprise_log import AppriseLog, confirmation, listening
from notifications.channels.connections import Connections
from notifications.channels.formats import fit_to_service, in_format_of
from notifications.channels.http import (
    CONNECT_TIMEOUT_S,
    NO_ANSWER,
    NOT_CONNECTED,
    READ_TIMEOUT_S,
    TLS_FAILED,
    UNREACHABLE,
    rate_limited,
)
from notifications.channels.outgoing import Outcome, OutgoingMessage
from notifications.channels.rate_limits import ProviderUnreachable, RateLimited
from notifications.channels.services import Service
from notifications.channels.time_limit import SEND_LIMIT_S, run_with_limit


def send_by_apprise(address: Address, service: Service, message: OutgoingMessage, connections: Connections) -> Outcome:
    """Send one message to the address that Apprise has read as ``service``; never raises for what a service does."""
    provider, limits = service.provider(address.channel), connections.limits
    log = AppriseLog()
    try:
        limits.wait_for_provider(provider)
        outcome = run_with_limit(lambda: _notify(address, service, message, log), provider, SEND_LIMIT_S)
    except RateLimited as fault:
        return rate_limited(fault)
    except ProviderUnreachable:
        return UNREACHABLE
    except TimeoutError:
        connections.services.forget(address.url)
        # What an earlier request of the same message was refused for says nothing of the one that hangs.
        return NO_ANSWER if log.is_waiting else log.outcome()
    limits.record_connection(provider, succeeded=outcome not in (NOT_CONNECTED, TLS_FAILED))
    return outcome


def outcome_of(answer: Any, log: AppriseLog, channel: str = "") -> Outcome:
    """What became of a message.

    answer   a truth value from Apprise 1; from Apprise 2 a result that is true for success and has a status
    channel  the service, whose own word for a message taken is looked for in what it said
    """
    if answer:
        return confirmation(channel, log.body)
    if getattr(getattr(answer, "status", None), "name", "") == "TIMEOUT":
        return NO_ANSWER
    return log.outcome()


def _notify(address: Address, service: Service, message: OutgoingMessage, log: AppriseLog) -> Outcome:
    import apprise

    plugin = service.plugin
    # Apprise waits this long between two sends of one plugin; our own limits say how fast we may send. Retries are
    # ours, a failure is never fine, and a redirected POST would arrive as an empty GET that is answered with 200.
    plugin.request_rate_per_sec = 0
    plugin.retry, plugin.optional, plugin.redirects = 0, False, False
    plugin.socket_connect_timeout = min(plugin.socket_connect_timeout, CONNECT_TIMEOUT_S)
    plugin.socket_read_timeout = min(plugin.socket_read_timeout, READ_TIMEOUT_S)
    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):
        # By this the receiver can tell a second copy from a second message.
        headers["X-Dondoc-Message" if address.channel.startswith("mail") else "Idempotency-Key"] = message.key
    title, body, rich = fit_to_service(plugin, message)
    fitted = in_format_of(plugin, title, body, rich=rich)
    body_format = apprise.NotifyFormat(fitted.format)
    if fitted.format != "text":
        plugin.notify_format = body_format
    with listening(log):
        answer = service.apprise.notify(title=fitted.title, body=fitted.body, body_format=body_format)
    return outcome_of(answer, log, address.channel)

"""Rate limits of sign-in and of calendar feeds, by client and by name, counted by all workers together."""

from ipaddress import IPv6Address, ip_address
from math import ceil

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from config import clock
from config.errors import Refused

PER_CLIENT = RateLimitItemPerMinute(20, 10)
PER_NAME = RateLimitItemPerMinute(3, 10)
PER_FEED = RateLimitItemPerMinute(60, 10)
"""By the address of the feed: a calendar service fetches those of many offices from one network."""


class RateLimited(Refused):
    """Too many attempts; ``retry_after_s`` says how long to wait."""

    def __init__(self, retry_after_s: int) -> None:
        minutes = ceil(retry_after_s / 60)
        super().__init__(
            f"Đã thử nhiều lần. Xem lại hộp thư (cả mục thư rác), hoặc thử lại sau {minutes} phút.",
            "Too many attempts. Check your mailbox (including the spam folder), or try again in"
            f" {minutes} minute{'s' if minutes > 1 else ''}.",
        )
        self.retry_after_s = retry_after_s


def count_attempt(request: Request) -> None:
    """Count one attempt of the client; raises ``RateLimited``."""
    _count(request, PER_CLIENT, "place", _client_network(request))


def count_letter(request: Request, name: str) -> None:
    """Count one letter asked for an address or office, in its one way of writing; raises ``RateLimited``.

    From one place three, and from three places: whoever asks from one place uses up nobody else's.
    """
    place = _client_network(request)
    limiter: MovingWindowRateLimiter = request.app.state.limiter
    if limiter.get_window_stats(PER_NAME, "name", name, place).remaining == PER_NAME.amount:
        _count(request, PER_NAME, "places", name)
    _count(request, PER_NAME, "name", name, place)


def count_own_letter(request: Request, name: str) -> None:
    """Count one letter for whoever has signed in from this browser before; raises ``RateLimited``."""
    _count(request, PER_NAME, "own", name)


def count_feed_fetch(request: Request, address: str) -> None:
    """Count one fetch of a calendar feed by its address; raises ``RateLimited``."""
    _count(request, PER_FEED, "calendar", address[:200])


def count_unknown_feed(request: Request) -> None:
    """Count one fetch of a feed that does not exist, apart from attempts to sign in; raises ``RateLimited``."""
    _count(request, PER_FEED, "no calendar", _client_network(request))


def _count(request: Request, limit: RateLimitItem, *what: str) -> None:
    limiter: MovingWindowRateLimiter = request.app.state.limiter
    if not limiter.hit(limit, *what):
        over_at = limiter.get_window_stats(limit, *what).reset_time
        raise RateLimited(max(1, ceil(over_at - clock.now().timestamp())))


def _client_network(request: Request) -> str:
    """The address of the client; of IPv6 its /64, which one client usually has for itself."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else host

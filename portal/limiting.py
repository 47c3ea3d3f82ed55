"""How often somebody may knock: counted for the place they come from and for the name they give, in memory."""

from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from config import clock
from config.errors import Refused

FROM_ONE_PLACE = RateLimitItemPerMinute(20, 10)
FOR_ONE_NAME = RateLimitItemPerMinute(3, 10)
FOR_ONE_CALENDAR = RateLimitItemPerMinute(60, 10)
"""Each address by itself: a calendar service fetches those of many offices from one place."""


class RateLimited(Refused):
    """Somebody has knocked too often; ``retry_after_s`` says when it is worth trying again."""

    def __init__(self, retry_after_s: int) -> None:
        minutes = ceil(retry_after_s / 60)
        super().__init__(
            f"Đã thử nhiều lần. Xem lại hộp thư (cả mục thư rác), hoặc thử lại sau {minutes} phút.",
            "Too many tries. Look into your mailbox (also the spam folder), or try again in"
            f" {minutes} minute{'s' if minutes > 1 else ''}.",
        )
        self.retry_after_s = retry_after_s


def count_attempt(request: Request, *, name: str = "") -> None:
    """Count one try from where the request comes from, and for ``name`` when one is given; raises ``RateLimited``."""
    _count(request, FROM_ONE_PLACE, "place", _place(request))
    if name:
        _count(request, FOR_ONE_NAME, "name", name.casefold()[:200])


def count_feed_fetch(request: Request, address: str) -> None:
    """Count one fetching of a calendar feed by its address; raises ``RateLimited``."""
    _count(request, FOR_ONE_CALENDAR, "calendar", address[:200])


def count_unknown_feed(request: Request) -> None:
    """Count one fetching of a feed that is not there, apart from tries to sign in; raises ``RateLimited``."""
    _count(request, FOR_ONE_CALENDAR, "no calendar", _place(request))


def _count(request: Request, limit: RateLimitItem, *what: str) -> None:
    limiter: MovingWindowRateLimiter = request.app.state.limiter
    if not limiter.hit(limit, *what):
        raise RateLimited(_wait_s(limiter.get_window_stats(limit, *what).reset_time, clock.now()))


def _wait_s(until: float, now: datetime) -> int:
    return max(1, ceil(until - now.timestamp()))


def _place(request: Request) -> str:
    """The address of a caller. Whoever has one IPv6 address has the whole /64 around it."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) >> 64 << 64)) if isinstance(address, IPv6Address) else host

"""Signed tokens for links: whom the link is for and when it was made; nothing in them is secret."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from config.errors import Refused
from config.keys import signing_key
from config.settings import Settings

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SignInRefused(Refused):
    """Nobody is signed in."""


class LinkForged(SignInRefused):
    """The link was not made here, or was cut short on its way."""


class LinkExpired(SignInRefused):
    """The link is older than it may be, or was used already."""


@dataclass(frozen=True)
class Ticket:
    """What a signed link says. ``expires_at`` is set when it is made."""

    who: str
    issued_at: datetime
    expires_at: datetime

    @property
    def life(self) -> timedelta:
        return self.expires_at - self.issued_at


class Signer:
    """Makes and reads the tickets of one purpose; those of another purpose do not read."""

    def __init__(self, settings: Settings, purpose: str) -> None:
        self._serializer = URLSafeSerializer(signing_key(settings), salt=f"dondoc.{purpose}")

    def issue(self, who: str, *, now: datetime, life: timedelta) -> str:
        """A token of about sixty characters, all of which may stand in an address."""
        return str(self._serializer.dumps([who, in_milliseconds(now), int(life.total_seconds())]))

    def read(self, token: str) -> Ticket:
        """What a token says; raises ``LinkForged``. The caller decides whether it is still valid."""
        try:
            who, issued, life = self._serializer.loads(token)
            issued_at = from_milliseconds(issued)
            return Ticket(str(who), issued_at, issued_at + timedelta(seconds=life))
        except (BadData, ValueError, TypeError, OverflowError):
            raise LinkForged(
                "Đường dẫn không đúng. Có thể đường dẫn đã bị cắt ngắn khi sao chép; hãy mở lại từ thư, hoặc xin "
                "đường dẫn mới.",
                "This link is not valid. It may have been cut short when copied; open it again from the message, or "
                "ask for a new one.",
            ) from None


def in_milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970: finer than seconds, so that a link made just after a revocation is valid."""
    return (instant - _EPOCH) // _MILLISECOND


def from_milliseconds(count: int) -> datetime:
    return _EPOCH + count * _MILLISECOND


def to_millisecond(instant: datetime) -> datetime:
    """The instant as a ticket made at it would say it."""
    return from_milliseconds(in_milliseconds(instant))

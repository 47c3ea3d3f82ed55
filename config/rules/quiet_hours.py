"""The hours in which an office is not written to, as a setting or contacts.yaml states them."""

import re
from dataclasses import dataclass
from datetime import time

from config.errors import Refused

NEVER = "never"
"""Written for an office that may be written to at any hour of every day: a desk on duty."""

NO_QUIET = "mọi lúc"
"""What people write for it."""

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class QuietHours:
    """From ``begins`` (included) to ``ends`` (excluded) in Hà Nội; over midnight when ``begins`` is later."""

    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.begins == self.ends:
            raise ValueError("begins and ends are equal")

    def cover(self, at: time) -> bool:
        """Whether it is quiet at this time of a day."""
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


OUT_OF_OFFICE = QuietHours(time(17, 30), time(7, 30))


@dataclass(frozen=True)
class Hours:
    """When an office is written to.

    quiet      hours in which it is not, besides days off; None for one that is on duty day and night
    digest_at  the time of a working day until which reminders wait; None to send them as they come
    """

    quiet: QuietHours | None = OUT_OF_OFFICE
    digest_at: time | None = None


def plain_hours(text: str) -> str:
    """Hours, or a time of day, as they are kept: without spaces, with a plain hyphen, in small letters; ``NEVER``."""
    plain = "".join(text.split()).replace("–", "-").lower()
    return NEVER if plain == "".join(NO_QUIET.split()) else plain


def said_hours(kept: str) -> str:
    """Kept hours as people write them."""
    return NO_QUIET if kept == NEVER else kept


def parse_quiet_hours(text: str) -> QuietHours | None:
    """Read "17:30-07:30" or "never"; raises ``Refused`` that says what to write."""
    if plain_hours(text) == NEVER:
        return None
    begins, dash, ends = text.replace("–", "-").partition("-")
    try:
        if dash:
            return QuietHours(parse_time(begins), parse_time(ends))
    except (Refused, ValueError):
        pass
    raise Refused(
        f"«{text}» không phải giờ nghỉ; viết như 17:30-07:30 (hai giờ khác nhau), hoặc «{NO_QUIET}».",
        f"'{text}' are not quiet hours; write them like 17:30-07:30 (two different times), or {NEVER}.",
    )


def parse_time(text: str) -> time:
    """Read "08:00"; raises ``Refused`` that says what to write."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Refused(f"«{text}» không phải giờ; viết như 08:00.", f"'{text}' is not a time; write it like 08:00.")
    return time(int(found[1]), int(found[2]))

"""The hours in which nobody is written to, as they stand in a setting or in contacts.yaml."""

import re
from dataclasses import dataclass
from datetime import time

from config.errors import Refused

NEVER = "never"
"""Written for somebody who may be spoken to at any hour and on every day: a desk on duty."""

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class QuietHours:
    """From ``begins`` (included) to ``ends`` (not included) in Hà Nội, over midnight when that is the later one."""

    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.begins == self.ends:
            raise ValueError("nobody could ever be spoken to")

    def cover(self, at: time) -> bool:
        """Whether it is quiet at this time of a day."""
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


OUT_OF_OFFICE = QuietHours(time(17, 30), time(7, 30))


@dataclass(frozen=True)
class Hours:
    """When an office is spoken to.

    quiet      hours in which it is not, and with them days off; None for one that is on duty day and night
    digest_at  the hour of a working day for which reminders of the runs wait; None for as they come
    """

    quiet: QuietHours | None = OUT_OF_OFFICE
    digest_at: time | None = None


def parse_quiet_hours(text: str) -> QuietHours | None:
    """Read "17:30-07:30" or "never"; raises ``Refused`` that says what to write."""
    if text.strip().lower() == NEVER:
        return None
    begins, dash, ends = text.replace("–", "-").partition("-")
    try:
        if dash:
            return QuietHours(parse_time(begins), parse_time(ends))
    except (Refused, ValueError):
        pass
    raise Refused(
        f"«{text}» không phải giờ nghỉ; viết như 17:30-07:30 (hai giờ khác nhau), hoặc {NEVER}.",
        f"'{text}' are not quiet hours; write them like 17:30-07:30 (two different times), or {NEVER}.",
    )


def parse_time(text: str) -> time:
    """Read "08:00"; raises ``Refused`` that says what to write."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Refused(f"«{text}» không phải giờ; viết như 08:00.", f"'{text}' is not a time; write it like 08:00.")
    return time(int(found[1]), int(found[2]))

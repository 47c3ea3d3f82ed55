"""The desks at which an office is reached: posts, never persons."""

from enum import StrEnum
from typing import NamedTuple


class Desk(StrEnum):
    """Whom within an office a notice is for; posts, never persons."""

    FOCAL = "focal"  # đầu mối
    HEAD = "head"  # thủ trưởng
    COORDINATOR = "coordinator"  # cơ quan đôn đốc
    MONITOR = "monitor"  # cơ quan theo dõi


class Recipient(NamedTuple):
    """A desk in an office."""

    office: str
    desk: Desk


DESKS = tuple(desk.value for desk in Desk)
"""In the order in which a contacts file lists them."""

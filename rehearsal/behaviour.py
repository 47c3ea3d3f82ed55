"""How the offices of a rehearsal behave: a script for every assignment, the same each time it is played.

Nothing here is random: the behaviour follows from what the assignment is, so that a story can be told twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zlib import crc32

from config.rules.working_time import WorkingCalendar


class Behaviour(StrEnum):
    """What kind of office this is, for one assignment."""

    EARLY = "sớm"
    ON_TIME = "đúng hạn"
    LATE = "trễ hạn"
    RETURNED = "bị trả lại rồi sửa"
    EXTENDED = "xin gia hạn, được đồng ý"
    REFUSED = "xin gia hạn, không được đồng ý"
    SILENT = "không trả lời"


class Act(StrEnum):
    ACKNOWLEDGE = "tiếp nhận"
    REPORT = "báo cáo"
    ACCEPT = "được xác nhận"
    RETURN = "bị trả lại"
    ASK_FOR_TIME = "xin gia hạn"
    GRANT = "được gia hạn"
    REFUSE = "không được gia hạn"


@dataclass(frozen=True)
class PlannedAct:
    """One act on one day. ``until`` is the date asked for or granted."""

    on: date
    act: Act
    until: date | None = None


# Out of twelve: most offices report in time, some are late, one says nothing.
_SHARES = (
    *(Behaviour.EARLY,) * 3,
    *(Behaviour.ON_TIME,) * 4,
    Behaviour.LATE,
    Behaviour.RETURNED,
    Behaviour.EXTENDED,
    Behaviour.REFUSED,
    Behaviour.SILENT,
)

_EXTENSION_DAYS = 5
"""Working days an office asks for."""


def behaviour_of(*identity: str) -> Behaviour:
    """The behaviour that goes with this identity; always the same for the same words."""
    return _SHARES[crc32("/".join(identity).encode()) % len(_SHARES)]


def script(behaviour: Behaviour, *, assigned_on: date, due_on: date, calendar: WorkingCalendar) -> Iterator[PlannedAct]:
    """What will be done about an assignment, in order; due dates are those at the time of assigning."""

    def day(anchor: date, offset: int) -> date:
        # Nobody acts before the day after assigning, nor on a day off.
        return max(calendar.add(anchor, offset), calendar.add(assigned_on, 1))

    if behaviour is Behaviour.SILENT:
        return
    yield PlannedAct(calendar.add(assigned_on, 4 if behaviour is Behaviour.LATE else 1), Act.ACKNOWLEDGE)
    if behaviour in (Behaviour.EXTENDED, Behaviour.REFUSED):
        asked = day(due_on, -4)
        if asked >= due_on:
            behaviour = Behaviour.ON_TIME
        else:
            until = calendar.add(due_on, _EXTENSION_DAYS)
            yield PlannedAct(asked, Act.ASK_FOR_TIME, until)
            granted = behaviour is Behaviour.EXTENDED
            yield PlannedAct(calendar.add(asked, 1), Act.GRANT if granted else Act.REFUSE, until)
            reported = calendar.add(until, -1) if granted else calendar.add(due_on, 2)
            yield PlannedAct(reported, Act.REPORT)
            yield PlannedAct(calendar.add(reported, 1), Act.ACCEPT)
            return
    offset = {Behaviour.EARLY: -6, Behaviour.LATE: 4, Behaviour.RETURNED: -2}.get(behaviour, -1)
    reported = day(due_on, offset)
    yield PlannedAct(reported, Act.REPORT)
    if behaviour is Behaviour.RETURNED:
        yield PlannedAct(calendar.add(reported, 1), Act.RETURN)
        reported = calendar.add(reported, 4)
        yield PlannedAct(reported, Act.REPORT)
    yield PlannedAct(calendar.add(reported, 1), Act.ACCEPT)

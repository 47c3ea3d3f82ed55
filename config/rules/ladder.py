"""The ladder of alerts as pure functions: from two dates to the instants at which an alert is due."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import count
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.clock import start_of_day
from config.rules.working_time import WorkingCalendar
from config.text.shapes import shaped
from config.text.suggestions import with_underscores

Audience = Literal["focal", "head", "coordinator", "monitor"]
RungKind = Literal["assigned", "not_acknowledged", "due_soon", "due_today", "overdue"]

LADDER = r"[a-z0-9_-]{1,32}"


LadderCode = Annotated[
    str,
    shaped(
        LADDER,
        with_underscores,
        "1–32 chữ thường không dấu, chữ số, _ và -, ví dụ standard",
        "1 to 32 small letters, digits, _ and -, e.g. standard",
    ),
]


RungName = Annotated[
    str,
    shaped(
        r"[a-z0-9_+]{1,24}",
        with_underscores,
        "1–24 chữ thường không dấu, chữ số, _ và +, ví dụ overdue+3",
        "1 to 24 small letters, digits, _ and +, e.g. overdue+3",
    ),
]


class RungSpec(BaseModel):
    """One rung of a ladder, as the plan states it.

    offset        working days after (negative: before) the anchor
    severity      of several rungs due at once the most severe is sent, the others are recorded as superseded
    repeat_every  working days between repeats until the work is done; on the last rung only
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: RungName
    kind: RungKind
    anchor: Literal["assigned", "due"]
    offset: int = Field(ge=-60, le=250)
    audiences: tuple[Audience, ...] = Field(min_length=1)
    severity: int = Field(ge=0, le=100)
    unless_acknowledged: bool = False
    repeat_every: int | None = Field(default=None, ge=1, le=60)


class Ladder(BaseModel):
    """A named ladder; its rungs in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: LadderCode
    rungs: tuple[RungSpec, ...] = Field(min_length=1)

    @cached_property
    def content_hash(self) -> str:
        """A short hash of the rungs: the same ladder, whatever it is called, gives the same timetable."""
        content = json.dumps([r.model_dump(mode="json") for r in self.rungs], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Rung:
    """A rung with the instant (00:00 in Hà Nội) from which it is due."""

    name: str
    kind: RungKind
    severity: int
    audiences: tuple[Audience, ...]
    unless_acknowledged: bool
    fire_at: datetime


def timetable(ladder: Ladder, *, assigned_on: date, due_on: date, until: date, calendar: WorkingCalendar) -> list[Rung]:
    """The rungs of ``ladder`` in order of time, with repeats up to the day ``until`` and one beyond it.

    One beyond, so that an open assignment always has a next instant; and at least as far as the last of the other
    rungs, so that a later ``until`` only adds rungs at the end.

    The rung "assigned" is left out, since the verb that assigns sends it. So is a reminder that is not after the day
    of assigning, since it repeats the assignment. Overdue rungs stay however late the assignment was made, but of
    those up to the day of assigning only the most severe one.
    """
    days = [(spec, _day(spec, 0, assigned_on, due_on, calendar)) for spec in ladder.rungs if spec.kind != "assigned"]
    until = max([until, *(day for spec, day in days if not spec.repeat_every)])
    rungs = [
        rung
        for spec, _ in days
        for rung in _occurrences(spec, assigned_on=assigned_on, due_on=due_on, until=until, calendar=calendar)
    ]
    rungs.sort(key=lambda rung: (rung.fire_at, rung.severity))
    already = [rung for rung in rungs if rung.fire_at <= start_of_day(assigned_on)]
    # Three years late there would be 150 repeats, all superseded at once.
    highest = [max(already, key=lambda rung: rung.severity)] if already else []
    # The first alert goes to the focal point alone; the head and the others get the next rungs.
    return [replace(rung, audiences=("focal",)) for rung in highest] + rungs[len(already) :]


def _occurrences(
    spec: RungSpec, *, assigned_on: date, due_on: date, until: date, calendar: WorkingCalendar
) -> Iterator[Rung]:
    for repeat in count() if spec.repeat_every else (0,):
        day = _day(spec, repeat, assigned_on, due_on, calendar)
        if day > assigned_on or spec.kind == "overdue":
            yield Rung(
                name=f"overdue+{_offset(spec, repeat)}" if repeat else spec.name,
                kind=spec.kind,
                severity=spec.severity + repeat,
                audiences=spec.audiences,
                unless_acknowledged=spec.unless_acknowledged,
                fire_at=start_of_day(day),
            )
        if day > until:
            return


def _offset(spec: RungSpec, repeat: int) -> int:
    return spec.offset + repeat * (spec.repeat_every or 0)


def _day(spec: RungSpec, repeat: int, assigned_on: date, due_on: date, calendar: WorkingCalendar) -> date:
    anchor = assigned_on if spec.anchor == "assigned" else due_on
    offset = _offset(spec, repeat)
    return calendar.add(anchor, offset) if offset else anchor

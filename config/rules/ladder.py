"""The ladder of alerts as pure functions: from two dates to the instants at which an alert is due.

``timetable`` is for a due day, ``timetable_in_hours`` for a term in hours, ``timetable_undated`` and
``timetable_standing`` for what has no due day.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.clock import HANOI, local_date, start_of_day
from config.rules.periods import Bases, Cadence, period_of
from config.rules.working_time import WorkingCalendar
from config.text.shapes import shaped
from config.text.suggestions import with_underscores

Audience = Literal["focal", "head", "coordinator", "monitor"]
RungKind = Literal["assigned", "not_acknowledged", "due_soon", "due_today", "overdue"]

AlertKind = RungKind | Literal["progress"]
"""Beside the kinds of a plan's rungs: standing work is asked for its progress."""

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
    """A rung with the instant from which it is due: 00:00 in Hà Nội, or any instant of a term in hours.

    express  goes at once, also in quiet hours and on days off, which a term in hours does not wait for
    """

    name: str
    kind: AlertKind
    severity: int
    audiences: tuple[Audience, ...]
    unless_acknowledged: bool
    fire_at: datetime
    express: bool = False


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
    return _in_order(rungs, start_of_day(assigned_on))


def _in_order(rungs: list[Rung], assigned_at: datetime) -> list[Rung]:
    """Rungs by time; of those up to the assigning only the most severe one."""
    rungs.sort(key=lambda rung: (rung.fire_at, rung.severity))
    already = [rung for rung in rungs if rung.fire_at <= assigned_at]
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


_MORNING = time(8)
_PROGRESS = 20
"""The severity of a prompt for progress: above «not acknowledged» and below everything about a deadline."""
_DAYS_OFF = timedelta(days=15)
"""At most so many days a due day at the end of a period is moved over days off."""
_HOUR = timedelta(hours=1)


def timetable_in_hours(
    ladder: Ladder, *, assigned_at: datetime, due_at: datetime, until: datetime, calendar: WorkingCalendar
) -> list[Rung]:
    """The rungs of ``ladder`` for a term in hours, in order of time, all of them express.

    The ladder keeps its shape, in parts of the term instead of working days:
    not acknowledged  spread over the first quarter, the last of them at its end
    due soon          spread over the second half: two of them at half the term and at three quarters
    due today         an hour before the deadline; in a term under 8 hours, at seven eighths of it
    overdue           the first at the deadline; the others as many hours later as they are working days apart
    repeats           every working morning at 8:00, up to ``until`` and one beyond it

    As with days, what is not after the assigning is left out, but for the most severe overdue rung.
    """
    term = due_at - assigned_at
    rungs: list[Rung] = []
    for spec in ladder.rungs:
        alike = [each for each in ladder.rungs if each.kind == spec.kind]
        place, of = alike.index(spec), len(alike)
        match spec.kind:
            case "assigned":
                continue
            case "not_acknowledged":
                at = assigned_at + term * (place + 1) / (4 * of)
            case "due_soon":
                at = assigned_at + term * (of + place) / (2 * of)
            case "due_today":
                at = max(due_at - _HOUR, assigned_at + term * 7 / 8)
            case "overdue":
                at = due_at + _HOUR * (spec.offset - min(each.offset for each in alike))
        if at > assigned_at or spec.kind == "overdue":
            rungs.append(_express(spec, at))
    last = max((rung.fire_at for rung in rungs), default=due_at)
    for spec in ladder.rungs:
        if spec.repeat_every:
            rungs += _mornings(spec, last, max(until, last), calendar)
    return _in_order(rungs, assigned_at)


def _express(spec: RungSpec, at: datetime, repeat: int = 0) -> Rung:
    return Rung(
        name=f"{spec.name}+{repeat}" if repeat else spec.name,
        kind=spec.kind,
        severity=spec.severity + repeat,
        audiences=spec.audiences,
        unless_acknowledged=spec.unless_acknowledged,
        fire_at=at,
        express=True,
    )


def _mornings(spec: RungSpec, last: datetime, until: datetime, calendar: WorkingCalendar) -> Iterator[Rung]:
    for repeat in count(1):
        at = datetime.combine(calendar.add(local_date(last), repeat), _MORNING, tzinfo=HANOI)
        yield _express(spec, at, repeat)
        if at > until:
            return


def timetable_undated(ladder: Ladder, *, assigned_on: date, calendar: WorkingCalendar) -> list[Rung]:
    """The rungs of work without a due day: only that nobody has acknowledged it."""
    rungs = [
        rung
        for spec in ladder.rungs
        if spec.kind == "not_acknowledged"
        for rung in _occurrences(
            spec.model_copy(update={"repeat_every": None}),
            assigned_on=assigned_on,
            due_on=assigned_on,
            until=assigned_on,
            calendar=calendar,
        )
    ]
    return _in_order(rungs, start_of_day(assigned_on))


def timetable_standing(
    ladder: Ladder,
    *,
    assigned_on: date,
    rhythm: Cadence,
    until: date,
    calendar: WorkingCalendar,
    basis: Bases = "nd09",
) -> list[Rung]:
    """The rungs of standing work: those of undated work, and a prompt for progress when each period closes.

    A prompt is due on the closing day, or the next working day; up to ``until`` and one beyond it. The first is that of
    the first period that closes after the day of assigning.
    """
    rungs = timetable_undated(ladder, assigned_on=assigned_on, calendar=calendar)
    for prompt in _prompts(assigned_on, rhythm, None, calendar, basis):
        rungs.append(prompt)
        if prompt.fire_at > start_of_day(until):
            break
    return _in_order(rungs, start_of_day(assigned_on))


def timetable_with_progress(
    ladder: Ladder,
    *,
    assigned_on: date,
    due_on: date,
    rhythm: Cadence,
    until: date,
    calendar: WorkingCalendar,
    basis: Bases = "nd09",
) -> list[Rung]:
    """The rungs of a due date, and a prompt for progress when each period before it closes, but for the last: what is
    asked for then is the report that is due."""
    rungs = timetable(ladder, assigned_on=assigned_on, due_on=due_on, until=until, calendar=calendar)
    rungs += _prompts(assigned_on, rhythm, due_on, calendar, basis)
    return _in_order(rungs, start_of_day(assigned_on))


def _is_last_period(rhythm: Cadence, day: date, due_on: date) -> bool:
    """Whether the calendar period of a day is the last before a due day."""
    return period_of(rhythm, day, "calendar").closes >= due_on - _DAYS_OFF


def _prompts(
    assigned_on: date, rhythm: Cadence, due_on: date | None, calendar: WorkingCalendar, basis: Bases
) -> Iterator[Rung]:
    period = period_of(rhythm, assigned_on + timedelta(days=1), basis)
    while due_on is None or not _is_last_period(rhythm, period.closes, due_on):
        day = calendar.next_working_day(period.closes)
        yield Rung(f"progress_{period.key}", "progress", _PROGRESS, ("focal",), False, start_of_day(day))
        period = period_of(rhythm, period.closes + timedelta(days=1), basis)

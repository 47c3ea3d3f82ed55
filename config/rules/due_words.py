"""A due date as people read it: the day, the hour where the term has one, or why there is none."""

from datetime import date, datetime
from typing import Protocol

from config.clock import HANOI, end_of_day
from config.errors import Refused
from config.rules import explanations as said
from config.rules.due import NO_DATE
from config.rules.grammar import parse_rule
from config.rules.kinds import AfterSubtask, Timing
from config.rules.working_time import WorkingCalendar

TIMING_WORDS: dict[Timing, tuple[str, str]] = {
    Timing.DATED: ("có hạn", "dated"),
    Timing.UNDATED: ("chưa định hạn", "no date set"),
    Timing.STANDING: ("thường xuyên", "standing"),
    Timing.AFTER: ("chờ việc khác xong", "waits for another task"),
}
"""In Vietnamese and English."""


class HasDue(Protocol):
    """Whatever falls due, or does not: an assignment's row."""

    @property
    def due_date(self) -> date: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def timing(self) -> Timing: ...
    @property
    def rule(self) -> str: ...


def due_in_words(work: HasDue, language: str = "vi") -> str:
    """When it is due: «11/09/2023», «15:00 11/09/2023», «chưa định hạn», «thường xuyên», «chờ việc T1.2»."""
    if work.timing is Timing.AFTER and (named := _awaited(work.rule)):
        return f"chờ việc {named}" if language == "vi" else f"waits for {named}"
    day = day_in_words(work.due_date, work.timing, language)
    if work.due_date == NO_DATE or work.due_at == end_of_day(work.due_date):
        return day
    return f"{work.due_at.astimezone(HANOI):%H:%M} {day}"


def day_in_words(day: date, timing: Timing | None = None, language: str = "vi") -> str:
    """A day of the store, or why there is none; «chưa định hạn» where that is not said."""
    if day != NO_DATE:
        return f"{day:%d/%m/%Y}"
    return TIMING_WORDS[timing if timing and timing is not Timing.DATED else Timing.UNDATED][language != "vi"]


def days_left(work: HasDue, calendar: WorkingCalendar, today: date) -> int | None:
    """Working days from today to its due date, negative after it; None where it has none."""
    return None if work.due_date == NO_DATE else calendar.count(today, work.due_date)


def days_late(work: HasDue, calendar: WorkingCalendar, today: date) -> int:
    """Working days since its due date; 0 before it, and where it has none."""
    return max(0, -(days_left(work, calendar, today) or 0))


def dated(day: date | None) -> date | None:
    """The day, or None where none is set: as sheets, JSON and the API give it."""
    return None if day == NO_DATE else day


def dated_at(at: datetime | None) -> datetime | None:
    """The instant, or None where no day is set."""
    return None if at == end_of_day(NO_DATE) else at


def _awaited(rule: str) -> str:
    """The subtask that a rule waits for; empty where the rule is none that can be read."""
    try:
        parsed = parse_rule(rule)
    except Refused:
        return ""
    return said.subtask(parsed.subtask, parsed.step) if isinstance(parsed, AfterSubtask) else ""

"""A due date as people read it: the day, the hour where the term has one, or why there is none.

Under a heading «Hạn» stands ``due_in_words``; within a sentence ``due_clause``, which says «hạn» itself where it fits.
"""

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

_BEFORE: dict[Timing, tuple[str, str]] = {
    Timing.UNDATED: ("trước đây chưa định hạn", "without a due date before"),
    Timing.STANDING: ("trước đây là việc thường xuyên", "standing work before"),
    Timing.AFTER: ("trước đây chờ việc khác xong", "waited for another task before"),
}
_FROM_NOW_ON: dict[Timing, tuple[str, str]] = {
    Timing.UNDATED: ("nay chưa định hạn", "now without a due date"),
    Timing.STANDING: ("nay là việc thường xuyên", "standing work from now on"),
    Timing.AFTER: ("nay chờ việc khác xong", "now waits for another task"),
}


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


def due_in_words(due: HasDue, language: str = "vi") -> str:
    """When it is due: «11/09/2023», «15:00 11/09/2023», «chưa định hạn», «thường xuyên», «chờ việc T1.2»."""
    if due.timing is Timing.AFTER and (named := _awaited(due.rule)):
        return f"chờ việc {named}" if language == "vi" else f"waits for {named}"
    day = day_in_words(due.due_date, due.timing, language)
    if due.due_date == NO_DATE or due.due_at == end_of_day(due.due_date):
        return day
    return f"{due.due_at.astimezone(HANOI):%H:%M} {day}"


def day_in_words(day: date, timing: Timing | None = None, language: str = "vi") -> str:
    """A day of the store, or why there is none; «chưa định hạn» where that is not said."""
    if day != NO_DATE:
        return f"{day:%d/%m/%Y}"
    return TIMING_WORDS[timing if timing and timing is not Timing.DATED else Timing.UNDATED][language != "vi"]


def due_clause(due: HasDue, language: str = "vi") -> str:
    """The same within a sentence: «hạn 11/09/2023», «chưa định hạn», «thường xuyên», «chờ việc T1.2»."""
    words = due_in_words(due, language)
    return words if due.due_date == NO_DATE else f"{'hạn' if language == 'vi' else 'due'} {words}"


def original_clause(day: date, timing: Timing, language: str = "vi") -> str:
    """What was before a date was changed: «hạn gốc 11/09/2023», «trước đây chưa định hạn»."""
    if day == NO_DATE:
        return _of(_BEFORE, timing, language)
    return f"hạn gốc {day:%d/%m/%Y}" if language == "vi" else f"originally due {day:%d/%m/%Y}"


def change_clause(before: date, was: Timing | None, after: date, now: Timing | None, language: str = "vi") -> str:
    """A change of date: «hạn từ 11/09/2023 thành 20/09/2023», «định hạn 20/09/2023 (trước đây chưa định hạn)»."""
    vi, old, new = language == "vi", f"{before:%d/%m/%Y}", f"{after:%d/%m/%Y}"
    match before == NO_DATE, after == NO_DATE:
        case False, False:
            return f"hạn từ {old} thành {new}" if vi else f"due date from {old} to {new}"
        case True, False:
            return f"{'định hạn' if vi else 'due date set to'} {new} ({_of(_BEFORE, was, language)})"
        case False, True:
            return f"{'bỏ hạn' if vi else 'due date taken off, was'} {old}, {_of(_FROM_NOW_ON, now, language)}"
        case _:
            return f"{_of(_FROM_NOW_ON, now, language)} ({_of(_BEFORE, was, language)})"


def _of(words: dict[Timing, tuple[str, str]], timing: Timing | None, language: str) -> str:
    return words.get(timing or Timing.UNDATED, words[Timing.UNDATED])[language != "vi"]


def days_left(due: HasDue, calendar: WorkingCalendar, today: date) -> int | None:
    """Working days from today to its due date, negative after it; None where it has none."""
    return None if due.due_date == NO_DATE else calendar.count(today, due.due_date)


def days_late(due: HasDue, calendar: WorkingCalendar, today: date) -> int:
    """Working days since its due date; 0 before it, and where it has none."""
    return max(0, -(days_left(due, calendar, today) or 0))


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
    return said.subtasks(parsed.awaited) if isinstance(parsed, AfterSubtask) else ""

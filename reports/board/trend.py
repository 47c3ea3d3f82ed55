"""How punctual work has been lately: what fell due in each of the last months, and how much of it was done on time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection
from sqlmodel import col

from config.clock import local_date
from config.rules.working_time import WorkingCalendar
from models.tables.assignment import Assignment
from reports.board.situation import due_trend
from reports.board.spans import span_of
from reports.figures import Tally, percent

MONTHS = 6
_BAR = 10


@dataclass(frozen=True)
class Month:
    """What fell due in a month, of the present one what fell due until today; ``tally`` is as things stand now."""

    first: date
    tally: Tally


def trend(
    connection: Connection, *, now: datetime, calendar: WorkingCalendar, priority: str | None = None
) -> tuple[Month, ...]:
    """The last months, the present one last; those before the first that anything fell due in are left out."""
    only = None if priority is None else col(Assignment.priority) == priority
    found = due_trend(
        connection, grain="month", count=MONTHS, now=now, calendar=calendar, only=only, until=local_date(now)
    )
    months = [Month(span_of(key).first, counts) for key, counts in found.items()]
    while months and not months[0].tally.total:
        del months[0]
    return tuple(months)


def trend_rows(months: Sequence[Month]) -> list[tuple[str, int, int, int, int, str]]:
    """A row for each month: its name, what fell due, on time, late, still owed, and the share on time with a bar."""
    return [
        (
            f"{month.first:%m/%Y}",
            month.tally.total,
            month.tally.done_on_time,
            month.tally.done_late,
            month.tally.open_overdue,
            _bar(month.tally.on_time_rate),
        )
        for month in months
    ]


def _bar(rate: float | None) -> str:
    if rate is None:
        return percent(rate)
    full = round(rate * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {percent(rate)}"

"""How punctual work has been lately: what fell due in each of the last months, and how much of it was done on time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection
from sqlmodel import col

from config.clock import last_day_before, local_date
from config.working_time import WorkingCalendar
from models.assignment import Assignment
from reports.figures import Span, Tally, tally

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
    today = local_date(now)
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    only = None if priority is None else col(Assignment.priority) == priority
    by_instant = tally(
        connection, col(Assignment.due_at), now=now, calendar=calendar, due_in=Span(firsts[0], today), only=only
    )
    sums = dict.fromkeys(firsts, Tally())
    for (due_at,), counts in by_instant.items():
        sums[last_day_before(due_at).replace(day=1)] += counts
    months = [Month(first, counts) for first, counts in sums.items()]
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
        return "–"
    full = round(rate * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {rate:.0%}"

"""The months ahead drawn: a column of letters for each week, and a calendar that is darker where there are more."""

from calendar import Calendar
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.charts.drawing import INK, SOFT, Drawing
from reports.months_ahead.outcome import Rehearsal

LEVELS = 5
_WIDTH = 960
_COLUMN = "#2b6cb0"
_FEW = 30
"""Weeks beneath which there is room for a year beside the first month."""
_ROOM = 2
"""Weeks that the name of a month takes."""


@dataclass(frozen=True)
class CalendarDay:
    """One day of a month; ``level`` from 0 (no letters) to ``LEVELS``, None for a day outside of the rehearsal."""

    day: date
    letters: int
    offices: int
    level: int | None


@dataclass(frozen=True)
class CalendarMonth:
    """The weeks of a month, Monday first; None where a day is another month's."""

    first: date
    weeks: Sequence[Sequence[CalendarDay | None]]


def months(found: Rehearsal) -> list[CalendarMonth]:
    """The months of a rehearsal."""
    by_day = {each.date: each for each in found.days}
    most = max((each.letters for each in found.days), default=0)

    def day_of(day: date) -> CalendarDay:
        told = by_day.get(day)
        letters, offices = (told.letters, told.offices) if told else (0, 0)
        level = _level(letters, most) if found.first <= day <= found.last else None
        return CalendarDay(day, letters, offices, level)

    weeks = Calendar().monthdatescalendar
    return [
        CalendarMonth(
            first,
            [
                [day_of(day) if day.month == first.month else None for day in week]
                for week in weeks(first.year, first.month)
            ],
        )
        for first in _months(found.first, found.last)
    ]


def _level(letters: int, most: int) -> int:
    return -(-letters * LEVELS // most) if most else 0


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def letters_by_week(found: Rehearsal, *, language: str) -> str:
    """A column for each week, as tall as it has letters; the busiest has its figure."""
    vi = language == "vi"
    weeks = Counter[date]()
    for each in found.days:
        weeks[each.date - timedelta(days=each.date.weekday())] += each.letters
    first = found.first - timedelta(days=found.first.weekday())
    mondays = [first + timedelta(weeks=number) for number in range((found.last - first).days // 7 + 1)]
    most = max(weeks.values(), default=0)
    title = "Thư theo tuần" if vi else "Letters by week"
    told = "; ".join(f"{week:%d/%m/%Y}: {weeks[week]}" for week in mondays if weeks[week])
    drawing = Drawing("letters", _WIDTH, title=title, desc=told or "–")
    top, height = 22.0, 120.0
    step = _WIDTH / max(1, len(mondays))
    month = None
    for number, week in enumerate(mondays):
        x, tall = number * step, height * weeks[week] / most if most else 0.0
        tip = f"{'tuần từ' if vi else 'week of'} {week:%d/%m/%Y}: {weeks[week]}"
        drawing.box(x + step * 0.12, top + height - tall, step * 0.76, tall, fill=_COLUMN, tip=tip)
        if weeks[week] == most and most:
            drawing.text(x + step / 2, top + height - tall - 5, str(most), size=13, anchor="middle", bold=True)
        starts_a_month = week.month != month and (
            number > 0 or mondays[min(_ROOM, len(mondays) - 1)].month == week.month
        )
        if starts_a_month:
            words = f"{week:%m/%Y}" if week.month == 1 or (month is None and len(mondays) < _FEW) else f"{week:%m}"
            drawing.text(x, top + height + 17, words, size=12, fill=SOFT)
            month = week.month
    drawing.line(0, top + height, _WIDTH, top + height, stroke=INK)
    drawing.height = top + height + 24
    return drawing.svg()

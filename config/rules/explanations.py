"""Days, counts and periods in the words of an explanation, in Vietnamese and English."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from config.clock import HANOI, end_of_day, last_day_before
from config.rules.periods import Cadence
from config.rules.units import Season, Unit
from config.rules.working_time import NamedDay, WorkingCalendar

ROMAN = ("I", "II", "III", "IV")
MONTH_NAMES = re.findall(
    r"\w+", "January February March April May June July August September October November December"
)

_UNITS: dict[Unit, tuple[str, str]] = {
    "working": ("ngày làm việc", "working day"),
    "calendar": ("ngày", "calendar day"),
    "hour": ("giờ", "hour"),
    "month": ("tháng", "month"),
}
_EVERY: dict[Cadence, tuple[str, str]] = {
    "month": ("hằng tháng", "every month"),
    "quarter": ("hằng quý", "every quarter"),
    "half": ("6 tháng một lần", "every six months"),
    "year": ("hằng năm", "every year"),
}
SEASONS: dict[Season, tuple[str, str]] = {
    "spring": ("Mùa xuân", "spring"),
    "summer": ("Mùa hạ", "summer"),
    "autumn": ("Mùa thu", "autumn"),
    "winter": ("Mùa đông", "winter"),
}


def day(on: date) -> str:
    return f"{on.day}/{on.month}/{on.year}"


def moment(at: datetime) -> tuple[str, str]:
    local = at.astimezone(HANOI)
    return f"{local:%H:%M} ngày {day(local.date())}", f"{local:%H:%M} on {day(local.date())}"


def end_of_term(at: datetime) -> tuple[str, str]:
    """The moment at which a term ends: «24:00 ngày 30/6/2025», or its hour."""
    last = last_day_before(at)
    return (f"24:00 ngày {day(last)}", f"24:00 on {day(last)}") if at == end_of_day(last) else moment(at)


def counted(count: int, unit: Unit) -> tuple[str, str]:
    """«+5 ngày làm việc», "+5 working days"."""
    vi, en = _UNITS[unit]
    number = f"{count:+d}".replace("-", "−")
    return f"{number} {vi}", f"{number} {en}" + ("" if abs(count) == 1 else "s")


def every(cadence: Cadence) -> tuple[str, str]:
    return _EVERY[cadence]


def own_days(cadence: Cadence, days: Sequence[tuple[int | None, int]]) -> tuple[str, str]:
    """How often, with the days where there are several: «hằng năm (10/6, 20/6)», "every year (10/6, 20/6)"."""
    vi, en = every(cadence)
    if len(days) == 1:
        return vi, en
    in_vi = ", ".join(f"{number}/{month}" if number else f"cuối tháng {month}" for number, month in days)
    in_en = ", ".join(f"{number}/{month}" if number else f"end of {MONTH_NAMES[month - 1]}" for number, month in days)
    return f"{vi} ({in_vi})", f"{en} ({in_en})"


def period(cadence: Cadence, number: int, year: int) -> tuple[str, str]:
    """«Quý II/2025», "quarter 2 of 2025"."""
    match cadence:
        case "month":
            return f"Tháng {number}/{year}", f"{MONTH_NAMES[number - 1]} {year}"
        case "quarter":
            return f"Quý {ROMAN[number - 1]}/{year}", f"quarter {number} of {year}"
        case "half":
            return (
                f"6 tháng {('đầu', 'cuối')[number - 1]} năm {year}",
                f"{('first', 'second')[number - 1]} half of {year}",
            )
        case "year":
            return f"Năm {year}", f"the year {year}"


def subtasks(each: Iterable[tuple[str, str]]) -> str:
    """Subtasks, or steps of them: "T1.2, T1.3 (plan)"."""
    return ", ".join(f"{code} ({step})" if step else code for code, step in each)


def reasons(said: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(said))


def breaks(days_off: Sequence[NamedDay], calendar: WorkingCalendar) -> str:
    """Days off as people write them, "1–4/9"; a weekend between two of them is part of the same break."""
    found: list[list[date]] = []
    for off in days_off:
        if found and calendar.count(found[-1][-1], off.date) == 0:
            found[-1].append(off.date)
        else:
            found.append([off.date])
    return ", ".join(_range(days[0], days[-1]) for days in found)


def _range(first: date, last: date) -> str:
    if first == last:
        return f"{first.day}/{first.month}"
    if first.month == last.month:
        return f"{first.day}–{last.day}/{last.month}"
    return f"{first.day}/{first.month}–{last.day}/{last.month}"

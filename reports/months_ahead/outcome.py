"""What a rehearsal found: letters by day, the load of each office, dates that may not stand."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

LONGEST_MONTHS = 24
"""Of one rehearsal."""


@dataclass(frozen=True)
class DayAhead:
    """What would go out on one day: how many letters, and to how many offices."""

    date: date
    letters: int
    offices: int


@dataclass(frozen=True)
class WeekAhead:
    """What one week, from its Monday on, brings an office: letters, and assignments that fall due."""

    office: str
    week: date
    letters: int
    due: int


@dataclass(frozen=True)
class OfficeAhead:
    """What one office would get, when its head would first hear of it, and the coordinator then or after.

    due               assignments that fall due within the months
    without_address   whether its letters go to the local mailbox, because no address is known
    busiest_week      the Monday of the week in which most falls due; None where nothing does
    first_on          the day of its first letter
    """

    office: str
    letters: int
    due: int
    without_address: bool
    busiest_week: date | None
    head_on: date | None
    coordinator_on: date | None
    first_on: date | None = None


@dataclass(frozen=True)
class DateAtRisk:
    """A due date that may not stand, and why, in Vietnamese and English."""

    office: str
    subtask: str
    period: str
    date: date
    why: tuple[str, str]


@dataclass(frozen=True)
class Rehearsal:
    """The months ahead.

    without_date  assignments without a date, by subtask
    names         of the offices and the subtasks, by code, also of those that came in with a draft
    """

    first: date
    last: date
    days: Sequence[DayAhead]
    offices: Sequence[OfficeAhead]
    weeks: Sequence[WeekAhead]
    dates_at_risk: Sequence[DateAtRisk]
    without_date: Mapping[str, int]
    names: Mapping[str, str]

    @property
    def letters(self) -> int:
        return sum(day.letters for day in self.days)

    @property
    def peaks(self) -> list[DayAhead]:
        """The days with most letters first."""
        return sorted(self.days, key=lambda day: (-day.letters, day.date))

    def as_json(self) -> dict[str, Any]:
        """For programs; days are ``date``."""
        return {
            "from": self.first,
            "to": self.last,
            "days": [asdict(each) for each in self.days],
            "offices": [asdict(each) for each in self.offices],
            "weeks": [asdict(each) for each in self.weeks],
            "dates_at_risk": [
                {**asdict(each), "why": each.why[0], "why_en": each.why[1]} for each in self.dates_at_risk
            ],
            "without_date": dict(self.without_date),
            "names": dict(self.names),
        }


def rehearsal_from(written: Mapping[str, Any]) -> Rehearsal:
    """What ``Rehearsal.as_json`` wrote, its days as ISO dates."""
    offices = (
        {
            **each,
            **{name: _day(each[name]) for name in ("busiest_week", "head_on", "coordinator_on", "first_on")},
        }
        for each in written["offices"]
    )
    return Rehearsal(
        first=date.fromisoformat(written["from"]),
        last=date.fromisoformat(written["to"]),
        days=[DayAhead(**{**each, "date": date.fromisoformat(each["date"])}) for each in written["days"]],
        offices=[OfficeAhead(**each) for each in offices],
        weeks=[WeekAhead(**{**each, "week": date.fromisoformat(each["week"])}) for each in written["weeks"]],
        dates_at_risk=[_risk(each) for each in written["dates_at_risk"]],
        without_date=written["without_date"],
        names=written["names"],
    )


def _risk(written: Mapping[str, Any]) -> DateAtRisk:
    named = {name: written[name] for name in ("office", "subtask", "period")}
    return DateAtRisk(**named, date=date.fromisoformat(written["date"]), why=(written["why"], written["why_en"]))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None

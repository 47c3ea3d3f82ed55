"""The working calendar against the official notices, and its table of overrides."""

from datetime import date
from pathlib import Path

import pytest

from config.errors import Refused
from config.working_time import WorkingCalendar, load_calendar


@pytest.mark.parametrize("day", ["2024-05-04", "2025-04-26", "2026-08-22", "2026-01-10", "2023-08-31"])
def test_working_days_saturdays_made_up_included(calendar: WorkingCalendar, day: str) -> None:
    assert calendar.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day",
    ["2023-09-01", "2023-09-04", "2024-04-29", "2025-05-02", "2026-01-02", "2026-08-31", "2026-11-24", "2023-08-19"],
)
def test_days_off(calendar: WorkingCalendar, day: str) -> None:
    assert not calendar.is_working_day(date.fromisoformat(day))


def test_the_exchange_of_2026_needs_the_override() -> None:
    without = WorkingCalendar()
    assert without.is_working_day(date(2026, 1, 2))
    assert without.add(date(2025, 12, 29), 5) == date(2026, 1, 6)


def test_years_not_announced_yet_are_provisional(calendar: WorkingCalendar) -> None:
    assert (calendar.is_provisional(2026), calendar.is_provisional(2027)) == (False, True)


def test_the_version_changes_with_the_overrides(calendar: WorkingCalendar) -> None:
    assert calendar.version != WorkingCalendar().version


def test_every_fault_of_the_table_is_listed(tmp_path: Path) -> None:
    broken = tmp_path / "calendar.yaml"
    broken.write_text(
        "overrides:\n"
        "  - {date: 2026-13-02, kind: day_off, document: 1/A, note_vi: a, note_en: a}\n"
        "  - {date: 2026-01-02, kind: maybe, document: '', note_vi: a, note_en: a, extra: 1}\n"
        "provisional_from: soon\nnonsense: 1\n",
        encoding="utf-8",
    )
    with pytest.raises(Refused) as refusal:
        load_calendar(broken)
    said = "\n".join(refusal.value.details)
    for part in (
        "overrides[0].date",
        "overrides[1].kind",
        "overrides[1].document",
        "extra",
        "provisional_from",
        "nonsense",
    ):
        assert part in said

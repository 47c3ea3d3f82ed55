"""The working calendar against the official notices, and its table of overrides."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from config.catalogue.holidays import load_calendar
from config.errors import Refused
from config.rules.working_time import WorkingCalendar

# Weekdays off and weekend days worked, from the yearly notices of the Government and the Ministry of Labour.
OFFICIAL = {
    2020: ("1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9", ""),
    2021: ("1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9", ""),
    2022: ("3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9", ""),
    2023: ("2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9", ""),
    2024: ("1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", "4/5"),
    2025: ("1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", "26/4"),
    2026: ("1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11", "10/1 22/8"),
}


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_years_that_were_announced_are_as_announced(calendar: WorkingCalendar, year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    unusual = [day for day in days if day.year == year and calendar.is_working_day(day) != (day.weekday() < 5)]
    off = " ".join(f"{day.day}/{day.month}" for day in unusual if day.weekday() < 5)
    worked = " ".join(f"{day.day}/{day.month}" for day in unusual if day.weekday() >= 5)
    assert (off, worked) == OFFICIAL[year]


def test_days_off_bear_the_names_people_use(calendar: WorkingCalendar) -> None:
    named = {day.reason_vi for day in calendar.days_off(date(2023, 12, 31), date(2026, 12, 31))}
    assert named == {
        "Tết Dương lịch",
        "Tết Nguyên đán",
        "Giỗ Tổ Hùng Vương",
        "Ngày Chiến thắng 30/4",
        "Quốc tế Lao động",
        "Quốc khánh",
        "Ngày Văn hóa Việt Nam",
        "nghỉ bù",
        "nghỉ hoán đổi",
        "nghỉ hoán đổi với ngày 10/01/2026",
    }


def test_no_day_off_is_left_with_the_librarys_own_name(calendar: WorkingCalendar) -> None:
    known = {"Lunar New Year", "Hùng Kings' day", "Reunification Day", "Labour Day", "National Day", "New Year"}
    known |= {"Vietnam Culture Day", "day in lieu", "exchanged day off", "day off exchanged with 10/01/2026"}
    assert {day.reason_en for day in calendar.days_off(date(1990, 1, 1), date(2100, 12, 31))} == known


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nội dung = None"),
        ("- 2026-01-02", "nội dung = ['2026-01-02']"),
        ("overrides: []", "provisional_from = None: phải là một năm từ 1990 đến 2100"),
        ("overrides: 0\nprovisional_from: 2027", "overrides = 0: phải là danh sách"),
        ("overrides: [5]\nprovisional_from: 2027", "overrides[0] = 5: phải có date, kind, document, note_vi, note_en"),
        (
            "overrides:\n"
            "  - {date: 2026-01-02, kind: day_off, document: 1/A, note_vi: a, note_en: a}\n"
            "  - {date: 2026-01-02, kind: working_day, document: 2/A, note_vi: a, note_en: a}\n"
            "provisional_from: 2027",
            "overrides[1].date = 2026-01-02",
        ),
        (
            "overrides: [{date: 1800-01-02, kind: day_off, document: 1/A, note_vi: a, note_en: a}]\n"
            "provisional_from: 2027",
            "overrides[0].date = '1800-01-02': phải là ngày dạng 2026-01-02, từ năm 1990 đến 2100",
        ),
        # The last one would win, and the row before it be gone without a word.
        ("provisional_from: 2027\noverrides:\nprovisional_from: 2028", "dòng 3: mục «provisional_from» viết hai lần"),
        (
            "overrides:\n"
            "  - date: 2026-01-02\n"
            "    date: 2026-01-03\n"
            "    kind: day_off\n"
            "    document: 1/A\n"
            "    note_vi: a\n"
            "    note_en: a\n"
            "provisional_from: 2027",
            "dòng 3: mục «date» viết hai lần",
        ),
    ],
)
def test_a_table_that_is_thin_or_contradicts_itself_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        load_calendar(path)
    assert [fault for fault in refusal.value.details if fault.startswith(f"calendar.yaml: {told}")]
    assert len(refusal.value.details) == 1
    assert refusal.value.details_en != refusal.value.details


def test_a_table_without_rows_is_one(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text("overrides:\nprovisional_from: 2027\n", encoding="utf-8")
    assert load_calendar(path) == WorkingCalendar(provisional_from=2027)


@pytest.mark.parametrize("text", ["overrides: [", "[" * 5000, "? [1, 2]\n: 3"])
def test_what_is_no_yaml_is_refused_and_no_crash(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="calendar"):
        load_calendar(path)

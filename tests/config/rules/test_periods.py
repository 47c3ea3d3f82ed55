"""Reporting periods: their keys, their days, and the keys that name none."""

from dataclasses import replace
from datetime import date

import pytest

from config.errors import Refused
from config.rules.periods import (
    Cadence,
    Changeover,
    Period,
    in_order,
    month_named,
    parse_period,
    period_in_words,
    period_of,
    periods_between,
)


@pytest.mark.parametrize(
    ("key", "cadence", "opens", "closes"),
    [
        ("2026-11", "month", "2026-10-15", "2026-11-14"),
        ("2026-01", "month", "2025-12-15", "2026-01-14"),
        ("2026-Q1", "quarter", "2025-12-15", "2026-03-14"),
        ("2026-Q4", "quarter", "2026-09-15", "2026-12-14"),
        ("2026-H1", "half", "2025-12-15", "2026-06-14"),
        ("2026-H2", "half", "2026-06-15", "2026-12-14"),
        ("2026", "year", "2025-12-15", "2026-12-14"),
    ],
)
def test_a_key_names_its_days(key: str, cadence: Cadence, opens: str, closes: str) -> None:
    period = Period(key=key, cadence=cadence, opens=date.fromisoformat(opens), closes=date.fromisoformat(closes))
    assert parse_period(f" {key} ") == period
    assert period_of(cadence, period.opens) == period_of(cadence, period.closes) == period


def test_one_of_several_times_in_a_month_has_the_days_of_the_month_and_a_name_of_its_own() -> None:
    of_month, numbered = (parse_period(key, "calendar") for key in ("2026-06", "2026-06-D1"))
    assert numbered == replace(of_month, key="2026-06-D1")
    assert [period_in_words("2026-06-D1", language) for language in ("vi", "en")] == [
        "tháng 06/2026 (đợt 1)",
        "month 06/2026 (round 1)",
    ]
    assert [month_named(key) for key in ("2026-06-D1", "2026-06", "2026-Q2")] == ["2026-06", "2026-06", "2026-Q2"]
    keys = ["2026", "2026-05", "2026-06-D1", "2026-06-D2", "2026-06", "2026-07"]
    assert sorted(set(keys), key=in_order) == keys


@pytest.mark.parametrize(("cadence", "key"), [("month", "2024-01"), ("quarter", "2024-Q1"), ("year", "2024")])
def test_the_15th_of_december_belongs_to_the_next_year(cadence: Cadence, key: str) -> None:
    assert period_of(cadence, date(2023, 12, 15)).key == key


def test_periods_follow_one_another() -> None:
    assert [parse_period(key).next().key for key in ("2026-11", "2026-12", "2026-Q4", "2026-H1", "2026")] == [
        "2026-12",
        "2027-01",
        "2027-Q1",
        "2026-H2",
        "2027",
    ]


def test_periods_between_two_days_are_those_that_have_one_of_them() -> None:
    found = periods_between("month", date(2023, 8, 14), date(2023, 10, 15))
    assert [period.key for period in found] == ["2023-08", "2023-09", "2023-10", "2023-11"]
    assert periods_between("month", date(2023, 8, 16), date(2023, 8, 14)) == []


@pytest.mark.parametrize(
    "key",
    ["", "2026-00", "2026-13", "2026-1", "2026-Q0", "2026-Q5", "2026-Q04", "2026-H3", "2026-q4", "1989", "2101",
     "26-11", "2026-11-01", "2026-06-D0", "2026-06-D10", "2026-Q2-D1", "2026-D1", "٢٠٢٦", "event:tong-ket"],
)  # fmt: skip
def test_a_key_that_names_no_period_is_refused_with_those_that_do(key: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_period(key)
    for part in (f"«{key}»", "2026-11", "2026-Q4", "2026-H2", "2026 (năm)"):
        assert part in str(refusal.value)


@pytest.mark.parametrize("day", [date.min, date(1989, 12, 31), date(2100, 12, 15), date.max])
def test_a_day_beyond_the_calendar_belongs_to_no_period(day: date) -> None:
    with pytest.raises(Refused, match="1990 đến 2100"):
        period_of("year", day)


@pytest.mark.parametrize(
    ("key", "opens", "closes"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_calendar_period_closes_on_the_last_day_under_the_same_key(key: str, opens: str, closes: str) -> None:
    period = parse_period(key, "calendar")
    assert (period.opens.isoformat(), period.closes.isoformat(), period.key) == (opens, closes, key)
    assert period.basis == "calendar" and period.next().basis == "calendar"
    assert period_of(period.cadence, period.closes, "calendar") == period


def test_from_nd09_to_the_calendar_the_first_period_is_longer() -> None:
    change = Changeover("nd09", 2026, "calendar")
    found = periods_between("quarter", date(2025, 10, 1), date(2026, 5, 1), change)
    assert [(p.key, p.basis, p.opens.isoformat(), p.closes.isoformat()) for p in found] == [
        ("2025-Q4", "nd09", "2025-09-15", "2025-12-14"),
        ("2026-Q1", "calendar", "2025-12-15", "2026-03-31"),
        ("2026-Q2", "calendar", "2026-04-01", "2026-06-30"),
    ]


def test_from_the_calendar_to_nd09_the_first_period_is_shorter() -> None:
    change = Changeover("calendar", 2026, "nd09")
    found = periods_between("month", date(2025, 12, 1), date(2026, 2, 1), change)
    assert [(p.key, p.basis, p.opens.isoformat(), p.closes.isoformat()) for p in found] == [
        ("2025-12", "calendar", "2025-12-01", "2025-12-31"),
        ("2026-01", "nd09", "2026-01-01", "2026-01-14"),
        ("2026-02", "nd09", "2026-01-15", "2026-02-14"),
    ]

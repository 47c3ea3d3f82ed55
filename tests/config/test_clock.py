"""Instants and days as written, and what a day is in Hà Nội."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from config.clock import HANOI, end_of_day, local_date, now, parse_date, parse_instant, start_of_day
from config.errors import Refused


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-08-18", "2023-08-18T01:00:00+00:00"),
        ("2023-08-18T07:30", "2023-08-18T00:30:00+00:00"),
        ("2023-08-18 07:30:15", "2023-08-18T00:30:15+00:00"),
        ("2023-08-18T07:30:00Z", "2023-08-18T07:30:00+00:00"),
        ("2023-08-18T07:30:00+07:00", "2023-08-18T00:30:00+00:00"),
        ("2023-08-18T00:30:00+09:00", "2023-08-17T15:30:00+00:00"),
        ("  2023-08-18 ", "2023-08-18T01:00:00+00:00"),
    ],
)
def test_an_instant_without_a_zone_is_hanoi_time_and_a_bare_day_means_eight_o_clock(text: str, instant: str) -> None:
    found = parse_instant(text)
    assert found.isoformat() == instant
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "18/08/2023", "05/12/2023", "2023-02-30", "2023-13-01", "today", "2023-08-18T25:00", "2023-08", "1692320400"],
)
def test_what_is_no_instant_is_refused_by_name_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_instant(text)
    assert f"«{text}»" in str(refusal.value)
    assert "2023-08-18T07:30" in str(refusal.value)
    assert f"'{text}'" in refusal.value.en


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00:00+07:00", "9999-12-31T23:00:00-05:00"])
def test_an_instant_at_the_edge_of_time_is_read_or_refused_in_words(text: str) -> None:
    try:
        parse_instant(text)
    except Refused as refusal:
        assert f"«{text}»" in str(refusal)


@pytest.mark.parametrize("text", ["1989-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_here_reaches_is_refused_by_its_year(text: str) -> None:
    for read in (parse_date, parse_instant):
        with pytest.raises(Refused, match=f"năm {text[:4]} không dùng được; ghi ngày từ năm 1990 đến 2100"):
            read(text)


@pytest.mark.parametrize("text", ["2023-08-17", " 2023-08-17 "])
def test_a_date_is_year_month_day(text: str) -> None:
    assert parse_date(text) == date(2023, 8, 17)


@pytest.mark.parametrize(
    "text", ["", "17/8/2023", "2023-02-30", "2023-8-17", "2023-08-17T00:00", "20230817", "2023-W33-4"]
)
def test_another_way_of_writing_a_date_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_date(text, "--from")
    assert str(refusal.value).startswith(f"--from: «{text}»")
    assert refusal.value.en.startswith(f"--from: '{text}'")


def test_a_day_in_hanoi_begins_seven_hours_before_that_of_utc() -> None:
    day = date(2023, 9, 11)
    assert start_of_day(day).astimezone(UTC).isoformat() == "2023-09-10T17:00:00+00:00"
    assert end_of_day(day) == start_of_day(day + timedelta(days=1))
    assert local_date(start_of_day(day)) == day
    assert local_date(end_of_day(day) - timedelta(microseconds=1)) == day
    assert local_date(end_of_day(day)) == day + timedelta(days=1)


def test_the_day_does_not_depend_on_the_zone_an_instant_is_written_in() -> None:
    instant = datetime(2023, 9, 11, 23, 30, tzinfo=timezone(timedelta(hours=7)))
    assert local_date(instant) == local_date(instant.astimezone(UTC)) == date(2023, 9, 11)


def test_now_is_an_aware_instant_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)
    assert str(HANOI) == "Asia/Ho_Chi_Minh"

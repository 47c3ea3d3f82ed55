"""Laws of quiet hours: silence ends, it ends as early as it may, and a digest waits for its hour."""

from datetime import date, datetime, time, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.catalogue.holidays import load_calendar
from config.clock import HANOI, local_date
from config.rules.delivery_window import last_digest, may_deliver, opens_at
from config.rules.quiet_hours import OUT_OF_OFFICE, QuietHours
from tests.support.cast import at

CALENDAR = load_calendar()

instants = st.builds(
    lambda day, hour: datetime.combine(day, hour, tzinfo=HANOI),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.times(),
)
times = st.times().map(lambda t: t.replace(microsecond=0))
quiet_hours = st.builds(lambda a, b: None if a == b else QuietHours(a, b), times, times)


@given(instants, quiet_hours)
@example(at("2024-02-08", 9), OUT_OF_OFFICE)
@example(at("2023-08-18", 23), QuietHours(time(11, 30), time(13)))
def test_silence_ends_and_one_may_speak_then(now: datetime, quiet: QuietHours | None) -> None:
    again = opens_at(now, quiet=quiet, calendar=CALENDAR)
    assert again >= now
    assert may_deliver(again, quiet=quiet, calendar=CALENDAR)
    assert (again == now) == may_deliver(now, quiet=quiet, calendar=CALENDAR)


@given(instants, quiet_hours, st.floats(0, 1, exclude_max=True))
def test_before_silence_ends_nobody_speaks(now: datetime, quiet: QuietHours | None, part: float) -> None:
    again = opens_at(now, quiet=quiet, calendar=CALENDAR)
    assume(again > now)
    between = now + part * (again - now)
    assert not may_deliver(min(between, again - timedelta(microseconds=1)), quiet=quiet, calendar=CALENDAR)


@given(instants, instants, quiet_hours)
def test_whoever_looks_later_does_not_speak_earlier(a: datetime, b: datetime, quiet: QuietHours | None) -> None:
    first, second = sorted((a, b))
    assert opens_at(first, quiet=quiet, calendar=CALENDAR) <= opens_at(second, quiet=quiet, calendar=CALENDAR)


@given(instants)
def test_by_default_office_hours_of_working_days_are_for_speaking(now: datetime) -> None:
    in_office = time(7, 30) <= now.time() < time(17, 30)
    speaks = may_deliver(now, quiet=OUT_OF_OFFICE, calendar=CALENDAR)
    assert speaks == (in_office and CALENDAR.is_working_day(now.date()))


@given(instants, times)
def test_the_last_digest_was_on_a_working_day_and_none_came_since(now: datetime, digest_at: time) -> None:
    last = last_digest(now, digest_at=digest_at, calendar=CALENDAR)
    assert last <= now
    assert CALENDAR.is_working_day(local_date(last)) and last.astimezone(HANOI).time() == digest_at
    coming = CALENDAR.add(local_date(last), 1)
    assert datetime.combine(coming, digest_at, tzinfo=HANOI) > now

"""The only module that reads the clock. Everything else gets the time as an argument.

So any run can be replayed for another day, and a test can let months pass in a millisecond.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pendulum

from config.errors import Refused

HANOI = pendulum.timezone("Asia/Ho_Chi_Minh")
"""Zones, months, quarters and weekdays are pendulum's; instants and steps of days are datetime's. Why and where is in
``docs/decisions/0023-pendulum.md``."""

# Python also reads 20230818 and 2023-W33-5; one way of writing a day is enough.
_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_START_OF_OFFICE_DAY = "T08:00:00"

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Of the days that are counted with: those of the working calendar."""


def now() -> datetime:
    """This moment by the machine's own clock, in UTC."""
    return _acted_out() if _acted_out else machine_time()


def machine_time() -> datetime:
    """What ``now`` reads, under a name of its own: a test that sets the clock sets it for all who have ``now``."""
    return datetime.now(UTC)


@contextmanager
def set_to(moments: Callable[[], datetime]) -> Iterator[None]:
    """Set the clock of this whole process, which acts out the past on a store of its own."""
    global _acted_out
    _acted_out = moments
    try:
        yield
    finally:
        _acted_out = None


_acted_out: Callable[[], datetime] | None = None


def local_date(instant: datetime) -> date:
    """The day on which ``instant`` falls in Hà Nội."""
    return instant.astimezone(HANOI).date()


def end_of_day(day: date) -> datetime:
    """24:00 of ``day`` in Hà Nội: the instant at which a term that ends on it is over (BLDS 2015, 148)."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=HANOI)


def last_day_before(instant: datetime) -> date:
    """The day in Hà Nội that contains ``instant`` or ends at it: for ``end_of_day(day)``, ``day``."""
    return local_date(instant - timedelta(microseconds=1))


def start_of_day(day: date) -> datetime:
    """00:00 of ``day`` in Hà Nội."""
    return datetime.combine(day, time(), tzinfo=HANOI)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant. Without a zone it is Hà Nội time; a bare date means 08:00 of that day.

    Raises ``Refused`` for anything else (dd/MM/yyyy is ambiguous to too many readers).
    """
    candidate = text.strip()
    if _BARE_DATE.fullmatch(candidate):
        candidate += _START_OF_OFFICE_DAY
    try:
        if not _DATED.fullmatch(candidate):
            raise ValueError(candidate)
        parsed = datetime.fromisoformat(candidate)
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=HANOI)
        instant = parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(
            f"Thời điểm «{text}» không đọc được; viết theo ISO, ví dụ 2023-08-18 hoặc 2023-08-18T07:30.",
            f"Cannot read the instant '{text}'; write it in ISO form, e.g. 2023-08-18 or 2023-08-18T07:30.",
        ) from None
    usable_year(parsed.date(), f"Thời điểm «{text}»", f"Instant '{text}'")
    return instant


def require_past(moment: datetime, now: datetime) -> datetime:
    """``moment``, at which something is to be done; raises ``Refused`` for one that has not come yet: offices would be
    called overdue before they are."""
    if moment > now:
        raise Refused(
            f"Thời điểm {moment.astimezone(HANOI):%H:%M %d/%m/%Y} chưa đến; chỉ được xem trước, không giao, ghi hay gửi"
            " như thể đã đến.",
            f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y} is in the future: look ahead with a preview (dry run) instead.",
        )
    return moment


def parse_date(text: str, field: str = "ngày") -> date:
    """Read a date written yyyy-MM-dd; ``field`` names it in the error."""
    try:
        return usable_year(read_date(text), field, field)
    except ValueError:
        raise Refused(
            f"{field}: «{text}» không phải là ngày; viết theo dạng năm-tháng-ngày, ví dụ 2023-08-17.",
            f"{field}: '{text}' is not a date; write year-month-day, e.g. 2023-08-17.",
        ) from None


def read_date(text: str) -> date:
    """Read a date written yyyy-MM-dd, of any year; raises ``ValueError``."""
    if not _BARE_DATE.fullmatch(text.strip()):
        raise ValueError(text)
    return date.fromisoformat(text.strip())


def usable_year(day: date, label: str, label_en: str) -> date:
    """``day``; raises ``Refused`` for one of a year that no calendar here reaches."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(
            f"{label}: năm {day.year:04} không dùng được; ghi ngày từ năm {FIRST_YEAR} đến {LAST_YEAR}.",
            f"{label_en}: the year {day.year:04} cannot be used; write a date from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return day

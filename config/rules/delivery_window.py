"""When an office may be written to: quiet hours, days off and the hour of a digest. Pure functions."""

from datetime import datetime, time, timedelta

from config.clock import HANOI, local_date
from config.rules.quiet_hours import QuietHours
from config.rules.working_time import WorkingCalendar

_DAY = timedelta(days=1)


def may_deliver(now: datetime, *, quiet: QuietHours | None, calendar: WorkingCalendar) -> bool:
    """Whether a message that is not «hỏa tốc» may go out: on a working day outside quiet hours; always without any."""
    if quiet is None:
        return True
    return calendar.is_working_day(local_date(now)) and not quiet.cover(now.astimezone(HANOI).time())


def opens_at(now: datetime, *, quiet: QuietHours | None, calendar: WorkingCalendar) -> datetime:
    """The first instant from ``now`` on at which a message may go out: ``now``, or the end of the quiet hours."""
    if quiet is None or may_deliver(now, quiet=quiet, calendar=calendar):
        return now
    day = local_date(now)
    while True:
        day = calendar.next_working_day(day)
        # A day off ends at midnight; other waiting ends with the quiet hours.
        for begins in sorted({time(), quiet.ends}):
            at = datetime.combine(day, begins, tzinfo=HANOI)
            if at > now and not quiet.cover(begins):
                return at
        day += _DAY


def last_digest(now: datetime, *, digest_at: time, calendar: WorkingCalendar) -> datetime:
    """The last digest up to ``now``: what existed by then may be sent, what came later waits."""
    day = local_date(now)
    if now < datetime.combine(day, digest_at, tzinfo=HANOI):
        day -= _DAY
    return datetime.combine(calendar.previous_working_day(day), digest_at, tzinfo=HANOI)


def next_digest(after: datetime, *, digest_at: time, calendar: WorkingCalendar) -> datetime:
    """The first digest at or after a moment."""
    day = local_date(after)
    if after > datetime.combine(day, digest_at, tzinfo=HANOI):
        day += _DAY
    return datetime.combine(calendar.next_working_day(day), digest_at, tzinfo=HANOI)

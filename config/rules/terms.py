"""Terms as they are counted and told: a day, a number of days or hours, the end of a period."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from config.clock import HANOI, end_of_day, last_day_before
from config.rules import explanations as said
from config.rules import kinds
from config.rules.due import Due
from config.rules.periods import MONTHS, Cadence, Period, period_of
from config.rules.working_time import WorkingCalendar, supported

BeforeDate = Literal["strict", "inclusive"]

_HOURS_FROM = time(8)
"""When hours are counted from a day whose hour nobody gave: the start of the office day, as for any bare date."""
_DAY = timedelta(days=1)
_PHRASES = {
    "BEFORE": ("trước ngày", "before"),
    "BY": ("chậm nhất ngày", "by"),
    "UNTIL": ("đến hết ngày", "until"),
}


@dataclass(frozen=True)
class Terms:
    """Makes the terms of one rule, each with its explanation; the fields are those of ``deadlines.due``."""

    rule: str
    calendar: WorkingCalendar
    before: BeforeDate
    starts_at: datetime | None

    def count(self, start: date, number: int, unit: kinds.Unit) -> Due:
        """``number`` of ``unit`` from ``start``; for 0 days, ``start`` rolled forward to a working day."""
        vi, en = said.counted(number, unit)
        vi, en = f"{vi} từ {said.day(start)}", f"{en} from {said.day(start)}"
        match unit:
            case "hour":
                return self.hours(start, number)
            case _ if number == 0:
                return self.no_later(start, "ngay trong ngày", "on")
            case "working":
                return self.due(self.calendar.add(start, number), vi, en, since=start)
            case "calendar":
                return self.ended(_shifted(start, number), vi, en, back=number < 0)
            case "month":
                months = start.year * 12 + start.month - 1 + number
                supported(date(min(months // 12, 9999), 1, 1))
                return self.ended(day_of_month(months // 12, months % 12 + 1, start.day), vi, en)

    def ended(self, on: date, vi: str, en: str, *, back: bool = False) -> Due:
        """A term that ends on ``on``; before an event an end on a day off moves back, never past the event."""
        if not back or self.calendar.is_working_day(on):
            return self.rolled(on, vi, en)
        vi += f", rơi vào ngày nghỉ {said.day(on)} nên lấy ngày làm việc liền trước"
        en += f", {said.day(on)} is a day off, so the working day before it"
        return self.due(self.calendar.previous_working_day(on), vi, en, since=on, named_on=on)

    def hours(self, start: date, number: int) -> Due:
        begins = self.starts_at or datetime.combine(start, _HOURS_FROM, tzinfo=HANOI)
        (vi, en), (from_vi, from_en) = said.counted(number, "hour"), said.moment(begins)
        vi, en = f"{vi} từ {from_vi}", f"{en} from {from_en}"
        if self.starts_at is None:
            vi += " (mốc không ghi giờ nên tính từ đầu giờ làm việc)"
            en += " (no hour was given, so from the start of the office day)"
        vi += ", tính cả đêm và ngày nghỉ"
        en += ", by night and on days off too"
        return self.at(begins + timedelta(hours=number), vi, en)

    def moment(self, at: datetime) -> Due:
        vi, en = said.moment(at)
        return self.at(at, f"đến {vi}, đúng giờ ấy dù là ngày nghỉ", f"to {en}, that hour even on a day off")

    def at(self, at: datetime, vi: str, en: str) -> Due:
        due_date = supported(last_day_before(at))
        ends_vi, ends_en = said.end_of_term(at)
        return self.made(due_date, at, f"{vi} → {ends_vi}", f"{en} → {ends_en}")

    def after_close(self, period: Period, days: int) -> Due:
        vi, en = f"kỳ {period.key} chốt số liệu", f"period {period.key} closes on"
        if days == 0:
            return self.no_later(period.closes, vi, en)
        days_vi, days_en = said.counted(days, "working")
        vi += f" {said.day(period.closes)}, {days_vi}"
        en += f" {said.day(period.closes)}, {days_en}"
        return self.due(self.calendar.add(period.closes, days), vi, en, since=period.closes)

    def by(self, phrase: kinds.Phrase, on: date) -> Due:
        words_vi, words_en = _PHRASES[phrase]
        if phrase != "BEFORE":
            return self.no_later(on, words_vi, words_en)
        vi, en = f"{words_vi} {said.day(on)}", f"{words_en} {said.day(on)}"
        if self.before == "inclusive":
            vi += ", hiểu là đến hết ngày đó"
            en += ", read as up to the end of that day"
            return self.rolled(on, vi, en)
        vi += ", hiểu là ngày làm việc liền trước"
        en += ", read as the last working day before it"
        return self.due(self.calendar.previous_working_day(on - _DAY), vi, en, since=on, named_on=on - _DAY)

    def not_before(self, opens: date, term: Due) -> Due:
        """``term``, or the first working day of the period that ``opens`` after it: days off at the beginning of a
        period make nobody late as the work is given, and move a term forward as any other (BLDS 2015, 148)."""
        if term.due_date >= opens:
            return term
        vi = f"{term.explanation_vi}, khi kỳ chưa bắt đầu nên lấy ngày làm việc đầu tiên của kỳ"
        en = f"{term.explanation_en}, when the period has not begun, so the first working day of the period"
        return self.due(self.calendar.next_working_day(opens), vi, en, since=opens - _DAY)

    def period_end(self, cadence: Cadence, number: int, year: int) -> Due:
        month = number * MONTHS[cadence]
        on = last_of(year, month)
        vi, en = said.period(cadence, number, year)
        return replace(self.to_the_end(on, vi, en), names=period_of(cadence, on, "calendar").key)

    def to_the_end(self, on: date, vi: str, en: str) -> Due:
        return self.rolled(
            on, f"{vi}, hiểu là đến hết ngày {said.day(on)}", f"{en}, read as to the end of {said.day(on)}"
        )

    def no_later(self, on: date, words_vi: str, words_en: str) -> Due:
        return self.rolled(on, f"{words_vi} {said.day(on)}", f"{words_en} {said.day(on)}")

    def rolled(self, on: date, vi: str, en: str) -> Due:
        """``on`` itself, or the next working day when it is a day off (BLDS 2015, 148)."""
        due_date = self.calendar.next_working_day(on)
        if due_date != on:
            vi += ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
            en += ", a day off, so the next working day"
        return self.due(due_date, vi, en, since=on - _DAY, named_on=on)

    def due(self, due_date: date, vi: str, en: str, *, since: date, named_on: date | None = None) -> Due:
        """The due day and its explanation: counted from ``since`` (excluded) onwards or back to ``due_date``."""
        first, last = (since + _DAY, due_date) if since < due_date else (due_date, since - _DAY)
        if days_off := self.calendar.days_off(first - _DAY, last):
            breaks = said.breaks(days_off, self.calendar)
            vi += f"; bỏ qua {breaks} ({said.reasons(d.reason_vi for d in days_off)})"
            en += f"; skips {breaks} ({said.reasons(d.reason_en for d in days_off)})"
        if worked := self.calendar.days_worked(first - _DAY, last):
            # Somebody who checks with a wall calendar sees a Saturday and would count a day later.
            days = ", ".join(said.day(day.date) for day in worked)
            vi += f"; tính cả {days} ({said.reasons(d.reason_vi for d in worked)})"
            en += f"; counts {days} ({said.reasons(d.reason_en for d in worked)})"
        vi += f" → 24:00 ngày {said.day(due_date)}"
        en += f" → 24:00 on {said.day(due_date)}"
        provisional = [str(year) for year in range(first.year, last.year + 1) if self.calendar.is_provisional(year)]
        if provisional:
            vi += f" (lịch nghỉ năm {', '.join(provisional)} là tạm tính)"
            en += f" (the holidays of {', '.join(provisional)} are provisional)"
        term = self.made(due_date, end_of_day(due_date), vi, en)
        return replace(term, named_on=named_on or due_date, provisional=bool(provisional))

    def made(self, due_date: date, due_at: datetime, vi: str, en: str) -> Due:
        return Due(due_date, due_at, vi, en, self.rule, self.calendar.version, provisional=False, named_on=due_date)


def days_back(phrase: kinds.Phrase, before: BeforeDate) -> int:
    """How many days before the day it names a term ends, at the least."""
    return int(phrase == "BEFORE" and before == "strict")


def day_of_month(year: int, month: int, day: int) -> date:
    """A month without that day ends on its last one (BLDS 2015, 148)."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def last_of(year: int, month: int) -> date:
    return day_of_month(year, month, 31)


def _shifted(day: date, days: int) -> date:
    return supported(supported(day) + days * _DAY)

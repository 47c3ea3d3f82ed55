"""Deadlines as pure functions: rule, anchor and calendar in; due instant with its explanation out.

Counting follows BLDS 2015, Điều 147–148, by analogy: the first day is not counted, a term ends at 24:00 of its last
day, and an end on a day off moves to the next working day.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Literal

from config.clock import end_of_day
from config.errors import Refused
from config.rules.grammar import (
    ByDay,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    Link,
    PeriodicReport,
    Phrase,
    Rule,
    Stage,
    parse_rule,
)
from config.rules.periods import Cadence, Period, period_of
from config.rules.working_time import NamedDay, WorkingCalendar, supported

BeforeDate = Literal["strict", "inclusive"]

COMPILED_BY = 25
"""Day of the closing month by which reports are compiled (NĐ 09/2019, Điều 13; secondary source)."""

DISTRICTS_ENDED = date(2025, 7, 1)
"""From this day there is no district level, so the grading chain ends with the communes."""

# Working days after the close, by cadence and stage; the convention of the plan, the coordinator may change it there.
_AFTER_CLOSE: dict[tuple[Cadence, Stage], int] = {
    ("month", "coordinating"): 1,
    ("month", "report"): 3,
    **{(cadence, "coordinating"): 3 for cadence in ("quarter", "half", "year")},
    **{(cadence, "report"): 5 for cadence in ("quarter", "half", "year")},
}

_GRADING_DAYS: dict[Link, tuple[int, int]] = {"residential": (20, 11), "unit": (30, 11), "district": (15, 12)}

_DAY = timedelta(days=1)

_PHRASES = {
    "BEFORE": ("trước ngày", "before"),
    "BY": ("chậm nhất ngày", "by"),
    "UNTIL": ("đến hết ngày", "until"),
}


class NoLongerInForce(Refused):
    """The rule has no day any more, because its level of administration was abolished."""


@dataclass(frozen=True)
class Due:
    """A due day, the instant at which it ends, and how it was computed.

    ``due_at`` is 24:00 of ``due_date`` in Hà Nội: a report before it is on time. ``provisional``: days of a
    year were counted whose holidays no official notice has confirmed yet.
    """

    due_date: date
    due_at: datetime
    explanation_vi: str
    explanation_en: str
    rule: str
    calendar_version: str
    provisional: bool


def due(
    rule: Rule | str,
    *,
    calendar: WorkingCalendar,
    anchor: date | None = None,
    period: Period | None = None,
    before: BeforeDate = "strict",
) -> Due:
    """Compute the due day of ``rule``.

    anchor  the dated fact counted from; for a yearly day the search for the next one starts here
    period  the reporting period; without it, the one that contains ``anchor``
    before  how «trước ngày D» is read: the last working day before D, or D itself

    Raises ``Refused`` for a rule that cannot be read or has nothing to count from, and for days that the calendar
    does not reach; ``NoLongerInForce`` for a link of the grading chain after its level was abolished.
    """
    if anchor is not None:
        supported(anchor)
    rule = parse_rule(rule) if isinstance(rule, str) else rule
    return _Calculation(rule, calendar, anchor, period, before).due()


@dataclass(frozen=True)
class _Calculation:
    rule: Rule
    calendar: WorkingCalendar
    anchor: date | None
    period: Period | None
    before: BeforeDate

    def due(self) -> Due:
        match self.rule:
            case FromAnchor(days=days):
                return self._count(self._anchor(), days)
            case FromClose(days=days):
                return self._after_close(self._period(None), days)
            case PeriodicReport(cadence=cadence, stage="compiled"):
                closes = self._period(cadence).closes
                return self._no_later(closes.replace(day=COMPILED_BY), "chậm nhất ngày", "by")
            case PeriodicReport(cadence=cadence, stage=stage):
                return self._after_close(self._period(cadence), _AFTER_CLOSE[cadence, stage])
            case FromDay(day=day, month=month, days=days):
                return self._yearly(day, month, lambda on: self._count(on, days))
            case ByDay(phrase=phrase, day=day, month=month, year=year):
                if year is not None:
                    return self._by(phrase, date(year, month, day))
                return self._yearly(day, month, lambda on: self._by(phrase, on))
            case GradingLink(link=link):
                return self._named_link(link) if link else self._last_link()

    def _link(self, link: Link) -> Due:
        return self._yearly(*_GRADING_DAYS[link], lambda on: self._by("BEFORE", on))

    def _named_link(self, link: Link) -> Due:
        term = self._link(link)
        if link == "district" and term.due_date >= DISTRICTS_ENDED:
            raise NoLongerInForce(
                f"Quy tắc {self.rule}: từ ngày {_date(DISTRICTS_ENDED)} không còn cấp huyện, nên không có hạn năm"
                f" {term.due_date.year}; chuỗi kết thúc ở cấp xã, dùng Q510-Y:unit hoặc Q510-Y.",
                f"The rule {self.rule} has no day in {term.due_date.year}: there is no district level from"
                f" {_date(DISTRICTS_ENDED)}. The chain ends with the communes; use Q510-Y:unit or Q510-Y.",
            )
        return term

    def _last_link(self) -> Due:
        district = self._link("district")
        return district if district.due_date < DISTRICTS_ENDED else self._link("unit")

    def _yearly(self, day: int, month: int, term: Callable[[date], Due]) -> Due:
        """The term of the period's year; without a period, the first one that ends on the anchor or after it."""
        if self.period is not None:
            return term(_day_of_year(self.period.closes.year, month, day))
        anchor = self._anchor()
        terms = (term(_day_of_year(year, month, day)) for year in count(anchor.year))
        return next(each for each in terms if each.due_date >= anchor)

    def _anchor(self) -> date:
        if self.anchor is None:
            raise Refused(
                f"Quy tắc {self.rule} cần một ngày mốc; ghi --from năm-tháng-ngày.",
                f"The rule {self.rule} needs a date to count from (--from YYYY-MM-DD).",
            )
        return self.anchor

    def _period(self, cadence: Cadence | None) -> Period:
        if self.period is not None and cadence in (None, self.period.cadence):
            return self.period
        if cadence is None:
            raise Refused(
                f"Quy tắc {self.rule} tính từ ngày chốt của một kỳ báo cáo, nên chỉ dùng trong kế hoạch;"
                " thử ND09-Q hoặc ND09-M.",
                f"The rule {self.rule} counts from the close of a reporting period and works in a plan only;"
                " try ND09-Q or ND09-M.",
            )
        return period_of(cadence, self._anchor())

    def _count(self, start: date, days: int) -> Due:
        """``days`` working days from ``start``; for 0, ``start`` rolled forward to a working day."""
        if days == 0:
            return self._no_later(start, "ngay trong ngày", "on")
        vi = f"{days:+d} ngày làm việc từ {_date(start)}".replace("-", "−", 1)
        en = f"{days:+d} {_working_days(days)} from {_date(start)}".replace("-", "−", 1)
        return self._due(self.calendar.add(start, days), vi, en, since=start)

    def _after_close(self, period: Period, days: int) -> Due:
        vi, en = f"kỳ {period.key} chốt số liệu", f"period {period.key} closes on"
        if days == 0:
            return self._no_later(period.closes, vi, en)
        vi += f" {_date(period.closes)}, +{days} ngày làm việc"
        en += f" {_date(period.closes)}, +{days} {_working_days(days)}"
        return self._due(self.calendar.add(period.closes, days), vi, en, since=period.closes)

    def _by(self, phrase: Phrase, on: date) -> Due:
        words_vi, words_en = _PHRASES[phrase]
        if phrase != "BEFORE":
            return self._no_later(on, words_vi, words_en)
        vi, en = f"{words_vi} {_date(on)}", f"{words_en} {_date(on)}"
        if self.before == "inclusive":
            vi += ", hiểu là đến hết ngày đó"
            en += ", read as up to the end of that day"
            return self._rolled(on, vi, en)
        vi += ", hiểu là ngày làm việc liền trước"
        en += ", read as the last working day before it"
        return self._due(self.calendar.previous_working_day(on - _DAY), vi, en, since=on)

    def _no_later(self, on: date, words_vi: str, words_en: str) -> Due:
        return self._rolled(on, f"{words_vi} {_date(on)}", f"{words_en} {_date(on)}")

    def _rolled(self, on: date, vi: str, en: str) -> Due:
        """``on`` itself, or the next working day when it is a day off (BLDS 2015, 148)."""
        due_date = self.calendar.next_working_day(on)
        if due_date != on:
            vi += ", rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
            en += ", a day off, so the next working day"
        return self._due(due_date, vi, en, since=on - _DAY)

    def _due(self, due_date: date, vi: str, en: str, *, since: date) -> Due:
        """The due day and its explanation: counted from ``since`` (excluded) onwards or back to ``due_date``."""
        first, last = (since + _DAY, due_date) if since < due_date else (due_date, since - _DAY)
        if days_off := self.calendar.days_off(first - _DAY, last):
            breaks = _ranges(days_off, self.calendar)
            vi += f"; bỏ qua {breaks} ({_reasons(d.reason_vi for d in days_off)})"
            en += f"; skips {breaks} ({_reasons(d.reason_en for d in days_off)})"
        if worked := self.calendar.days_worked(first - _DAY, last):
            # Somebody who checks with a wall calendar sees a Saturday and would count a day later.
            days = ", ".join(_date(day.date) for day in worked)
            vi += f"; tính cả {days} ({_reasons(d.reason_vi for d in worked)})"
            en += f"; counts {days} ({_reasons(d.reason_en for d in worked)})"
        vi += f" → 24:00 ngày {_date(due_date)}"
        en += f" → 24:00 on {_date(due_date)}"
        provisional = [str(year) for year in range(first.year, last.year + 1) if self.calendar.is_provisional(year)]
        if provisional:
            vi += f" (lịch nghỉ năm {', '.join(provisional)} là tạm tính)"
            en += f" (the holidays of {', '.join(provisional)} are provisional)"
        return Due(
            due_date=due_date,
            due_at=end_of_day(due_date),
            explanation_vi=vi,
            explanation_en=en,
            rule=str(self.rule),
            calendar_version=self.calendar.version,
            provisional=bool(provisional),
        )


def _day_of_year(year: int, month: int, day: int) -> date:
    """A month without that day ends on its last one (BLDS 2015, 148)."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def _date(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _working_days(n: int) -> str:
    return "working day" if abs(n) == 1 else "working days"


def _reasons(reasons: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(reasons))


def _ranges(days_off: Sequence[NamedDay], calendar: WorkingCalendar) -> str:
    """Days off as people write them, "1–4/9"; a weekend between two of them is part of the same break."""
    breaks: list[list[date]] = []
    for off in days_off:
        if breaks and calendar.count(breaks[-1][-1], off.date) == 0:
            breaks[-1].append(off.date)
        else:
            breaks.append([off.date])
    return ", ".join(_range(days[0], days[-1]) for days in breaks)


def _range(first: date, last: date) -> str:
    if first == last:
        return f"{first.day}/{first.month}"
    if first.month == last.month:
        return f"{first.day}–{last.day}/{last.month}"
    return f"{first.day}/{first.month}–{last.day}/{last.month}"

"""Working out the due day of a rule. Counting follows BLDS 2015, Điều 147–148 (``config.rules.deadlines``)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from config.clock import HANOI, end_of_day
from config.errors import Refused
from config.rules import explanations as said
from config.rules import kinds
from config.rules.due import Due, HasNoDate, NeedsAnchor, NoLongerInForce, beside, not_dated
from config.rules.periods import MONTHS, Bases, Cadence, Period, parse_period, period_of
from config.rules.terms import BeforeDate, Terms, day_of_month, days_back, last_of
from config.rules.turns import last_end, turns_in
from config.rules.units import Link, Season, Stage
from config.rules.working_time import WorkingCalendar, supported

COMPILED_AFTER = 11
"""Days after the close by which reports are compiled: the 25th under NĐ 09/2019, Điều 13 (secondary source)."""

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
_SEASON_MONTHS: dict[Season, int] = {"spring": 5, "summer": 8, "autumn": 11, "winter": 2}
_FISCAL_FROM = 4
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calculation:
    """One rule with what it is counted from; the fields are those of ``config.rules.deadlines.due``."""

    rule: kinds.Rule
    calendar: WorkingCalendar
    anchor: date | None
    at: datetime | None
    period: Period | None
    before: BeforeDate
    basis: Bases
    words: str

    @property
    def _terms(self) -> Terms:
        return Terms(str(self.rule), self.calendar, self.before, self.at)

    def due(self) -> Due:
        term = self._term()
        vi, en = beside(self.words, term.explanation_vi, term.explanation_en)
        return replace(term, explanation_vi=vi, explanation_en=en)

    def _term(self) -> Due:
        match self.rule:
            case kinds.FromAnchor(days=days):
                return self._terms.count(self._anchor(), days, "working")
            case kinds.Within(count=number, unit=unit):
                return self._terms.count(self._anchor(), number, unit)
            case kinds.FromClose(days=days):
                return self._terms.after_close(self._period(None), days)
            case kinds.PeriodicReport(cadence=cadence, stage="compiled"):
                closes = self._period(cadence).closes
                return self._terms.no_later(closes + COMPILED_AFTER * _DAY, "chậm nhất ngày", "by")
            case kinds.PeriodicReport(cadence=cadence, stage=stage):
                return self._terms.after_close(self._period(cadence), _AFTER_CLOSE[cadence, stage])
            case kinds.FromDay(day=day, month=month, days=days, year=year, unit=unit):
                return self._on(day, month, year, lambda on: self._terms.count(on, days, unit), back=max(-days, 0))
            case kinds.ByDay(phrase=phrase, day=day, month=month, year=year):
                back = days_back(phrase, self.before)
                return self._on(day, month, year, lambda on: self._terms.by(phrase, on), back=back)
            case kinds.ByMoment(at=at, day=day, month=month, year=year):
                return self._on(day, month, year, lambda on: self._terms.moment(datetime.combine(on, at, tzinfo=HANOI)))
            case kinds.EndOf(cadence=cadence, number=number, year=year):
                return self._end_of(cadence, number, year)
            case kinds.TargetYear(year=year, outlook=outlook, rhythm=rhythm):
                return self._target_year(year, outlook, rhythm)
            case kinds.Span(first=first, last=last, rhythm=rhythm):
                return self._span(first, last, rhythm)
            case kinds.SeasonEnd(season=season, year=year):
                vi, en = said.SEASONS[season]
                return self._season(year + (season == "winter"), _SEASON_MONTHS[season], f"{vi} {year}", f"{en} {year}")
            case kinds.FiscalEnd(year=year, quarter=quarter):
                return self._fiscal(year, quarter)
            case kinds.Recurring():
                return self._recurring(self.rule)
            case kinds.GradingLink(link=link):
                return self._named_link(link) if link else self._last_link()
            case kinds.AfterSubtask(count=int(number), unit=unit) if self.anchor is not None:
                named = said.subtasks(self.rule.awaited)
                return _told(self._terms.count(self.anchor, number, unit), f"việc {named} xong", f"{named} is done")
            case kinds.AfterSubtask() | kinds.OnOccasion() | kinds.StandingDuty() | kinds.Undated():
                raise HasNoDate(not_dated(self.rule, words=self.words, done=self.anchor is not None))

    def _link(self, link: Link) -> Due:
        return self._yearly(*_GRADING_DAYS[link], lambda on: self._terms.by("BEFORE", on))

    def _named_link(self, link: Link) -> Due:
        term = self._link(link)
        if link == "district" and term.due_date >= DISTRICTS_ENDED:
            raise NoLongerInForce(
                f"Quy tắc {self.rule}: từ ngày {said.day(DISTRICTS_ENDED)} không còn cấp huyện, nên không có hạn năm"
                f" {term.due_date.year}; chuỗi kết thúc ở cấp xã, dùng Q510-Y:unit hoặc Q510-Y.",
                f"The rule {self.rule} has no day in {term.due_date.year}: there is no district level from"
                f" {said.day(DISTRICTS_ENDED)}. The chain ends with the communes; use Q510-Y:unit or Q510-Y.",
            )
        return term

    def _last_link(self) -> Due:
        district = self._link("district")
        return district if district.due_date < DISTRICTS_ENDED else self._link("unit")

    def _on(self, day: int, month: int, year: int | None, term: Callable[[date], Due], *, back: int = 0) -> Due:
        return self._yearly(day, month, term, back=back) if year is None else term(date(year, month, day))

    def _yearly(self, day: int, month: int, term: Callable[[date], Due], *, back: int = 0) -> Due:
        """The term of the period's year; without a period, the first one that ends on the anchor or after it.

        back  how many days before its day the term ends, at the least. One that no calendar lets end in the period is
              that of the next year: «trước ngày 01/01 hằng năm» is the end of the year that then closes
        """

        def of(year: int) -> Due:
            return term(day_of_month(year, month, day))

        if self.period is None:
            return self._in_year(of)
        year, opens = self.period.closes.year, self.period.opens
        is_of_next = last_end(day_of_month(year, month, day), back) < opens
        return self._terms.not_before(opens, of(year + is_of_next))

    def _in_year(self, term: Callable[[int], Due]) -> Due:
        if self.period is not None:
            return term(self.period.closes.year)
        anchor = self._anchor()
        return _first_from(anchor, (term(year) for year in count(anchor.year)))

    def _anchor(self) -> date:
        if self.anchor is None:
            raise NeedsAnchor(
                f"Quy tắc {self.rule} cần một ngày mốc.",
                f"The rule {self.rule} needs a date to count from.",
                command="--from",
            )
        return self.anchor

    def _period(self, cadence: Cadence | None) -> Period:
        follows = not isinstance(self.rule, kinds.PeriodicReport) or self.rule.follows
        if self.period is not None and cadence in (None, self.period.cadence):
            return self.period if follows or self.period.basis == "nd09" else parse_period(self.period.key)
        if cadence is None:
            raise Refused(
                f"Quy tắc {self.rule} tính từ ngày chốt của một kỳ báo cáo, nên chỉ dùng trong kế hoạch;"
                " thử ND09-Q hoặc ND09-M.",
                f"The rule {self.rule} counts from the close of a reporting period and works in a plan only;"
                " try ND09-Q or ND09-M.",
            )
        return period_of(cadence, self._anchor(), self.basis if follows else "nd09")

    def _end_of(self, cadence: Cadence, number: int | None, year: int | None) -> Due:
        if cadence == "year" and year is not None:
            return self._terms.period_end("year", 1, year)
        if number is not None:
            return (
                self._terms.period_end(cadence, number, year)
                if year
                else self._in_year(lambda each: self._terms.period_end(cadence, number, each))
            )
        within = self.period.closes if self.period else self._anchor()
        return self._terms.period_end(cadence, (within.month - 1) // MONTHS[cadence] + 1, within.year)

    def _target_year(self, year: int, outlook: int | None, rhythm: Cadence) -> Due:
        on = date(year, 12, 31)
        often_vi, often_en = said.every(rhythm)
        further_vi = f", định hướng {outlook}, báo cáo tiến độ {often_vi}" if outlook else ""
        further_en = f", outlook {outlook}, progress {often_en}" if outlook else ""
        vi = f"đến năm {year}{further_vi}, hiểu là đến hết ngày {said.day(on)}, năm mục tiêu nên không chuyển"
        vi += " sang ngày làm việc"
        en = f"by {year}{further_en}, read as to the end of {said.day(on)}; a target year is not moved to a working day"
        return replace(self._terms.at(end_of_day(on), vi, en), names=f"{year}")

    def _span(self, first: int, last: int | None, rhythm: Cadence) -> Due:
        often_vi, often_en = said.every(rhythm)
        vi = f"{first}–{last}" if last else f"{first} và những năm tiếp theo"
        en = f"{first}–{last}" if last else f"{first} and the years after"
        on = date(first, 12, 31)
        vi += f", báo cáo tiến độ {often_vi}, hạn là hết năm đầu {said.day(on)}"
        en += f", progress {often_en}, due at the end of the first, {said.day(on)}"
        return replace(self._terms.rolled(on, vi, en), names=f"{first}")

    def _season(self, year: int, month: int, vi: str, en: str) -> Due:
        return self._terms.to_the_end(last_of(year, month), vi, en)

    def _fiscal(self, year: int, quarter: int | None) -> Due:
        months = year * 12 + _FISCAL_FROM - 2 + 3 * (quarter or 4)
        named = f"FY{year % 100:02}/{(year + 1) % 100:02}"
        vi, en = (f"quý {quarter} năm tài khóa {named}", f"quarter {quarter} of {named}") if quarter else (
            f"năm tài khóa {named}", f"the fiscal year {named}")  # fmt: skip
        return self._terms.to_the_end(
            last_of(months // 12, months % 12 + 1), f"{vi} (từ tháng 4)", f"{en} (from April)"
        )

    def _recurring(self, rule: kinds.Recurring) -> Due:
        """The day in the period; without a period, the first one that ends on the anchor or after it."""
        if self.period is not None:
            terms = list(self._own_days(rule, self.period))
            if not terms:
                raise Refused(
                    f"Quy tắc {rule} không có ngày nào trong kỳ {self.period.key}.",
                    f"The rule {rule} has no day in the period {self.period.key}.",
                )
            return next((term for term in terms if self.anchor and term.due_date >= self.anchor), terms[-1])
        anchor = self._anchor()
        # A day of the month after the period belongs to the period before it.
        periods = _periods_from(period_of(rule.cadence, supported(anchor.replace(day=1) - _DAY), "calendar"))
        return _first_from(anchor, (term for period in periods for term in self._own_days(rule, period)))

    def _own_days(self, rule: kinds.Recurring, period: Period) -> Iterator[Due]:
        """The terms in a period, none before the work is given."""
        for turn in turns_in(rule, period, days_back(rule.phrase, self.before)):
            on = turn.on
            is_day = rule.days[turn.number][0] is not None
            term = self._terms.by(rule.phrase, on) if is_day else self._terms.period_end("month", on.month, on.year)
            term = self._terms.not_before(turn.period.opens, term)
            yield replace(_told(term, *said.own_days(rule.cadence, rule.days)), names=period.key)


def _told(term: Due, vi: str, en: str) -> Due:
    """``term`` with words before its explanation."""
    return replace(term, explanation_vi=f"{vi}: {term.explanation_vi}", explanation_en=f"{en}: {term.explanation_en}")


def _first_from(anchor: date, terms: Iterator[Due]) -> Due:
    return next(each for each in terms if each.due_date >= anchor)


def _periods_from(period: Period) -> Iterator[Period]:
    while True:
        yield period
        period = period.next()

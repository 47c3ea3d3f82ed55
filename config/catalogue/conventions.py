"""How a directive's words are read where they can be read in two ways: readings that the coordinator may change."""

import datetime

from pydantic import Field

from config.catalogue.fields import Day, Part
from config.clock import FIRST_YEAR, LAST_YEAR
from config.errors import Refused
from config.rules.deadlines import BeforeDate
from config.rules.kinds import PeriodicReport, Recurring, Rule
from config.rules.periods import Bases, Basis, Changeover, period_of

_NEXT_PERIOD_OPENS = 15
"""The day of January from which the next period by NĐ 09 is under way, and a year's boundary is past."""

_NAMES = {"nd09": ("kỳ của NĐ 09", "periods by NĐ 09"), "calendar": ("kỳ theo lịch", "calendar periods")}


class Pause(Part):
    """The days for which a directive was closed before it was opened again: nothing that begins then is asked for."""

    since: Day
    until: Day

    def holds_on(self, day: datetime.date) -> bool:
        return self.since <= day < self.until

    def refuse(self, directive: str, what: str, day: datetime.date) -> None:
        """Raise ``Refused`` for what is of one of these days, so that it would make nothing."""
        if self.holds_on(day):
            raise Refused(
                f"«{what}» ngày {day:%d/%m/%Y}: khi ấy chỉ đạo {directive} đã kết thúc ({self.since:%d/%m/%Y}, mở lại"
                f" {self.until:%d/%m/%Y}) nên không giao việc nào; kiểm tra lại ngày, hoặc giao việc đột xuất.",
                f"'{what}' of {day:%d/%m/%Y}: directive {directive} was closed then ({self.since:%d/%m/%Y}, reopened"
                f" {self.until:%d/%m/%Y}), so nothing would be assigned; check the date, or assign ad hoc work.",
            )


class Conventions(Part):
    """The readings of one directive.

    before_date   «trước ngày D» is the working day before, or D
    periods       what its months, quarters, halves and years are: by NĐ 09 (they close on the 14th) or the calendar's
    periods_from  the year from which ``periods`` holds; until then the other kind does. None: from the beginning
    """

    before_date: BeforeDate = "strict"
    periods: Basis = "nd09"
    periods_from: int | None = Field(None, ge=FIRST_YEAR + 1, le=LAST_YEAR)

    @property
    def bases(self) -> Bases:
        if self.periods_from is None:
            return self.periods
        return Changeover("calendar" if self.periods == "nd09" else "nd09", self.periods_from, self.periods)

    def bases_of(self, rule: Rule) -> Bases:
        """By which periods a rule comes round, of its own or the directive's."""
        match rule:
            case Recurring():
                return "calendar"
            case PeriodicReport(follows=False):
                return "nd09"
        return self.bases

    def basis_on(self, day: datetime.date) -> Basis:
        """What kind of period contains a day."""
        return period_of("month", day, self.bases).basis

    def in_place_of(self, before: "Conventions", on: datetime.date) -> "Conventions":
        """These readings when they take the place of others on a day.

        Another kind of period begins with a year: the next one, where these do not name a later one. A period that is
        under way keeps its days. Raises ``Refused`` for a year that has begun, and for a second change of the kind.
        """
        first = on.year + (on >= datetime.date(on.year, 1, _NEXT_PERIOD_OPENS))
        changed = before.periods_from
        if changed is not None and changed < first:
            if self.periods == before.periods and self.periods_from in (None, changed):
                return self.model_copy(update={"periods_from": changed})
            vi, en = _NAMES[before.periods]
            raise Refused(
                f"conventions.periods: kỳ của chỉ đạo này đã chuyển sang {vi} từ năm {changed}, và chỉ chuyển được một"
                f" lần; giữ periods: {before.periods}, periods_from: {changed}.",
                f"conventions.periods: this directive changed to {en} in {changed}, and can change only once; keep "
                "periods:"
                f" {before.periods}, periods_from: {changed}.",
            )
        if self.periods == before.basis_on(on):
            return self.model_copy(update={"periods_from": None})
        year = self.periods_from or changed or first
        if year < first:
            raise Refused(
                f"conventions.periods_from: năm {year} đã bắt đầu; kỳ chỉ đổi từ đầu một năm, sớm nhất {first}.",
                f"conventions.periods_from: {year} has already begun; periods change only at the start of a year, "
                f"{first} at the earliest.",
            )
        return self.model_copy(update={"periods_from": year})

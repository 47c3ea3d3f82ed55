"""Whether a step of the plan can be done: rules that fit its trigger, input with a date of its own before the report,
and an office that leads it, in every year and on every day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from config.catalogue.checks.rule_check import months_faults, trigger_faults
from config.catalogue.conventions import Conventions
from config.catalogue.faults import PlanError
from config.catalogue.fields import WITH_LEAD
from config.catalogue.offices import Register, Selector, resolve
from config.catalogue.steps import Step
from config.errors import Refused
from config.rules.deadlines import due, occasions
from config.rules.grammar import parse_rule
from config.rules.kinds import FromAnchor, Recurring, Rule
from config.rules.periods import Period, periods_between
from config.rules.working_time import WorkingCalendar

CHECKED_FROM, CHECKED_TO = date(2023, 1, 1), date(2028, 12, 31)
"""The span for which "in every year" is checked."""


@dataclass(frozen=True)
class _Occasion:
    """One time a step falls due: a reporting period, or the day counted from."""

    period: Period | None = None
    anchor: date | None = None

    def __str__(self) -> str:
        return self.period.key if self.period else f"{self.anchor:%d/%m/%Y}"


@dataclass(frozen=True)
class _Order:
    """Two rules of a step, the first of which must fall due before the second while the step is in force.

    What comes of it is kept: other steps and other readings of the plan have the same.
    """

    trigger: str
    earlier: str
    later: str
    valid_from: date | None
    valid_to: date | None
    calendar: WorkingCalendar
    conventions: Conventions


@dataclass
class StepCheck:
    """Checks steps one by one."""

    offices: Register
    calendar: WorkingCalendar
    conventions: Conventions
    since: date

    def faults(self, file: str, where: str, step: Step, steps: Mapping[str, Step]) -> Iterator[PlanError]:
        """Every fault of ``step``; ``steps`` are those of its subtask."""
        if step.valid_from and step.valid_to and step.valid_from > step.valid_to:
            yield PlanError(
                file,
                f"{where}.valid_to",
                step.valid_to.isoformat(),
                f"trước valid_from ({step.valid_from.isoformat()}); đổi lại cho đúng thứ tự",
                f"is before valid_from ({step.valid_from.isoformat()})",
            )
        yield from self._role_faults(file, where, step)
        misfits = [
            error
            for role, rule in (("lead", step.due.lead), ("coordinating", self._own_rule(step)))
            if rule is not None
            for error in trigger_faults(file, f"{where}.due.{role}", parse_rule(rule), step.trigger)
        ]
        if (own := self._own_rule(step)) and not misfits:
            misfits = list(months_faults(file, f"{where}.due.coordinating", parse_rule(own), parse_rule(step.due.lead)))
        yield from misfits
        if not misfits:
            yield from self._order_faults(file, where, step, steps)

    @staticmethod
    def _own_rule(step: Step) -> str | None:
        """The rule of the coordinating offices, where it is not the lead's."""
        return None if step.due.coordinating == WITH_LEAD else step.due.coordinating

    def _role_faults(self, file: str, where: str, step: Step) -> Iterator[PlanError]:
        leaderless = [f".variants[{place}]" for place, v in enumerate(step.variants) if not (v.lead or step.lead)]
        if not step.variants and not step.lead:
            leaderless = [""]
        for place in leaderless:
            yield PlanError(
                file,
                f"{where}{place}.lead",
                None,
                "thiếu cơ quan chủ trì; ghi một cơ quan hoặc nhiều, ví dụ lead: CAT hoặc lead: [CAT, SYT];"
                " chỉ đạo không nêu thì ghi cơ quan đôn đốc, cơ quan ấy giao lại sau",
                "is missing; name one office or several, e.g. lead: CAT or lead: [CAT, SYT]; if the directive names "
                "none, name the coordinator, who can reassign it later",
            )
        groups = list(step.groups())
        if step.due.coordinating is not None and not any(coordinating for _, _, coordinating in groups):
            yield PlanError(
                file,
                f"{where}.due.coordinating",
                step.due.coordinating,
                "không có cơ quan phối hợp nào; ghi coordinating hoặc bỏ hạn này",
                "there is no coordinating office; name one or remove this rule",
            )
        for team in step.teams():
            alone = team.leads[0].office if len(team.leads) == 1 else None
            helpers = (*team.asked, *team.named)
            if alone and helpers and not step.input_from and all(helper.office == alone for helper in helpers):
                yield PlanError(
                    file,
                    f"{where}.coordinating",
                    alone,
                    "là chính cơ quan chủ trì; ghi cơ quan khác phối hợp, hoặc bỏ mục này",
                    "is the lead office itself; name a different coordinating office, or remove this",
                )
        roles = {str(lead): ("lead", lead) for _, lead, _ in groups}
        for team in step.teams():
            for selector in team.asked:
                roles.setdefault(str(selector), ("coordinating", selector))
            for selector in team.named:
                roles.setdefault(str(selector), ("named" if selector in step.named else "coordinating", selector))
        for role, selector in roles.values():
            yield from self._presence_faults(file, f"{where}.{role}", step, selector)

    def _presence_faults(self, file: str, where: str, step: Step, selector: Selector) -> Iterator[PlanError]:
        if selector.host:
            if step.trigger != "event":
                yield PlanError(
                    file,
                    where,
                    "host",
                    "chỉ dùng với trigger: event",
                    "can be used only with trigger: event",
                )
            return
        named = {office.code for office in self.offices.values()}
        named.update(group for office in self.offices.values() for group in office.groups)
        if str(selector) not in named:
            return  # already reported: there is no such office or group
        last = step.valid_to or CHECKED_TO
        for day in self._changes():
            if (step.valid_from or day) <= day <= last and not resolve(self.offices, selector, day):
                yield PlanError(
                    file,
                    where,
                    str(selector),
                    f"từ ngày {day:%d/%m/%Y} không còn cơ quan nào; ghi successor trong offices.yaml",
                    f"from {day:%d/%m/%Y} there is no such office; name its successor in offices.yaml",
                )
                return

    def _changes(self) -> list[date]:
        """The days on which the offices that are meant may change."""
        days = {self.since}
        for office in self.offices.values():
            if office.valid_from:
                days.add(office.valid_from)
            if office.valid_to:
                days.add(office.valid_to + timedelta(days=1))
        return sorted(day for day in days if day >= self.since)

    def _order_faults(self, file: str, where: str, step: Step, steps: Mapping[str, Step]) -> Iterator[PlanError]:
        own = self._own_rule(step)
        if own is not None and (late := self._not_before(step, own)):
            occasion, first, last = late
            yield PlanError(
                file,
                f"{where}.due.coordinating",
                own,
                f"đến hạn {first:%d/%m/%Y}, không trước chủ trì {last:%d/%m/%Y}"
                f" ({step.due.lead}, {occasion}); chọn hạn sớm hơn",
                f"falls due on {first:%d/%m/%Y}, not before the lead's {last:%d/%m/%Y}"
                f" ({step.due.lead}, {occasion}); choose an earlier one",
            )
        for name in step.input_from:
            source = steps.get(name)
            if source is None or source.trigger != step.trigger or source.key == step.key:
                continue
            if late := self._not_before(step, source.due.lead):
                occasion, first, last = late
                yield PlanError(
                    file,
                    f"{where}.input_from",
                    name,
                    f"bước ấy đến hạn {first:%d/%m/%Y}, không trước bước này {last:%d/%m/%Y} ({occasion})",
                    f"falls due on {first:%d/%m/%Y}, not before this step's {last:%d/%m/%Y} ({occasion})",
                )

    def _not_before(self, step: Step, earlier: str) -> tuple[_Occasion, date, date] | None:
        """The first occasion on which ``earlier`` does not fall due before the lead's rule."""
        order = _Order(
            step.trigger, earlier, step.due.lead, step.valid_from, step.valid_to, self.calendar, self.conventions
        )
        return _not_kept(order)


@lru_cache(maxsize=1024)
def _not_kept(order: _Order) -> tuple[_Occasion, date, date] | None:
    earlier, later = parse_rule(order.earlier), parse_rule(order.later)
    for occasion in _occasions(order.trigger, earlier, later, order.conventions):
        try:
            first, last = (_due_date(rule, occasion, order) for rule in (earlier, later))
        except Refused:
            continue  # there is no day to compare
        if first >= last and (order.valid_from or last) <= last <= (order.valid_to or last):
            return occasion, first, last
    return None


def _due_date(rule: Rule, occasion: _Occasion, order: _Order) -> date:
    return due(
        rule,
        calendar=order.calendar,
        anchor=occasion.anchor,
        period=occasion.period,
        before=order.conventions.before_date,
        basis=order.conventions.bases,
    ).due_date


def _occasions(trigger: str, earlier: Rule, later: Rule, conventions: Conventions) -> Iterator[_Occasion]:
    match trigger, earlier, later:
        case _, _, Recurring():
            for period in occasions(later, CHECKED_FROM, CHECKED_TO, conventions.before_date):
                yield _Occasion(period=period)
        case "month" | "quarter" | "half" | "year" as cadence, _, _:
            for period in periods_between(cadence, CHECKED_FROM, CHECKED_TO, conventions.bases_of(later)):
                yield _Occasion(period=period)
        case _, FromAnchor(), FromAnchor():
            # Working days counted from the same day keep the order of their numbers, whichever day it is.
            yield _Occasion(anchor=CHECKED_FROM)
        case _:
            for days in range(0, (CHECKED_TO - CHECKED_FROM).days, 7):
                yield _Occasion(anchor=CHECKED_FROM + timedelta(days=days))

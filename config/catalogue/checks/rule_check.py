"""Whether a rule fits its step: what opens it, and the days of its lead."""

from collections.abc import Iterator

from config.catalogue.faults import PlanError
from config.catalogue.steps import TRIGGER_OF
from config.rules.kinds import (
    AfterSubtask,
    ByDay,
    ByMoment,
    FiscalEnd,
    FromAnchor,
    FromClose,
    FromDay,
    GradingLink,
    OnOccasion,
    PeriodicReport,
    Recurring,
    Rule,
    SeasonEnd,
    Span,
    StandingDuty,
    TargetYear,
    Undated,
    Within,
)
from config.rules.turns import months_of

_PERIODIC = ("month", "quarter", "half", "year")


def months_faults(file: str, key: str, rule: Rule, lead: Rule) -> Iterator[PlanError]:
    """A rule of coordinating offices that has no day, or several, for one report of a lead with days of its own."""
    if isinstance(rule, FromClose) or months_of(rule) == months_of(lead):
        return
    yield PlanError(
        file,
        key,
        str(rule),
        f"mỗi báo cáo của chủ trì ({lead}) cần đúng một ngày phối hợp; ghi chừng ấy ngày, trong cùng các tháng",
        f"each report of the lead ({lead}) needs one day for its input; name as many days, in the same months",
    )


def trigger_faults(file: str, key: str, rule: Rule, trigger: str) -> Iterator[PlanError]:
    """A rule that cannot be worked out for the trigger of its step."""
    fits: tuple[str, ...]
    match rule:
        case FromAnchor(anchor=anchor) | Within(anchor=anchor) | OnOccasion(anchor=anchor):
            fits = (TRIGGER_OF[anchor],)
        case PeriodicReport(cadence=cadence) | Recurring(cadence=cadence):
            fits = (cadence,)
        case FromClose():
            fits = _PERIODIC
        case FromDay(year=None) | GradingLink() | ByDay(year=None) | ByMoment(year=None):
            fits = ("year",)
        case FromDay() | ByDay() | ByMoment() | TargetYear() | Span() | SeasonEnd() | FiscalEnd() | StandingDuty():
            fits = ("issue", "document")
        case Undated() | AfterSubtask():
            fits = ("issue", "document", "event")
        case _:
            return
    if trigger not in fits:
        named = ", ".join(fits)
        yield PlanError(
            file,
            key,
            str(rule),
            f"đi với trigger: {named}; ở đây là {trigger}",
            f"goes with trigger: {named}, not {trigger}",
        )

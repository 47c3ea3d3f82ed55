"""Targets of subtasks beside what their leads have reported: «12,75 % (chỉ tiêu 12 %: đạt)».

The actual figure is that of the last accepted report of each lead. Of several leads with a copy each, numbers are added
up and percentages averaged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlmodel import col

from config.catalogue.demands import Target
from config.catalogue.plan import Plan
from config.catalogue.subtasks import AD_HOC
from config.text.amounts import amount_in_words, exact, stored
from models.alerts.status import not_withdrawn
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, Role
from models.tables.report import Report


@dataclass(frozen=True)
class TargetLine:
    """One target and what has come of it; ``actual`` is None where no lead has an accepted report that says."""

    subtask: str
    target: Target
    actual: Decimal | None
    reports: int

    @property
    def is_met(self) -> bool | None:
        return None if self.actual is None else is_met(self.target, self.actual)

    def as_json(self) -> dict[str, Any]:
        target = self.target
        return {
            "subtask": self.subtask,
            "key": target.key,
            "indicator_vi": target.indicator_vi,
            "indicator_en": target.indicator_en,
            "unit": target.unit,
            "value": stored(target.amount),
            "at_most": target.at_most,
            "words": target.words or "",
            "actual": None if self.actual is None else stored(self.actual),
            "met": self.is_met,
            "reports": self.reports,
        }


def is_met(target: Target, actual: Decimal) -> bool:
    """Whether a figure reaches its target, or does not exceed it."""
    return actual <= target.amount if target.at_most else actual >= target.amount


def with_unit(number: float | Decimal, unit: str, language: str = "vi") -> str:
    """«2.305 nhà», «12,75%»."""
    shown = amount_in_words(number, language)
    return f"{shown}%" if unit == "%" else f"{shown} {unit}".rstrip()


def wanted_in_words(target: Target, language: str = "vi") -> str:
    """«chỉ tiêu 2.305 nhà, trong năm 2025»; with ``at_most`` that it is not to be exceeded."""
    vi = language == "vi"
    value = with_unit(target.amount, target.unit, language)
    limit = ("không quá " if vi else "at most ") if target.at_most else ""
    by = f", {target.words}" if target.words else ""
    return f"{'chỉ tiêu' if vi else 'target'} {limit}{value}{by}"


def compared_in_words(target: Target, actual: float | Decimal, language: str = "vi") -> str:
    """«chỉ tiêu 2.305 nhà: chưa đạt»."""
    met = is_met(target, exact(actual))
    words = ("đạt" if met else "chưa đạt") if language == "vi" else ("met" if met else "not met")
    return f"{wanted_in_words(target, language)}: {words}"


def of_priority(priority: str | None) -> ColumnElement[bool] | None:
    """The condition for one priority; None for all."""
    return None if priority is None else col(Assignment.priority) == priority


def target_lines(
    connection: Connection, plan: Plan, *, now: datetime, only: ColumnElement[bool] | None = None
) -> list[TargetLine]:
    """The targets of every subtask that has some and is assigned, in the order of the plan, as they stand at ``now``.

    Of what a lead has reported that of the latest period counts, whatever was accepted last.

    only  any further condition on assignments
    """
    with_targets = {each.code: each for each in plan.subtasks() if each.targets}
    if not with_targets:
        return []
    conditions = [not_withdrawn, col(Assignment.subtask).in_(with_targets), *([] if only is None else [only])]
    assigned = set(connection.scalars(select(col(Assignment.subtask)).where(*conditions).distinct()))
    figures: dict[tuple[str, str], dict[tuple[str, ...], Decimal]] = {}
    query = (
        select(
            *(col(getattr(Assignment, name)) for name in ("subtask", "step", "variant", "office")), col(Report.counts)
        )
        .join(Assignment, col(Assignment.id) == col(Report.assignment_id))
        .where(*conditions, col(Assignment.role) == Role.LEAD, col(Assignment.step) != AD_HOC)
        .where(col(Report.state) == ReportState.ACCEPTED, col(Report.decided_at) <= now)
        .order_by(col(Assignment.original_due_at), col(Report.decided_at), col(Report.id))
    )
    for subtask, step, variant, office, counts in connection.execute(query).tuples():
        for target in with_targets[subtask].targets:
            if target.key in counts:  # what the same lead reported before is no longer how things stand
                figures.setdefault((subtask, target.key), {})[step, variant, office] = exact(counts[target.key])
    return [line for code in with_targets if code in assigned for line in _lines(plan, code, figures)]


def _lines(
    plan: Plan, code: str, figures: dict[tuple[str, str], dict[tuple[str, ...], Decimal]]
) -> Iterator[TargetLine]:
    for target in plan.subtask(code).targets:
        found = [*figures.get((code, target.key), {}).values()]
        actual = sum(found, Decimal()) if found else None
        if actual is not None and target.is_percentage:
            actual = round(actual / len(found), 2)
        yield TargetLine(code, target, actual, len(found))

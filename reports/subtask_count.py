"""How many subtasks there are beside how many assignments: «18 nhiệm vụ: 5 hoàn thành, 3 quá hạn · 223 phần việc».

Of a list, where only some offices' parts are in it: «18 nhiệm vụ (223 phần việc)».

A subtask counts once for each period, however many offices have a part in it. Its leads decide: it is done when all
that they hand in is accepted, overdue if any of it is; what is only asked for as input decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, String, and_, func, literal, select
from sqlmodel import col

from config.text.counts import thousands
from models.alerts.status import both, not_withdrawn, overdue
from models.tables.assignment import Assignment
from models.tables.lifecycle import Role, State
from reports.spans import Span, with_due_in


@dataclass(frozen=True)
class SubtaskCount:
    """Subtasks by period, and the assignments that make them up."""

    total: int
    done: int
    overdue: int
    assignments: int

    def in_words(self, language: Literal["vi", "en"]) -> str:
        if language == "vi":
            total, done, late, parts_vi = map(thousands, (self.total, self.done, self.overdue, self.assignments))
            return f"{total} nhiệm vụ: {done} hoàn thành, {late} quá hạn · {parts_vi} phần việc"
        subtasks = "subtask" if self.total == 1 else "subtasks"
        parts = "assignment" if self.assignments == 1 else "assignments"
        return f"{self.total:,} {subtasks}: {self.done:,} done, {self.overdue:,} overdue · {self.assignments:,} {parts}"

    def as_json(self) -> dict[str, Any]:
        return {"total": self.total, "done": self.done, "overdue": self.overdue}


def count_with(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    """How many subtasks by period there are of what fulfils these conditions, and how many assignments."""
    # Found first: to count by subtask as it goes, SQLite would open each assignment that there is.
    found = col(Assignment.id).in_(select(col(Assignment.id)).where(*conditions))
    number = func.count(col(Assignment.id)).label("number")
    of_each = select(number).where(found).group_by(col(Assignment.subtask), col(Assignment.period)).subquery()
    row = connection.execute(select(func.count(), func.coalesce(func.sum(of_each.c.number), 0)).select_from(of_each))
    subtasks, assignments = row.one()
    return subtasks, int(assignments)


def subtask_periods(connection: Connection, *conditions: ColumnElement[bool]) -> set[tuple[str, str]]:
    """Which these are, each as subtask and period; of what is not withdrawn."""
    found = select(col(Assignment.subtask), col(Assignment.period)).where(not_withdrawn, *conditions).distinct()
    return {(subtask, period) for subtask, period in connection.execute(found)}


def count_subtasks(
    connection: Connection,
    *,
    now: datetime,
    assignments: int,
    due_in: Span | None = None,
    only: ColumnElement[bool] | None = None,
) -> SubtaskCount:
    """Count the subtasks of what is not withdrawn.

    assignments  how many there are of these, as they were tallied
    due_in, only  as for ``reports.figures.tally``
    """
    return sum_periods(count_periods(connection, now=now, due_in=due_in, only=only).values(), assignments)


Periods = tuple[int, int, int]
"""How many periods of a subtask there are, how many of them are done, and how many overdue."""


def sum_periods(of_each: Iterable[Periods], assignments: int) -> SubtaskCount:
    """The count of all, from those of each subtask."""
    number, done, overdue = map(sum, zip((0, 0, 0), *of_each, strict=True))
    return SubtaskCount(number, done, overdue, assignments)


def count_periods(
    connection: Connection, *, now: datetime, due_in: Span | None = None, only: ColumnElement[bool] | None = None
) -> dict[str, Periods]:
    """The periods of each subtask, by its code."""
    # Written out, so that the partial index of the leads alone is used.
    is_lead: ColumnElement[bool] = col(Assignment.role) == literal(Role.LEAD.value, String, literal_execute=True)
    periods = (
        select(
            col(Assignment.subtask),
            func.count().filter(col(Assignment.state) != State.ACCEPTED).label("open"),
            func.count().filter(overdue(now)).label("overdue"),
        )
        .where(both(and_(is_lead, not_withdrawn), with_due_in(only, due_in)))
        .group_by(col(Assignment.subtask), col(Assignment.period))
        .subquery("periods")
    )
    counts = (func.count().filter(each) for each in (periods.c.open == 0, periods.c.overdue > 0))
    query = select(periods.c.subtask, func.count(), *counts).group_by(periods.c.subtask)
    return {subtask: tuple(found) for subtask, *found in connection.execute(query)}

"""All assignments page by page: what is open first, or in the order of a column."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, SQLColumnExpression
from sqlmodel import case, col

from models.alerts.status import is_open, overdue
from models.tables.assignment import Assignment
from models.work.queries import AssignmentFilter, assignments, count_assignments, ordered
from models.work.rows import AssignmentRow


class Column(StrEnum):
    """A column that a list is ordered by."""

    NUMBER = "number"
    WORK = "work"
    OFFICE = "office"
    DUE = "due"
    STATUS = "status"


def open_first(
    connection: Connection, criteria: AssignmentFilter, *, now: datetime, limit: int, offset: int = 0
) -> list[AssignmentRow]:
    """One page of what is open, by due date, and after it what is done, the last first.

    In two questions, each of which an index answers; ordered in one, all would have to be sorted.
    """
    still_open, done = replace(criteria, is_open=True), replace(criteria, is_open=False)
    rows = list(assignments(connection, still_open, now=now, limit=limit, offset=offset))
    if len(rows) < limit:
        before = offset - count_assignments(connection, still_open, now=now) if offset else 0
        rows += ordered(connection, done, (col(Assignment.due_at).desc(),), now, limit - len(rows), max(0, before))
    return rows


def sorted_page(
    connection: Connection,
    criteria: AssignmentFilter,
    by: Column,
    *,
    descending: bool,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> Sequence[AssignmentRow]:
    """One page in the order of a column, by due date where that is the same."""
    first: SQLColumnExpression[Any] = {
        Column.NUMBER: col(Assignment.id),
        Column.WORK: col(Assignment.subtask),
        Column.OFFICE: col(Assignment.office),
        Column.DUE: col(Assignment.due_at),
        Column.STATUS: case((overdue(now), 0), (is_open, 1), else_=2),
    }[by]
    return ordered(connection, criteria, (first.desc() if descending else first,), now, limit, offset)

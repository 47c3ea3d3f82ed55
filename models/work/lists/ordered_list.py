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
from models.work.queries import AssignmentFilter, count_assignments, ordered
from models.work.rows import AssignmentRow


class Column(StrEnum):
    """A column that a list is ordered by."""

    NUMBER = "number"
    WORK = "work"
    OFFICE = "office"
    DUE = "due"
    STATUS = "status"


Part = tuple[AssignmentFilter, Sequence[SQLColumnExpression[Any]]]
"""A question that an index answers, and its order; ordered in one, all would have to be sorted."""


def in_parts(criteria: AssignmentFilter, by: Column | None, *, descending: bool, now: datetime) -> list[Part]:
    """By a column, or by due date what is of one status; otherwise what is open, and after it what is done, the last
    first."""
    if by is not None:
        first = _columns(now)[by]
        return [(criteria, (first.desc() if descending else first,))]
    if criteria.status is not None or criteria.state is not None:
        return [(criteria, ())]
    done = replace(criteria, is_open=False)
    return [(replace(criteria, is_open=True), ()), (done, (col(Assignment.due_at).desc(),))]


def page_of(
    connection: Connection, parts: Sequence[Part], *, now: datetime, limit: int, offset: int = 0
) -> list[AssignmentRow]:
    """One page of these parts, one after the other."""
    rows: list[AssignmentRow] = []
    for number, (criteria, first) in enumerate(parts):
        rows += ordered(connection, criteria, first, now, limit - len(rows), offset)
        if len(rows) == limit or number == len(parts) - 1:
            break
        offset = max(0, offset - count_assignments(connection, criteria, now=now)) if offset else 0
    return rows


def open_first(
    connection: Connection, criteria: AssignmentFilter, *, now: datetime, limit: int, offset: int = 0
) -> list[AssignmentRow]:
    """One page of what is open, by due date, and after it what is done, the last first."""
    parts = in_parts(criteria, None, descending=False, now=now)
    return page_of(connection, parts, now=now, limit=limit, offset=offset)


def sorted_page(
    connection: Connection,
    criteria: AssignmentFilter,
    by: Column,
    *,
    descending: bool,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> list[AssignmentRow]:
    """One page in the order of a column, by due date where that is the same."""
    parts = in_parts(criteria, by, descending=descending, now=now)
    return page_of(connection, parts, now=now, limit=limit, offset=offset)


def _columns(now: datetime) -> dict[Column, SQLColumnExpression[Any]]:
    return {
        Column.NUMBER: col(Assignment.id),
        Column.WORK: col(Assignment.subtask),
        Column.OFFICE: col(Assignment.office),
        Column.DUE: col(Assignment.due_at),
        Column.STATUS: case((overdue(now), 0), (is_open, 1), else_=2),
    }

"""What a search finds, page by page; of very many it is only said that there are more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from models.tables.assignment import Assignment
from models.work.lists.ordered_list import Part
from models.work.queries import conditions, in_order, rows_at
from models.work.rows import AssignmentRow, read_rows
from models.work.search import Search

MOST_COUNTED = 1_000
"""To count all that a common word finds would take far longer than to find a page of it."""


@dataclass(frozen=True)
class FoundPage:
    """One page of what was found.

    total     how many assignments there are, of how many ``subtasks`` by period
    is_more   there are more than ``total``, and nobody has counted the subtasks
    """

    rows: Sequence[AssignmentRow]
    subtasks: int
    total: int
    is_more: bool


def found_page(
    connection: Connection, search: Search, parts: Sequence[Part], *, now: datetime, limit: int, offset: int = 0
) -> FoundPage | None:
    """One page of what a search finds in these parts; None for one further from the beginning than is counted."""
    if offset + limit > MOST_COUNTED:
        return None
    assignment_ids, is_meant = list[int](), search.condition_of_first(connection)
    for criteria, first in parts:
        others = conditions(connection, replace(criteria, search=None), now)
        which = select(col(Assignment.id)).where(*others, is_meant)
        more = MOST_COUNTED + 1 - len(assignment_ids)
        assignment_ids += connection.scalars(which.order_by(*in_order(first)).limit(more))
    shown, counted = assignment_ids[offset : offset + limit], assignment_ids[:MOST_COUNTED]
    rows = read_rows(connection, AssignmentRow, rows_at(now).where(col(Assignment.id).in_(shown)))
    rows.sort(key=lambda row: shown.index(row.id))
    is_more = len(assignment_ids) > MOST_COUNTED
    return FoundPage(rows, 0 if is_more else _subtasks(connection, counted), len(counted), is_more)


def _subtasks(connection: Connection, assignment_ids: Sequence[int]) -> int:
    each = select(col(Assignment.subtask), col(Assignment.period)).where(col(Assignment.id).in_(assignment_ids))
    return connection.scalar(select(func.count()).select_from(each.distinct().subquery())) or 0

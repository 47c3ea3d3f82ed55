"""The finished work of an office, by the year in which it was finished and by period."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from config.clock import end_of_day, local_date
from config.rules.periods import in_order
from models.tables.assignment import Assignment
from models.tables.lifecycle import ReportState, State
from models.tables.report import Report
from models.work.parties import own_work
from models.work.rows import ListedAssignment, read_rows, select_rows
from models.work.search import Search


@dataclass(frozen=True)
class FinishedAssignment:
    """One that was accepted, with the document that carried its report."""

    assignment: ListedAssignment
    completed_at: datetime
    in_time: bool
    document_number: str


def finished_periods(connection: Connection, office: str) -> list[tuple[int, str, int]]:
    """The years in which the office has finished work, the last first, with each period and how many."""
    done = select(col(Assignment.completed_at), col(Assignment.period)).where(_finished(connection, office))
    rows = connection.execute(done)
    counts = Counter((local_date(at).year, period) for at, period in rows)
    order = sorted(counts, key=lambda each: (each[0], in_order(each[1])), reverse=True)
    return [(year, period, counts[year, period]) for year, period in order]


def finished_work(
    connection: Connection,
    office: str,
    *,
    limit: int,
    offset: int = 0,
    year: int | None = None,
    period: str = "",
    search: Search | None = None,
) -> tuple[list[FinishedAssignment], int]:
    """One page of it, what was finished last first, and how much there is in all."""
    completed = col(Assignment.completed_at)
    finished = _finished(connection, office)
    which = [finished]
    if year is not None:
        which += [completed > end_of_day(date(year - 1, 12, 31)), completed <= end_of_day(date(year, 12, 31))]
    if period:
        which.append(col(Assignment.period) == period)
    if search is not None:
        which.append(search.condition(within=finished))
    order = (completed.desc(), col(Assignment.id).desc())
    listed = connection.execute(
        select(col(Assignment.id), completed, col(Assignment.reported_at) < col(Assignment.due_at))
        .where(*which)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    ).all()
    assignment_ids = [row[0] for row in listed]
    rows = {
        row.id: row
        for row in read_rows(
            connection, ListedAssignment, select_rows(ListedAssignment).where(col(Assignment.id).in_(assignment_ids))
        )
    }
    documents = _documents(connection, assignment_ids)
    found = [
        FinishedAssignment(rows[assignment_id], at, bool(in_time), documents.get(assignment_id, ""))
        for assignment_id, at, in_time in listed
    ]
    total = connection.scalar(select(func.count()).select_from(Assignment).where(*which)) or 0
    return found, total


def _documents(connection: Connection, assignment_ids: list[int]) -> dict[int, str]:
    accepted = select(col(Report.assignment_id), col(Report.document_number)).where(
        col(Report.assignment_id).in_(assignment_ids),
        col(Report.state) == ReportState.ACCEPTED,
        col(Report.document_number).is_not(None),
    )
    return {
        assignment_id: written or ""
        for assignment_id, written in connection.execute(accepted.order_by(col(Report.version)))
    }


def _finished(connection: Connection, office: str) -> ColumnElement[bool]:
    return and_(own_work(connection, office), col(Assignment.state) == State.ACCEPTED)

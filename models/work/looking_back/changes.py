"""What has changed since a day: done, newly late, moved, returned, newly assigned; counted, and listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlmodel import col

from models.alerts.status import both, not_withdrawn, overdue_by_due, reported_in_time
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem, ItemKind
from models.tables.lifecycle import ExtensionState, ReportState, State
from models.tables.report import Extension, Report
from models.work.rows import ListedAssignment, read_rows, select_rows


class Change(StrEnum):
    """One kind of change, in the order in which a manager asks for it."""

    NEWLY_LATE = "newly_late"  # overdue now, and its due date lies in the span
    DONE_LATE = "done_late"  # accepted in the span, reported after its due date
    DONE_ON_TIME = "done_on_time"  # accepted in the span, reported in time
    MOVED = "moved"  # its due date was moved: more time was granted, or a deed moved it
    RETURNED = "returned"  # its report was returned
    ASSIGNED = "assigned"


@dataclass(frozen=True)
class ChangedWork:
    """The assignments to which one kind of change has come: how many, and the first of them by due date."""

    total: int
    rows: Sequence[ListedAssignment]


def changes_between(
    connection: Connection,
    since: datetime,
    now: datetime,
    *,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> Mapping[Change, ChangedWork]:
    """What has changed after ``since`` up to ``now``; withdrawn work is left out.

    only  any further condition on assignments
    """
    found: dict[Change, ChangedWork] = {}
    for change, condition in _conditions(since, now).items():
        which = and_(not_withdrawn, both(condition, only))
        order = (col(Assignment.due_at), col(Assignment.office), col(Assignment.id))
        # Counted as it is found: no index tells of most kinds, and all work would be looked through once more.
        listed = select(col(Assignment.id), func.count().over()).where(which).order_by(*order).limit(limit)
        numbers = dict(connection.execute(listed).tuples().all())
        query = select_rows(ListedAssignment).where(col(Assignment.id).in_(numbers)).order_by(*order)
        found[change] = ChangedWork(max(numbers.values(), default=0), read_rows(connection, ListedAssignment, query))
    return found


def indexed_change_counts(
    connection: Connection, since: datetime, now: datetime, *, only: ColumnElement[bool] | None = None
) -> dict[Change, int]:
    """How many assignments each kind of change that an index finds has come to, as ``changes_between`` lists them."""
    conditions = _conditions(since, now)
    counts = {}
    for change in Change:
        if change not in _LOOKED_THROUGH:
            which = and_(not_withdrawn, conditions[change])
            counts[change] = connection.scalar(select(func.count()).select_from(Assignment).where(both(which, only)))
    return {change: number or 0 for change, number in counts.items()}


def change_counts_by_office(
    connection: Connection, since: datetime, now: datetime, *, only: ColumnElement[bool] | None = None
) -> dict[str, dict[Change, int]]:
    """The same by office of the other kinds; what no change has come to is left out.

    No index tells when work was assigned or done, so all of it is looked through, once.
    """
    conditions = _conditions(since, now)
    since_then = or_(col(Assignment.assigned_at) > since, col(Assignment.completed_at) > since)
    # Not the column itself: in the order of its index it takes twice as long.
    office = func.coalesce(col(Assignment.office), "")
    read = select(office, *(func.count().filter(conditions[each]) for each in _LOOKED_THROUGH)).group_by(office)
    read = read.where(both(and_(not_withdrawn, since_then), only))
    return {office: dict(zip(_LOOKED_THROUGH, counts, strict=True)) for office, *counts in connection.execute(read)}


_LOOKED_THROUGH = (Change.DONE_LATE, Change.DONE_ON_TIME, Change.ASSIGNED)


def _conditions(since: datetime, now: datetime) -> dict[Change, ColumnElement[bool]]:
    completed, due_at, number = col(Assignment.completed_at), col(Assignment.due_at), col(Assignment.id)
    # Not the column itself: by its index every finished assignment would be opened, each by itself.
    is_accepted = func.coalesce(col(Assignment.state), State.WITHDRAWN) == State.ACCEPTED
    done = and_(is_accepted, completed > since, completed <= now)
    granted = select(col(Extension.assignment_id)).where(
        col(Extension.state) == ExtensionState.GRANTED,
        col(Extension.decided_at) > since,
        col(Extension.decided_at) <= now,
    )
    by_deeds = (
        select(col(DeedItem.assignment_id))
        .join(Deed, col(Deed.id) == col(DeedItem.deed_id))
        .where(col(DeedItem.kind) == ItemKind.MOVED, col(Deed.at) > since, col(Deed.at) <= now)
    )
    returned = select(col(Report.assignment_id)).where(
        col(Report.state) == ReportState.RETURNED, col(Report.decided_at) > since, col(Report.decided_at) <= now
    )
    return {
        Change.NEWLY_LATE: and_(due_at > since, overdue_by_due(now)),
        Change.DONE_LATE: and_(done, reported_in_time.is_not(True)),
        Change.DONE_ON_TIME: and_(done, reported_in_time),
        Change.MOVED: or_(number.in_(granted), number.in_(by_deeds)),
        Change.RETURNED: number.in_(returned),
        Change.ASSIGNED: and_(col(Assignment.assigned_at) > since, col(Assignment.assigned_at) <= now),
    }

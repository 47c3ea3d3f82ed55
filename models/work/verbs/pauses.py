"""What an office gets back of the time for which its work was suspended."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from config.clock import end_of_day, local_date
from config.rules.grammar import parse_rule
from config.rules.kinds import in_hours
from config.rules.working_time import WorkingCalendar
from config.text.amounts import amount_in_words
from models.tables.assignment import Assignment
from models.tables.deed import Deed, DeedItem
from models.tables.lifecycle import ExtensionState
from models.tables.report import Extension


def given_back(
    session: Session, assignment: Assignment, calendar: WorkingCalendar, now: datetime
) -> tuple[datetime, tuple[str, str]]:
    """Until when suspended work is due if it gets back the time it rested, and how that is told."""
    since, due_at = _resting_on_its_date_since(session, assignment), assignment.due_at
    if due_at != end_of_day(assignment.due_date) and in_hours(parse_rule(assignment.rule)):
        hours = round((now - since) / timedelta(hours=1), 1)
        return due_at + (now - since), (
            f"tiếp tục, trả lại {amount_in_words(hours)} giờ,",
            f"resumed with {hours:g} hours given back",
        )
    days = calendar.count(local_date(since), local_date(now))
    if not days:
        return due_at, ("tiếp tục", "resumed")
    # The hour of the day stays, where one is named.
    return due_at + (calendar.add(assignment.due_date, days) - assignment.due_date), (
        f"tiếp tục, trả lại {days} ngày làm việc,",
        f"resumed with {days} working days given back",
    )


def _resting_on_its_date_since(session: Session, assignment: Assignment) -> datetime:
    """When it was suspended, or when its present date was set, where that was later: granted, or moved by a deed."""
    assert assignment.suspended_at is not None
    granted = select(func.max(Extension.decided_at)).where(
        Extension.assignment_id == assignment.id, Extension.state == ExtensionState.GRANTED
    )
    undone = select(Deed.undoes).where(col(Deed.undoes).is_not(None))
    moved = (
        select(func.max(Deed.at))
        .join(DeedItem, col(DeedItem.deed_id) == Deed.id)
        .where(
            DeedItem.assignment_id == assignment.id,
            DeedItem.from_due_at != DeedItem.to_due_at,
            col(Deed.undoes).is_(None),
            col(Deed.id).not_in(undone),
        )
    )
    set_at = (session.exec(query).one() for query in (granted, moved))
    return max(filter(None, (assignment.suspended_at, *set_at)))

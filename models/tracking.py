"""The sweep: from the state of the store to rows in the outbox, in a handful of bulk statements.

What is due is found by ``next_alert_at <= now`` over a partial index, never by comparing dates, so a scheduler that
was down catches up on its next run. Of several rungs due on one assignment the most severe is sent and the
others are recorded as superseded. Insert and advance happen in one transaction under a unique key: two sweeps at
once, a repeat, a crash anywhere make no second notice and lose none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, case, func, literal, or_, select, update
from sqlmodel import Session, col

from config.contacts import LOCAL_MAILBOX
from config.working_time import WorkingCalendar
from models.acting import Acting
from models.assignment import Assignment, TimetableRung
from models.columns import UtcDateTime
from models.inserting import insert_new
from models.lifecycle import WAITING_FOR_OFFICE, NoticeState
from models.office import Contact, Desk
from models.outbox import Notice
from models.standing import acknowledgement_missing, due_soon, overdue
from models.timetables import complete_timetables


@dataclass(frozen=True)
class Standings:
    """How many assignments need attention at a moment, whether or not anything was said about them."""

    acknowledged_missing: int
    due_soon: int
    overdue: int


def sweep(session: Session, acting: Acting, *, priority: str | None = None) -> int:
    """Put a notice in the outbox for every rung due now; gives the number of notices now waiting to be sent."""
    complete_timetables(session, today=acting.today, calendar=acting.calendar)
    due = _due(acting.now, priority)
    last_before = session.scalar(select(func.max(col(Notice.id)))) or 0
    session.execute(insert_new(session, Notice).from_select(_NOTICE_COLUMNS, _notices_due(acting, due)))
    session.execute(_advance(acting.now, due))
    return _pending_after(session, last_before, acting.run_key)


def standings(session: Session, *, now: datetime, calendar: WorkingCalendar, priority: str | None = None) -> Standings:
    """Count what is late or nearly so, for one priority or all."""
    query = select(
        func.coalesce(func.sum(case((acknowledgement_missing(now, calendar), 1), else_=0)), 0),
        func.coalesce(func.sum(case((due_soon(now, calendar), 1), else_=0)), 0),
        func.coalesce(func.sum(case((overdue(now), 1), else_=0)), 0),
    ).select_from(Assignment)
    if priority is not None:
        query = query.where(col(Assignment.priority) == priority)
    return Standings(*(int(count) for count in session.execute(query).one()))


_NOTICE_COLUMNS = (
    "kind",
    "assignment_id",
    "rung",
    "office",
    "desk",
    "channel",
    "urgency",
    "state",
    "run_key",
    "created_at",
    "reason",
)


def _due(now: datetime, priority: str | None) -> ColumnElement[bool]:
    due = and_(col(Assignment.next_alert_at) <= now, col(Assignment.state).in_(WAITING_FOR_OFFICE))
    return due if priority is None else and_(due, col(Assignment.priority) == priority)


def _rung_applies() -> ColumnElement[bool]:
    return or_(~col(TimetableRung.unless_acknowledged), col(Assignment.acknowledged_at).is_(None))


def _notices_due(acting: Acting, due: ColumnElement[bool]) -> Select[Any]:
    recipient_office = case(
        (col(TimetableRung.audience) == Desk.COORDINATOR, literal(acting.coordinator.office)),
        (col(TimetableRung.audience) == Desk.MONITOR, col(Assignment.monitor_office)),
        else_=col(Assignment.office),
    )
    most_severe = func.max(col(TimetableRung.severity)).over(partition_by=col(Assignment.id))
    state = case(
        (col(TimetableRung.severity) == most_severe, NoticeState.PENDING.value),
        else_=NoticeState.SUPERSEDED.value,
    )
    return (
        select(
            col(TimetableRung.kind),
            col(Assignment.id),
            col(TimetableRung.rung),
            recipient_office,
            col(TimetableRung.audience),
            func.coalesce(col(Contact.channel), LOCAL_MAILBOX),
            col(Assignment.urgency),
            state,
            literal(acting.run_key),
            literal(acting.now, UtcDateTime),
            case((state == NoticeState.SUPERSEDED.value, "higher rung due"), else_=""),
        )
        .select_from(Assignment)
        .join(
            TimetableRung,
            and_(
                col(TimetableRung.timetable_id) == col(Assignment.timetable_id),
                col(TimetableRung.rank) > col(Assignment.rung_done),
                col(TimetableRung.fire_at) <= acting.now,
            ),
        )
        .outerjoin(
            Contact,
            and_(col(Contact.office) == recipient_office, col(Contact.desk) == col(TimetableRung.audience)),
        )
        .where(due, _rung_applies())
    )


def _advance(now: datetime, due: ColumnElement[bool]) -> Update:
    same_timetable = col(TimetableRung.timetable_id) == col(Assignment.timetable_id)
    past = select(func.max(col(TimetableRung.rank))).where(same_timetable, col(TimetableRung.fire_at) <= now)
    coming = select(func.min(col(TimetableRung.fire_at))).where(
        same_timetable, col(TimetableRung.fire_at) > now, _rung_applies()
    )
    return (
        update(Assignment)
        .where(due)
        .values(
            rung_done=func.coalesce(past.scalar_subquery(), col(Assignment.rung_done)),
            next_alert_at=coming.scalar_subquery(),
        )
        .execution_options(synchronize_session=False)
    )


def _pending_after(session: Session, last_before: int, run_key: str) -> int:
    # By id, so that only what was just written is looked at; by run, since another sweep may write meanwhile.
    written = select(func.count()).where(
        col(Notice.id) > last_before, col(Notice.run_key) == run_key, col(Notice.state) == NoticeState.PENDING
    )
    return session.scalar(written) or 0

"""Decides which due-soon and overdue alerts are said: the sweep, from the store's state to rows of the outbox.

What is due is found by ``next_alert_at <= now`` over a partial index, never by comparing dates, so a scheduler that
was down catches up on its next run. Of several rungs due on one assignment the most severe is sent and the
others are recorded as superseded. Insert and advance happen in one transaction under a unique key: two sweeps at
once, a repeat, a crash anywhere make no second notice and lose none.

These statements stay SQLAlchemy Core with ``col()``: they insert from wide selects and update in bulk, for which
sqlmodel's ``select`` has no types and one object for each row would be slow.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    any_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.selectable import FromClause
from sqlmodel import Session, col

from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from models.alerts.timetables import complete_timetables
from models.store.actor import ActorContext
from models.store.columns import UtcDateTime
from models.store.upsert import insert_new, table_of
from models.tables.assignment import Assignment, Timetable, TimetableRung
from models.tables.lifecycle import NoticeState, Urgency
from models.tables.office import Contact
from models.tables.outbox import Notice
from models.tables.party import Part, Party


@dataclass(frozen=True)
class SweepCounts:
    """What a sweep did: notices that now wait to be sent, and whether there may be more to look at.

    took  whether there was anything to look at
    """

    notices: int
    more: bool
    took: bool = True


BATCH = 2_500
"""Assignments that one sweep takes: on a busy machine some tenths of a second, in which no other writes to SQLite."""


def sweep(session: Session, context: ActorContext, *, priority: str | None = None) -> SweepCounts:
    """Put a notice in the outbox for every rung due now of a batch of assignments.

    Several sweeps at once on PostgreSQL take what no other has taken, and what one that died had taken is free again.
    """
    complete_timetables(session, today=context.today, calendar=context.calendar)
    due, more = _take(session, _due(context.now, priority))
    if due is None:
        return SweepCounts(0, more=False, took=False)
    last_before = session.scalar(select(func.max(col(Notice.id)))) or 0
    _insert(session, _notices_due(context, due))
    if session.scalar(select(exists().where(col(Party.part) == Part.JOINT))):
        _insert(session, _notices_due(context, due, to_joint_leads=True))
    _advance(session, context.now, due)
    return SweepCounts(_pending_after(session, last_before, context.run_key), more)


def _insert(session: Session, notices: Select[Any]) -> None:
    session.exec(insert_new(session, Notice).from_select(notices.selected_columns.keys(), notices))


def _due(now: datetime, priority: str | None) -> ColumnElement[bool]:
    # What does not wait for its office has no next look. Asking for the state as well would lead SQLite to the index of
    # the board, and through every open assignment.
    due: ColumnElement[bool] = col(Assignment.next_alert_at) <= now
    return due if priority is None else and_(due, col(Assignment.priority) == priority)


def _take(session: Session, due: ColumnElement[bool]) -> tuple[ColumnElement[bool] | None, bool]:
    """What this sweep looks at, None for nothing, and whether it may have left something."""
    if session.get_bind().dialect.name == "sqlite":  # lets in one writer at a time: there is nobody to share with
        # By an expression, or SQLite would go through the table in order of number, and not by what is due.
        first = select(col(Assignment.id)).where(due).order_by(col(Assignment.id) + 0).limit(BATCH).subquery()
        last, found = session.execute(select(func.max(first.c.id), func.count())).one()
        if found < BATCH:
            return (due if found else None), False
        return and_(due, col(Assignment.id) <= last), True
    # The lock is the lease: it lasts as long as the transaction, and no longer than the connection.
    earliest = select(col(Assignment.id)).where(due).order_by(col(Assignment.next_alert_at)).limit(BATCH)
    taken = session.scalars(earliest.with_for_update(skip_locked=True)).all()
    ids = literal(list(taken), ARRAY(BigInteger))
    return (col(Assignment.id) == any_(ids) if taken else None), len(taken) == BATCH


def _due_assignments(due: ColumnElement[bool]) -> Subquery:
    return (
        select(
            col(Assignment.id),
            col(Assignment.office),
            col(Assignment.monitor_office),
            col(Assignment.priority),
            col(Assignment.urgency),
            col(Assignment.timetable_id),
            col(Assignment.rung_done),
            col(Assignment.acknowledged_at).is_(None).label("unacknowledged"),
        )
        .where(due)
        .subquery("due")
    )


def _rungs_due(now: datetime, due: Subquery) -> CTE:
    """The rungs due for each combination of timetable, rung done and acknowledgement that occurs.

    Thousands of assignments share a few dozen of these, so what is due is worked out once for each of them.
    """
    occurring = select(due.c.timetable_id, due.c.rung_done, due.c.unacknowledged).distinct().subquery("occurring")
    most_severe = func.max(col(TimetableRung.severity)).over(
        partition_by=(occurring.c.timetable_id, occurring.c.rung_done, occurring.c.unacknowledged)
    )
    return (
        select(
            *occurring.c,
            col(TimetableRung.kind),
            col(TimetableRung.rung),
            col(TimetableRung.audience),
            (col(TimetableRung.severity) == most_severe).label("is_highest"),
            # A term in hours does not wait for the morning.
            col(Timetable.ends_at).is_not(None).label("is_express"),
        )
        .join(TimetableRung, col(TimetableRung.timetable_id) == occurring.c.timetable_id)
        .join(Timetable, col(Timetable.id) == occurring.c.timetable_id)
        .where(
            col(TimetableRung.rank) > occurring.c.rung_done,
            col(TimetableRung.fire_at) <= now,
            or_(~col(TimetableRung.unless_acknowledged), occurring.c.unacknowledged),
        )
        .cte("rungs_due")
    )


def _notices_due(context: ActorContext, due: ColumnElement[bool], *, to_joint_leads: bool = False) -> Select[Any]:
    """What is due as rows of the outbox, each column under its name there.

    to_joint_leads  what the focal points of joint leads are told, and not what all others are
    """
    assignment = _due_assignments(due)
    rung = _rungs_due(context.now, assignment)
    recipient_office: ColumnElement[str] = case(
        (rung.c.audience == Desk.COORDINATOR, _coordinator(context, assignment)),
        (rung.c.audience == Desk.MONITOR, assignment.c.monitor_office),
        else_=assignment.c.office,
    )
    recipients: FromClause = assignment
    if to_joint_leads:
        is_joint = and_(col(Party.assignment_id) == assignment.c.id, col(Party.part) == Part.JOINT)
        recipients, recipient_office = assignment.join(table_of(Party), is_joint), table_of(Party).c.office
    return (
        select(
            rung.c.kind,
            assignment.c.id.label("assignment_id"),
            rung.c.rung,
            recipient_office.label("office"),
            rung.c.audience.label("desk"),
            func.coalesce(col(Contact.channel), LOCAL_MAILBOX).label("channel"),
            case((rung.c.is_express, Urgency.EXPRESS.value), else_=assignment.c.urgency).label("urgency"),
            case((rung.c.is_highest, NoticeState.PENDING.value), else_=NoticeState.SUPERSEDED.value).label("state"),
            literal(context.run_key).label("run_key"),
            literal(context.now, UtcDateTime).label("created_at"),
            case((rung.c.is_highest, ""), else_="higher rung due").label("reason"),
        )
        .select_from(recipients)
        .join(
            rung,
            and_(
                rung.c.timetable_id == assignment.c.timetable_id,
                rung.c.rung_done == assignment.c.rung_done,
                rung.c.unacknowledged == assignment.c.unacknowledged,
            ),
        )
        .outerjoin(Contact, and_(col(Contact.office) == recipient_office, col(Contact.desk) == rung.c.audience))
        .where(rung.c.audience == Desk.FOCAL if to_joint_leads else true())
    )


def _coordinator(context: ActorContext, assignment: Subquery) -> ColumnElement[str]:
    """The office that follows up each assignment: the coordinator of its directive."""
    main: ColumnElement[str] = literal(context.main_coordinator.office)
    if not context.plan.has_several:
        return main
    offices = {each.code: context.for_priority(each.code).coordinator.office for each in context.plan.priorities}
    return case({code: literal(office) for code, office in offices.items()}, value=assignment.c.priority, else_=main)


def _advance(session: Session, now: datetime, due: ColumnElement[bool]) -> None:
    """Move every assignment taken past the rungs just written, in one statement however many timetables there are."""
    unacknowledged = col(Assignment.acknowledged_at).is_(None)
    occurring = (
        select(col(Assignment.timetable_id), unacknowledged.label("unacknowledged"))
        .where(due)
        .distinct()
        .subquery("occurring")
    )
    is_past = col(TimetableRung.fire_at) <= now
    is_coming = and_(~is_past, or_(~col(TimetableRung.unless_acknowledged), occurring.c.unacknowledged))
    step = (
        select(
            occurring.c.timetable_id,
            occurring.c.unacknowledged,
            func.max(case((is_past, col(TimetableRung.rank)))).label("rung_done"),
            func.min(case((is_coming, col(TimetableRung.fire_at)))).label("next_alert_at"),
        )
        .join(TimetableRung, col(TimetableRung.timetable_id) == occurring.c.timetable_id)
        .group_by(occurring.c.timetable_id, occurring.c.unacknowledged)
        .cte("step")
    )
    session.exec(
        update(Assignment)
        .where(due, col(Assignment.timetable_id) == step.c.timetable_id, unacknowledged == step.c.unacknowledged)
        .values(rung_done=step.c.rung_done, next_alert_at=step.c.next_alert_at)
        .execution_options(synchronize_session=False)
    )


def _pending_after(session: Session, last_before: int, run_key: str) -> int:
    # By id, so that only new rows are read; by run, since another sweep may write at the same time.
    written = select(func.count()).where(
        col(Notice.id) > last_before, col(Notice.run_key) == run_key, col(Notice.state) == NoticeState.PENDING
    )
    return session.scalar(written) or 0

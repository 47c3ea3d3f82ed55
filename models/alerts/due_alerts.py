"""Decides which due-soon and overdue alerts are said: the sweep, from the store's state to rows of the outbox.

What is due is found by ``next_alert_at <= now`` over a partial index, never by comparing dates, so a scheduler that
was down catches up on its next run. Of several rungs due on one assignment the most severe is sent and the
others are recorded as superseded. Insert and advance happen in one transaction under a unique key: two sweeps at
once, a repeat, a crash anywhere make no second notice and lose none.

These statements stay SQLAlchemy Core: they insert from wide selects and update in bulk, for which sqlmodel's
``select`` has no types and one object for each row would be slow.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Update,
    and_,
    any_,
    bindparam,
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
from sqlmodel import Session

from config.contacts.desks import Desk
from config.contacts.own_channels import LOCAL_MAILBOX
from models.alerts.timetables import complete_timetables
from models.store.actor import ActorContext
from models.store.columns import UtcDateTime
from models.store.upsert import Insert, inserting_new, table_of
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


Coordinators = tuple[str, tuple[tuple[str, str], ...]]
"""The office of the main directive's coordinator and, where there are several, that of each priority's."""

BATCH = 2_500
"""Assignments that one sweep takes: on a busy machine some tenths of a second, in which no other writes to SQLite."""


def sweep(session: Session, context: ActorContext, *, priority: str | None = None) -> SweepCounts:
    """Put a notice in the outbox for every rung due now of a batch of assignments.

    Several sweeps at once on PostgreSQL take what no other has taken, and what one that died had taken is free again.
    """
    session.flush()  # statements of tables do not see to it
    complete_timetables(session, today=context.today, calendar=context.calendar)
    asked: dict[str, Any] = {"now": context.now, "of_priority": priority, "by_run": context.run_key, "at_most": BATCH}
    due, more = _take(session, _due(priority is not None), asked)
    if due is None:
        return SweepCounts(0, more=False, took=False)
    asked["last_before"] = session.scalar(_LAST_NOTICE) or 0
    dialect, coordinators = session.get_bind().dialect.name, _coordinators(context)
    session.execute(_notices_due(dialect, due, coordinators), asked)
    if session.scalar(_ANY_JOINT):
        session.execute(_notices_due(dialect, due, coordinators, to_joint_leads=True), asked)
    session.execute(_advance(due), asked)
    return SweepCounts(session.scalar(_PENDING_AFTER, asked) or 0, more)


# The statements are made once, of the tables and not the classes: the ORM works each update anew into one of its own.
# No value is called like a column, or it would be written into that.
_ASSIGNMENT, _NOTICE, _RUNG = table_of(Assignment).c, table_of(Notice).c, table_of(TimetableRung).c
_NOW, _AT_MOST = bindparam("now", type_=UtcDateTime), bindparam("at_most", type_=Integer)
_PRIORITY, _RUN = bindparam("of_priority", type_=String), bindparam("by_run", type_=String)

_LAST_NOTICE = select(func.max(_NOTICE.id))
_ANY_JOINT = select(exists().where(table_of(Party).c.part == Part.JOINT))
# By id, so that only new rows are read; by run, since another sweep may write at the same time.
_PENDING_AFTER = select(func.count()).where(
    _NOTICE.id > bindparam("last_before"), _NOTICE.run_key == _RUN, _NOTICE.state == NoticeState.PENDING
)


@cache
def _due(is_of_one: bool) -> ColumnElement[bool]:
    # What does not wait for its office has no next look. Asking for the state as well would lead SQLite to the index of
    # the board, and through every open assignment.
    due = _ASSIGNMENT.next_alert_at <= _NOW
    return and_(due, _ASSIGNMENT.priority == _PRIORITY) if is_of_one else due


@cache
def _up_to_last(due: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(due, _ASSIGNMENT.id <= bindparam("last"))


_TAKEN = _ASSIGNMENT.id == any_(bindparam("taken", type_=ARRAY(BigInteger)))


def _take(session: Session, due: ColumnElement[bool], asked: dict[str, Any]) -> tuple[ColumnElement[bool] | None, bool]:
    """What this sweep looks at, None for nothing, and whether it may have left something; adds to what is asked."""
    if session.get_bind().dialect.name == "sqlite":  # lets in one writer at a time: there is nobody to share with
        asked["last"], found = session.execute(_first_due(due), asked).one()
        if found < BATCH:
            return (due if found else None), False
        return _up_to_last(due), True
    # The lock is the lease: it lasts as long as the transaction, and no longer than the connection.
    asked["taken"] = list(session.scalars(_earliest_due(due), asked))
    return (_TAKEN if asked["taken"] else None), len(asked["taken"]) == BATCH


@cache
def _first_due(due: ColumnElement[bool]) -> Select[Any]:
    # By an expression, or SQLite would go through the table in order of number, and not by what is due.
    first = select(_ASSIGNMENT.id).where(due).order_by(_ASSIGNMENT.id + 0).limit(_AT_MOST).subquery()
    return select(func.max(first.c.id), func.count())


@cache
def _earliest_due(due: ColumnElement[bool]) -> Select[Any]:
    earliest = select(_ASSIGNMENT.id).where(due).order_by(_ASSIGNMENT.next_alert_at).limit(_AT_MOST)
    return earliest.with_for_update(skip_locked=True)


def _due_assignments(due: ColumnElement[bool]) -> Subquery:
    return (
        select(
            _ASSIGNMENT.id,
            _ASSIGNMENT.office,
            _ASSIGNMENT.monitor_office,
            _ASSIGNMENT.priority,
            _ASSIGNMENT.urgency,
            _ASSIGNMENT.timetable_id,
            _ASSIGNMENT.rung_done,
            _ASSIGNMENT.acknowledged_at.is_(None).label("unacknowledged"),
        )
        .where(due)
        .subquery("due")
    )


def _rungs_due(due: Subquery) -> CTE:
    """The rungs due for each combination of timetable, rung done and acknowledgement that occurs.

    Thousands of assignments share a few dozen of these, so what is due is worked out once for each of them.
    """
    occurring = select(due.c.timetable_id, due.c.rung_done, due.c.unacknowledged).distinct().subquery("occurring")
    most_severe = func.max(_RUNG.severity).over(
        partition_by=(occurring.c.timetable_id, occurring.c.rung_done, occurring.c.unacknowledged)
    )
    timetable = table_of(Timetable).c
    return (
        select(
            *occurring.c,
            _RUNG.kind,
            _RUNG.rung,
            _RUNG.audience,
            (_RUNG.severity == most_severe).label("is_highest"),
            # A term in hours does not wait for the morning.
            timetable.ends_at.is_not(None).label("is_express"),
        )
        .join(table_of(TimetableRung), _RUNG.timetable_id == occurring.c.timetable_id)
        .join(table_of(Timetable), timetable.id == occurring.c.timetable_id)
        .where(
            _RUNG.rank > occurring.c.rung_done,
            _RUNG.fire_at <= _NOW,
            or_(~_RUNG.unless_acknowledged, occurring.c.unacknowledged),
        )
        .cte("rungs_due")
    )


@lru_cache
def _notices_due(
    dialect: str, due: ColumnElement[bool], coordinators: Coordinators, *, to_joint_leads: bool = False
) -> Insert:
    """What is due as rows of the outbox, each column under its name there.

    to_joint_leads  what the focal points of joint leads are told, and not what all others are
    """
    assignment = _due_assignments(due)
    rung = _rungs_due(assignment)
    recipient_office: ColumnElement[str] = case(
        (rung.c.audience == Desk.COORDINATOR, _coordinator(coordinators, assignment)),
        (rung.c.audience == Desk.MONITOR, assignment.c.monitor_office),
        else_=assignment.c.office,
    )
    recipients: FromClause = assignment
    if to_joint_leads:
        party = table_of(Party)
        is_joint = and_(party.c.assignment_id == assignment.c.id, party.c.part == Part.JOINT)
        recipients, recipient_office = assignment.join(party, is_joint), party.c.office
    contact = table_of(Contact)
    notices = (
        select(
            rung.c.kind,
            assignment.c.id.label("assignment_id"),
            rung.c.rung,
            recipient_office.label("office"),
            rung.c.audience.label("desk"),
            func.coalesce(contact.c.channel, LOCAL_MAILBOX).label("channel"),
            case((rung.c.is_express, Urgency.EXPRESS.value), else_=assignment.c.urgency).label("urgency"),
            case((rung.c.is_highest, NoticeState.PENDING.value), else_=NoticeState.SUPERSEDED.value).label("state"),
            _RUN.label("run_key"),
            _NOW.label("created_at"),
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
        .outerjoin(contact, and_(contact.c.office == recipient_office, contact.c.desk == rung.c.audience))
        .where(rung.c.audience == Desk.FOCAL if to_joint_leads else true())
    )
    return inserting_new(dialect, Notice).from_select(notices.selected_columns.keys(), notices)


def _coordinators(context: ActorContext) -> Coordinators:
    priorities = context.plan.priorities if context.plan.has_several else ()
    offices = ((each.code, context.for_priority(each.code).coordinator.office) for each in priorities)
    return context.main_coordinator.office, tuple(offices)


def _coordinator(coordinators: Coordinators, assignment: Subquery) -> ColumnElement[str]:
    """The office that follows up each assignment: the coordinator of its directive."""
    main, by_priority = coordinators
    offices = {code: literal(office) for code, office in by_priority}
    return case(offices, value=assignment.c.priority, else_=literal(main)) if offices else literal(main)


@cache
def _advance(due: ColumnElement[bool]) -> Update:
    """Move every assignment taken past the rungs just written, in one statement however many timetables there are."""
    unacknowledged = _ASSIGNMENT.acknowledged_at.is_(None)
    occurring = (
        select(_ASSIGNMENT.timetable_id, unacknowledged.label("unacknowledged"))
        .where(due)
        .distinct()
        .subquery("occurring")
    )
    is_past = _RUNG.fire_at <= _NOW
    is_coming = and_(~is_past, or_(~_RUNG.unless_acknowledged, occurring.c.unacknowledged))
    step = (
        select(
            occurring.c.timetable_id,
            occurring.c.unacknowledged,
            func.max(case((is_past, _RUNG.rank))).label("rung_done"),
            func.min(case((is_coming, _RUNG.fire_at))).label("next_alert_at"),
        )
        .join(table_of(TimetableRung), _RUNG.timetable_id == occurring.c.timetable_id)
        .group_by(occurring.c.timetable_id, occurring.c.unacknowledged)
        .cte("step")
    )
    return (
        update(table_of(Assignment))
        .where(due, _ASSIGNMENT.timetable_id == step.c.timetable_id, unacknowledged == step.c.unacknowledged)
        .values(rung_done=step.c.rung_done, next_alert_at=step.c.next_alert_at)
    )

"""Offices that have ended: what is open goes to their successors."""

from sqlalchemy import ColumnElement, and_, true, update
from sqlmodel import Session, col, select

from config.contacts.desks import Desk
from models.alerts.notices import readdress
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.lifecycle import OPEN, NoticeKind, Verb
from models.tables.office import Office
from models.tables.outbox import Notice
from models.work.locked_assignment import LockedAssignment


def hand_over_ended_offices(session: Session, context: ActorContext, *, priority: str | None = None) -> int:
    """Move open assignments of offices that have ended to their successors; returns how many moved.

    What an ended office monitored, its successor monitors; nothing changes for the office that does the work.
    """
    lock_audit_chain(session)
    of_priority = true() if priority is None else col(Assignment.priority) == priority
    is_open: ColumnElement[bool] = and_(of_priority, col(Assignment.state).in_(OPEN))
    ended = select(Office.code).where(col(Office.valid_to) < context.today, col(Office.successor).is_not(None))
    orphaned = select(Assignment).where(is_open, col(Assignment.office).in_(ended)).with_for_update()
    moved = session.exec(orphaned).all()
    for assignment in moved:
        hand_over(session, assignment, context.plan.current_office(assignment.office, context.today), context)
    monitors = select(Assignment.monitor_office).where(is_open, col(Assignment.monitor_office).in_(ended)).distinct()
    for office in session.exec(monitors).all():
        _hand_over_monitoring(session, office, is_open, context)
    return len(moved)


def hand_over(session: Session, assignment: Assignment, successor: str, context: ActorContext) -> None:
    """An office has ended: its open assignment goes to its successor with its history, its dates and its notices.

    assignment  locked by the caller
    """
    locked = LockedAssignment(session, assignment, context.for_priority(assignment.priority))
    predecessor = assignment.office
    locked.perform(Verb.HAND_OVER, predecessor=predecessor, successor=successor)
    of_predecessor = and_(
        col(Notice.assignment_id) == assignment.id,
        col(Notice.office) == predecessor,
        col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD)),
    )
    readdress(session, of_predecessor, successor, now=context.now, successor_told=True)
    locked.tell_office(NoticeKind.HANDED_OVER, rung=f"from:{predecessor}")


def _hand_over_monitoring(session: Session, office: str, is_open: ColumnElement[bool], context: ActorContext) -> None:
    successor = context.plan.current_office(office, context.today)
    moved = session.exec(
        update(Assignment)
        .where(is_open, col(Assignment.monitor_office) == office)
        .values(monitor_office=successor)
        .execution_options(synchronize_session=False)
    )
    details = {"monitor_of": moved.rowcount, "successor": successor}
    record(session, context, Verb.HAND_OVER.value, f"office:{office}", **details)

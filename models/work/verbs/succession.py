"""Offices that have ended: what is open goes to their successors."""

from collections import defaultdict

from sqlalchemy import ColumnElement, and_, true, update
from sqlmodel import Session, col, delete, select

from config.contacts.desks import Desk
from models.alerts.next_alert import recompute_next_alert
from models.alerts.notices import handed_over_rung, readdress
from models.store.actor import ActorContext
from models.store.audit import also_about, lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, NoticeKind, Verb
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.work.assigning import assign
from models.work.locked_assignment import LockedAssignment, lock_assignment
from models.work.parties import NOBODY_ELSE, Parties, parties_of
from models.work.planning import PlannedAssignment
from models.work.register.dated_names import take_up_names
from models.work.register.succession import ended_offices, handed_over

HELD_TWICE = "Cơ quan kế thừa đã giữ việc này."
"""The reason of what is withdrawn because its office's successor has the same already."""


def hand_over_ended_offices(session: Session, context: ActorContext, *, priority: str | None = None) -> int:
    """Move open assignments of offices that have ended to their successors and heirs; returns how many moved.

    What an office would then hold twice is withdrawn (``models.work.deeds.collapsing``). What an ended office
    monitored, its successor monitors; nothing changes for the office that does the work. What a collective entry has
    goes to its members, and offices take up the names that are theirs from today.
    """
    lock_audit_chain(session)
    take_up_names(session, context)
    moved, new = 0, defaultdict[str, list[PlannedAssignment]](list)
    for item in list(handed_over(session, context, priority=priority)):
        if item.planned is not None:
            new[item.planned.priority].append(item.planned)
        if item.row is None or (item.kind is ItemKind.MONITOR and item.parties is None):
            continue
        locked = lock_assignment(session, item.row.id, context)
        if item.kind in (ItemKind.MONITOR, ItemKind.PARTIES):
            pass
        elif item.kind is ItemKind.WITHDRAWN:
            locked.perform(Verb.WITHDRAW, reason=HELD_TWICE)
            recompute_next_alert(session, locked.assignment)
        else:
            hand_over(session, locked.assignment, item.office, context)
            moved += 1
        if item.parties is not None:
            _hand_over_parts(locked, item.parties)
    moved += sum(assign(session, planned, context.for_priority(code)) for code, planned in new.items())
    of_priority = true() if priority is None else col(Assignment.priority) == priority
    is_open: ColumnElement[bool] = and_(of_priority, col(Assignment.state).in_(OPEN))
    ended = ended_offices(context.plan, context.today)
    monitors = select(Assignment.monitor_office).where(is_open, col(Assignment.monitor_office).in_(ended)).distinct()
    for office in session.exec(monitors).all():
        _hand_over_monitoring(session, office, is_open, context)
    return moved


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
    locked.tell(NoticeKind.HANDED_OVER, successor, rung=handed_over_rung(predecessor))


def _hand_over_parts(locked: LockedAssignment, parties: Parties) -> None:
    """Where joint leads or named offices have ended, their successors take their part, and are told of it."""
    names = str(locked.id), locked.assignment.subtask

    def successor_of(office: str) -> str:
        return locked.context.plan.current_office(office, locked.context.today, names)

    session, was = locked.session, parties_of(locked.session, [locked.id]).get(locked.id, NOBODY_ELSE)
    known, wanted = dict(was.each()), dict(parties.each())
    left = [office for office, part in known.items() if wanted.get(office) != part]
    session.exec(delete(Party).where(col(Party.assignment_id) == locked.id, col(Party.office).in_(left)))
    for office, part in wanted.items():
        if known.get(office) != part:
            session.add(Party(assignment_id=locked.id, office=office, part=part))
            kind = NoticeKind.HANDED_OVER if part is Part.JOINT else NoticeKind.INFORMED
            for predecessor in [each for each in left if successor_of(each) == office] or [""]:
                locked.tell(kind, office, rung=handed_over_rung(predecessor))
    successors = [office for office in wanted if office not in known]
    also_about(session, "assignment", [locked.id])
    details = {"assignment": locked.id, "left": left, "successors": successors, "before": known, "after": wanted}
    record(
        session,
        locked.context,
        Verb.HAND_OVER.value,
        f"office:{left[0] if left else locked.assignment.office}",
        **details,
    )


def _hand_over_monitoring(session: Session, office: str, is_open: ColumnElement[bool], context: ActorContext) -> None:
    successor = context.plan.current_office(office, context.today)
    monitored = and_(is_open, col(Assignment.monitor_office) == office)
    also_about(session, "assignment", session.exec(select(Assignment.id).where(monitored)).all())
    moved = session.exec(
        update(Assignment)
        .where(monitored)
        .values(monitor_office=successor)
        .execution_options(synchronize_session=False)
    )
    details = {"monitor_of": moved.rowcount, "successor": successor}
    record(session, context, Verb.HAND_OVER.value, f"office:{office}", **details)

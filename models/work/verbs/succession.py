"""Offices that have ended: what is open goes to their successors."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sqlalchemy import and_, true, update
from sqlmodel import Session, col, delete, select

from config.contacts.desks import Desk, Recipient
from models.alerts.next_alert import recompute_next_alert
from models.alerts.notices import handed_over_rung, notify_all, readdress
from models.store.actor import ActorContext
from models.store.audit import also_about, lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.deed import ItemKind
from models.tables.lifecycle import OPEN, NoticeKind, Verb
from models.tables.outbox import Notice
from models.tables.party import Part, Party
from models.work.assigning import assign
from models.work.locked_assignment import LockedAssignment, lock_assignments
from models.work.parties import NOBODY_ELSE, Parties, parties_of
from models.work.planned import Occasion, PlannedAssignment
from models.work.register.dated_names import take_up_names
from models.work.register.succession import ended_offices, handed_over_on, occasions_concerned

HELD_TWICE = "Cơ quan kế thừa đã giữ việc này."
"""The reason of what is withdrawn because its office's successor has the same already."""

MONITORED = 1_000
"""Assignments that get another monitor in one transaction."""

_IS_OPEN = col(Assignment.state).in_(OPEN)


def hand_over_ended_offices(session: Session, context: ActorContext, *, priority: str | None = None) -> int:
    """``handing_over`` as a whole, in the caller's transaction; offices take up the names that are theirs from today.

    Returns how many assignments moved.
    """
    lock_audit_chain(session)
    take_up_names(session, context)
    return sum(part(session) for part in handing_over(session, context, priority=priority))


def handing_over(
    session: Session, context: ActorContext, *, priority: str | None = None
) -> Iterator[Callable[[Session], int]]:
    """Moving open assignments of offices that have ended to their successors and heirs, cut into parts of which each
    may be a transaction of its own.

    Called in it, a part works out what is still to be done, does it, and returns how many assignments moved. From its
    day on the successor answers by the register, whatever has gone over; what a run leaves is done by the next.

    What an office would then hold twice is withdrawn (``models.work.deeds.collapsing``). What an ended office
    monitored, its successor monitors; nothing changes for the office that does the work. What a collective entry has
    goes to its members.
    """
    for occasions in occasions_concerned(session, context, priority=priority):
        yield partial(_hand_over_on, occasions=occasions, context=context)
    of_priority = true() if priority is None else col(Assignment.priority) == priority
    for office in ended_offices(context.plan, context.today):
        monitored = select(Assignment.id).where(of_priority, _IS_OPEN, col(Assignment.monitor_office) == office)
        assignment_ids = session.exec(monitored.order_by(col(Assignment.id))).all()
        for start in range(0, len(assignment_ids), MONITORED):
            share = assignment_ids[start : start + MONITORED]
            yield partial(_hand_over_monitoring, office=office, assignment_ids=share, context=context)


def _hand_over_on(session: Session, *, occasions: Sequence[Occasion], context: ActorContext) -> int:
    lock_audit_chain(session)
    going = defaultdict[tuple[str, str], list[LockedAssignment]](list)
    new = defaultdict[str, list[PlannedAssignment]](list)
    items = [*handed_over_on(session, occasions, context)]
    locked = lock_assignments(session, [item.row.id for item in items if item.row is not None], context)
    for item in items:
        if item.planned is not None:
            new[item.planned.priority].append(item.planned)
        if item.row is not None and item.kind is ItemKind.WITHDRAWN:
            locked[item.row.id].perform(Verb.WITHDRAW, reason=HELD_TWICE)
            recompute_next_alert(session, locked[item.row.id].assignment)
        elif item.row is not None and item.kind is ItemKind.REASSIGNED:
            going[item.row.office, item.office].append(locked[item.row.id])
    for (_, successor), its in going.items():
        hand_over(session, its, successor, context)
    parts = [(locked[item.row.id], item.parties) for item in items if item.row and item.parties is not None]
    _hand_over_parts(session, parts, context)
    moved = sum(map(len, going.values()))
    return moved + sum(assign(session, planned, context.for_priority(code)) for code, planned in new.items())


def hand_over(session: Session, its: Sequence[LockedAssignment], successor: str, context: ActorContext) -> None:
    """An office has ended: of its open assignments these go to its successor with their history, dates and notices."""
    predecessor = its[0].assignment.office
    for locked in its:
        locked.perform(Verb.HAND_OVER, predecessor=predecessor, successor=successor)
    of_predecessor = and_(
        col(Notice.assignment_id).in_([locked.id for locked in its]),
        col(Notice.office) == predecessor,
        col(Notice.desk).in_((Desk.FOCAL, Desk.HEAD)),
    )
    readdress(session, of_predecessor, successor, now=context.now, successor_told=True)
    told, rung = Recipient(successor, Desk.FOCAL), handed_over_rung(predecessor)
    notices = [(NoticeKind.HANDED_OVER, locked.assignment, told, rung) for locked in its]
    notify_all(session, notices, context=context)


def _hand_over_parts(
    session: Session, changed: Sequence[tuple[LockedAssignment, Parties]], context: ActorContext
) -> None:
    """Where joint leads or named offices have ended, their successors take their part, and are told of it."""
    before = parties_of(session, [locked.id for locked, _ in changed])
    notices = list[tuple[NoticeKind, Assignment, Recipient, str]]()
    for locked, parties in changed:
        names = str(locked.id), locked.assignment.subtask
        known, wanted = dict(before.get(locked.id, NOBODY_ELSE).each()), dict(parties.each())
        left = [office for office, part in known.items() if wanted.get(office) != part]
        heirs = {office: context.plan.current_office(office, context.today, names) for office in left}
        session.exec(delete(Party).where(col(Party.assignment_id) == locked.id, col(Party.office).in_(left)))
        for office, part in wanted.items():
            if known.get(office) != part:
                session.add(Party(assignment_id=locked.id, office=office, part=part))
                kind = NoticeKind.HANDED_OVER if part is Part.JOINT else NoticeKind.INFORMED
                for predecessor in [each for each in left if heirs[each] == office] or [""]:
                    told = Recipient(office, Desk.FOCAL)
                    notices.append((kind, locked.assignment, told, handed_over_rung(predecessor)))
        successors = [office for office in wanted if office not in known]
        details = {"assignment": locked.id, "left": left, "successors": successors, "before": known, "after": wanted}
        office = left[0] if left else locked.assignment.office
        record(session, context, Verb.HAND_OVER.value, f"office:{office}", **details)
    also_about(session, "assignment", [locked.id for locked, _ in changed])
    notify_all(session, notices, context=context)


def _hand_over_monitoring(
    session: Session, *, office: str, assignment_ids: Sequence[int | None], context: ActorContext
) -> int:
    """What an office that has ended monitored of these; returns 0, for no assignment moves by that."""
    lock_audit_chain(session)
    successor = context.plan.current_office(office, context.today)
    monitored = and_(_IS_OPEN, col(Assignment.monitor_office) == office, col(Assignment.id).in_(assignment_ids))
    still = session.exec(select(Assignment.id).where(monitored)).all()
    if not still:
        return 0
    also_about(session, "assignment", still)
    session.exec(
        update(Assignment)
        .where(col(Assignment.id).in_(still))
        .values(monitor_office=successor)
        .execution_options(synchronize_session=False)
    )
    details = {"monitor_of": len(still), "successor": successor, "assignments": list(still)}
    record(session, context, Verb.HAND_OVER.value, f"office:{office}", **details)
    return 0

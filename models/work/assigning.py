"""The verb ``assign``, for a whole batch: what is missing is made, what is there stays as it is."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_, update
from sqlmodel import Session, col

from config.clock import local_date
from config.contacts.contacts import LOCAL_MAILBOX
from config.contacts.desks import Desk, Recipient
from models.alerts.notices import notice_row
from models.alerts.timetables import timetable_id
from models.store.actor import ActorContext
from models.store.audit import AuditEntry, lock_audit_chain, record
from models.store.upsert import insert_new
from models.tables.assignment import Assignment, TimetableRung
from models.tables.lifecycle import OPEN, Kind, State, Verb
from models.tables.office import Contact, Office
from models.tables.outbox import Notice
from models.work.planning import Draft
from models.work.verbs import hand_over

BATCH = 5_000
"""Drafts looked at together: however many there are, so many are held."""


def assign(session: Session, drafts: Iterable[Draft], context: ActorContext) -> int:
    """Make every drafted assignment that is not there yet, tell each office, and give how many were made."""
    lock_audit_chain(session)
    return sum(_assign_batch(session, missing, context) for missing in missing_drafts(session, drafts))


def missing_drafts(session: Session, drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """The drafts whose assignment does not exist yet, batch by batch; none that is empty."""
    remaining = iter(drafts)
    while batch := list(islice(remaining, BATCH)):
        known = _known_identities(session, batch)
        if missing := [draft for draft in batch if draft.identity not in known]:
            yield missing


def _known_identities(session: Session, drafts: Iterable[Draft]) -> set[tuple[Any, ...]]:
    """What is there already of the work and periods that these drafts are of."""
    assignment = col(Assignment.subtask), col(Assignment.step), col(Assignment.variant), col(Assignment.period)
    asked = {(draft.subtask, draft.step, draft.variant, draft.period) for draft in drafts}
    offices = col(Assignment.lead_office), col(Assignment.assigned_office), col(Assignment.role)
    return {
        tuple(row)
        for row in session.execute(select(*assignment, *offices).where(tuple_(*assignment).in_(sorted(asked))))
    }


def hand_over_ended_offices(session: Session, context: ActorContext, *, priority: str | None = None) -> int:
    """Move open assignments of offices that have ended to their successors; gives how many moved."""
    lock_audit_chain(session)
    ended = select(col(Office.code)).where(col(Office.valid_to) < context.today, col(Office.successor).is_not(None))
    orphaned = select(Assignment).where(col(Assignment.office).in_(ended), col(Assignment.state).in_(OPEN))
    if priority is not None:
        orphaned = orphaned.where(col(Assignment.priority) == priority)
    moved = session.scalars(orphaned.with_for_update()).all()
    for assignment in moved:
        hand_over(session, assignment, context.plan.current_office(assignment.office, context.today), context)
    _hand_over_monitoring(session, ended, context, priority)
    return len(moved)


def _hand_over_monitoring(
    session: Session, ended: Select[tuple[str]], context: ActorContext, priority: str | None
) -> None:
    """What an ended office watched over, its successor watches over; nothing for the office at work changes."""
    watched: ColumnElement[bool] = col(Assignment.state).in_(OPEN)
    if priority is not None:
        watched = and_(watched, col(Assignment.priority) == priority)
    gone = select(col(Assignment.monitor_office)).where(watched, col(Assignment.monitor_office).in_(ended)).distinct()
    for office in session.scalars(gone).all():
        successor = context.plan.current_office(office, context.today)
        moved = session.execute(
            update(Assignment)
            .where(watched, col(Assignment.monitor_office) == office)
            .values(monitor_office=successor)
            .execution_options(synchronize_session=False)
        )
        facts = {"monitor_of": moved.rowcount, "successor": successor}  # type: ignore[attr-defined]
        record(
            session, [AuditEntry(Verb.HAND_OVER.value, f"office:{office}", facts)], actor=context.actor, now=context.now
        )


def _assign_batch(session: Session, batch: Sequence[Draft], context: ActorContext) -> int:
    timetables: dict[tuple[str, ...], tuple[int, Any]] = {}
    keys = [(each.ladder.content_hash, each.due.due_date.isoformat(), each.priority) for each in batch]
    for key, draft in zip(keys, batch, strict=True):
        if key not in timetables:
            timetables[key] = _timetable(session, draft, context)
    rows = [_row(draft, *timetables[key], context) for key, draft in zip(keys, batch, strict=True)]
    made = session.execute(
        insert_new(session, Assignment).returning(
            col(Assignment.id),
            col(Assignment.subtask),
            col(Assignment.period),
            col(Assignment.office),
            col(Assignment.role),
            col(Assignment.due_date),
            col(Assignment.urgency),
        ),
        rows,
    ).all()
    if not made:
        return 0
    channels = _focal_channels(session)
    session.execute(
        insert_new(session, Notice),
        [
            notice_row(
                Kind.ASSIGNED,
                assignment.id,
                Recipient(assignment.office, Desk.FOCAL),
                rung="assigned",
                urgency=assignment.urgency,
                channel=channels.get(assignment.office, LOCAL_MAILBOX),
                context=context,
            )
            for assignment in made
        ],
    )
    record(session, _facts(made), actor=context.actor, now=context.now)
    return len(made)


def _timetable(session: Session, draft: Draft, context: ActorContext) -> tuple[int, Any]:
    """The timetable of a draft made today and the first instant it has something to say."""
    timetable = timetable_id(
        session,
        draft.ladder,
        assigned_on=local_date(context.now),
        due_on=draft.due.due_date,
        today=context.today,
        calendar=context.calendar,
        priority=draft.priority,
    )
    first = session.scalar(
        select(func.min(col(TimetableRung.fire_at))).where(col(TimetableRung.timetable_id) == timetable)
    )
    return timetable, first


def _row(draft: Draft, timetable: int, first_alert_at: Any, context: ActorContext) -> dict[str, Any]:
    return {
        "priority": draft.priority,
        "subtask": draft.subtask,
        "step": draft.step,
        "variant": draft.variant,
        "period": draft.period,
        "role": draft.role,
        "lead_office": draft.lead_office,
        "assigned_office": draft.assigned_office,
        "office": draft.office,
        "monitor_office": draft.monitor_office,
        "anchor_id": draft.anchor_id,
        "urgency": draft.urgency,
        "state": State.ASSIGNED,
        "rule": draft.due.rule,
        "basis": draft.basis,
        "due_at": draft.due.due_at,
        "due_date": draft.due.due_date,
        "original_due_at": draft.due.due_at,
        "original_due_date": draft.due.due_date,
        "explanation_vi": draft.due.explanation_vi,
        "explanation_en": draft.due.explanation_en,
        "calendar_version": draft.due.calendar_version,
        "timetable_id": timetable,
        "rung_done": 0,
        "next_alert_at": first_alert_at,
        "assigned_at": context.now,
    }


def _focal_channels(session: Session) -> dict[str, str]:
    query = select(col(Contact.office), col(Contact.channel)).where(col(Contact.desk) == Desk.FOCAL)
    return {row.office: row.channel for row in session.execute(query)}


def _facts(made: Iterable[Any]) -> list[AuditEntry]:
    return [
        AuditEntry(
            Verb.ASSIGN.value,
            f"assignment:{assignment.id}",
            {
                "subtask": assignment.subtask,
                "period": assignment.period,
                "office": assignment.office,
                "role": assignment.role.value,
                "due_date": assignment.due_date.isoformat(),
            },
        )
        for assignment in made
    ]

"""Urging offices now: a reminder that the coordinator sends apart from the ladder, once a day for each assignment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from config.contacts.desks import Desk, Recipient
from models.alerts.notices import notify_all
from models.alerts.silences import silenced
from models.store.actor import ActorContext
from models.store.audit import lock_audit_chain, record
from models.tables.assignment import Assignment
from models.tables.lifecycle import WAITING_FOR_OFFICE, NoticeKind, State, Urgency
from models.tables.outbox import Notice
from models.work.parties import NOBODY_ELSE, parties_of

URGE_NOW = "urge"

NUMBERS_RECORDED = 50
"""Assignments that the audit event of an urging names; it counts all."""


@dataclass(frozen=True)
class Urging:
    """What urging these assignments today would do, or did.

    offices  who is reminded, each of which assignments: one letter for each
    silent   offices of them whose reminders are paused, by assignment: recorded as such, and not sent
    urged    who was urged today already, by assignment
    closed   assignments that do not wait for their office, with their state
    """

    offices: Mapping[str, Sequence[int]]
    silent: Mapping[int, set[str]]
    urged: Mapping[int, Sequence[str]]
    closed: Mapping[int, State]

    @property
    def assignments(self) -> list[int]:
        return sorted({number for numbers in self.offices.values() for number in numbers})


def urging(session: Session, numbers: Sequence[int], today: date) -> Urging:
    """What urging these assignments would do now."""
    return _worked_out(_assignments(session, numbers), session, today)


def urge(session: Session, numbers: Sequence[int], context: ActorContext) -> Urging:
    """Remind the offices that answer for these assignments, joint leads too, at their focal points.

    The reminders are notices as those of the ladder are: they wait for the hours of their desks, go in its digest, and
    are not sent where reminders are paused or the work was reported meanwhile. One that waits for the evening is not
    taken back. Whatever was urged today already, or does not wait for its office, is left and named.
    """
    lock_audit_chain(session)
    assignments = _assignments(session, numbers)
    found = _worked_out(assignments, session, context.today)
    rung = _rung(context.today)
    notify_all(
        session,
        [
            (NoticeKind.URGED, assignments[number], Recipient(office, Desk.FOCAL), rung)
            for office, theirs in found.offices.items()
            for number in theirs
        ],
        context=context,
    )
    if about := found.assignments:
        offices = sorted(found.offices)
        named = {"assignments": about[:NUMBERS_RECORDED], "offices": offices[:NUMBERS_RECORDED]}
        record(session, context, URGE_NOW, f"reminders:{context.today}", count=len(about), **named)
    return found


def _assignments(session: Session, numbers: Sequence[int]) -> dict[int, Assignment]:
    wanted = select(Assignment).where(col(Assignment.id).in_(numbers)).order_by(col(Assignment.id))
    return {each.id or 0: each for each in session.exec(wanted)}


def _worked_out(assignments: Mapping[int, Assignment], session: Session, today: date) -> Urging:
    urged: dict[int, list[str]] = defaultdict(list)
    said = select(Notice.assignment_id, Notice.office).where(
        col(Notice.assignment_id).in_(assignments),
        Notice.kind == NoticeKind.URGED,
        Notice.rung == _rung(today),
    )
    for number, office in session.exec(said.order_by(col(Notice.id))):
        urged[number].append(office)
    offices: dict[str, list[int]] = defaultdict(list)
    parties = parties_of(session, [*assignments])
    closed = {number: each.state for number, each in assignments.items() if each.state not in WAITING_FOR_OFFICE}
    for number, each in assignments.items():
        for office in (each.office, *parties.get(number, NOBODY_ELSE).joint):
            if number not in urged and number not in closed:
                offices[office].append(number)
    express = {number for number, each in assignments.items() if each.urgency is Urgency.EXPRESS}
    silent = silenced(session, [*assignments], today)
    return Urging(
        offices=offices,
        silent={number: codes for number, codes in silent.items() if number not in express},
        urged={number: codes for number, codes in urged.items() if number not in closed},
        closed=closed,
    )


def _rung(today: date) -> str:
    """The rung of what is urged on a day: one for each day, whatever the due date is."""
    return f"urged:{today}"

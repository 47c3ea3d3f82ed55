"""Urging offices now: a reminder that the coordinator sends apart from the ladder, once a day for each assignment."""

from collections import Counter, defaultdict
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
from models.tables.lifecycle import WAITING_FOR_OFFICE, NoticeKind, NoticeState, State, Urgency
from models.tables.outbox import Notice
from models.work.parties import NOBODY_ELSE, parties_of

URGE_NOW = "urge"

NUMBERS_RECORDED = 50
"""Assignments that the audit event of an urging names; it counts all."""

_TOLD = (NoticeState.PENDING, NoticeState.SENT)
"""States of a notice by which an office is told or will be."""


@dataclass(frozen=True)
class Urging:
    """What urging these assignments today would do, or did.

    offices  who is reminded, each of which assignments: one letter for each
    silent   offices whose reminders are paused, by assignment: beside others recorded as such and not sent, alone left
    urged    who was urged today already, by assignment of which nobody is left to urge
    closed   assignments that do not wait for their office, with their state
    vain     notices of today that told an office nothing, by assignment and office
    """

    offices: Mapping[str, Sequence[int]]
    silent: Mapping[int, set[str]]
    urged: Mapping[int, Sequence[str]]
    closed: Mapping[int, State]
    vain: Mapping[tuple[int, str], int]

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
    taken back. Whatever was urged today already, would reach nobody or does not wait for its office is left and named.
    """
    lock_audit_chain(session)
    assignments = _assignments(session, numbers)
    found = _worked_out(assignments, session, context.today)
    notify_all(
        session,
        [
            (
                NoticeKind.URGED,
                assignments[number],
                Recipient(office, Desk.FOCAL),
                _rung(context.today, found.vain.get((number, office), 0)),
            )
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
    urged, vain = defaultdict[int, list[str]](list), Counter[tuple[int, str]]()
    said = select(Notice.assignment_id, Notice.office, Notice.state).where(
        col(Notice.assignment_id).in_(assignments),
        Notice.kind == NoticeKind.URGED,
        col(Notice.rung).startswith(_rung(today)),
    )
    for number, office, state in session.exec(said.order_by(col(Notice.id))):
        if state in _TOLD:
            urged[number].append(office)
        else:
            vain[number, office] += 1
    closed = {number: each.state for number, each in assignments.items() if each.state not in WAITING_FOR_OFFICE}
    paused = silenced(session, [*assignments], today)
    silent = {number: codes for number, codes in paused.items() if assignments[number].urgency is not Urgency.EXPRESS}
    offices = defaultdict[str, list[int]](list)
    parties = parties_of(session, [*assignments])
    for number, each in assignments.items():
        leads = (each.office, *parties.get(number, NOBODY_ELSE).joint)
        left = [office for office in leads if office not in urged.get(number, ())]
        if number not in closed and {*left} - silent.get(number, set()):
            urged.pop(number, None)
            for office in left:
                offices[office].append(number)
    urged_already = {number: codes for number, codes in urged.items() if number not in closed}
    return Urging(offices, silent, urged_already, closed, vain)


def _rung(today: date, vain: int = 0) -> str:
    """The rung of what is urged on a day: one a day, whatever the due date is, and one more after each in vain."""
    return f"urged:{today}" + (f":{vain + 1}" if vain else "")
